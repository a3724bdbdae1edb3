# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the packet rules of an overlay cost its traffic, beside the same path made by hand with one rule that accepts.

Measured is the time of the processor for each byte of a connection, sender and receiver together: what else runs on the
machine takes time, and hardly any of this. Both paths take turns.
"""

from __future__ import annotations

import os
import statistics

import pytest

from tests.integration.overlay.fleet import FleetTalk
from tests.lab import Lab, missing
from tests.lab.place import Host
from tests.long.overlay.direct import DirectFleet, addresses
from tests.long.transfer import transfer

TURNS, MEGABYTES, SUBNET = 30, 150, "10.88.0.0/16"
#: Of the path made by hand; what a run must not fall below. docs/performance.md tells what was measured.
LEAST = {"routed": 0.8, "bridged": 0.87}
BY_HAND = """
ip netns add c
ip link add br0 mtu 1450 type bridge
ip address add 10.99.{here}.1/24 dev br0
ip link set br0 up
ip link add v0 mtu 1450 type veth peer name eth0 mtu 1450 netns c
ip link set v0 master br0 up
ip -n c address add 10.99.{here}.2/24 dev eth0
ip -n c link set eth0 up
ip -n c route add default via 10.99.{here}.1
ip link add vx0 address 02:99:00:00:00:0{here} mtu 1450 type vxlan id 42 dstport 4789 local {own} nolearning
ip link set vx0 up
bridge fdb add 02:99:00:00:00:0{there} dev vx0 dst {other} self permanent
ip neighbour add 10.99.{there}.1 lladdr 02:99:00:00:00:0{there} dev vx0 nud permanent
ip route add 10.99.{there}.0/24 via 10.99.{there}.1 dev vx0 onlink
sysctl -qw net.ipv4.ip_forward=1
nft 'add table inet hand; add chain inet hand forward {{ type filter hook forward priority 0; accept; }}'
"""


@pytest.mark.parametrize("mode", ["routed", "bridged"])
def test_an_overlay_costs_little_more_than_the_same_made_by_hand(mode: str) -> None:
    lack = missing()
    if lack:
        pytest.skip("a lab needs " + lack)
    with Lab(["node1", "node2", "hand1", "hand2"]) as lab:
        for host in lab.hosts:  # what a bridge passes is not to meet the rules for what is routed, on any of them
            host.run(
                ["sh", "-c", "for key in /proc/sys/net/bridge/bridge-nf-call-*; do echo 0 > $key; done"], check=False
            )
        one, other = lab.hosts[2:]
        _make_by_hand(one, other, 1, 2)
        _make_by_hand(other, one, 2, 1)
        place = _make_overlay(lab, mode)
        talk, ours, theirs = FleetTalk(lab), [], []
        processors = sorted(os.sched_getaffinity(0))
        for port in range(7000, 7000 + TURNS):
            ours.append(transfer(talk, "node1/c", "node2/c", place, port, MEGABYTES, processors))
            theirs.append(transfer(talk, "hand1/c", "hand2/c", "10.99.2.2", port, MEGABYTES, processors))
        talk.close()
    ratio = statistics.median(hand / own for hand, own in zip(theirs, ours))
    print("{0}: {1:.2f} of the path made by hand, for each byte of the processor's time".format(mode, ratio))
    assert ratio > LEAST[mode]


def _make_by_hand(host: Host, other: Host, here: int, there: int) -> None:
    script = BY_HAND.format(here=here, there=there, own=host.ipv4, other=other.ipv4)
    host.run(["sh", "-ec", script])


def _make_overlay(lab: Lab, mode: str) -> str:
    """The address of the container on the second host."""
    fleet = DirectFleet(lab)
    network = {"driver": "overlay", "overlay_mode": mode, "ipam": {"config": [{"subnet": SUBNET}]}}
    for host in lab.hosts[:2]:
        fleet.declared[host.name] = {
            "topology_networks": {"shop": network},
            "topology_containers": {"c": {"networks": ["shop"]}},
            "topology_host_id": "id-of-" + host.name,
            "topology_underlay_address": host.ipv4,
        }
    return addresses(fleet.run(["node1", "node2"]))["node2/c"]
