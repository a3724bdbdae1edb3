# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing of an encrypted network can be read on the wire: not while it is made, changed both ways, rebooted or taken
away; and what somebody forges, says again, or sends beside the tunnel arrives nowhere. Routed and bridged, by WireGuard
and by OpenVPN."""

from __future__ import annotations

import socket
import struct
from typing import Any, Dict, Iterator, List

import pytest

from tests.integration.encryption.hosts import DIRECTORY, IFNAME, SHOP, Hosts, Speaker, Wire
from tests.lab import frames
from tests.lab.talk import MOMENT
from tests.lab.waiting import wait_for

MARKER = b"nobody-is-to-read-this-on-a-wire"
VXLAN = (4789).to_bytes(2, "big")


#: What encrypts → the key or certificate of a host, the interface of the one that listens.
WAYS = {
    "wireguard": (DIRECTORY + "/default.key", IFNAME),
    "openvpn": ("/var/lib/linuxnet-fabric/openvpn/default.pem", IFNAME.replace("wg-", "ov-")),
}


@pytest.fixture(params=["routed by wireguard", "bridged by wireguard", "routed by openvpn", "bridged by openvpn"])
def pair(request: Any, hosts: Hosts) -> Iterator[Hosts]:
    """web on node1 and db on node2."""
    mode, _by, way = request.param.split()
    hosts.own = {"node1": {"web": {"networks": ["shop"]}}, "node2": {"db": {"networks": ["shop"]}}}
    hosts.words = {host: {"topology_encryption": way} for host in hosts.own}
    _declare(hosts, mode, True)
    hosts.make_all()
    wait_for(lambda: _reach(hosts) == _addresses(hosts, "node1"), 60, "the tunnel to be there")
    yield hosts
    for host in hosts.own:
        hosts.absent(host)
    hosts.words = {}


def _way(hosts: Hosts) -> "tuple[str, str]":
    return WAYS[hosts.words["node1"]["topology_encryption"]]


def _key(hosts: Hosts) -> str:
    return str(hosts.host("node1").run(["cat", _way(hosts)[0]]).stdout)


def _declare(hosts: Hosts, mode: str, encrypted: bool) -> None:
    hosts.networks = {"shop": {**SHOP, "overlay_mode": mode, "encrypted": encrypted}}


def _addresses(hosts: Hosts, host: str) -> List[str]:
    (container,) = hosts.told[host]["networks"]["shop"]["own"]["containers"].values()
    return list(container["addresses"])


def _reach(hosts: Hosts) -> List[Any]:
    return [hosts.reaches("node1/web", "node2/db", each, size=100_000) for each in _addresses(hosts, "node2")]


def test_all_that_a_plain_overlay_does_and_nothing_in_the_clear_while_it_changes_both_ways(pair: Hosts) -> None:
    mode = pair.networks["shop"]["overlay_mode"]
    with Wire(pair, "node1") as wire, Speaker(pair, "node1/web", _addresses(pair, "node2"), MARKER):
        assert _reach(pair) == _addresses(pair, "node1")
    assert not wire.has(MARKER)

    _declare(pair, mode, False)
    pair.introduce()
    with Speaker(pair, "node1/web", _addresses(pair, "node2"), MARKER):
        with Wire(pair, "node1") as wire:
            pair.make("node1")
            pair.make("node2")
            wait_for(lambda: _reach(pair) == _addresses(pair, "node1"), 60, "it to be a plain one")
        # as VXLAN to the other host, which is what was asked for; and never beside that
        own = (pair.host("node1").ipv4, pair.host("node2").ipv4)
        assert [frame for frame in wire.frames if MARKER in frame and not _is_vxlan_between(frame, own)] == []

        _declare(pair, mode, True)
        pair.introduce()
        with Wire(pair, "node1") as wire:
            pair.make("node1")
        assert [frame for frame in wire.frames if MARKER in frame and not _is_vxlan_between(frame, own)] == []
        with Wire(pair, "node1") as wire:
            pair.make("node2")
            wait_for(lambda: _reach(pair) == _addresses(pair, "node1"), 60, "it to be encrypted")
        assert not wire.has(MARKER)
        with Wire(pair, "node1") as wire:
            pair.absent("node1")
        assert not wire.has(MARKER)


def _is_vxlan_between(frame: bytes, hosts: "tuple[str, str]") -> bool:
    """Or what a host answers that has no such device yet: the packet that it could not deliver."""
    ends = {socket.inet_aton(each) for each in hosts}
    return {frame[26:30], frame[30:34]} == ends and (frame[36:38] == VXLAN or frame[23] == socket.IPPROTO_ICMP)


def test_after_a_reboot_it_is_as_it_was_with_the_same_key_and_nothing_was_said_aloud(pair: Hosts) -> None:
    for host in pair.own:
        pair.make(host, restore="true", host_program=True)
    before, there = _key(pair), _addresses(pair, "node1")
    with Speaker(pair, "node2/db", there, MARKER), Wire(pair, "node2") as wire:
        pair.host("node1").reboot()
        wait_for(lambda: _is_there(pair) and _reach(pair) == there, 90, "the network to be back")
        pair.host("node1").crash()
        wait_for(lambda: _is_there(pair) and _reach(pair) == there, 90, "the network to be back")
    assert not wire.has(MARKER)
    assert _key(pair) == before
    assert pair.make("node1", check=True, restore="true", host_program=True)["actions"] == []


def _is_there(hosts: Hosts) -> bool:
    return hosts.host("node1").run(["test", "-e", "/run/netns/web"], check=False).returncode == 0


def test_what_is_forged_said_again_or_beside_the_tunnel_arrives_nowhere(pair: Hosts) -> None:
    node1, node2 = pair.host("node1"), pair.host("node2")
    (web, *_more), (db, *_others) = (_addresses(pair, host) for host in ("node1", "node2"))
    server = pair.talk.serve("node1/web", 7777, "udp")
    client = pair.talk.socket("node2/db", socket.AF_INET, socket.SOCK_DGRAM)
    with Wire(pair, "node1") as wire:
        client.sendto(b"once", (web, 7777))
        server.settimeout(10)
        assert server.recv(100) == b"once"
    said = [frame for frame in wire.frames if frame[26:30] == socket.inet_aton(node2.ipv4) and frame[23] == 17]
    server.settimeout(MOMENT)
    attacker = pair.talk.socket("attacker", socket.AF_PACKET, socket.SOCK_RAW)
    attacker.bind(("eth0", 0))
    told = pair.told["node1"]["networks"]["shop"]
    inner = frames.ip4(db, web, 17, frames.udp(db, web, 1111, 7777, b"forged"))
    mac = node1.json(["ip", "-j", "link", "show", "eth0"])[0]["address"]
    ether = frames.ethernet("02:00:00:00:00:66", told["own"]["containers"]["web"]["mac"], 0x0800, inner)
    payload = struct.pack("!II", 0x08000000, told["vni"] << 8) + ether
    ends = (node2.ipv4, node1.ipv4)
    beside = frames.ip4(*ends, 17, frames.udp(*ends, 5555, 4789, payload))
    forged: Dict[str, bytes] = {
        "said again": said[-1],
        "an inner source on the wire": frames.ethernet("02:00:00:00:00:66", mac, 0x0800, inner),
        "VXLAN beside the tunnel": frames.ethernet("02:00:00:00:00:66", mac, 0x0800, beside),
    }
    for what, frame in forged.items():
        attacker.send(frame)

        with pytest.raises(socket.timeout):
            pytest.fail("{0}: {1!r}".format(what, server.recv(100)))
    assert "UP" in node1.json(["ip", "-j", "link", "show", _way(pair)[1]])[0]["flags"]
