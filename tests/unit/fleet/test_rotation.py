# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that change: whatever runs come, and whoever is in them or fails, what a host sends the other one takes."""

from __future__ import annotations

import itertools
import json
from typing import Any, Dict, FrozenSet, Iterator, List, Optional, Set, Tuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.exchange import VERSION, Membership, host_plan
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.handing import carried
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.openvpn import common_name
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.rotation import (
    FINISH,
    RECEIVE,
    SEND,
    ends_of,
    ways_to,
)
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._fleet.inventory import ANSWERS, plan_of, told_of
from tests.unit.kernel.certificates import certificate

HUB = "node2"
HOSTS = ("node1", "node2", "node3", "node4")
SHOP = {"driver": "overlay", "encrypted": True, "ipam": {"config": [{"subnet": "10.88.0.0/16"}]}}
STEPS = (RECEIVE, SEND, FINISH)


class Fleet:
    """Hosts as they are: what each was told last (``disks``), and what it goes by (``made``). ``way``: by what the
    network is encrypted; "hub": by OpenVPN, and all others call node2."""

    def __init__(self, way: str = "wireguard") -> None:
        self.way = way
        self.disks: Dict[str, Any] = {}
        self.made: Dict[str, Membership] = {}
        self.behind: List[str] = []
        self.met: Set[FrozenSet[str]] = set()  # those of which both were made in one run

    def step(self, step: str, inventory: List[str], asked: List[str], failing: Set[str] = frozenset()) -> List[str]:  # type: ignore[assignment]
        """One play. After each host's change, all hosts that met hear each other. Who was right."""
        variables = {host: self._variables(host, step if host in asked else None) for host in inventory}
        plan = plan_of(variables, inventory, asked, step)
        if plan["problems"]:
            return []  # it is refused, before anything is touched: who was asked does not know the others
        self.behind = plan["behind"]
        for host in asked:
            self.disks[host] = json.loads(json.dumps(told_of(plan, host)["default"]))
        for host in asked:
            if host not in failing:
                self.made[host] = host_plan(self.disks[host]).networks["shop"]
                assert list(self._unheard()) == []
        right = [host for host in asked if host not in failing]
        self.met |= {frozenset(pair) for pair in itertools.combinations(right, 2)}
        return right

    def rotate(self, inventory: List[str], asked: List[str]) -> None:
        for step in STEPS:
            self.step(step, inventory, asked)

    def _variables(self, host: str, step: Optional[str]) -> Dict[str, Any]:
        own = {"topology_networks": {"shop": SHOP}, "topology_containers": {"c-" + host: {"networks": ["shop"]}}}
        if self.way != "wireguard":
            own["topology_encryption"] = "openvpn"
        if self.way == "hub":
            own["topology_openvpn_hub"] = HUB
        return {**own, ANSWERS: {"results": [{"identity": self._answer(host, step)}]}} if step is not None else own

    def _answer(self, host: str, step: str) -> Dict[str, Any]:
        disk = self.disks.get(host)
        own = host_plan(disk).networks["shop"].own if disk else None
        turn = own.tunnel.turn if own is not None and own.tunnel is not None else 0
        further = [end.turn for end in own.further] if own is not None else []
        if step == RECEIVE and not any(each > turn for each in further):
            further.append(max([turn, *further]) + 1)
        made = {end.turn for end in ends_of(self.made[host].own)} if host in self.made else set()
        return {
            "version": VERSION,
            "topology": "default",
            "host_id": "id-of-" + host,
            "underlay_address": "192.0.2.1{0}".format(HOSTS.index(host)),
            "underlay_mtu": 1500,
            "clashes": [],
            "vxlans": [],
            "kept": carried(disk) if disk else None,
            **self._known_by(host, turn),
            "ports": list(range(51871, 51880)),
            "turn": turn,
            "further": [
                {
                    "turn": each,
                    **self._known_by(host, each),
                    "ports": [51880 + each],
                    "ready": each in made,
                    "heard": self._heard(host, each),
                }
                for each in further
            ],
        }

    def _known_by(self, host: str, turn: int) -> Dict[str, str]:
        key = "{0}-{1}".format(host, turn)
        if self.way == "wireguard":
            return {"public_key": key}
        return {"certificate": certificate(common_name("default", "id-of-" + host), key)}

    def _heard(self, host: str, turn: int) -> List[str]:
        """The keys of the hosts that take packets of this end, of which this one takes packets too. By OpenVPN, of
        those that it calls."""
        if host not in self.made:
            return []
        own = self.made[host]
        found: List[str] = []
        for other, peer in own.peers.items():
            if not self._calls(host, other):
                continue
            there = self.made.get(other)
            back = [pair[::-1] for pair in ways_to(there, host)] if there is not None and host in there.peers else []
            pairs = [pair for pair in ways_to(own, other) if pair[0] == turn and pair in back]
            found += [_key(peer, theirs) for _own, theirs in pairs]
        return found

    def _calls(self, host: str, other: str) -> bool:
        if self.way == "hub":
            return other == HUB
        return self.way == "wireguard" or other < host

    def _unheard(self) -> Iterator[Tuple[str, str]]:
        """Of hosts that met, those of which one sends what the other does not take."""
        for host, membership in self.made.items():
            for other in membership.peers:
                if other in self.made and frozenset((host, other)) in self.met and not self._takes(host, other):
                    yield host, other

    def _takes(self, host: str, other: str) -> bool:
        """What is sent to it. A hub passes it on to who calls it at the end by which it came."""
        if self.way != "hub" or HUB in (host, other):
            return self._sent(host, other) in self._taken(other, host)
        if HUB not in self.made or not {frozenset((HUB, each)) for each in (host, other)} <= self.met:
            return True
        (own, at_hub) = self._sent(host, HUB)
        back = [pair[::-1] for pair in self._taken(HUB, other)]
        passed_on = {key for key, theirs in self._taken(other, HUB) if (key, theirs) in back}
        return (own, at_hub) in self._taken(HUB, host) and at_hub in passed_on

    def _sent(self, host: str, other: str) -> Tuple[str, str]:
        """The keys by which a host sends: its own, and the other's as it knows it."""
        membership = self.made[host]
        (own, theirs) = ways_to(membership, other)[0]
        return _key(membership.own, own), _key(membership.peers[other], theirs)

    def _taken(self, host: str, other: str) -> List[Tuple[str, str]]:
        """Those by which a host takes packets of another one: the other's as it knows it, and its own."""
        membership = self.made[host]
        if other not in membership.peers:
            return []
        pairs = ways_to(membership, other)
        return [(_key(membership.peers[other], theirs), _key(membership.own, own)) for own, theirs in pairs]


