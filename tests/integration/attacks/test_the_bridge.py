# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container tells the bridge about itself and others: its forwarding table, its spanning tree, its groups."""

from __future__ import annotations

import struct

import pytest
from scene import ALL_NODES, Scene

from tests.lab.frames import ethernet, icmp6, ip4, ip6, octets

FAMILIES = pytest.mark.parametrize("family", [4, 6])
#: Reserved by IEEE 802.1D for what no bridge forwards. The kernel takes them past most of its packet filter.
RESERVED = ["01:80:c2:00:00:0{0:x}".format(number) for number in range(16)]
LLDP = "01:80:c2:00:00:0e"


def silent(source: str, target: str = LLDP) -> bytes:
    return ethernet(source, target, 0x88CC, b"\0" * 46)


def test_nobody_takes_a_neighbours_place_in_the_forwarding_table(scene: Scene) -> None:
    neighbours = [scene.mac("victim"), scene.router_mac()]
    scene.shout_all("mallory", [silent(mac, target) for mac in neighbours for target in RESERVED])
    scene.mark("victim", b"the end")
    assert not set(neighbours) & set(scene.entries(scene.port("mallory")))


@FAMILIES
def test_what_is_for_a_neighbour_goes_on_to_it_whatever_a_container_says(scene: Scene, family: int) -> None:
    with scene.talk.serve("victim", 4002, "udp") as server, scene.talk.ear("mallory") as ear:
        scene.shout_all("mallory", [silent(scene.mac("victim"))] * 50)
        assert scene.talk.reach(scene.host.name, scene.address("victim", family), 4002, server, size=60)
        scene.mark("mallory", b"the end", family)
        assert not any(b"t" * 60 in frame for frame in scene.heard_before(ear, b"the end"))


def test_no_container_fills_the_forwarding_table(scene: Scene) -> None:
    forged = (silent("02:66:00:00:{0:02x}:{1:02x}".format(n >> 8, n & 255)) for n in range(3000))
    scene.shout_all("mallory", forged)
    assert scene.entries(scene.port("mallory")) in ([], [scene.mac("mallory")])


def test_no_container_becomes_the_root_of_the_spanning_tree(scene: Scene) -> None:
    before = scene.bridge_now()["root_id"]
    body = b"\0\0\0\0\0" + b"\0\0" + octets(scene.mac("third")) + b"\0" * 4 + b"\0\0" + octets(scene.mac("third"))
    bpdu = b"\x42\x42\x03" + body + struct.pack("!HHHHH", 0x8001, 0, 20 << 8, 2 << 8, 1 << 8)
    frame = octets(RESERVED[0]) + octets(scene.mac("third")) + struct.pack("!H", len(bpdu)) + bpdu
    scene.shout_all("third", [frame.ljust(60, b"\0")] * 3)
    after = scene.bridge_now()
    assert (after["root_id"], after["root_port"]) == (before, scene.bridge_now()["root_port"])
    assert after["root_port"] == 0


def query4(scene: Scene, kind: int, group: str = "224.0.0.1", protocol: int = 2) -> bytes:
    message = struct.pack("!BBHI", kind, 100, 0, 0)
    total = struct.unpack("!HHHH", message)
    value = sum(total)
    value = ~((value & 0xFFFF) + (value >> 16)) & 0xFFFF
    packet = ip4(scene.address("mallory"), group, protocol, message[:2] + struct.pack("!H", value) + message[4:])
    target = "01:00:5e:" + ":".join("{0:02x}".format(int(part)) for part in group.split(".")[1:])
    return ethernet(scene.mac("mallory"), target, 0x0800, packet)


def query6(scene: Scene, kind: int) -> bytes:
    source = scene.host.container("mallory").json(["ip", "-6", "-j", "addr", "show", "dev", "eth0", "scope", "link"])
    address = next(each["local"] for link in source for each in link["addr_info"] if "local" in each)
    message = icmp6(address, "ff02::1", kind, struct.pack("!HH", 1000, 0) + b"\0" * 16)
    options = bytes([58, 0, 5, 2, 0, 0, 1, 0])  # router alert, RFC 2711
    return ethernet(scene.mac("mallory"), ALL_NODES, 0x86DD, ip6(address, "ff02::1", 0, options + message))


#: What makes a snooping bridge send all multicast to a port: RFC 2236, 4286 (router discovery), 7761 (PIM), 2710.
ROUTERS = {
    "IGMP query": lambda scene: query4(scene, 0x11),
    "multicast router advertisement": lambda scene: query4(scene, 0x30, "224.0.0.106"),
    "DVMRP": lambda scene: query4(scene, 0x13, "224.0.0.4"),
    "PIM hello": lambda scene: query4(scene, 0x20, "224.0.0.13", 103),
    "MLD query": lambda scene: query6(scene, 130),
    "MLD router advertisement": lambda scene: query6(scene, 151),
}


@pytest.mark.parametrize("kind", ROUTERS)
def test_no_container_becomes_a_multicast_router(scene: Scene, kind: str) -> None:
    frame = ROUTERS[kind](scene)
    assert not scene.comes_through("victim", [frame], frame[14:])
    routers = scene.host.json(["bridge", "-j", "-d", "mdb", "show"])[0].get("router", {}).get(scene.bridge, [])
    assert scene.port("mallory") not in [each.get("port") for each in routers]


def test_no_container_fills_the_table_of_groups(scene: Scene) -> None:
    """Past its limit the kernel would turn snooping off, for everybody on the bridge."""
    before = scene.bridge_now()["mcast_snooping"]
    groups = ("{0}.{1}.{2}.1".format(239, n >> 8, n & 255) for n in range(5000))
    scene.shout_all("mallory", (report4(scene, group) for group in groups))
    scene.mark("victim", b"the end")
    assert scene.bridge_now()["mcast_snooping"] == before
    listed = scene.host.json(["bridge", "-j", "mdb", "show"])[0].get("mdb", [])
    assert len([each for each in listed if each["port"] == scene.port("mallory")]) < 1000


def report4(scene: Scene, group: str) -> bytes:
    parts = [int(part) for part in group.split(".")]
    message = struct.pack("!BBH", 0x16, 0, 0) + bytes(parts)
    value = sum(struct.unpack("!HHHH", message))
    value = ~((value & 0xFFFF) + (value >> 16)) & 0xFFFF
    message = message[:2] + struct.pack("!H", value) + message[4:]
    target = "01:00:5e:{0:02x}:{1:02x}:{2:02x}".format(parts[1] & 127, parts[2], parts[3])
    return ethernet(scene.mac("mallory"), target, 0x0800, ip4(scene.address("mallory"), group, 2, message))
