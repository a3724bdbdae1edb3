# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which addresses are in use on networks that are not ours alone: the host's, its LAN's, and whoever answers there."""

from __future__ import annotations

from typing import Callable, Dict, Iterable, List, Mapping, Set

from . import pools
from .address_probe import Ask
from .requests import SubnetRequest
from .subnets import NetworkKey


class Lan:
    """Of every network that is asked for; on those that are ours alone nothing is in use but what is leased."""

    def __init__(self, requests: Iterable[SubnetRequest], ask: Ask) -> None:
        self._ask = ask
        self._wires: Dict[NetworkKey, List[str]] = {}
        self._refused: Dict[NetworkKey, Set[int]] = {}
        self._used: Dict[NetworkKey, Set[int]] = {}
        self._asked: Dict[NetworkKey, Set[int]] = {}
        for request in requests:
            key = (request.network, request.family)
            self._wires[key] = list(request.wires)
            own = [*request.set_aside]
            if request.external:
                own += [address for _name, address in request.reserved] + [request.gateway or ""]
            self._refused[key] = {pools.number(address) for address in own if address}
            self._used[key] = self._refused[key] | {pools.number(address) for address in request.avoided}
            self._asked[key] = set()

    def refuses(self, key: NetworkKey, value: int) -> bool:
        """Whether nobody may have it, who wrote it down or not: it is the host's, or a network's own."""
        return value in self._refused.get(key, ())

    def uses(self, key: NetworkKey, value: int) -> bool:
        """Whether it is not to be chosen."""
        return value in self._used.get(key, ())

    def who_has(self, key: NetworkKey, addresses: Iterable[str]) -> Mapping[str, str]:
        """Address → MAC of whoever answers for it."""
        wires, asked = self._wires.get(key), [*addresses]
        return self._ask(wires, asked) if wires and asked else {}

    def look(self, key: NetworkKey, wanted: int, bounds: pools.Bounds, next_free: Callable[[int], int]) -> None:
        """Ask for the lowest free addresses, until as many as are wanted are nobody's."""
        family = key[1]
        while self._wires.get(key):
            new = [value for value in self._lowest(key, wanted, bounds, next_free) if value not in self._asked[key]]
            if not new:
                return
            self._asked[key].update(new)
            answered = self.who_has(key, [pools.text(family, value) for value in new])
            self._used[key].update(pools.number(address) for address in answered)

    def _lowest(
        self, key: NetworkKey, wanted: int, bounds: pools.Bounds, next_free: Callable[[int], int]
    ) -> Iterable[int]:
        value = bounds[0]
        while wanted > 0:
            value = next_free(value)
            if value > bounds[1]:
                return
            if not self.uses(key, value):
                wanted -= 1
                yield value
            value += 1
