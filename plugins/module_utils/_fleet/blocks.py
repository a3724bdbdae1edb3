# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which blocks of a network's subnet each host has. Pure.

A host keeps the blocks that it has, and gets a further one when they are full. What anybody is known to hold is nobody
else's, whether that host is in this run or not; a run, not a clock, gives and takes.
"""

from __future__ import annotations

from bisect import bisect_left
from ipaddress import ip_address, ip_network
from typing import Dict, Iterator, List, Mapping, Optional, Tuple

from .._declaration.topology import Address, Pool, Subnet
from .._declaration.words import quote, within
from .exchange import family_of
from .known import Known
from .members import Group, Identity, Member, written
from .problems import FleetProblems
from .room import Taken, block_at, room_of, size_that_would_do


class Blocks:
    """Those of one network in one family. ``of`` a host: its blocks; none where an error says why it has none."""

    def __init__(self, group: Group, family: int, who: Mapping[str, str], known: Known) -> None:
        """``who``: inventory name → host id, of the network's hosts."""
        self._group, self._family, self._who, self._known = group, family, who, known
        self._taken = Taken()
        self._settled, self._settled_of = Taken(), {}  # type: Taken, Dict[str, Tuple[Subnet, ...]]
        self._asked: List[Member] = []
        self._from: Dict[int, int] = {}  # prefix length → before it no block of that size is free
        self._of: Dict[str, List[Subnet]] = {}
        # An address that a container of another host has by hand makes a block of no use to this one.
        self._by_hand = sorted((int(a), m.host) for m in group.members for a in _written(group, m, family))

    def of(self, host: str) -> Tuple[Subnet, ...]:
        return tuple(self._of.get(host, ()))

    def settle(self, identities: Mapping[str, Identity], problems: FleetProblems) -> None:
        by_host = {member.host: member for member in self._group.members}
        self._asked = [member for host, member in by_host.items() if host in identities]
        self._take_others(identities)
        wishes = [(host, block, path) for host in by_host for block, path in self._wish(by_host[host], identities)]
        # What is written by hand first, so that it is the other that is told to give way where both can.
        for host, block, path in sorted(wishes, key=lambda wish: wish[2] is None):
            overlapping = self._taken.overlapping(block)
            other = overlapping[1] if overlapping is not None else ""
            if overlapping is None:
                self._taken.add(block, host)
                self._of.setdefault(host, []).append(block)
            elif path is not None:
                text = "{0}: overlaps a block of {1}; choose another, or take that one back first"
                problems.note(host, path, text, quote(str(block)), other)
            else:
                text = "the host holds {0}, which overlaps a block of {1}; write the block of one in topology_blocks"
                problems.note(host, self._group.path, text, block, other)
        self._settled, self._settled_of = self._taken.copy(), {host: self.of(host) for host in by_host}
        for member in self._asked:
            if member.host not in self._of and not any(wish[0] == member.host for wish in wishes):
                self.further(member, problems)

    def further(self, member: Member, problems: FleetProblems) -> Optional[Subnet]:
        """One more for a host, the lowest that is free; None where there is none, which an error says."""
        pool, span = self._pool(member), self._span(member)
        size = pool.block_size or span.prefixlen
        step = 1 << (span.max_prefixlen - size)
        start, skipped = self._from.get(size, int(span.network_address)), False
        while start + step - 1 <= int(span.broadcast_address):
            block = block_at(span, start, size)
            overlapping = self._taken.overlapping(block)
            if overlapping is not None:
                # Past it, at the next address where a block can begin.
                start = (overlapping[0] + step) // step * step
            elif self._is_of_no_use(block, member.host):
                start, skipped = start + step, True
            else:
                self._from[size] = self._from.get(size, int(span.network_address)) if skipped else start
                self._taken.add(block, member.host)
                self._of.setdefault(member.host, []).append(block)
                return block
        which = "further block" if self.of(member.host) else "block"
        text = "{0} has no {1} of /{2} left for this host; {3}"
        problems.note(member.host, pool.path, text, span, which, size, self._advice(span, size))
        return None

    def _take_others(self, identities: Mapping[str, Identity]) -> None:
        """Held by hosts that are not on the network now, and did not say in this run that they hold it no more."""
        own = set(self._who.values()) | {identity.host_id for identity in identities.values()}
        for host_id, blocks in self._known.holders(self._group.network):
            if host_id not in own:
                for text in blocks:
                    if family_of(text) == self._family:
                        self._taken.add(ip_network(text), self._known.name(host_id))

    def _wish(self, member: Member, identities: Mapping[str, Identity]) -> Iterator[Tuple[Subnet, Optional[str]]]:
        """What is written by hand, with its path, and what the host has, or is known to have. Where it had others than
        are written now, these take the place of all of them."""
        by_hand = [each for each in member.words.blocks.get(self._group.network, ()) if each.version == self._family]
        here, held = member.host in identities, self._held(member.host)
        if here:
            held = [*held[:1], *(block for block in held[1:] if self._is_used(block, member))]
        if by_hand and here:
            yield from ((block, "topology_blocks." + self._group.network) for block in by_hand)
            held = [block for block in held if block not in by_hand] if set(by_hand) <= set(held) else []
        for block in held:
            if within(block, self._span(member)) or not here:
                yield block, None

    def _held(self, host: str) -> List[Subnet]:
        """As the host says itself, or as others know it: whoever heard of its last change."""
        host_id = self._who[host]
        peer = self._known.peer(host_id, self._group.network)
        blocks = peer.blocks if peer is not None else self._known.left.get((host_id, self._group.network), ())
        return [ip_network(text) for text in blocks if family_of(text) == self._family]

    def _is_used(self, block: Subnet, member: Member) -> bool:
        """Whether a container of the host has or is to have an address in it; without, a further block goes back."""
        peer = self._known.peer(self._who[member.host], self._group.network)
        kept = peer.containers if peer is not None else {}
        for container, place in member.places(self._group.network):
            address = written(place, self._family)
            held = kept[container.name].addresses if container.name in kept and address is None else ()
            if (address is not None and address in block) or any(ip_address(text) in block for text in held):
                return True
        return False

    def _pool(self, member: Member) -> Pool:
        pool = self._group.of(member).pool(self._family)
        if pool is None:
            raise AssertionError("the hosts of a network agree about its families")
        return pool

    def _span(self, member: Member) -> Subnet:
        """What blocks are cut from."""
        pool = self._pool(member)
        return pool.ip_range if pool.ip_range is not None else self._group.subnet(pool)

    def _is_of_no_use(self, block: Subnet, host: str) -> bool:
        at = bisect_left(self._by_hand, (int(block.network_address), ""))
        while at < len(self._by_hand) and self._by_hand[at][0] <= int(block.broadcast_address):
            if self._by_hand[at][1] != host:
                return True
            at += 1
        return False

    def _advice(self, span: Subnet, size: int) -> str:
        """What would let all hosts of the run have the blocks that they need."""
        enough = size_that_would_do(span, size, self._settled, [self._lacking(member) for member in self._asked])
        return "the network needs a larger subnet" if enough is None else "block_size {0} would do".format(enough)

    def _lacking(self, member: Member) -> Tuple[int, int]:
        """How many containers have no place in the blocks that the host has, and how many blocks it needs at least."""
        blocks = self._settled_of.get(member.host, ())
        count = sum(1 for _container, place in member.places(self._group.network) if not written(place, self._family))
        aux = [address for _name, address in self._pool(member).aux_addresses]
        given = [*_written(self._group, member, self._family), *aux]
        full = sum(1 for address in given if any(address in block for block in blocks))
        return count + full - sum(map(room_of, blocks)), 0 if blocks else 1


def _written(group: Group, member: Member, family: int) -> Iterator[Address]:
    for _container, place in member.places(group.network):
        address = written(place, family)
        if address is not None:
            yield address
