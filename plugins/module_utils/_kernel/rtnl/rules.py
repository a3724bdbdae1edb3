# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policy rules (ip-rule(8)): by which of its tables the kernel routes a packet.

Layouts: include/uapi/linux/fib_rules.h.
"""

from __future__ import annotations

import socket
import struct
from typing import Dict, List, Optional

from ..data import NamedTuple
from . import socket as nl
from .read import RT_TABLE_LOCAL, RT_TABLE_MAIN

_RTM_GETRULE = 34
_HEADER = struct.Struct("=BBBBBBBBI")
_DST, _SRC, _IIFNAME, _PRIORITY, _FWMARK, _SUPPRESS_PREFIXLEN, _TABLE, _OIFNAME = 1, 2, 3, 6, 10, 14, 15, 17
_INVERT = 2
_TO_TABLE = 1
_ACTIONS = {1: "lookup", 2: "goto", 6: "blackhole", 7: "unreachable", 8: "prohibit"}
_TABLE_NAMES = {RT_TABLE_MAIN: "main", RT_TABLE_LOCAL: "local", 253: "default"}


class Rule(NamedTuple):
    """``source`` and ``destination`` are CIDRs, empty for all; ``table`` 0 where it looks up none."""

    family: int  # 4 or 6
    priority: int
    action: str
    table: int = 0
    source: str = ""
    destination: str = ""
    iif: str = ""
    oif: str = ""
    mark: bool = False  # whether a packet's mark decides
    inverted: bool = False
    suppresses: bool = False  # a route that it finds may not count (suppress_prefixlength)

    @property
    def is_usual(self) -> bool:
        """One of those that every namespace has."""
        known = {0: RT_TABLE_LOCAL, 32766: RT_TABLE_MAIN, 32767: 253}
        return known.get(self.priority) == self.table and not (self.source or self.destination or self.iif or self.oif)

    def __str__(self) -> str:
        words = ["not"] * self.inverted + ["from " + (self.source or "all")]
        words += ["to " + self.destination] * bool(self.destination)
        words += ["iif " + self.iif] * bool(self.iif) + ["oif " + self.oif] * bool(self.oif)
        words += ["fwmark …"] * self.mark
        words += ["lookup " + _TABLE_NAMES.get(self.table, str(self.table)) if self.table else self.action]
        return "{0}: {1}".format(self.priority, " ".join(words))


def read_rules(sock: nl.NetlinkSocket) -> List[Rule]:
    """Of both families, in the order in which the kernel goes through them."""
    found = []
    for payload in sock.dump(_RTM_GETRULE, _HEADER.pack(0, 0, 0, 0, 0, 0, 0, 0, 0)):
        if payload[0] in (socket.AF_INET, socket.AF_INET6):
            found.append(_rule(4 if payload[0] == socket.AF_INET else 6, payload))
    return sorted(found, key=lambda rule: (rule.family, rule.priority))


def _rule(family: int, payload: bytes) -> Rule:
    raw_family, dst_len, src_len, _tos, table, _res1, _res2, action, flags = _HEADER.unpack_from(payload)
    attributes: Dict[int, bytes] = nl.attributes(payload, _HEADER.size)
    suppressed = attributes.get(_SUPPRESS_PREFIXLEN)
    return Rule(
        family=family,
        priority=_number(attributes.get(_PRIORITY)),
        action=_ACTIONS.get(action, str(action)),
        table=(_number(attributes.get(_TABLE)) or table) if action == _TO_TABLE else 0,
        source=_cidr(raw_family, attributes.get(_SRC), src_len),
        destination=_cidr(raw_family, attributes.get(_DST), dst_len),
        iif=nl.text(attributes.get(_IIFNAME, b"")),
        oif=nl.text(attributes.get(_OIFNAME, b"")),
        mark=_number(attributes.get(_FWMARK)) != 0,
        inverted=bool(flags & _INVERT),
        suppresses=suppressed is not None and _number(suppressed) != 0xFFFFFFFF,
    )


def _cidr(family: int, raw: Optional[bytes], length: int) -> str:
    return "{0}/{1}".format(socket.inet_ntop(family, raw), length) if raw and length else ""


def _number(payload: Optional[bytes]) -> int:
    return struct.unpack("=I", payload)[0] if payload else 0
