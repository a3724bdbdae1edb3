# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The frames that tell neighbours of an address, byte by byte."""

from __future__ import annotations

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.announce import frame


def test_an_ipv4_address_is_announced_by_gratuitous_arp() -> None:
    sent = frame("02:42:ac:11:00:04", "172.17.0.4")

    assert sent.hex() == (
        "ffffffffffff"
        "0242ac110004"
        "0806"  # to everybody, from its MAC
        "0001"
        "0800"
        "06"
        "04"
        "0001"  # Ethernet, IPv4, request
        "0242ac110004"
        "ac110004"  # it is at this MAC
        "000000000000"
        "ac110004"  # and asks for itself
    )


def test_an_ipv6_address_is_announced_by_an_unsolicited_advertisement() -> None:
    sent = frame("02:42:ac:11:00:04", "fd00:3596:9ec5::4")

    assert sent[:14].hex() == "3333000000010242ac11000486dd"
    assert sent[14:22].hex() == "6000000000203aff"  # 32 bytes of ICMPv6, hop limit 255
    assert sent[54] == 136 and sent[58] == 0x20  # neighbour advertisement, override
    assert sent[-8:].hex() == "02010242ac110004"  # the target's link-layer address


def test_the_checksum_of_an_advertisement_is_right() -> None:
    sent = frame("02:42:ac:11:00:04", "fd00::4")
    pseudo = sent[22:54] + (32).to_bytes(4, "big") + b"\0\0\0\x3a"
    words = pseudo + sent[54:]

    total = sum(int.from_bytes(words[n : n + 2], "big") for n in range(0, len(words), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)

    assert total == 0xFFFF
