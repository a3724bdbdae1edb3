# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IPv6 addresses that a kernel makes of a MAC or of another address: RFC 4291, appendix A and section 2.7.1."""

from __future__ import annotations

import ipaddress


def link_local(mac: str) -> str:
    """With the modified EUI-64 identifier."""
    octets = [int(octet, 16) for octet in mac.split(":")]
    identifier = bytes([octets[0] ^ 2] + octets[1:3] + [0xFF, 0xFE] + octets[3:])
    return str(ipaddress.IPv6Address(b"\xfe\x80" + bytes(6) + identifier))


def solicited_node(address: str) -> str:
    """The group at which others ask for an address: ff02::1:ff00:0/104 and its last 24 bits."""
    return str(ipaddress.IPv6Address(b"\xff\x02" + bytes(9) + b"\x01\xff" + ipaddress.IPv6Address(address).packed[13:]))


def is_of_a_mac(cidr: str) -> bool:
    """Whether it may be one: an address that somebody chose has something else in the middle than ff:fe."""
    return cidr.startswith("fe80:") and ipaddress.IPv6Interface(cidr).ip.packed[11:13] == b"\xff\xfe"
