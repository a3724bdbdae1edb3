# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which block of a network's subnet each host has. Pure.

A host keeps the block that it has. What anybody is known to hold is nobody else's, whether that host is in this run or
not; a run, not a clock, gives and takes.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Dict, Iterator, List, Mapping, Optional, Tuple

from .._declaration.topology import Pool, Subnet
from .._declaration.words import quote, within
from .exchange import family_of
from .known import Known
from .members import Group, Identity, Member
from .problems import FleetProblems


class Blocks:
    """Those of one network in one family. ``of`` a host: its block; None where an error says why it has none."""

    def __init__(self, group: Group, family: int, who: Mapping[str, str], known: Known) -> None:
        """``who``: inventory name → host id, of the network's hosts."""
        self._group, self._family, self._who, self._known = group, family, who, known
        self._taken: Dict[Tuple[int, int], str] = {}  # (first address, prefix length) → whose it is
        self._firsts: List[int] = []  # sorted
        self._from: Optional[int] = None  # before it nothing is free
        self._of: Dict[str, Subnet] = {}

    def of(self, host: str) -> Optional[Subnet]:
        return self._of.get(host)

    def settle(self, identities: Mapping[str, Identity], problems: FleetProblems) -> None:
        by_host = {member.host: member for member in self._group.members}
        self._take_others(identities)
        wishes = [(host, block, path) for host in by_host for block, path in self._wish(by_host[host], identities)]
        # What is written by hand first, so that it is the other that is told to give way where both can.
        for host, block, path in sorted(wishes, key=lambda wish: wish[2] is None):
            overlapping = self._overlapping(block)
            other = overlapping[1] if overlapping is not None else ""
            if overlapping is None:
                self._take(block, host)
                self._of[host] = block
            elif path is not None:
                text = "{0}: overlaps a block of {1}; choose another, or take that one back first"
                problems.note(host, path, text, quote(str(block)), other)
            else:
                text = "the host holds {0}, which overlaps a block of {1}; write the block of one in topology_blocks"
                problems.note(host, self._group.path, text, block, other)
        for host, member in by_host.items():
            if host in identities and host not in self._of and not any(wish[0] == host for wish in wishes):
                self._choose(member, problems)

    def _take_others(self, identities: Mapping[str, Identity]) -> None:
        """Held by hosts that are not on the network now, and did not say in this run that they hold it no more."""
        own = set(self._who.values()) | {identity.host_id for identity in identities.values()}
        for host_id, blocks in self._known.holders(self._group.network):
            if host_id not in own:
                for text in blocks:
                    if family_of(text) == self._family:
                        self._take(ip_network(text), self._known.name(host_id))

    def _wish(self, member: Member, identities: Mapping[str, Identity]) -> Iterator[Tuple[Subnet, Optional[str]]]:
        """What is written by hand, with its path; else what the host has, or is known to have."""
        by_hand = [each for each in member.words.blocks.get(self._group.network, ()) if each.version == self._family]
        held, here = self._held(member.host), member.host in identities
        if by_hand and here:
            yield by_hand[0], "topology_blocks." + self._group.network
        elif held is not None and (within(held, self._span(member)) or not here):
            yield held, None

    def _held(self, host: str) -> Optional[Subnet]:
        """As the host says itself, or as others know it: whoever heard of its last change."""
        host_id = self._who[host]
        peer = self._known.peer(host_id, self._group.network)
        blocks = peer.blocks if peer is not None else self._known.left.get((host_id, self._group.network), ())
        return next((ip_network(text) for text in blocks if family_of(text) == self._family), None)

    def _pool(self, member: Member) -> Pool:
        pool = self._group.of(member).pool(self._family)
        if pool is None:
            raise AssertionError("the hosts of a network agree about its families")
        return pool

    def _span(self, member: Member) -> Subnet:
        """What blocks are cut from."""
        pool = self._pool(member)
        return pool.ip_range if pool.ip_range is not None else self._group.subnet(pool)

    def _choose(self, member: Member, problems: FleetProblems) -> None:
        pool, span = self._pool(member), self._span(member)
        size = pool.block_size or span.prefixlen
        step = 1 << (span.max_prefixlen - size)
        start, end = int(span.network_address) if self._from is None else self._from, int(span.broadcast_address)
        while start + step - 1 <= end:
            overlapping = self._overlapping(_block(span, start, size))
            if overlapping is None:
                break
            # Past it, at the next address where a block can begin.
            start = max(start, (overlapping[0] + step) // step * step)
        self._from = start
        if start + step - 1 > end:
            text = "{0} has no block of /{1} left for this host{2}"
            problems.note(member.host, pool.path, text, span, size, self._advice(span, size))
            return
        block = _block(span, start, size)
        self._take(block, member.host)
        self._of[member.host] = block

    def _advice(self, span: Subnet, size: int) -> str:
        """A block_size by which all hosts would have one."""
        needed, longer = len(self._group.members) + len(self._taken), size + 1
        while longer < span.max_prefixlen - 1 and (1 << (longer - span.prefixlen)) < needed:
            longer += 1
        if longer < span.max_prefixlen - 1:
            return "; with block_size {0} there are {1}".format(longer, 1 << (longer - span.prefixlen))
        return "; the network needs a larger subnet"

    def _take(self, block: Subnet, whose: str) -> None:
        self._taken.setdefault((int(block.network_address), block.prefixlen), whose)
        insort(self._firsts, int(block.network_address))

    def _overlapping(self, block: Subnet) -> Optional[Tuple[int, str]]:
        """The last address of a block that is taken and shares one with this, and whose it is. Of two prefixes that do,
        one holds the other."""
        first, bits = int(block.network_address), block.max_prefixlen
        for length in range(block.prefixlen + 1):
            start = first >> (bits - length) << (bits - length)
            if (start, length) in self._taken:
                return start + (1 << (bits - length)) - 1, self._taken[start, length]
        at = bisect_left(self._firsts, first)
        if at < len(self._firsts) and self._firsts[at] <= int(block.broadcast_address):
            start = self._firsts[at]
            length = next(each for each in range(block.prefixlen + 1, bits + 1) if (start, each) in self._taken)
            return start + (1 << (bits - length)) - 1, self._taken[start, length]
        return None


def _block(span: Subnet, start: int, size: int) -> Subnet:
    kind = IPv4Network if span.version == 4 else IPv6Network
    return kind((start, size))
