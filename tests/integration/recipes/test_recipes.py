# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/architecture.md says about additions: a kind of link is a file and a line, and so is a network driver.

A toy of each is added to a copy of the collection, and that copy is put to work.
"""

from __future__ import annotations

import difflib
import json
import os
import shutil
from pathlib import Path
from typing import Any, Callable, Dict, List

import pytest

from tests.lab import Lab, ansible

HERE = Path(__file__).parent
UTILS = Path("plugins", "module_utils")
#: (the toy's file, where it goes, the registry, what is written there).
KIND = (
    "macvtap_kind.py",
    UTILS / "_resources/links/macvtap.py",
    UTILS / "_resources/links/registry.py",
    [('"vxlan", "wireguard")', '"vxlan", "wireguard", "macvtap")')],
)
DRIVER = (
    "macvtap_driver.py",
    UTILS / "_expansion/drivers/macvtap.py",
    UTILS / "_expansion/drivers/registry.py",
    [('    "bridge": "BridgeDriver",\n', '    "bridge": "BridgeDriver",\n    "macvtap": "MacvtapDriver",\n')],
)
Topology = Callable[..., Dict[str, Any]]
NETWORKS = {"toy": {"driver": "macvtap", "colour": "red", "enable_ipv6": True}, "front": {}}
CONTAINERS = {"web": {"networks": ["toy", "front"]}, "db": {"networks": ["toy"]}}


@pytest.fixture(scope="module")
def changed_lines(tmp_path_factory: pytest.TempPathFactory) -> Dict[str, List[str]]:
    """The copy with both toys: its path under "path", and what had to be changed in files that were there."""
    top = tmp_path_factory.mktemp("copy")
    collection = top / "ansible_collections" / "linuxnet" / "fabric"
    shutil.copytree(ansible.ROOT / "plugins", collection / "plugins", ignore=shutil.ignore_patterns("__pycache__"))
    changed: Dict[str, List[str]] = {"path": [str(top)]}
    for toy, place, registry, edits in (KIND, DRIVER):
        shutil.copy(HERE / toy, collection / place)
        was = (collection / registry).read_text()
        now = was
        for before, after in edits:
            assert now.count(before) == 1, "the registry is written otherwise: {0}".format(before)
            now = now.replace(before, after)
        (collection / registry).write_text(now)
        changed[toy] = [line for line in difflib.ndiff(was.splitlines(), now.splitlines()) if line.startswith("+ ")]
    return changed


@pytest.fixture(scope="module")
def topology(shared_lab: Lab, changed_lines: Dict[str, List[str]]) -> Topology:
    """The module ``topology`` of the copy, on a lab host."""
    (top,) = changed_lines["path"]
    env = dict(ansible.environment(), PYTHONPATH=os.pathsep.join([top, *_others()]))
    path = Path(top, "ansible_collections/linuxnet/fabric/plugins/modules/topology.py")

    def run(networks: Any, containers: Any, check: bool = False) -> Dict[str, Any]:
        words = {"networks": networks, "containers": containers, "_ansible_check_mode": check}
        given = json.dumps({"ANSIBLE_MODULE_ARGS": dict(words, _ansible_remote_tmp="/tmp")})
        done = shared_lab.host.run([ansible.target_python(), str(path)], check=False, input=given, env=env)
        answer: Dict[str, Any] = json.loads(done.stdout)
        return answer

    return run


def _others() -> List[str]:
    """Where ansible is, without this checkout."""
    return [each for each in ansible.module_path() if not each.endswith(".collections")]


@pytest.mark.parametrize("toy", ["macvtap_kind.py", "macvtap_driver.py"])
def test_an_addition_is_one_file_and_one_line(changed_lines: Dict[str, List[str]], toy: str) -> None:
    assert len(changed_lines[toy]) == 1, changed_lines[toy]


def test_it_is_planned_applied_and_checked(topology: Topology) -> None:
    planned = topology(NETWORKS, CONTAINERS, check=True)
    assert {"make the macvtap web:eth0", "make the macvtap db:eth0"} <= set(planned["actions"])
    applied = topology(NETWORKS, CONTAINERS)
    assert applied["actions"] == planned["actions"]
    assert applied["networks"]["toy"]["driver"] == "macvtap"
    assert topology(NETWORKS, CONTAINERS, check=True)["actions"] == []


@pytest.mark.parametrize(
    ("drift", "line"),
    [
        ("link set eth0 down", "set web:eth0 up"),
        ("link set eth0 mtu 1400", "set mtu of web:eth0 from 1400 to 1500"),
        ("address add 192.0.2.1/32 dev eth0", "remove 192.0.2.1/32 from web:eth0"),
        ("link delete eth0", "make the macvtap web:eth0"),
    ],
)
def test_its_drift_is_seen_and_repaired(shared_lab: Lab, topology: Topology, drift: str, line: str) -> None:
    topology(NETWORKS, CONTAINERS)
    shared_lab.host.run(["ip", "-n", "web", *drift.split()])
    seen = topology(NETWORKS, CONTAINERS, check=True)
    assert line in seen["drift"]
    assert topology(NETWORKS, CONTAINERS)["actions"] == seen["actions"]
    assert topology(NETWORKS, CONTAINERS, check=True)["actions"] == []


def test_one_that_lost_its_mark_stops_the_run(shared_lab: Lab, topology: Topology) -> None:
    topology(NETWORKS, CONTAINERS)
    shared_lab.host.run(["ip", "-n", "web", "link", "set", "eth0", "alias", ""])
    assert "interface eth0 in namespace web is not ours" in topology(NETWORKS, CONTAINERS, check=True)["msg"]
    shared_lab.host.run(["ip", "-n", "web", "link", "delete", "eth0"])


def test_it_is_pruned_when_it_is_declared_no_more(shared_lab: Lab, topology: Topology) -> None:
    topology(NETWORKS, CONTAINERS)
    done = topology({"front": {}}, {"web": {"networks": ["front"]}, "db": {"network_mode": "none"}})
    assert [line for line in done["actions"] if "macvtap" in line] == [
        "take the macvtap db:eth0 away",
        "take the macvtap web:eth0 away",
    ]
    assert "macvtap" not in shared_lab.host.run(["ip", "-d", "-n", "db", "link"]).stdout


def test_its_words_are_its_own(topology: Topology) -> None:
    wrong = {"toy": dict(NETWORKS["toy"], colour="blue", icc=False), "front": {"colour": "red"}}
    assert topology(wrong, {})["msg"].splitlines() == [
        "topology_networks.toy.icc: means nothing with the driver macvtap: its containers talk to nobody",
        "topology_networks.toy.colour: paint it red",
        "topology_networks.front.colour: means nothing with the driver bridge: the network is a bridge on the host",
    ]
