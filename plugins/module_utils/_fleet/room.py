# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much room there is in a subnet that blocks are cut from. Pure."""

from __future__ import annotations

from bisect import bisect_left, insort
from ipaddress import IPv4Network, IPv6Network
from typing import Dict, List, Optional, Sequence, Tuple

from .._declaration.overlay_words import LONGEST_BLOCKS
from .._declaration.topology import Subnet
from .._ipam.pools import usable


class Taken:
    """Blocks that are somebody's. No two of them overlap."""

    def __init__(self) -> None:
        self._whose: Dict[Tuple[int, int], str] = {}  # (first address, prefix length) → whose it is
        self._firsts: List[int] = []  # sorted

    def copy(self) -> Taken:
        found = Taken()
        found._whose, found._firsts = dict(self._whose), list(self._firsts)
        return found

    def add(self, block: Subnet, whose: str) -> None:
        key = int(block.network_address), block.prefixlen
        if key not in self._whose:
            self._whose[key] = whose
            insort(self._firsts, key[0])

    def overlapping(self, block: Subnet) -> Optional[Tuple[int, str]]:
        """The last address of a block that shares one with this, and whose it is. Of two prefixes that do, one holds
        the other."""
        first, bits = int(block.network_address), block.max_prefixlen
        for length in range(block.prefixlen + 1):
            start = first >> (bits - length) << (bits - length)
            if (start, length) in self._whose:
                return start + (1 << (bits - length)) - 1, self._whose[start, length]
        at = bisect_left(self._firsts, first)
        if at < len(self._firsts) and self._firsts[at] <= int(block.broadcast_address):
            start = self._firsts[at]
            length = next(each for each in range(block.prefixlen + 1, bits + 1) if (start, each) in self._whose)
            return start + (1 << (bits - length)) - 1, self._whose[start, length]
        return None

    def free_blocks(self, span: Subnet, size: int) -> int:
        """How many blocks of this prefix length in ``span`` share no address with what is taken."""
        bits = span.max_prefixlen
        wide, narrow = 0, set()
        for start, length in self._whose:
            if not int(span.network_address) <= start <= int(span.broadcast_address):
                continue
            if length <= size:
                wide += 1 << (size - length)
            else:
                narrow.add(start >> (bits - size))
        return (1 << (size - span.prefixlen)) - wide - len(narrow)


def size_that_would_do(span: Subnet, size: int, taken: Taken, lacking: Sequence[Tuple[int, int]]) -> Optional[int]:
    """The prefix length nearest to ``size`` by which there are blocks for all; None where none would do.

    ``lacking``: of each host how many containers want a place in a further block, and how many blocks it wants anyway.
    """
    choices = range(span.prefixlen, LONGEST_BLOCKS[span.version] + 1)
    for each in sorted(choices, key=lambda length: (abs(length - size), -length)):
        room = room_of(block_at(span, int(span.network_address), each))
        wanted = sum(max(-(-containers // room), least) for containers, least in lacking)
        if wanted <= taken.free_blocks(span, each):
            return each
    return None


def room_of(block: Subnet) -> int:
    """How many containers have a place in it beside the host's own address."""
    first, last = usable(str(block))
    return last - first


def block_at(span: Subnet, start: int, size: int) -> Subnet:
    kind = IPv4Network if span.version == 4 else IPv6Network
    return kind((start, size))
