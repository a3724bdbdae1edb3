# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three hosts whose network is changed while it is used, beside other users of the same VXLAN port."""

from __future__ import annotations

import itertools
from typing import Any, Dict, Iterator, List

import pytest

from tests.integration.overlay.fleet import FleetTalk
from tests.lab import Lab, missing
from tests.lab.place import Host
from tests.long.overlay.direct import DirectFleet, Results, addresses, changed

HOSTS = ("node1", "node2", "node3")
#: What of a host's words or of its network's is another, and what the line says of what it interrupts.
CHANGES: List["tuple[str, Dict[str, Any], Dict[str, Any], str]"] = [
    ("bridged", {}, {"overlay_mode": "bridged"}, "until all its hosts have it, what is sent to them is lost"),
    ("routed", {}, {"overlay_mode": "routed"}, "until all its hosts have it, what is sent to them is lost"),
    ("identifier", {}, {"vni": 4712}, "until all its hosts have it, what is sent to them is lost"),
    ("port", {"topology_vxlan_port": 4790}, {}, "until all its hosts have it, what is sent to them is lost"),
    ("port back", {"topology_vxlan_port": 4789}, {}, "until all its hosts have it, what is sent to them is lost"),
    (
        "further address",
        {"topology_underlay_address": "second"},
        {},
        "takes what it sends once it knows the new address",
    ),
    ("IPv6 underlay", {"topology_underlay_address": "ipv6"}, {}, "until all its hosts have it, what is sent to them"),
]
#: As a program has it that is none of ours, with an identifier of its own on the same port.
STRANGER = """
ip link add stranger type vxlan id 77 dstport 4789 local {own} nolearning
ip address add 10.66.0.{here}/24 dev stranger
ip link set stranger up
bridge fdb append 00:00:00:00:00:00 dev stranger dst {other}
"""


class Living:
    def __init__(self, lab: Lab) -> None:
        self.lab, self.fleet, self.talk = lab, DirectFleet(lab), FleetTalk(lab)
        self.words: Dict[str, Any] = {}
        self.network: Dict[str, Any] = {"driver": "overlay", "ipam": {"config": [{"subnet": "10.88.0.0/16"}]}}

    def run(self) -> Results:
        for number, host in enumerate(self.lab.hosts, 11):
            underlay = {"second": "198.51.100.2%d" % number, "ipv6": host.ipv6}
            self.fleet.declared[host.name] = {
                "topology_networks": {"shop": self.network},
                "topology_containers": {"web": {"networks": ["shop"]}},
                "topology_host_id": "id-of-" + host.name,
                **self.words,
                "topology_underlay_address": underlay.get(self.words.get("topology_underlay_address", ""), host.ipv4),
            }
        return self.fleet.run(HOSTS)

    def reached(self, results: Results) -> None:
        places = addresses(results)
        for source, target in itertools.permutations(places, 2):
            server = self.talk.serve(target, 80)
            seen = self.talk.reach(source, places[target], 80, server, size=100_000)
            server.close()
            assert seen == places[source], (source, target)


@pytest.fixture(scope="module")
def living() -> Iterator[Living]:
    lack = missing()
    if lack:
        pytest.skip("a lab needs " + lack)
    with Lab(HOSTS) as lab:
        for number, host in enumerate(lab.hosts, 11):
            host.run(["ip", "address", "add", "198.51.100.2%d/24" % number, "dev", "eth0"])
        made = Living(lab)
        _make_strangers(*lab.hosts[:2])
        made.reached(made.run())
        yield made
        made.talk.close()


def _make_strangers(one: Host, other: Host) -> None:
    for here, (own, peer) in enumerate(((one, other), (other, one)), 1):
        own.run(["sh", "-ec", STRANGER.format(own=own.ipv4, other=peer.ipv4, here=here)])


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change[0])
def test_a_network_is_changed_as_said_and_others_on_its_port_go_on(living: Living, change: Any) -> None:
    _name, words, network, said = change
    living.words.update(words)
    living.network.update(network)

    results = living.run()

    for name in HOSTS:
        assert [line for line in results[name]["actions"] if said in line], (name, results[name]["actions"])
    living.reached(results)
    assert changed(living.run()) == [], "a second run changes nothing"
    for host in living.lab.hosts:
        devices = [each["ifname"] for each in host.json(["ip", "-j", "link", "show", "type", "vxlan"])]
        assert len([each for each in devices if each != "stranger"]) == 1, "nothing of what was is left"
    server = living.talk.serve("node2", 81)
    seen = living.talk.reach("node1", "10.66.0.2", 81, server, size=100_000)
    server.close()
    assert seen == "10.66.0.1", "a VXLAN of somebody else's on the same port"