def _key(peer: Any, turn: int) -> str:
    return next(str(end.public_key) for end in ends_of(peer) if end.turn == turn)


def _keys(fleet: Fleet) -> Dict[str, List[str]]:
    return {host: [end.public_key for end in ends_of(each.own)] for host, each in fleet.made.items()}


def test_a_rotation_of_all_hosts_leaves_each_one_new_key() -> None:
    fleet, hosts = Fleet(), list(HOSTS[:3])
    fleet.step("", hosts, hosts)

    fleet.rotate(hosts, hosts)

    assert _keys(fleet) == {host: [host + "-1"] for host in hosts}
    assert fleet.behind == [] and all(each.ways == {} for each in fleet.made.values())


def test_a_host_that_was_down_through_two_rotations_keeps_its_place_and_is_named_until_it_was_in_one() -> None:
    fleet, hosts = Fleet(), list(HOSTS[:3])
    fleet.step("", hosts, hosts)

    for _rotation in range(2):
        fleet.rotate(hosts, hosts[:2])
        assert fleet.behind == ["node3"]
    assert _keys(fleet)["node1"] == ["node1-2", "node1-0"], "the key that node3 knows, and the newest"

    fleet.rotate(hosts, hosts)
    assert fleet.behind == []
    assert _keys(fleet) == {"node1": ["node1-3"], "node2": ["node2-3"], "node3": ["node3-1"]}


def test_a_host_that_comes_while_another_is_behind_is_known_to_both() -> None:
    fleet, hosts = Fleet(), list(HOSTS)
    fleet.step("", hosts[:3], hosts[:3])
    fleet.rotate(hosts[:3], hosts[:2])

    fleet.step("", hosts, ["node1", "node2", "node4"])
    fleet.step("", hosts, hosts)

    heard = {other for other in HOSTS if other != "node4" and "node4" in fleet.made[other].peers}
    assert heard == set(HOSTS) - {"node4"}


def test_by_way_of_a_hub_no_host_changes_before_all_can() -> None:
    fleet, hosts = Fleet("hub"), list(HOSTS[:3])
    fleet.step("", hosts, hosts)

    for _rotation in range(2):
        fleet.rotate(hosts, ["node1", HUB])
        assert fleet.behind == ["node3"]
    turns = {host: [end.turn for end in ends_of(each.own)] for host, each in fleet.made.items()}
    assert turns == {"node1": [0, 1], HUB: [0, 1], "node3": [0]}, "each sends by its former key, and has one other"

    fleet.rotate(hosts, hosts)
    assert fleet.behind == []
    assert {host: [end.turn for end in ends_of(each.own)] for host, each in fleet.made.items()} == {
        host: [1] for host in hosts
    }


def test_a_rotation_that_ended_half_way_is_gone_on_with() -> None:
    fleet, hosts = Fleet(), list(HOSTS[:3])
    fleet.step("", hosts, hosts)
    fleet.step(RECEIVE, hosts, hosts)

    fleet.rotate(hosts, hosts)

    assert _keys(fleet) == {host: [host + "-1"] for host in hosts}, "no third key was made"


@pytest.mark.parametrize("way", ["wireguard", "openvpn", "hub"])
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_whoever_is_in_a_run_or_fails_in_it_all_hear_each_other(way: str, data: st.DataObject) -> None:
    fleet, inventory = Fleet(way), list(HOSTS[: data.draw(st.integers(2, 3), label="hosts at first")])
    fleet.step("", inventory, inventory)
    for _run in range(data.draw(st.integers(1, 5), label="runs")):
        inventory = list(HOSTS[: data.draw(st.integers(len(inventory), len(HOSTS)), label="hosts")])
        order = data.draw(st.permutations(inventory))
        unknown = {host for host in inventory if host not in fleet.disks}
        asked = order[: data.draw(st.integers(1, len(order)), label="asked")]
        asked += [host for host in unknown if host not in asked]
        last = data.draw(st.sampled_from([0, 1, 2, 3, 3, 3]), label="steps")
        for step in STEPS[:last] or ("",):
            failing = data.draw(st.sets(st.sampled_from(asked)), label="failing in " + (step or "site"))
            asked = fleet.step(step, inventory, asked, failing)
            if not asked:
                break

    everybody = list(inventory)
    for _twice in range(2):  # a rotation that was under way is ended by the first
        fleet.rotate(everybody, everybody)
    assert fleet.behind == []
    assert all(not each.own.further and each.ways == {} for each in fleet.made.values())
