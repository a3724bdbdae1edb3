# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What other hosts cost a host: a thousand peers that it knows, beside none."""

from __future__ import annotations

import resource
from typing import Any, Dict

import pytest

from tests.integration.overlay.peer import SHOP, told
from tests.lab import Lab, missing

NETWORKS = {"shop": dict(SHOP, ipam={"config": [{"subnet": "100.64.0.0/10"}]})}
CONTAINERS = {"web": {"networks": ["shop"]}}
MANY = 1000


def _declared(lab: Lab, peers: int) -> Dict[str, Any]:
    addresses = {"here": lab.host.ipv4}
    addresses.update({"node%d" % n: "10.{0}.{1}.1".format(*divmod(n, 250)) for n in range(peers)})
    return {
        "networks": NETWORKS,
        "containers": CONTAINERS,
        "fleet": told(NETWORKS, addresses, CONTAINERS),
    }


def _seconds(lab: Lab, declared: Dict[str, Any]) -> float:
    """Of the processor, for an apply on an empty host, the best of three: what else runs is none of it."""
    found = []
    for _time in range(3):
        start = _used()
        lab.host.module("topology", declared)
        found.append(_used() - start)
        assert not lab.host.module("topology", declared)["changed"]
        lab.host.module("topology", {"state": "absent"})
    return min(found)


def _used() -> float:
    of_children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return of_children.ru_utime + of_children.ru_stime


def test_a_thousand_known_peers_cost_an_apply_less_than_a_second() -> None:
    lack = missing()
    if lack:
        pytest.skip("a lab needs " + lack)
    with Lab() as lab:
        alone, among_many = (_seconds(lab, _declared(lab, peers)) for peers in (1, MANY))
    print("apply: {0:.2f} s with one peer, {1:.2f} s with {2}".format(alone, among_many, MANY))
    assert among_many - alone < 1.0


def test_one_more_peer_costs_one_way_and_nothing_else() -> None:
    lack = missing()
    if lack:
        pytest.skip("a lab needs " + lack)
    with Lab() as lab:
        lab.host.module("topology", _declared(lab, 50))
        before = lab.host.json(["ip", "-j", "link"])
        made = lab.host.module("topology", _declared(lab, 51))["actions"]
        assert sum("reach node50 at" in line for line in made) == 1
        assert not [line for line in made if "take " in line or "repair the way" in line or "no longer" in line]
        assert lab.host.json(["ip", "-j", "link"]) == before, "no interface is made anew"
        print("\n".join(made))
