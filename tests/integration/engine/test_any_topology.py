# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random topologies and random edits between them. ``FABRIC_EXAMPLES`` says how many; a failure prints its seed."""

from __future__ import annotations

import os
from typing import Any, Dict, List, Optional

import pytest

pytest.importorskip("hypothesis")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from labhost import LabHost
from scenarios import NOTHING, Declaration, run
from world import World, difference, world

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError

EXAMPLES = int(os.environ.get("FABRIC_EXAMPLES", "12"))
_NETWORKS, _CONTAINERS = ("alpha", "beta", "gamma"), ("one", "two", "three", "four")


def _network() -> st.SearchStrategy[Dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "internal": st.booleans(),
            "enable_ipv6": st.booleans(),
            "icc": st.booleans(),
            "masquerade": st.booleans(),
            "isolate": st.booleans(),
            "mtu": st.sampled_from([1280, 1400, 1500]),
            "gateway_mode": st.sampled_from(["nat", "routed", "nat-unprotected"]),
            "ipam": st.sampled_from([{"config": [{"subnet": "10.77.0.0/24"}]}]),
        },
    )


@st.composite
def topologies(draw: Any) -> Declaration:
    networks = draw(st.dictionaries(st.sampled_from(_NETWORKS), _network(), max_size=3))
    with_subnet = [name for name in networks if "ipam" in networks[name]]
    for name in with_subnet[1:]:
        del networks[name]["ipam"]
    containers: Dict[str, Any] = {}
    ports = iter(range(8000, 9000))
    for name in draw(st.lists(st.sampled_from(_CONTAINERS), unique=True)):
        containers[name] = _container(draw, sorted(networks), list(containers), ports)
    return {"networks": networks, "containers": containers}


def _container(draw: Any, networks: List[str], others: List[str], ports: Any) -> Dict[str, Any]:
    modes = ["none", "host", "bridge"] + ["networks"] * 5 * bool(networks) + ["container"] * bool(others)
    mode = draw(st.sampled_from(modes))
    if mode in ("none", "host"):
        return {"network_mode": mode}
    if mode == "container":
        return {"network_mode": "container:" + draw(st.sampled_from(others))}
    words: Dict[str, Any] = {}
    if mode == "networks":
        words["networks"] = draw(st.lists(st.sampled_from(networks), min_size=1, max_size=3, unique=True))
        if others and draw(st.booleans()):
            words["extra_hosts"] = ["peer:192.0.2.9"]
    for _each in range(draw(st.integers(0, 2))):
        words.setdefault("ports", []).append("{0}:{1}".format(next(ports), draw(st.sampled_from(["80", "53/udp"]))))
    if draw(st.booleans()):
        words["dns"] = ["192.0.2.53"]
    return words


@settings(
    max_examples=EXAMPLES,
    derandomize="FABRIC_EXAMPLES" not in os.environ,  # CI walks the same ways each time; a search is asked for
    deadline=None,
    print_blob=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(topologies(), min_size=1, max_size=3))
def test_any_topology_and_any_edit_is_checked_exactly_applied_once_and_removed(
    engine_host: LabHost, steps: List[Declaration]
) -> None:
    assert engine_host.run(_walk, steps) == []


def _walk(steps: List[Declaration]) -> List[str]:
    found = _clean()
    problems: List[str] = []
    for step in steps:
        problems.extend(_step(step))
        if problems:
            break
    removal = _removed(found)
    return problems + ([removal] if removal else [])


def _step(declared: Declaration) -> List[str]:
    try:
        announced = run(declared, check=True).actions
    except FabricError as error:
        return _refused_alike(declared, str(error))
    done, again = run(declared).actions, run(declared).actions
    problems = []
    if announced != done:
        problems.append("announced {0}, did {1}".format(announced, done))
    if again:
        problems.append("the second run still did {0}".format(again))
    return problems


def _refused_alike(declared: Declaration, message: str) -> List[str]:
    """What a check refuses, an apply refuses in the same words, and changes nothing."""
    before = world()
    try:
        run(declared)
    except FabricError as error:
        odd = difference(before, world())
        return [] if str(error) == message and not odd else ["{0}: {1}: {2}".format(message, error, odd)]
    return ["a check refused what an apply did: {0}".format(message)]


def _removed(found: World) -> Optional[str]:
    run(NOTHING)
    _forwarding_off()
    odd = difference(found, world())
    return "left behind: {0}".format(odd) if odd else None


def _clean() -> World:
    run(NOTHING)
    _forwarding_off()
    return world()


def _forwarding_off() -> None:
    """The one thing that a removal leaves: it is the whole host's, and others may need it by now."""
    for key in ("net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"):
        with open("/proc/sys/" + key, "w", encoding="ascii") as file:
            file.write("0")
