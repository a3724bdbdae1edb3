# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which address each container of a host has on an overlay, and the host itself, in the host's block. Pure.

A container keeps its address; what is written by hand counts before; the others get the lowest that are free. The host
needs one itself: it is the gateway of its containers.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Dict, List, Mapping, Optional, Set, Tuple

from .._declaration.overlay_words import LONGEST_BLOCKS, ROUTED
from .._declaration.topology import Address, Attachment, Subnet
from .._declaration.words import quote, within
from .._ipam.pools import usable
from .exchange import Peer, family_of
from .members import Group, Member
from .problems import FleetProblems


class Addresses:
    """Of one host on one network, in one family. ``gateway`` None: there was no room, which an error says."""

    def __init__(self, group: Group, member: Member, block: Subnet, kept: Optional[Peer]) -> None:
        self._group, self._member, self._block = group, member, block
        self._first, self._last = usable(str(block))
        self._kept = kept
        self._taken: Set[int] = set()
        self.gateway: Optional[str] = None
        self.containers: Dict[str, str] = {}

    def settle(self, problems: FleetProblems) -> None:
        network, family = self._group.of(self._member), self._block.version
        pool = network.pool(family)
        places = {container.name: place for container, place in self._member.places(network.name)}
        explicit = {name: given for name, place in places.items() for given in (_written(place, family),) if given}
        self._taken.update(int(address) for _name, address in (pool.aux_addresses if pool is not None else ()))
        self._taken.update(int(address) for address in explicit.values())
        for name, address in explicit.items():
            self._check_explicit(name, address, places[name], network.options.mode, problems)
            self.containers[name] = str(address)
        self.gateway = self._keep(self._kept_gateway())
        held = self._kept.containers if self._kept is not None else {}
        for name in places:
            if name not in explicit and name in held:
                kept = next((text for text in held[name].addresses if family_of(text) == family), None)
                address_kept = self._keep(kept)
                if address_kept is not None:
                    self.containers[name] = address_kept
        self.gateway = self.gateway or self._lowest()
        for name in places:
            found = self.containers.get(name) or self._lowest()
            if found is None or self.gateway is None:
                self._say_full(len(places), pool.path if pool is not None else self._group.path, problems)
                return
            self.containers[name] = found

    def _check_explicit(
        self, name: str, address: Address, place: Attachment, mode: str, problems: FleetProblems
    ) -> None:
        path = "{0}.ipv{1}_address".format(place.path, address.version)
        if mode == ROUTED and not within(address, self._block):
            text = "{0}: outside {1}, the block of this host; choose an address in it, or another block by {2}"
            where = "topology_blocks.{0}".format(self._group.network)
            problems.note(self._member.host, path, text, quote(str(address)), self._block, where)
        elif within(address, self._block) and not self._first <= int(address) <= self._last:
            text = "{0}: the first or last address of {1}, the block of this host; choose another"
            problems.note(self._member.host, path, text, quote(str(address)), self._block)

    def _kept_gateway(self) -> Optional[str]:
        gateways = self._kept.gateways if self._kept is not None else ()
        return next((text for text in gateways if family_of(text) == self._block.version), None)

    def _keep(self, text: Optional[str]) -> Optional[str]:
        """An address that the host has, if it can stay."""
        if text is None or int(ip_address(text)) in self._taken or ip_address(text) not in self._block:
            return None
        self._taken.add(int(ip_address(text)))
        return text

    def _lowest(self) -> Optional[str]:
        while self._first <= self._last:
            number, self._first = self._first, self._first + 1
            if number not in self._taken:
                self._taken.add(number)
                return str(type(self._block.network_address)(number))
        return None

    def _say_full(self, containers: int, path: str, problems: FleetProblems) -> None:
        size = self._block.prefixlen - 1
        aux = len(self._taken) - containers
        while size > 0 and (1 << (self._block.max_prefixlen - size)) < containers + aux + 3:
            size -= 1
        text = "{0}, the block of this host, has no room for its gateway and {1} containers; block_size {2} would do{3}"
        where = ", or topology_blocks.{0}".format(self._group.network)
        size = min(size, LONGEST_BLOCKS[self._block.version])
        problems.note(self._member.host, path, text, self._block, containers, size, where)


def _written(place: Attachment, family: int) -> Optional[Address]:
    return place.ipv4_address if family == 4 else place.ipv6_address


def of_containers(found: Mapping[int, Addresses]) -> Dict[str, Tuple[str, ...]]:
    """Container → its addresses, both families."""
    texts: Dict[str, List[str]] = {}
    for family in sorted(found):
        for name, address in found[family].containers.items():
            texts.setdefault(name, []).append(address)
    return {name: tuple(each) for name, each in texts.items()}
