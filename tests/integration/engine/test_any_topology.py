# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random topologies, random edits between them, random drift before an edit, random faults in it.

``FABRIC_EXAMPLES`` says how many, and makes it a search (``make search``); a failure prints its seed. What a search
found is kept below, by name.
"""

from __future__ import annotations

import os
from typing import Any, Dict, List

import pytest

pytest.importorskip("hypothesis")

from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from labhost import LabHost
from random_topologies import edits, examples, topologies
from scenarios import NOTHING, Declaration
from walking import FOREIGN_BRIDGE, Step, walk

ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for namespaces of its own")


def _declared(networks: Dict[str, Any], **containers: Any) -> Declaration:
    return {"networks": networks, "containers": containers}


_BLACKHOLE = {"destination": "203.0.113.0/24", "type": "blackhole"}
_SIX = {"enable_ipv6": True}
_ON_ALPHA = {"networks": ["alpha"]}
_APART = {"alpha": {"icc": False, "ipam": {"config": [{"subnet": "10.77.0.0/24"}]}}}


def _at(number: int) -> Dict[str, Any]:
    return {"networks": {"alpha": {"ipv4_address": "10.77.0.{0}".format(number)}}}


FOUND: Dict[str, List[Step]] = {
    "a bridge of another name": [
        Step(_declared({"alpha": {"bridge": "fabric7"}}, one=_ON_ALPHA)),
        Step(_declared({"alpha": {}}, one=_ON_ALPHA)),
    ],
    "a bridge that was another network's": [
        Step(_declared({"alpha": {}, "beta": {"bridge": "fabric7"}}, one=_ON_ALPHA, two={"networks": ["beta"]})),
        Step(_declared({"alpha": {"bridge": "fabric7"}}, one=_ON_ALPHA), fault=("fail", 40)),
        Step(_declared({"alpha": {}}, one=_ON_ALPHA), fault=("kill", 20)),
    ],
    "a bridge's name that its network gives up to another": [
        Step(_declared({"alpha": {}, "beta": {"bridge": "fabric7"}})),
        Step(_declared({"alpha": {"bridge": "fabric7"}, "beta": {}})),
    ],
    "two networks that change bridges": [
        Step(_declared({"alpha": {"bridge": "fabric7"}, "beta": {"bridge": "fabric8"}}, one=_ON_ALPHA)),
        Step(_declared({"alpha": {"bridge": "fabric8"}, "beta": {"bridge": "fabric7"}}, one=_ON_ALPHA)),
    ],
    "a link-local address of one's own": [
        Step(_declared({"alpha": _SIX}, one={"networks": {"alpha": {"link_local_ips": ["fe80::77"]}}})),
        Step(_declared({"alpha": _SIX}, one=_ON_ALPHA)),
    ],
    "another MAC as IPv6 comes with another network": [
        Step(_declared({"alpha": {}, "beta": {}}, one=_ON_ALPHA)),
        Step(_declared({"alpha": {}, "beta": {}, "gamma": _SIX}, one={"networks": ["beta", "gamma"]})),
        Step(_declared({"alpha": _SIX}, one=_ON_ALPHA)),
    ],
    "IPv6 on where no network has it": [
        Step(_declared({"alpha": {}}, one={"sysctls": {"net.ipv6.conf.all.disable_ipv6": "0"}, **_ON_ALPHA})),
        Step(_declared({"alpha": {}}, one=_ON_ALPHA)),
    ],
    "a route that leads nowhere, when its run fails": [
        Step(_declared({"alpha": {}}, one=_ON_ALPHA)),
        Step(_declared({"alpha": {}}, one={"routes": [_BLACKHOLE], **_ON_ALPHA}, two=_ON_ALPHA), fault=("fail", 25)),
        Step(_declared({"alpha": {}}, one=_ON_ALPHA)),
    ],
    "a default route that moves from an interface that goes, when its run fails": [
        Step(_declared({"alpha": {}, "beta": {}}, one={"networks": {"alpha": None, "beta": {"gw_priority": 1}}})),
        Step(_declared({"alpha": {}, "beta": {}}, one=_ON_ALPHA, two=_ON_ALPHA), fault=("fail", 30)),
    ],
    "a default route of one's own": [
        Step(_declared({"alpha": {}}, one=_ON_ALPHA)),
        Step(_declared({"alpha": {"routes": [{"to": "default", "via": "192.0.2.1", "onlink": True}]}}, one=_ON_ALPHA)),
    ],
    "a hosts file that was replaced, of a container that goes": [
        Step(_declared({"alpha": {}}, one=_ON_ALPHA)),
        Step(_declared({"alpha": {}}), drift=("rm /etc/netns/one/hosts; ln -s /etc/hosts /etc/netns/one/hosts",)),
    ],
    "a handle that was deleted, when its run fails": [
        Step(_declared({}, one={"network_mode": "host"})),
        Step(_declared({}, one={"network_mode": "host"}), ("ip netns delete one",), ("fail", 5)),
    ],
    "a handle that was unmounted, when its run is killed": [
        Step(_declared({}, one={"network_mode": "none"}, two={"network_mode": "container:one"})),
        Step(
            _declared({}, one={"network_mode": "none"}, two={"network_mode": "none"}),
            ("umount /run/netns/two",),
            ("kill", 8),
        ),
    ],
    "a container that becomes the host, when its run is killed": [
        Step(_declared({"alpha": {}}, one=_ON_ALPHA)),
        Step(_declared({}, one={"network_mode": "host"}), fault=("kill", 13)),
    ],
    "a link to a container that moves": [
        Step(_declared(_APART, one={"links": ["two"], **_ON_ALPHA}, two={"expose": ["80"], **_at(30)})),
        Step(_declared(_APART, one={"links": ["two"], **_ON_ALPHA}, two={"expose": ["80"], **_at(31)})),
    ],
    "a bridge of somebody else's": [
        Step(_declared({"alpha": {"external": True, "bridge": FOREIGN_BRIDGE}}, one=_ON_ALPHA)),
        Step(_declared({"alpha": {}}, one=_ON_ALPHA)),
    ],
}


def _drift() -> st.SearchStrategy[Any]:
    numbers = st.integers(0, 10**6)
    return st.one_of(st.just(()), st.tuples(numbers), st.tuples(numbers, numbers))


def _steps() -> st.SearchStrategy[Step]:
    fault = st.one_of(st.none(), st.tuples(st.sampled_from(["fail", "kill"]), st.integers(1, 120)))
    return st.builds(Step, st.one_of(topologies(), topologies(), topologies(), st.just(NOTHING)), _drift(), fault)


@ROOT
@examples(8, [HealthCheck.too_slow])
@given(steps=st.lists(_steps(), min_size=1, max_size=4))
def test_any_topology_and_any_edit_is_checked_exactly_applied_once_and_removed(steps: List[Step]) -> None:
    _walk(steps)


@ROOT
@examples(8, [HealthCheck.too_slow])
@given(declared=edits(), drift=_drift())
def test_of_any_edit_of_containers_each_is_asked_what_it_would_be_without_the_others(
    declared: List[Declaration], drift: Any
) -> None:
    _walk([Step(each, drift) for each in declared])


@ROOT
@pytest.mark.parametrize("steps", FOUND.values(), ids=FOUND)
def test_what_a_search_found_stays_good(steps: List[Step]) -> None:
    _walk(steps)


def _walk(steps: List[Step]) -> None:
    host = LabHost()  # one each: what one example leaves behind is not the next one's trouble
    try:
        problems = host.run(walk, steps)
    finally:
        host.close()
    assert not problems, "\n".join(problems)
