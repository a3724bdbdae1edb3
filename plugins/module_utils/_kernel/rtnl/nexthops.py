# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nexthop objects (``ip nexthop``): where a route goes that only names one, with net.ipv4.nexthop_compat_mode off.

Layouts: include/uapi/linux/nexthop.h.
"""

from __future__ import annotations

import socket
import struct
from typing import Dict, List, Mapping, Optional, Tuple

from ..data import NamedTuple
from . import socket as nl

_RTM_GETNEXTHOP = 106
_HEADER = struct.Struct("=BBBBI")
_MEMBER = struct.Struct("=IBBH")
_ID, _GROUP, _OIF, _GATEWAY = 1, 2, 5, 6


class NextHop(NamedTuple):
    oif: int = 0
    gateway: Optional[str] = None
    group: Tuple[int, ...] = ()  # the ids of its members


def read_next_hops(sock: nl.NetlinkSocket) -> Dict[int, NextHop]:
    """Id → object."""
    found: Dict[int, NextHop] = {}
    for payload in sock.dump(_RTM_GETNEXTHOP, _HEADER.pack(0, 0, 0, 0, 0)):
        attributes = nl.attributes(payload, _HEADER.size)
        gateway = attributes.get(_GATEWAY)
        family = socket.AF_INET6 if gateway and len(gateway) == 16 else socket.AF_INET
        members = attributes.get(_GROUP, b"")
        found[_number(attributes.get(_ID))] = NextHop(
            oif=_number(attributes.get(_OIF)),
            gateway=socket.inet_ntop(family, gateway) if gateway else None,
            group=tuple(member for member, _weight, _pad, _rest in _MEMBER.iter_unpack(members)),
        )
    return found


def ways(number: int, objects: Mapping[int, NextHop]) -> List[NextHop]:
    """The ends of an object: itself, or the members of a group."""
    found = objects.get(number, NextHop())
    return [objects.get(member, NextHop()) for member in found.group] or [found]


def _number(payload: Optional[bytes]) -> int:
    return struct.unpack("=I", payload)[0] if payload else 0
