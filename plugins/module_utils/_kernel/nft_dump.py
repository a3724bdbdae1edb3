# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of nf_tables as the kernel itself lists them (NFT_MSG_GET* of include/uapi/linux/netfilter/nf_tables.h): for
who wants to know whether they are still what they were. nft, which puts them into words, takes ten times as long.
"""

from __future__ import annotations

import hashlib
import struct
from itertools import product
from typing import Iterator, List, Optional, Sequence, Tuple

from . import nf_tables, nft_generation
from .data import NamedTuple
from .nf_tables import (
    FAMILIES,
    GETCHAIN,
    GETFLOWTABLE,
    GETOBJ,
    GETRULE,
    GETSET,
    GETSETELEM,
    GETTABLE,
    HEADER,
    NAME,
    TABLE,
)
from .rtnl import socket as netlink

_ELEMENTS = 3  # NFTA_SET_ELEM_LIST_ELEMENTS
#: What a table and a chain are, beside what they are used for: name, flags, what nft says of it and owner; and name,
#: hook, policy, type, flags and what nft says of it.
_OF_TABLE, _OF_CHAIN = (1, 2, 6, 7), (3, 4, 5, 7, 10, 12)

_ATTRIBUTE = struct.Struct("=HH")
_PART = struct.Struct("=HI")

TableName = Tuple[str, str]
Parts = Iterator[Tuple[int, bytes]]


class Listed(NamedTuple):
    """``generation``: how often the rules were changed by then; ``digest``: of what was listed, 16 bytes."""

    generation: int
    digest: bytes


def read(tables: Sequence[TableName], without: str) -> Optional[Listed]:
    """All that is in these tables (family, name), which need not be there, in this thread's network namespace.
    ``without``: the rules of chains with a name that begins so do not count. None where the rules were changed
    meanwhile, or the kernel does not tell."""
    found = hashlib.blake2b(digest_size=16)
    try:
        before = nft_generation.read()
        with nf_tables.connected() as netfilter:
            for kind, part in _parts(netfilter, tables, without.encode("ascii")):
                found.update(_PART.pack(kind, len(part)))
                found.update(part)
    except netlink.NetlinkError:
        return None
    return Listed(before, found.digest()) if before is not None and before == nft_generation.read() else None


def have_rules(table: TableName, chains: Sequence[str]) -> bool:
    """Whether there is a rule in one of these chains. So it is where the kernel does not tell."""
    family, name = table
    try:
        with nf_tables.connected() as netfilter:
            rules = netfilter.dump(GETRULE, nf_tables.header(FAMILIES[family]) + netlink.string(TABLE, name))
            return any(netlink.text(_first(payload, NAME)) in chains for payload in rules)
    except netlink.NetlinkError:
        return True


def _parts(netfilter: netlink.NetlinkSocket, tables: Sequence[TableName], without: bytes) -> Parts:
    """Everything that is in the tables, and the kind of what is asked for."""

    def listed(kind: int, family: int, *attributes: bytes) -> Iterator[bytes]:
        return netfilter.dump(kind, nf_tables.header(family) + b"".join(attributes))

    whose = [(FAMILIES[family], name.encode("utf-8") + b"\0") for family, name in tables]
    # The kernel lists these of all tables of a family, whichever is asked for.
    everything = ((GETTABLE, _OF_TABLE), (GETCHAIN, _OF_CHAIN), (GETOBJ, ()), (GETFLOWTABLE, ()))
    there = set()
    for family, (kind, wanted) in product(sorted({family for family, _name in whose}), everything):
        for payload in listed(kind, family):
            own = family, _first(payload, TABLE)
            if own in whose:
                there.add(own)
                yield kind, bytes((whose.index(own),)) + _of(payload, wanted)
    for number, (family, name) in enumerate(whose):
        if (family, name) not in there:  # to ask for its sets would be an error
            continue
        table = netlink.attribute(TABLE, name)
        for payload in listed(GETRULE, family, table):
            if not _first(payload, NAME).startswith(without):
                yield GETRULE, bytes((number,)) + payload[HEADER.size :]
        for payload in listed(GETSET, family, table):
            named = netlink.attribute(NAME, _first(payload, NAME))
            yield GETSET, bytes((number,)) + payload[HEADER.size :]
            yield GETSETELEM, _elements(listed(GETSETELEM, family, table, named))


def _first(payload: bytes, wanted: int) -> bytes:
    """The first attribute of a kind: near the beginning, so the others need not be looked at."""
    offset = HEADER.size
    while offset + 4 <= len(payload):
        length, kind = _ATTRIBUTE.unpack_from(payload, offset)
        if kind & netlink.NLA_TYPE_MASK == wanted or length < 4:
            return payload[offset + 4 : offset + length]
        offset += (length + 3) & ~3
    return b""


def _of(payload: bytes, wanted: Sequence[int]) -> bytes:
    """These attributes; all, where none is named."""
    if not wanted:
        return payload[HEADER.size :]
    attributes = netlink.attributes(payload, HEADER.size)
    return b"".join(netlink.attribute(each, attributes[each]) for each in wanted if each in attributes)


def _elements(messages: Iterator[bytes]) -> bytes:
    """In an order of their own: that in which a hash table has them changes as it grows."""
    found: List[bytes] = []
    for message in messages:
        found.extend(_each(_first(message, _ELEMENTS)))
    found.sort()
    return b"".join(found)


def _each(elements: bytes) -> Iterator[bytes]:
    """Each with its header, for it tells where it ends. Of thousands that are equally long, which they nearly always
    are, by their length."""
    size, start = len(elements), 0
    length = _padded(elements, 0) if elements else 0
    if length and not size % length and all(elements[at::length].count(elements[at]) * length == size for at in (0, 1)):
        return (elements[start : start + length] for start in range(0, size, length))
    found = []
    while start + _ATTRIBUTE.size <= size:
        length = _padded(elements, start)
        found.append(elements[start : start + length])
        start += max(length, _ATTRIBUTE.size)
    return iter(found)


def _padded(data: bytes, start: int) -> int:
    """How long an attribute is that begins here, up to the next one."""
    return (int(_ATTRIBUTE.unpack_from(data, start)[0]) + 3) & ~3
