# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Elements of sets and maps that come and go, as the kernel itself takes them (NFT_MSG_NEWSETELEM and DELSETELEM of
include/uapi/linux/netfilter/nf_tables.h): what one container more takes is done in less time than nft needs to begin.

A set's kernel type tells how nft writes its elements down: as numbers of its own for the types (``datatypes`` in its
include/datatype.h), each value padded to four bytes where there are several. What is not certain is left to nft: sets
with intervals, timeouts or counters, types that none of ours has, and whatever the kernel refuses, for nft says why.
"""

from __future__ import annotations

import re
import socket
import struct
import sys
from typing import Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from . import nf_tables
from .data import NamedTuple
from .nf_tables import DELSETELEM, FAMILIES, GETSET, HEADER, NAME, NEWSETELEM, TABLE
from .rtnl import socket as netlink
from .rtnl.socket import NetlinkError, NetlinkSocket, Request, attribute, nested, string

#: More elements than this in a script are nft's, for it is in no hurry then: a message holds 64 KiB.
MOST = 256

_LINE = re.compile(r"(add|delete) element (\w+) (\S+) (\S+) \{ (.+) \}")
_KINDS = {"add": (NEWSETELEM, netlink.NLM_F_CREATE), "delete": (DELSETELEM, 0)}

_FLAGS, _KEY_TYPE, _KEY_LEN, _DATA_TYPE, _DATA_LEN = 3, 4, 5, 6, 7  # NFTA_SET_*
#: NFTA_SET_* of sets whose elements are more than keys and data: times, objects, expressions.
_MORE = frozenset({11, 15, 17, 18})
_MAP, _CONCAT = 0x08, 0x80  # NFT_SET_*
_ELEMENTS, _ELEMENT = 3, 1  # NFTA_SET_ELEM_LIST_*, NFTA_LIST_ELEM
_KEY, _DATA = 1, 2  # NFTA_SET_ELEM_*
_VALUE, _VERDICT, _CODE, _CHAIN = 1, 2, 1, 2  # NFTA_DATA_*, NFTA_VERDICT_*
_OF_VERDICTS = 0xFFFFFF00  # NFT_DATA_VERDICT
_VERDICTS = {"drop": 0, "accept": 1, "continue": -1, "jump": -3, "goto": -4, "return": -5}
_TYPE_BITS = 6  # of each type in that of several

Encode = Callable[[str], bytes]


class _Unknown(Exception):
    """What nft has to be asked for."""


class _Set(NamedTuple):
    """How elements are written: the types of the key, and of the data. ``data`` None: it is no map; empty: verdicts."""

    key: Tuple[Encode, ...]
    data: Optional[Tuple[Encode, ...]]


def load(script: str, let_go: nf_tables.LetGo = nf_tables.nobody) -> bool:
    """One transaction: all of it or nothing. False, and nothing was done, where nft has to do it, or to say why not.
    ``let_go``: as of ``nf_tables.connected``."""
    lines = _lines(script)
    if lines is None:
        return False
    takes_away = any(do == "delete" for do, *_words in lines)
    try:
        with nf_tables.connected(let_go if takes_away else nf_tables.nobody) as netfilter:
            requests = list(_requests(netfilter, lines))
            begin, end = (
                Request(kind, 0, nf_tables.batch_header()) for kind in (nf_tables.BATCH_BEGIN, nf_tables.BATCH_END)
            )
            netfilter.transact(requests, begin, end)
    except (NetlinkError, _Unknown, OSError, OverflowError, ValueError):
        return False
    return True


def _lines(script: str) -> Optional[List[Tuple[str, ...]]]:
    """What each does, the family, table and set, and the elements; None where one does something else."""
    found = [_LINE.fullmatch(line) for line in script.splitlines()]
    lines = [line.groups() for line in found if line is not None]
    count = sum(line[-1].count(", ") + 1 for line in lines)
    return lines if lines and len(lines) == len(found) and count <= MOST else None


def _requests(netfilter: NetlinkSocket, lines: Sequence[Tuple[str, ...]]) -> Iterator[Request]:
    sets: Dict[Tuple[str, ...], _Set] = {}
    for do, family, table, name, texts in lines:
        if family not in FAMILIES:
            raise _Unknown(family)
        header = nf_tables.header(FAMILIES[family])
        where = header + string(TABLE, table) + string(NAME, name)
        if (family, table, name) not in sets:
            sets[family, table, name] = _set(netlink.attributes(netfilter.get(GETSET, where), HEADER.size))
        elements = (_element(sets[family, table, name], text) for text in texts.split(", "))
        kind, flags = _KINDS[do]
        yield Request(kind, flags, where + nested(_ELEMENTS, *(nested(_ELEMENT, *each) for each in elements)))


def _set(told: Mapping[int, bytes]) -> _Set:
    flags = _number(told.get(_FLAGS))
    if flags & ~(_MAP | _CONCAT) or _MORE & told.keys():
        raise _Unknown("flags")
    key = _types(_number(told.get(_KEY_TYPE)), _number(told.get(_KEY_LEN)))
    if not flags & _MAP:
        return _Set(key, None)
    kind = _number(told.get(_DATA_TYPE))
    return _Set(key, () if kind == _OF_VERDICTS else _types(kind, _number(told.get(_DATA_LEN))))


def _number(told: Optional[bytes]) -> int:
    return int.from_bytes(told or b"", "big")


def _types(kind: int, length: int) -> Tuple[Encode, ...]:
    """``length``: of all of them, in bytes, which is to be what it is known to be."""
    found = []
    while kind:
        found.append(kind & ((1 << _TYPE_BITS) - 1))
        kind >>= _TYPE_BITS
    known = [_TYPES[each] for each in reversed(found) if each in _TYPES]
    size = sum(_padded(each.length) for each in known) if len(known) > 1 else sum(each.length for each in known)
    if not known or len(known) != len(found) or size != length:
        raise _Unknown("types")
    return tuple(each.encode for each in known)


def _padded(length: int) -> int:
    return (length + 3) & ~3


def _element(of: _Set, text: str) -> List[bytes]:
    key, colon, data = text.partition(" : ")
    if bool(colon) != (of.data is not None):
        raise _Unknown(text)
    found = [nested(_KEY, attribute(_VALUE, _values(of.key, key)))]
    if of.data is not None:
        found.append(nested(_DATA, attribute(_VALUE, _values(of.data, data)) if of.data else _verdict(data)))
    return found


def _values(types: Sequence[Encode], text: str) -> bytes:
    words = text.split(" . ")
    if len(words) != len(types):
        raise _Unknown(text)
    values = [encode(word) for encode, word in zip(types, words)]
    return values[0] if len(values) == 1 else b"".join(value.ljust(_padded(len(value)), b"\0") for value in values)


def _verdict(text: str) -> bytes:
    verdict, _blank, chain = text.partition(" ")
    if verdict not in _VERDICTS or bool(chain) != (verdict in ("jump", "goto")):
        raise _Unknown(text)
    code = attribute(_CODE, struct.pack(">i", _VERDICTS[verdict]))
    return nested(_VERDICT, code, *([string(_CHAIN, chain)] if chain else []))


def _decimal(text: str, length: int) -> bytes:
    if not (text.isascii() and text.isdigit()):
        raise _Unknown(text)
    return int(text).to_bytes(length, "big")


def _named(names: Mapping[str, int]) -> Encode:
    return lambda text: bytes((names[text],)) if text in names else _decimal(text, 1)


def _mac(text: str) -> bytes:
    found = bytes.fromhex(text.replace(":", ""))
    if len(found) != 6 or len(text) != 17:
        raise _Unknown(text)
    return found


def _mark(text: str) -> bytes:
    return int(text, 16 if text.startswith("0x") else 10).to_bytes(4, sys.byteorder)


def _ifname(text: str) -> bytes:
    """In quotes, and without what means something to nft, such as ``*`` at the end."""
    found = text[1:-1].encode("ascii", "replace")
    if text != '"{0}"'.format(text[1:-1]) or not re.fullmatch(rb"[\w.-]{1,15}", found):
        raise _Unknown(text)
    return found.ljust(16, b"\0")


def _address(family: int) -> Encode:
    return lambda text: socket.inet_pton(family, text)


class _Type(NamedTuple):
    length: int  # bytes
    encode: Encode


#: nft's number of a type (enum datatypes in its include/datatype.h) → how a value is written.
_TYPES: Mapping[int, _Type] = {
    2: _Type(1, _named({"ipv4": socket.AF_INET, "ipv6": socket.AF_INET6})),  # nf_proto
    7: _Type(4, _address(socket.AF_INET)),
    8: _Type(16, _address(socket.AF_INET6)),
    9: _Type(6, _mac),
    12: _Type(1, _named({"tcp": 6, "udp": 17, "sctp": 132})),  # inet_proto
    13: _Type(2, lambda text: _decimal(text, 2)),  # inet_service
    19: _Type(4, _mark),
    41: _Type(16, _ifname),
}
