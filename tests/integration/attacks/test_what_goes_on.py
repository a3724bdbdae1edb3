# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What honest containers and the host do goes on, in every setting that the attacks are tried in."""

from __future__ import annotations

import socket
import struct
from typing import Callable, Dict

import pytest
from scene import EVERYBODY, LINKED_PORT, Scene

from tests.lab.frames import arp, ethernet, ip4, ip6, octets, udp

FAMILIES = pytest.mark.parametrize("family", [4, 6])
NOBODY = "00:00:00:00:00:00"


def talks(scene: Scene) -> bool:
    """Whether the victim may call mallory."""
    return scene.setting.icc or scene.setting.links


@FAMILIES
def test_neighbours_find_each_other_and_the_host(scene: Scene, family: int) -> None:
    """By ARP and neighbour discovery, from nothing."""
    for place in ("victim", "mallory"):
        scene.host.container(place).run(["ip", "neigh", "flush", "all"])
    assert scene.talk.pings("victim", scene.router(family))
    if talks(scene):
        with scene.talk.serve("mallory", LINKED_PORT) as server:
            assert scene.talk.reach("victim", scene.address("mallory", family), LINKED_PORT, server)


@FAMILIES
def test_what_is_too_long_for_one_frame_arrives(scene: Scene, family: int) -> None:
    """A datagram in fragments and its answer, of a neighbour and to the outside."""
    if talks(scene):
        with scene.talk.serve("mallory", LINKED_PORT, "udp") as server:
            target = scene.address("mallory", family)
            assert scene.talk.reach("victim", target, LINKED_PORT, server, size=6000)
    with scene.talk.serve("client", 7001, "udp") as server:
        client = scene.lab.client.ipv4 if family == 4 else scene.lab.client.ipv6
        assert scene.talk.reach("victim", client, 7001, server, size=6000)


@FAMILIES
def test_a_container_calls_its_own_published_port(scene: Scene, family: int) -> None:
    host = scene.host.ipv4 if family == 4 else scene.host.ipv6
    with scene.talk.serve("victim", 80) as server:
        assert scene.talk.reach("victim", host, 8080, server)
        assert scene.talk.reach("client", host, 8080, server)
        assert scene.talk.reach(scene.host.name, host, 8080, server)


def test_a_process_of_the_host_calls_a_published_port_on_loopback(scene: Scene) -> None:
    if scene.setting.adopted:
        pytest.skip("route_localnet of somebody else's bridge is somebody else's")
    with scene.talk.serve("victim", 80) as server:
        assert scene.talk.reach(scene.host.name, "127.0.0.1", 8080, server)


def _dhcp(scene: Scene, source: str, target: str, token: bytes) -> bytes:
    message = struct.pack("!BBBBI", 1, 1, 6, 0, 7).ljust(236, b"\0") + b"\x63\x82\x53\x63" + token
    packet = ip4(source, target, 17, udp(source, target, 68, 67, message))
    return ethernet(scene.mac("mallory"), EVERYBODY, 0x0800, packet)


def _dhcpv6(scene: Scene, token: bytes) -> bytes:
    mine = scene.address("mallory", 6)
    packet = ip6(mine, "ff02::1:2", 17, udp(mine, "ff02::1:2", 546, 547, b"\x01\0\0\x07" + token))
    return ethernet(scene.mac("mallory"), "33:33:00:01:00:02", 0x86DD, packet)


#: What a host hears of a container, with icc on or off.
TO_THE_HOST: Dict[str, Callable[[Scene, bytes], bytes]] = {
    "a renewal of a DHCP lease": lambda s, t: _dhcp(s, s.address("mallory"), "255.255.255.255", t),
    "a DHCPv6 client": _dhcpv6,
    "gratuitous ARP": lambda s, t: ethernet(
        s.mac("mallory"),
        EVERYBODY,
        0x0806,
        arp(1, s.mac("mallory"), s.address("mallory"), NOBODY, s.address("mallory")) + b"\0" * 18 + t,
    ),
}


@pytest.mark.parametrize("kind", TO_THE_HOST)
def test_the_host_hears(scene: Scene, kind: str) -> None:
    with scene.talk.ear(scene.host.name, scene.bridge) as ear:
        scene.shout_all("mallory", [TO_THE_HOST[kind](scene, b"honest")])
        assert scene.hears(ear, b"honest")


@FAMILIES
def test_neighbours_hear_multicast(scene: Scene, family: int) -> None:
    if not scene.setting.icc:
        pytest.skip("they may not")
    group = "239.1.2.3" if family == 4 else "ff15::123"
    kind = socket.AF_INET if family == 4 else socket.AF_INET6
    with scene.talk.socket("victim", kind, socket.SOCK_DGRAM) as listener:
        with scene.talk.inside("victim"):
            index = socket.if_nametoindex("eth0")
        listener.bind((group, 5007))
        if family == 4:
            joined = socket.inet_aton(group) + struct.pack("@II", 0, index)
            listener.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, joined)
        else:
            joined = socket.inet_pton(kind, group) + struct.pack("@I", index)
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, joined)
        pack = ip4 if family == 4 else ip6
        mine = scene.address("mallory", family)
        mac = "01:00:5e:01:02:03" if family == 4 else "33:33:00:00:01:23"
        packet = pack(mine, group, 17, udp(mine, group, 5007, 5007, b"to all"))
        scene.shout_all("mallory", [ethernet(scene.mac("mallory"), mac, 0x0800 if family == 4 else 0x86DD, packet)])
        listener.settimeout(10)
        assert listener.recv(64) == b"to all"


def test_the_host_says_who_it_is_by_lldp(scene: Scene) -> None:
    frame = octets("01:80:c2:00:00:0e") + octets(scene.mac_of("eth0")) + b"\x88\xcc" + b"its name".ljust(46)
    with scene.talk.ear("victim") as ear:
        scene.shout_all(scene.host.name, [frame], scene.port("victim"))
        assert scene.hears(ear, b"its name")


def test_a_second_run_finds_nothing_to_do(scene: Scene) -> None:
    """After all that was sent: nothing of it has changed anything that is compared."""
    assert scene.apply()["actions"] == []
