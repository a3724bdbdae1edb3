# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does not get in: forged VXLAN packets, forged sources, and whom ``icc``, ``links`` and ``internal`` keep out."""

from __future__ import annotations

import select
import socket
import struct
from typing import Any, NamedTuple

import pytest

from tests.integration.overlay.fleet import Fleet
from tests.integration.overlay.peer import PORT, VNI, packet
from tests.lab import ansible, frames

CONTAINERS = {
    "node1": {"web": {"networks": ["shop", "quiet", "loud"], "links": ["db:database"]}},
    "node2": {"db": {"networks": ["shop", "quiet", "loud"], "expose": ["80"]}, "mq": {"networks": ["quiet"]}},
    "node3": {"cache": {"networks": ["shop"]}},
}


class Made(NamedTuple):
    fleet: Fleet
    ran: ansible.PlaybookRun

    def address(self, place: str, interface: str) -> str:
        host, _slash, container = place.partition("/")
        return str(self.fleet.result(self.ran, host)["containers"][container]["interfaces"][interface]["ipv4"])

    def is_on(self, place: str, network: str) -> bool:
        host, _slash, container = place.partition("/")
        interfaces = self.fleet.result(self.ran, host)["containers"][container]["interfaces"]
        return network in {each["network"] for each in interfaces.values()}


@pytest.fixture(scope="module", params=["routed", "bridged"])
def made(shared_fleet: Fleet, request: pytest.FixtureRequest) -> Made:
    mode = {"driver": "overlay", "overlay_mode": request.param}
    shop = {**mode, "vni": VNI, "ipam": {"config": [{"subnet": "10.88.0.0/16"}]}}
    quiet = {**mode, "icc": False, "internal": True, "ipam": {"config": [{"subnet": "10.89.0.0/16"}]}}
    loud = {"driver": "overlay", "overlay_mode": "bridged", "multicast": True}
    loud["ipam"] = {"config": [{"subnet": "10.90.0.0/16"}]}
    shared_fleet.declare({"shop": shop, "quiet": quiet, "loud": loud}, CONTAINERS)
    return Made(shared_fleet, shared_fleet.run())


def _heard(made: Made, sender: str, inner_source: str, peer: str = "", wait: float = 0.5) -> bool:
    """Whether db hears a datagram that comes in a VXLAN packet. ``peer``: whose outer source it has, if not its own."""
    return _arrives(made, sender, "shop", inner_source, ("node2/db", made.address("node2/db", "eth0")), peer, wait)


