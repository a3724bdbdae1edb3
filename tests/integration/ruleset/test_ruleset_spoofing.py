# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames that a container with every capability crafts: only those with its own identity get past its port."""

from __future__ import annotations

import struct

import pytest
from ruleset_wire import (
    address,
    arp,
    checksum,
    endpoints,
    ethernet,
    gateway,
    icmp6,
    ip4,
    ip6,
    mac,
    octets,
    packed,
    policies,
    udp,
)

from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.model import Ruleset

EVERYBODY = "ff:ff:ff:ff:ff:ff"
ALL_NODES = "33:33:00:00:00:01"
ME, VICTIM = "web2", "web"
MY_MAC = mac(ME)
LINK_LOCAL = "fe80::42:acff:fe14:b"
NOBODY = "00:00:00:00:00:00"


def v4(source, token, ether=MY_MAC, sport=4000):
    packet = ip4(source, address("web", 4), 17, udp(source, address("web", 4), sport, 4001, token))
    return ethernet(ether, mac(VICTIM), 0x0800, packet)


def v6(source, token, ether=MY_MAC, sport=4000):
    packet = ip6(source, address("web", 6), 17, udp(source, address("web", 6), sport, 4001, token))
    return ethernet(ether, mac(VICTIM), 0x86DD, packet)


def advertisement(source, target, token):
    body = struct.pack("!I", 0x20000000) + packed(target) + b"\x02\x01" + octets(mac(ME)) + b"\x0e\x01" + token[:6]
    return ethernet(mac(ME), ALL_NODES, 0x86DD, ip6(source, "ff02::1", 58, icmp6(source, "ff02::1", 136, body)))


def solicitation(source, target, token):
    body = struct.pack("!I", 0) + packed(target) + b"\x0e\x01" + token[:6]
    return ethernet(mac(ME), ALL_NODES, 0x86DD, ip6(source, "ff02::1", 58, icmp6(source, "ff02::1", 135, body)))


def icmp(source, kind, token):
    message = icmp6(source, "ff02::1", kind, struct.pack("!I", 0) + token)
    return ethernet(mac(ME), ALL_NODES, 0x86DD, ip6(source, "ff02::1", 58, message))


def arp_frame(operation, sender_mac, sender, token, ether=MY_MAC):
    packet = arp(operation, sender_mac, sender, NOBODY, address(VICTIM, 4))
    return ethernet(ether, EVERYBODY, 0x0806, packet + b"\0" * 18 + token)


def tagged(frame):
    return frame[:12] + struct.pack("!HH", 0x8100, 5) + frame[12:]


def behind(header, message):
    """A router advertisement, or what else there is, with an IPv6 extension header before it."""
    kind, source, target, upper, body = message
    return ethernet(mac(ME), ALL_NODES, 0x86DD, ip6(source, target, kind, bytes([upper]) + header + body))


def advertisement_behind(kind, header, token):
    message = icmp6(LINK_LOCAL, "ff02::1", 134, struct.pack("!I", 0) + token)
    return behind(header, (kind, LINK_LOCAL, "ff02::1", 58, message))


def dhcpv6_behind(kind, header, token):
    message = udp(address(ME, 6), address(VICTIM, 6), 547, 546, token)
    return behind(header, (kind, address(ME, 6), address(VICTIM, 6), 17, message))


#: Extension headers without their first byte: options with padding; a fragment that is whole; the first of several.
OPTIONS, WHOLE, FIRST = b"\0\1\4\0\0\0\0", b"\0\0\0\0\0\0\1", b"\0\0\1\0\0\0\1"


def fragment4(source, token, sport=4000, offset=0):
    """A fragment of an IPv4 packet after which more come."""
    packet = ip4(source, address("web", 4), 17, udp(source, address("web", 4), sport, 4001, token))
    head = packet[:6] + struct.pack("!H", 0x2000 | offset) + packet[8:10] + b"\0\0" + packet[12:20]
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return ethernet(MY_MAC, mac(VICTIM), 0x0800, head + packet[20:])


HONEST = {
    "ipv4": lambda t: v4(address(ME, 4), t),
    "ipv6": lambda t: v6(address(ME, 6), t),
    "ipv6 from its link-local address": lambda t: v6(LINK_LOCAL, t),
    "arp request": lambda t: arp_frame(1, mac(ME), address(ME, 4), t),
    "arp reply": lambda t: arp_frame(2, mac(ME), address(ME, 4), t),
    "arp probe": lambda t: arp_frame(1, mac(ME), "0.0.0.0", t),
    "neighbour advertisement": lambda t: advertisement(address(ME, 6), address(ME, 6), t),
    "neighbour solicitation": lambda t: solicitation(address(ME, 6), address(VICTIM, 6), t),
    "duplicate address detection": lambda t: solicitation("::", address(ME, 6), t),
    "router solicitation": lambda t: icmp(LINK_LOCAL, 133, t),
}

