# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Neighbour entries that somebody set for good: the kernel learns all others, and learns anew what is wrong in them.

Layouts: include/uapi/linux/neighbour.h.
"""

from __future__ import annotations

import socket
import struct
from typing import Optional, Tuple

from ..data import NamedTuple
from . import socket as nl

_RTM_NEWNEIGH, _RTM_DELNEIGH, _RTM_GETNEIGH = 28, 29, 30
_MESSAGE = struct.Struct("=BxxxiHBB")
_NUD_PERMANENT = 0x80
_DST, _LLADDR = 1, 2
_STATES = {1: "incomplete", 2: "reachable", 4: "stale", 8: "delay", 16: "probe", 32: "failed", 64: "noarp"}
_STATES[_NUD_PERMANENT] = "permanent"


class Neighbour(NamedTuple):
    """A permanent entry; ``mac`` may be empty. ``oif`` is an interface's index."""

    oif: int
    address: str
    mac: str


def read_permanent(
    sock: nl.NetlinkSocket, most: Optional[int] = None, family: int = socket.AF_UNSPEC
) -> Tuple[Neighbour, ...]:
    """Of one family, or of both. TooMany where there are more than ``most`` entries of any kind.

    A dump goes through the entries of every namespace of the machine, those of a family after those of another
    (neigh_dump_info() in net/core/neighbour.c): with a thousand namespaces, twice as long for both as for one.
    """
    found = []
    for payload in sock.dump(_RTM_GETNEIGH, _MESSAGE.pack(family, 0, 0, 0, 0), most):
        version, index, state, _flags, _kind = _MESSAGE.unpack_from(payload)
        if version in (socket.AF_INET, socket.AF_INET6) and state & _NUD_PERMANENT:
            attributes = nl.attributes(payload, _MESSAGE.size)
            mac = attributes.get(_LLADDR, b"").hex(":")
            found.append(Neighbour(index, socket.inet_ntop(version, attributes[_DST]), mac))
    return tuple(sorted(found, key=lambda each: (each.oif, each.address)))


def read_state(sock: nl.NetlinkSocket, oif: int, address: str) -> Tuple[str, str]:
    """(state, MAC) of what the kernel knows of a neighbour, in ip-neighbour(8)'s words; ``("", "")``: nothing."""
    body = _body(Neighbour(oif, address, ""), 0)
    try:
        payload = sock.get(_RTM_GETNEIGH, body)
    except nl.NetlinkError:
        return "", ""
    _family, _index, state, _flags, _kind = _MESSAGE.unpack_from(payload)
    return _STATES.get(state, ""), nl.attributes(payload, _MESSAGE.size).get(_LLADDR, b"").hex(":")


def delete(entry: Neighbour) -> nl.Request:
    return nl.Request(_RTM_DELNEIGH, 0, _body(entry, 0))


def add(entry: Neighbour) -> nl.Request:
    return nl.Request(_RTM_NEWNEIGH, nl.NLM_F_CREATE | nl.NLM_F_REPLACE, _body(entry, _NUD_PERMANENT))


def _body(entry: Neighbour, state: int) -> bytes:
    family = socket.AF_INET6 if ":" in entry.address else socket.AF_INET
    body = _MESSAGE.pack(family, entry.oif, state, 0, 0)
    body += nl.attribute(_DST, socket.inet_pton(family, entry.address))
    return body + (nl.attribute(_LLADDR, bytes.fromhex(entry.mac.replace(":", ""))) if entry.mac and state else b"")
