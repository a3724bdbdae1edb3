# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a declaration becomes, as cases a user can read: declared, what the host is, and the actions that follow.

A case in cases/*.yml has ``declared`` and, optionally, ``host`` (what of it counts) and ``was`` (an earlier
declaration, made on the host already). It says some of: ``actions``, what a check announces, without the packet rules;
``leases``, the lines of the leases; ``routes`` and ``settings``, all of them; ``rules``, what the packet rules are made
of; ``files``, their text; ``described``, dotted paths into what the module returns; ``recognised``, dotted paths into
what topology_info tells once all is made.

Besides, of every case: what is to be read inside namespaces is known before anything is leased; a second run has
nothing to do; and what is recognised, fed back, changes nothing but what is listed under ``forgotten`` (``fed_back:
false``: cannot be told, for the reason beside it).
"""

from __future__ import annotations

import re
from os.path import dirname, join, normpath
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

import pytest
import yaml

from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.describe import (
    describe_containers,
    describe_networks,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.expand import new_namespaces, settings_inside
from tests.unit.expansion.paper_host import Paper, actions, empty, made, on_paper, recognised
from tests.unit.ipam.memory_store import MemoryStore

CASES = Path(__file__).parent / "cases"


def _cases() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(case, id="{0}: {1}".format(path.stem, case["case"]))


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.mark.parametrize("case", list(_cases()))
def test_expansion(case: Dict[str, Any], store: MemoryStore) -> None:
    host = case.get("host", {})
    was = on_paper(case["was"], host, store) if "was" in case else None
    paper = on_paper(case["declared"], host, store)
    assert settings_inside(paper.topology) == paper.desired.namespace_sysctls()
    own = [(space.name, dict(space.sysctls)) for space in paper.desired.namespaces if space.attach is None]
    assert new_namespaces(paper.topology, ()) == own
    assert new_namespaces(paper.topology, [name for name, _sysctls in own[:1]]) == own[1:]
    before = made(was.desired, asked=paper.desired) if was else empty(paper.desired)

    says: Dict[str, Callable[[], Any]] = {
        "actions": lambda: actions(paper.desired, *before),
        "leases": lambda: list(paper.allocation.actions),
        "routes": lambda: _routes(paper),
        "settings": lambda: _settings(paper),
        "rules": lambda: _chosen(_rules(paper), case["rules"]),
        "files": lambda: _chosen(_files(paper), case["files"]),
        "described": lambda: {path: _look_up(_described(paper), path) for path in case["described"]},
        "recognised": lambda: {path: _look_up(recognised(paper), path) for path in case["recognised"]},
    }
    expected = {name: case[name] for name in says if name in case}
    assert expected, "a case says what is to come of it"
    assert {name: says[name]() for name in expected} == expected


@pytest.mark.parametrize("case", list(_cases()))
def test_a_second_run_has_nothing_to_do(case: Dict[str, Any], store: MemoryStore) -> None:
    host = case.get("host", {})
    there = made(on_paper(case["declared"], host, store).desired)
    again = on_paper(case["declared"], host, store)
    assert actions(again.desired, *there) == []
    assert again.allocation.actions == ()


@pytest.mark.parametrize("case", list(_cases()))
def test_what_is_recognised_can_be_fed_back(case: Dict[str, Any], store: MemoryStore) -> None:
    host = case.get("host", {})
    if case.get("fed_back") is False:
        return
    paper = on_paper(case["declared"], host, store)
    words = {**recognised(paper), "topology_name": paper.topology.name}
    again = on_paper(words, host, store)
    assert actions(again.desired, *made(paper.desired)) == case.get("forgotten", [])


def _files(paper: Paper) -> Dict[str, Any]:
    """Path → the text that is read there, which may stand at another path that a link leads to."""
    desired = {file.path: file for file in paper.desired.files}

    def text(path: str) -> Any:
        target = desired[path].target
        return desired[path].content if target is None else text(normpath(join(dirname(path), target)))

    return {path: text(path) for path in desired}


def _routes(paper: Paper) -> List[str]:
    desired = paper.desired
    over = ["{0}:{1} {2}".format(link.netns, link.ifname, r) for link in desired.links_inside() for r in link.routes]
    return over + ["{0} {1}".format(space.name, r) for space in desired.namespaces for r in space.routes or ()]


def _settings(paper: Paper) -> List[str]:
    """The host's, then those of its links, of namespaces and of the links inside, each as written in /proc/sys."""
    desired = paper.desired
    return [
        *("{0} = {1}".format(setting.key, setting.value) for setting in desired.sysctls),
        *("{0} = {1}".format(*setting) for link in desired.links_of_host() for setting in link.sysctls),
        *("{0}: {1} = {2}".format(space.name, *setting) for space in desired.namespaces for setting in space.sysctls),
        *("{0}: {1} = {2}".format(link.netns, *each) for link in desired.links_inside() for each in link.sysctls),
    ]


def _described(paper: Paper) -> Dict[str, Any]:
    return {
        "networks": describe_networks(paper.topology, paper.allocation),
        "containers": describe_containers(paper.topology, paper.allocation),
    }


def _chosen(found: Dict[str, Any], wanted: Dict[str, Any]) -> Dict[str, Any]:
    return {name: found.get(name) for name in wanted}


def _look_up(data: Any, path: str) -> Any:
    """``containers.web.ports[0].published``; None for what is not there."""
    for word, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        data = data[int(index)] if index else (data or {}).get(word)
    return data


def _rules(paper: Paper) -> Dict[str, List[str]]:
    """A ruleset's parts as lines: what is published, who may send as what, who may call whom, what a network does."""
    rules = paper.desired.ruleset
    return {
        "published": [_published(port) for port in rules.publications],
        "endpoints": [
            "{0} on {1}: {2} {3}".format(e.container, e.bridge, e.mac, " ".join(e.addresses)) for e in rules.endpoints
        ],
        "links": [
            "{0} -> {1}:{2}/{3} on {4}".format(i.source, i.target, i.port, i.protocol, i.bridge) for i in rules.links
        ],
        "networks": [_network(network) for network in rules.networks],
    }


def _published(port: Any) -> str:
    hosts, container = port.host_ip or ("0.0.0.0" if port.family == 4 else "::"), port.container_address
    if port.family == 6:
        hosts, container = "[{0}]".format(hosts), "[{0}]".format(container)
    text = "{0}:{1}/{2} -> {3}:{4} on {5}"
    return text.format(hosts, port.published, port.protocol, container, port.container_port, port.bridge)


def _network(network: Any) -> str:
    flags = [name for name in ("internal", "icc", "isolate", "masquerade", "anti_spoofing") if getattr(network, name)]
    snat = ["snat_to " + network.snat_to] if network.snat_to else []
    trusted = ["trusts " + name for name in network.trusted_host_interfaces]
    return " ".join([network.bridge, network.subnet, network.gateway_mode, *flags, *snat, *trusted])
