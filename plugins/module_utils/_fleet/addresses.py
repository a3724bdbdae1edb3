# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which address each container of a host has on an overlay, and the host itself, in the host's blocks. Pure.

A container keeps its address; what is written by hand counts before; the others get the lowest that are free, in a
further block where all are full. The host needs one itself in each block: it is the gateway of the containers there.
Where the network is bridged all are on one segment, and it needs one only.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

from .._declaration.overlay_words import ROUTED
from .._declaration.topology import Address, Attachment, Subnet
from .._declaration.words import quote, within
from .._ipam.pools import usable
from .exchange import Peer, family_of
from .known import Known
from .members import Group, Member, written
from .problems import FleetProblems


class Addresses:
    """Of one host on one network, in one family. What is not there had no room, which an error says."""

    def __init__(
        self,
        group: Group,
        member: Member,
        blocks: Sequence[Subnet],
        kept: Optional[Peer],
        further: Callable[[], Optional[Subnet]],
    ) -> None:
        """``blocks``: those that the host has, at least one. ``further``: one more."""
        self._group, self._member, self._kept, self._further = group, member, kept, further
        self._network, self._family = group.of(member), blocks[0].version
        self._blocks: List[Subnet] = list(blocks)
        self._next: Dict[Subnet, int] = {}  # before it no address of the block is free
        self._taken: Set[int] = set()
        self._gateways: Dict[Subnet, str] = {}
        self.containers: Dict[str, str] = {}

    @property
    def gateways(self) -> Tuple[str, ...]:
        """In the order of the blocks."""
        return tuple(self._gateways[block] for block in self._blocks if block in self._gateways)

    def settle(self, problems: FleetProblems) -> None:
        pool = self._network.pool(self._family)
        places = {container.name: place for container, place in self._member.places(self._network.name)}
        explicit = {name: given for name, place in places.items() for given in (written(place, self._family),) if given}
        self._taken.update(int(address) for _name, address in (pool.aux_addresses if pool is not None else ()))
        self._taken.update(int(address) for address in explicit.values())
        for name, address in explicit.items():
            self._check_explicit(name, address, places[name], problems)
            self.containers[name] = str(address)
        self._keep_what_was(name for name in places if name not in explicit)
        given = [self._give_gateway(block, problems) for block in self._blocks]  # each says what is wrong with it
        if not all(given):
            return
        for name in places:
            found = self.containers.get(name) or self._lowest(problems)
            if found is None:
                return
            self.containers[name] = found

    def _keep_what_was(self, names: Iterator[str]) -> None:
        for text in self._kept.gateways if self._kept is not None else ():
            block = self._block_of(text)
            if block in self._with_gateway() and self._keep(text):
                self._gateways[block] = text
        held = self._kept.containers if self._kept is not None else {}
        for name in names:
            for text in held[name].addresses if name in held else ():
                if family_of(text) == self._family and self._keep(text):
                    self.containers[name] = text

    def _with_gateway(self) -> List[Subnet]:
        return self._blocks if self._network.options.mode == ROUTED else self._blocks[:1]

    def _check_explicit(self, name: str, address: Address, place: Attachment, problems: FleetProblems) -> None:
        path = "{0}.ipv{1}_address".format(place.path, address.version)
        block = self._block_of(str(address))
        if block is None and self._network.options.mode == ROUTED:
            whose = "the block" if len(self._blocks) == 1 else "the blocks"
            text = "{0}: outside {1}, {2} of this host; choose an address in it, or another block by {3}"
            where = "topology_blocks.{0}".format(self._group.network)
            shown = " and ".join(map(str, self._blocks))
            problems.note(self._member.host, path, text, quote(str(address)), shown, whose, where)
        elif block is not None and not _is_usable(address, block):
            text = "{0}: the first or last address of {1}, the block of this host; choose another"
            problems.note(self._member.host, path, text, quote(str(address)), block)

    def _block_of(self, text: str) -> Optional[Subnet]:
        address = ip_address(text)
        return next((block for block in self._blocks if within(address, block)), None)

    def _keep(self, text: str) -> bool:
        """An address that the host has, if it can stay."""
        if int(ip_address(text)) in self._taken or self._block_of(text) is None:
            return False
        self._taken.add(int(ip_address(text)))
        return True

    def _give_gateway(self, block: Subnet, problems: FleetProblems) -> bool:
        if block in self._with_gateway() and block not in self._gateways:
            found = self._lowest_in(block)
            if found is None:
                text = "{0}: a block of this host with no address left for its gateway; leave it one, or choose another"
                path = "topology_blocks.{0}".format(self._group.network)
                problems.note(self._member.host, path, text, quote(str(block)))
                return False
            self._gateways[block] = found
        return True

    def _lowest(self, problems: FleetProblems) -> Optional[str]:
        for block in self._blocks:
            found = self._lowest_in(block)
            if found is not None:
                return found
        block_or_none = self._further()
        if block_or_none is None:
            return None
        self._blocks.append(block_or_none)
        return self._lowest(problems) if self._give_gateway(block_or_none, problems) else None

    def _lowest_in(self, block: Subnet) -> Optional[str]:
        first, last = usable(str(block))
        for number in range(self._next.get(block, first), last + 1):
            if number not in self._taken:
                self._taken.add(number)
                self._next[block] = number + 1
                return str(type(block.network_address)(number))
        self._next[block] = last + 1
        return None


def _is_usable(address: Address, block: Subnet) -> bool:
    first, last = usable(str(block))
    return first <= int(address) <= last


def of_containers(found: Mapping[int, Addresses]) -> Dict[str, Tuple[str, ...]]:
    """Container → its addresses, both families."""
    texts: Dict[str, List[str]] = {}
    for family in sorted(found):
        for name, address in found[family].containers.items():
            texts.setdefault(name, []).append(address)
    return {name: tuple(each) for name, each in texts.items()}


def newly_chosen(
    told: Sequence[Member], peers: Mapping[str, Mapping[str, Peer]], known: Known
) -> Iterator[Tuple[str, str]]:
    """``peers``: network → inventory name → that host, as it is to be. Each address that nobody wrote down and no
    container had, and whose it is to be."""
    for member in told:
        for network in member.overlays():
            peer = peers[network.name][member.host]
            before = known.peer(peer.host_id, network.name)
            kept = before.containers if before is not None else {}
            for container, place in member.places(network.name):
                for text in peer.containers[container.name].addresses:
                    had = container.name in kept and text in kept[container.name].addresses
                    if not had and written(place, family_of(text)) is None:
                        yield text, "{0} on {1} of {2}".format(container.name, network.name, member.host)
