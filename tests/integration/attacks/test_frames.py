# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames that get by a check of one field, or by the place where it is checked."""

from __future__ import annotations

import struct
from typing import Callable, Dict, List

import pytest
from scene import ALL_NODES, EVERYBODY, LINKED_PORT, Scene

from tests.lab.frames import checksum, ethernet, icmp6, ip4, ip6, octets, packed, sctp_init, udp

FAMILIES = pytest.mark.parametrize("family", [4, 6])
LLDP, STP = "01:80:c2:00:00:0e", "01:80:c2:00:00:00"
COOKIE = b"\x63\x82\x53\x63"


def of_type(family: int) -> int:
    return 0x0800 if family == 4 else 0x86DD


# --- past the bridge


@pytest.mark.parametrize("target", [STP, "01:80:c2:00:00:03", LLDP])
@FAMILIES
def test_a_prisoner_does_not_reach_the_host_past_its_bridge(scene: Scene, family: int, target: str) -> None:
    """Frames to an address that no bridge forwards come to the host as if there was no bridge."""
    host = scene.host.ipv4 if family == 4 else scene.host.ipv6
    with scene.talk.serve(scene.host.name, 514, "udp") as server:
        scene.shout_all("prisoner", [scene.datagram("prisoner", host, b"escaped", target, dport=514)])
        assert not scene.hears_datagram(server)


@pytest.mark.parametrize("target", [STP, "01:80:c2:00:00:03", LLDP])
@FAMILIES
def test_a_prisoner_does_not_get_out_past_its_bridge(scene: Scene, family: int, target: str) -> None:
    client = scene.lab.client.ipv4 if family == 4 else scene.lab.client.ipv6
    with scene.talk.ear("client") as ear:
        scene.shout_all("prisoner", [scene.datagram("prisoner", client, b"escaped", target)])
        scene.shout_all(scene.host.name, [b"\xff" * 6 + b"\x02" * 6 + b"\x88\xb5" + b"the end".ljust(50)], scene.uplink)
        assert not any(b"escaped" in frame for frame in scene.heard_before(ear, b"the end"))


@FAMILIES
def test_on_an_adopted_bridge_nobody_gets_past_it_either(scene: Scene, family: int) -> None:
    """With STP on, frames to its address pass no filter of bridges at all."""
    target = scene.address("prisoner", family)
    with scene.talk.ear("prisoner") as ear:
        frames = [scene.datagram("mallory", target, b"past it", mac) for mac in (STP, LLDP)]
        scene.shout_all("mallory", frames)
        scene.mark("prisoner", b"the end")
        assert not any(b"past it" in frame for frame in scene.heard_before(ear, b"the end"))


# --- answers of a server that a container is not


def dhcp(scene: Scene, token: bytes, sport: int, dport: int, target: str, operation: int = 2) -> bytes:
    message = struct.pack("!BBBBI", operation, 1, 6, 0, 7).ljust(236, b"\0") + COOKIE + token
    mine = scene.address("mallory")
    packet = ip4(mine, target, 17, udp(mine, target, sport, dport, message))
    return ethernet(scene.mac("mallory"), EVERYBODY if target.endswith("255") else scene.mac("victim"), 0x0800, packet)


def dhcpv6(scene: Scene, token: bytes, sport: int, before: bytes = b"", kind: int = 17) -> bytes:
    mine, target = scene.address("mallory", 6), scene.address("victim", 6)
    packet = ip6(mine, target, kind, before + udp(mine, target, sport, 546, b"\x02\0\0\x07" + token))
    return ethernet(scene.mac("mallory"), scene.mac("victim"), 0x86DD, packet)


