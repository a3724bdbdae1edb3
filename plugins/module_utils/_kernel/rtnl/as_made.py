# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nobody declares of a bridge and of a place on a bridge, and decides all the same which way a frame goes: how the
kernel makes it, and what differs from that, because somebody set it.

Numbers: include/uapi/linux/if_link.h. Names: bridge(8) and ip-link(8). Of an older kernel, what it does not have is as
it would be made.
"""

from __future__ import annotations

import sys
from typing import Dict, Iterator, Mapping, Tuple

from ..data import NamedTuple


class Option(NamedTuple):
    """``number``: the attribute's; ``size``: of its value, in bytes; ``usual``: what a new one has."""

    number: int
    size: int
    usual: int


#: Of a place on a bridge: IFLA_BRPORT_*.
PORT: Dict[str, Option] = {
    "root_block": Option(6, 1, 0),
    "fastleave": Option(7, 1, 0),
    "flood": Option(9, 1, 1),
    "proxy_arp": Option(10, 1, 0),
    "proxy_arp_wifi": Option(12, 1, 0),
    "mcast_router": Option(25, 1, 1),
    "mcast_flood": Option(27, 1, 1),
    "mcast_to_unicast": Option(28, 1, 0),
    "vlan_tunnel": Option(29, 1, 0),
    "bcast_flood": Option(30, 1, 1),
    "group_fwd_mask": Option(31, 2, 0),
    "neigh_suppress": Option(32, 1, 0),
    "backup_port": Option(34, 4, 0),
    "locked": Option(39, 1, 0),
    "mab": Option(40, 1, 0),
    "neigh_vlan_suppress": Option(43, 1, 0),
}
#: Of a bridge: IFLA_BR_*.
BRIDGE: Dict[str, Option] = {
    "vlan_filtering": Option(7, 1, 0),
    "group_fwd_mask": Option(9, 2, 0),
    "nf_call_iptables": Option(36, 1, 0),
    "nf_call_ip6tables": Option(37, 1, 0),
    "nf_call_arptables": Option(38, 1, 0),
}

PORT_NUMBERS = tuple(each.number for each in PORT.values())

Differing = Tuple[Tuple[str, int], ...]


def _as_bytes(options: Mapping[str, Option]) -> Tuple[Tuple[str, int, bytes], ...]:
    return tuple((name, each.number, packed(each, each.usual)) for name, each in options.items())


def packed(option: Option, value: int) -> bytes:
    return value.to_bytes(option.size, sys.byteorder)


_PORT, _BRIDGE = _as_bytes(PORT), _as_bytes(BRIDGE)


def of_port(attributes: Mapping[int, bytes]) -> Differing:
    """Name → value of what somebody set. ``attributes``: of IFLA_INFO_SLAVE_DATA."""
    return tuple(_differing(_PORT, attributes))


def of_bridge(attributes: Mapping[int, bytes]) -> Differing:
    """``attributes``: of IFLA_INFO_DATA."""
    return tuple(_differing(_BRIDGE, attributes))


def _differing(made: Tuple[Tuple[str, int, bytes], ...], attributes: Mapping[int, bytes]) -> Iterator[Tuple[str, int]]:
    for name, number, usual in made:
        value = attributes.get(number, usual)
        if value != usual:
            yield name, int.from_bytes(value, sys.byteorder)