FORGED = {
    "another's MAC": lambda t: v4(address(ME, 4), t, ether=mac(VICTIM)),
    "another's IPv4 address": lambda t: v4(address(VICTIM, 4), t),
    "the gateway's IPv4 address": lambda t: v4(gateway("front", 4), t),
    "an address of the internet": lambda t: v4("198.51.100.1", t),
    "another's IPv6 address": lambda t: v6(address(VICTIM, 6), t),
    "another's IPv6 address and MAC": lambda t: v6(address(VICTIM, 6), t, ether=mac(VICTIM)),
    "another's link-local address": lambda t: v6("fe80::42:acff:fe14:a", t),
    "arp reply for the gateway": lambda t: arp_frame(2, mac(ME), gateway("front", 4), t),
    "arp request as the gateway": lambda t: arp_frame(1, mac(ME), gateway("front", 4), t),
    "arp with another's MAC inside": lambda t: arp_frame(2, mac(VICTIM), address(ME, 4), t),
    "arp with another's MAC outside": lambda t: arp_frame(2, mac(ME), address(ME, 4), t, ether=mac(VICTIM)),
    "neighbour advertisement for the gateway": lambda t: advertisement(address(ME, 6), gateway("front", 6), t),
    "neighbour advertisement as the gateway": lambda t: advertisement(gateway("front", 6), gateway("front", 6), t),
    "neighbour solicitation as the gateway": lambda t: solicitation(gateway("front", 6), address(VICTIM, 6), t),
    "address detection of another's": lambda t: solicitation("::", address(VICTIM, 6), t),
    "router advertisement": lambda t: icmp(LINK_LOCAL, 134, t),
    "redirect": lambda t: icmp(LINK_LOCAL, 137, t),
    "dhcp answer": lambda t: v4(address(ME, 4), t, sport=67),
    "dhcpv6 answer": lambda t: v6(address(ME, 6), t, sport=547),
    "router advertisement behind options": lambda t: advertisement_behind(60, OPTIONS, t),
    "router advertisement behind hop-by-hop options": lambda t: advertisement_behind(0, OPTIONS, t),
    "router advertisement in a fragment": lambda t: advertisement_behind(44, WHOLE, t),
    "router advertisement in a first fragment": lambda t: advertisement_behind(44, FIRST, t),
    "dhcpv6 answer behind options": lambda t: dhcpv6_behind(60, OPTIONS, t),
    "dhcpv6 answer in a first fragment": lambda t: dhcpv6_behind(44, FIRST, t),
    "dhcp answer in a first fragment": lambda t: fragment4(address(ME, 4), t, sport=67),
    "another's IPv4 address in a first fragment": lambda t: fragment4(address(VICTIM, 4), t),
    "another's IPv4 address in a later fragment": lambda t: fragment4(address(VICTIM, 4), t, offset=100),
    "another ethertype": lambda t: ethernet(mac(ME), mac(VICTIM), 0x88B5, b"\0" * 40 + t),
    "a VLAN tag": lambda t: tagged(v4(address(ME, 4), t)),
}


@pytest.fixture(scope="module")
def host(wire):
    wire.load(Ruleset("wire", policies(), endpoints()))
    return wire


@pytest.mark.parametrize("kind", HONEST)
def test_a_container_may_send(host, kind):
    ear = host.ear(VICTIM)
    host.shout(ME, HONEST[kind](b"tk" + b"%04d" % (sorted(HONEST).index(kind))))
    assert host.hears(ear, b"tk" + b"%04d" % (sorted(HONEST).index(kind)))


@pytest.mark.parametrize("kind", ["neighbour advertisement", "duplicate address detection"])
def test_what_was_judged_by_its_target_arrives_as_it_was_sent(host, kind):
    ear, frame = host.ear(VICTIM), HONEST[kind](b"intact")
    host.shout(ME, frame)
    assert host.until(ear, b"intact")[-1] == frame


@pytest.mark.parametrize("kind", FORGED)
def test_a_container_cannot_send(host, kind):
    ear = host.ear(VICTIM)
    host.shout(ME, FORGED[kind](b"forged"))
    host.shout(ME, HONEST["ipv4"](b"honest"))
    heard = host.until(ear, b"honest")  # what was sent before it has arrived by now, if at all
    assert [frame for frame in heard if b"forged" in frame] == []


def test_a_network_may_turn_it_off(host):
    """But for frames with the victim's own MAC, which the bridge learns, and fragments that br_netfilter collects."""
    left_out = ("MAC", " fragment") if host.bridge_netfilter else ("MAC",)
    kinds = [kind for kind in FORGED if not any(word in kind for word in left_out)]
    host.load(Ruleset("wire", policies(front={"anti_spoofing": False}), endpoints()))
    try:
        for number, kind in enumerate(kinds):
            ear, token = host.ear(VICTIM), b"of%04d" % number
            host.shout(ME, FORGED[kind](token))
            assert host.hears(ear, token), kind
            ear.close()
    finally:
        host.load(Ruleset("wire", policies(), endpoints()))