def split4(packet: bytes, at: int) -> List[bytes]:
    """An IPv4 packet in two fragments, the first with so many bytes behind the header."""
    head, body = packet[:20], packet[20:]
    found = []
    for offset, part, more in ((0, body[:at], 0x2000), (at // 8, body[at:], 0)):
        words = head[:2] + struct.pack("!HHH", 20 + len(part), 77, more | offset) + head[8:10] + b"\0\0" + head[12:]
        found.append(words[:10] + struct.pack("!H", checksum(words)) + words[12:] + part)
    return found


def split6(source: str, target: str, kind: int, body: bytes, at: int) -> List[bytes]:
    """An IPv6 packet in two fragments; ``kind`` is the header that the first one begins with."""
    return [
        ip6(source, target, 44, struct.pack("!BBHI", kind, 0, where, 77) + part)
        for where, part in ((1, body[:at]), (at, body[at:]))
    ]


def _hidden6(scene: Scene, kind: int, message: bytes) -> List[bytes]:
    """A message behind options that fill the first fragment, so that only the second tells what it is (RFC 7113)."""
    mine, target = scene.address("mallory", 6), scene.address("victim", 6)
    options = bytes([kind, 1, 1, 12]) + b"\0" * 12
    parts = split6(mine, target, 60, options + message, 16)
    return [ethernet(scene.mac("mallory"), scene.mac("victim"), 0x86DD, part) for part in parts]


def hidden_dhcpv6(scene: Scene, token: bytes) -> List[bytes]:
    mine, target = scene.address("mallory", 6), scene.address("victim", 6)
    return _hidden6(scene, 17, udp(mine, target, 547, 546, b"\x02\0\0\x07" + token))


def hidden_advertisement(scene: Scene, token: bytes) -> List[bytes]:
    mine, target = scene.address("mallory", 6), scene.address("victim", 6)
    return _hidden6(scene, 58, icmp6(mine, target, 134, struct.pack("!BBHII", 64, 0, 1800, 0, 0) + token))


def half_hidden_dhcpv6(scene: Scene, token: bytes) -> List[bytes]:
    """The first fragment ends within the options."""
    mine, target = scene.address("mallory", 6), scene.address("victim", 6)
    options = bytes([17, 2, 1, 20]) + b"\0" * 20
    message = udp(mine, target, 547, 546, b"\x02\0\0\x07" + token)
    parts = split6(mine, target, 60, options + message, 16)
    return [ethernet(scene.mac("mallory"), scene.mac("victim"), 0x86DD, part) for part in parts]


#: What a client would take for a server's answer; of what comes in pieces, all of it.
ANSWERS: Dict[str, Callable[[Scene, bytes], List[bytes]]] = {
    "DHCP from port 67": lambda s, t: [dhcp(s, t, 67, 68, s.address("victim"))],
    "DHCP from another port": lambda s, t: [dhcp(s, t, 1067, 68, s.address("victim"))],
    "DHCP from the client's port": lambda s, t: [dhcp(s, t, 68, 68, "255.255.255.255")],
    "DHCPv6 from port 547": lambda s, t: [dhcpv6(s, t, 547)],
    "DHCPv6 from another port": lambda s, t: [dhcpv6(s, t, 1547)],
    "DHCPv6 whose port is in the second fragment": hidden_dhcpv6,
    "DHCPv6 whose options end in the second fragment": half_hidden_dhcpv6,
    "router advertisement in the second fragment": hidden_advertisement,
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_no_container_answers_for_a_server(scene: Scene, kind: str) -> None:
    """Of what comes in pieces one is enough to be missing."""
    frames = ANSWERS[kind](scene, b"offer of mine")
    with scene.talk.ear("victim") as ear:
        scene.shout_all("mallory", frames)
        scene.mark("victim", b"the end")
        heard = scene.heard_before(ear, b"the end")
    assert not all(any(frame[14:] in each for each in heard) for frame in frames)


# --- a first segment that does not look like one


def syn(source: str, target: str, sport: int, dport: int) -> bytes:
    head = struct.pack("!HHIIBBHHH", sport, dport, 4711, 0, 5 << 4, 2, 64240, 0, 0)
    if ":" in source:
        pseudo = packed(source) + packed(target) + struct.pack("!II", len(head), 6)
    else:
        pseudo = packed(source) + packed(target) + struct.pack("!BBH", 0, 6, len(head))
    return head[:16] + struct.pack("!H", checksum(pseudo + head)) + head[18:]


def opening(scene: Scene, family: int, dport: int, at: int) -> List[bytes]:
    """A SYN of mallory's in two fragments, from the port that the victim may call."""
    mine, target = scene.address("mallory", family), scene.address("victim", family)
    segment = syn(mine, target, LINKED_PORT, dport)
    parts = split4(ip4(mine, target, 6, segment), at) if family == 4 else split6(mine, target, 6, segment, at)
    return [ethernet(scene.mac("mallory"), scene.mac("victim"), of_type(family), part) for part in parts]


@pytest.mark.parametrize("at", [8, 16])
@FAMILIES
def test_with_icc_off_nobody_opens_a_connection_in_fragments(scene: Scene, family: int, at: int) -> None:
    if scene.setting.icc:
        pytest.skip("neighbours may talk here")
    with scene.talk.serve("victim", 8022), scene.talk.ear("mallory") as ear:
        scene.shout_all("mallory", opening(scene, family, 8022, at))
        scene.mark("mallory", b"the end", family)
        answer = struct.pack("!HH", 8022, LINKED_PORT)
        assert not any(answer in frame for frame in scene.heard_before(ear, b"the end"))


@FAMILIES
def test_with_icc_off_nobody_begins_an_association_from_a_linked_port(scene: Scene, family: int) -> None:
    if scene.setting.icc:
        pytest.skip("neighbours may talk here")
    mine, target = scene.address("mallory", family), scene.address("victim", family)
    chunk = sctp_init(LINKED_PORT, 8022, 0x6D616C6C)
    packet = (ip4 if family == 4 else ip6)(mine, target, 132, chunk)
    frame = ethernet(scene.mac("mallory"), scene.mac("victim"), of_type(family), packet)
    assert not scene.comes_through("victim", [frame], chunk)


# --- who is who, where a port is told only by what it sends


def test_nobody_speaks_for_the_router(scene: Scene) -> None:
    """By ARP, as often as it likes: the neighbours go on to know the router."""
    claim = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 2) + octets(scene.mac("mallory"))
    gateway = "198.51.100.1" if scene.setting.adopted else scene.answer["networks"]["net"]["gateways"][0]
    claim += packed(gateway) + octets(scene.mac("victim")) + packed(scene.address("victim"))
    frame = ethernet(scene.mac("mallory"), scene.mac("victim"), 0x0806, claim.ljust(46, b"\0"))
    assert not scene.comes_through("victim", [frame], claim)


@FAMILIES
def test_from_the_wire_nobody_is_a_container(scene: Scene, family: int) -> None:
    """A forged source gets neither in nor, with the host's address in its place, out again."""
    source = scene.address("prisoner", family)
    target = scene.lab.client.ipv4 if family == 4 else scene.lab.client.ipv6
    host = scene.mac_of(scene.uplink) if not scene.setting.adopted else scene.mac_of("lan0")
    mac = scene.lab.attacker.json(["ip", "-j", "link", "show", "eth0"])[0]["address"]
    own = scene.host.ipv4 if family == 4 else scene.host.ipv6
    pack = ip4 if family == 4 else ip6
    frames = [
        ethernet(mac, host, of_type(family), pack(source, to, 17, udp(source, to, 4000, 4003, b"forged")))
        for to in (target, own)
    ]
    with scene.talk.ear("client") as ear, scene.talk.serve(scene.host.name, 4003, "udp") as server:
        scene.shout_all("attacker", frames)
        scene.shout_all("attacker", [b"\xff" * 6 + octets(mac) + b"\x88\xb5" + b"the end".ljust(50)])
        assert not any(b"forged" in frame for frame in scene.heard_before(ear, b"the end"))
        assert not scene.hears_datagram(server)


@FAMILIES
def test_nobody_makes_a_neighbour_advertise_for_all(scene: Scene, family: int) -> None:
    """What is for all nodes comes from an address of the sender's own."""
    other = scene.address("third", family)
    target = "255.255.255.255" if family == 4 else "ff02::1"
    pack = ip4 if family == 4 else ip6
    packet = pack(other, target, 17, udp(other, target, 4000, 4001, b"not me"))
    frame = ethernet(scene.mac("mallory"), EVERYBODY if family == 4 else ALL_NODES, of_type(family), packet)
    assert not scene.comes_through("victim", [frame], b"not me")


def test_a_frame_that_is_no_frame_of_an_honest_container_goes_nowhere(scene: Scene) -> None:
    honest = scene.datagram("mallory", scene.address("victim"), b"tagged", scene.mac("victim"))
    frames = [
        honest[:12] + struct.pack("!HH", 0x8100, 5) + honest[12:],
        honest[:12] + struct.pack("!HH", 0x88A8, 0) + honest[12:],
        ethernet(scene.mac("mallory"), scene.mac("victim"), 0x88B5, b"tagged".ljust(46)),
        octets(scene.mac("victim")) + octets(scene.mac("mallory")) + struct.pack("!H", 46) + b"tagged".ljust(46),
    ]
    assert not scene.comes_through("victim", frames, b"tagged")