def _arrives(
    made: Made,
    sender: str,
    network: str,
    inner_source: str,
    target: "tuple[str, str]",
    peer: str = "",
    wait: float = 0.5,
) -> bool:
    """``network``: by whose VXLAN the packet comes to node2; ``target``: who is to hear it, and at which address."""
    fleet, node2 = made.fleet, made.fleet.host("node2")
    vni = made.fleet.result(made.ran, "node2")["networks"][network]["vni"]
    devices = node2.json(["ip", "-j", "-d", "link", "show", "type", "vxlan"])
    device = next(each for each in devices if each["linkinfo"]["info_data"]["id"] == vni)
    place, address = target
    own = "02:42:" + ":".join("%02x" % int(each) for each in address.split("."))
    elsewhere = "/" not in place or not made.is_on(place, network)
    bridge = node2.json(["ip", "-j", "link", "show", "br-" + network])[0]["address"]
    to = device["address"] if "master" not in device else bridge if elsewhere else own
    with fleet.listening(place, 7777, "udp") as ear:
        whole = packet((fleet.host(peer or sender).ipv4, node2.ipv4), (inner_source, address), to, vni)
        raw = fleet.talk.socket(sender, socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        raw.sendto(whole, (node2.ipv4, 0))
        raw.close()
        return bool(select.select([ear], [], [], wait)[0])


def test_a_packet_is_taken_from_a_peer_alone(made: Made) -> None:
    web = made.address("node1/web", "eth0")
    assert _heard(made, "attacker", web, peer="node1", wait=5), "what a peer's address sends is what it looks like"
    assert not _heard(made, "attacker", web)
    assert not _heard(made, "client", web)


@pytest.mark.parametrize("source", ["10.88.1.99", "192.0.2.77", "10.88.200.9"])
def test_what_comes_from_a_peer_has_the_source_of_something_there(made: Made, source: str) -> None:
    """In this host's own block, of the world, and of a block that is nobody's."""
    assert not _heard(made, "attacker", source, peer="node1")


def test_no_peer_passes_for_another(made: Made) -> None:
    cache = made.address("node3/cache", "eth0")
    assert _heard(made, "attacker", cache, peer="node3", wait=5)
    assert not _heard(made, "attacker", cache, peer="node1")


#: By whose VXLAN, from which interface of node1/web, to whom, at the address of which interface (or the host's own).
BEYOND_THE_RULES = {
    "a neighbour that icc keeps apart": ("quiet", "eth1", "node2/mq", "eth0"),
    "a port that a link does not name": ("quiet", "eth1", "node2/db", "eth1"),
    "out of an internal network": ("quiet", "eth1", "client", ""),
    "the host of an internal network": ("quiet", "eth1", "node2", ""),
    "another network": ("shop", "eth0", "node2/mq", "eth0"),
    "another network of a container of both": ("shop", "eth0", "node2/db", "eth2"),
    "the host": ("shop", "eth0", "node2", ""),
}


@pytest.mark.parametrize("what", BEYOND_THE_RULES)
def test_what_the_rules_forbid_is_not_taken_from_a_peer_that_keeps_to_none(made: Made, what: str) -> None:
    """The source is its own: what is judged where it arrives does not count on who sends."""
    network, source, place, interface = BEYOND_THE_RULES[what]
    address = made.address(place, interface) if interface else made.fleet.host(place).ipv4
    assert not _arrives(made, "attacker", network, made.address("node1/web", source), (place, address), "node1")


def test_no_process_of_a_peer_makes_such_packets(made: Made) -> None:
    fleet = made.fleet
    sender = fleet.talk.socket("node1", socket.AF_INET, socket.SOCK_DGRAM)
    payload = struct.pack("!II", 0x08000000, VNI << 8) + b"\0" * 60
    with pytest.raises(PermissionError):
        sender.sendto(payload, (fleet.host("node2").ipv4, PORT))
    other = struct.pack("!II", 0x08000000, 99 << 8) + b"\0" * 60
    assert sender.sendto(other, (fleet.host("node2").ipv4, PORT)), "other users of the port are left alone"


def test_a_container_cannot_pass_for_its_host(made: Made) -> None:
    """What it sends to another host's VXLAN port is not translated, so it comes from no peer."""
    fleet = made.fleet
    payload = struct.pack("!II", 0x08000000, VNI << 8) + b"\0" * 60
    ear = fleet.talk.ear("node2", "eth0")
    sender = fleet.talk.socket("node1/web", socket.AF_INET, socket.SOCK_DGRAM)
    sender.sendto(payload, (fleet.host("node2").ipv4, PORT))
    heard: Any = []
    while select.select([ear], [], [], 0.5)[0]:
        frame = ear.recv(2048)
        if payload[:8] in frame:
            heard.append(socket.inet_ntoa(frame[26:30]))
    assert fleet.host("node1").ipv4 not in heard


def test_neighbours_are_kept_apart_between_hosts_but_for_links(made: Made) -> None:
    fleet = made.fleet
    db, mq = made.address("node2/db", "eth1"), made.address("node2/mq", "eth0")
    assert fleet.seen("node1/web", "node2/db", db, 80) == made.address("node1/web", "eth1")
    assert fleet.blocked("node1/web", "node2/db", db, 81), "a port that is not exposed"
    assert fleet.blocked("node1/web", "node2/mq", mq, 80)
    assert fleet.blocked("node2/db", "node1/web", made.address("node1/web", "eth1"), 80), "a link has one direction"


def test_an_internal_network_has_no_way_out_on_any_host(made: Made) -> None:
    fleet = made.fleet
    for name in ("client", "node2", "node1"):
        with fleet.listening(name, 99) as server:
            assert fleet.talk.blocked("node2/mq", fleet.host(name).ipv4, 99, server), name


def test_networks_are_kept_apart_between_hosts(made: Made) -> None:
    assert made.fleet.blocked("node3/cache", "node2/mq", made.address("node2/mq", "eth0"), 80), "an internal one"
    assert made.fleet.blocked("node3/cache", "node2/db", made.address("node2/db", "eth2"), 80), "one like its own"


def test_a_container_cannot_send_as_one_of_another_host(made: Made) -> None:
    """Its own host knows its address, and lets nothing else out."""
    fleet, cache = made.fleet, made.address("node3/cache", "eth0")
    web, db = made.address("node1/web", "eth0"), made.address("node2/db", "eth0")

    def heard(source: str, wait: float) -> bool:
        with fleet.listening("node2/db", 7777, "udp") as ear:
            raw = fleet.talk.socket("node3/cache", socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
            raw.sendto(frames.ip4(source, db, 17, frames.udp(source, db, 1111, 7777, b"forged")), (db, 0))
            raw.close()
            return bool(select.select([ear], [], [], wait)[0])

    assert heard(cache, wait=5)
    assert not heard(web, wait=0.5)


def test_what_is_for_all_goes_to_other_hosts_where_multicast_says_so_and_nowhere_else(made: Made) -> None:
    fleet = made.fleet
    for interface, arrives in (("eth2", True), ("eth0", False)):
        with fleet.listening("node2/db", 7778, "udp") as ear:
            sender = fleet.talk.socket("node1/web", socket.AF_INET, socket.SOCK_DGRAM)
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode("ascii"))
            sender.sendto(b"all", ("255.255.255.255", 7778))
            sender.close()
            assert bool(select.select([ear], [], [], 5 if arrives else 0.5)[0]) == arrives, interface
