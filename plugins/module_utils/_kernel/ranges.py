# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Published ports told as ranges: a relay has thousands of them, and a person reads one line. Pure."""

from __future__ import annotations

from typing import Dict, Generic, Iterable, Iterator, List, Tuple, TypeVar

from .data import dataclass

Key = TypeVar("Key")


@dataclass(frozen=True)
class PortRange(Generic[Key]):
    """``count`` host ports from ``published`` on, each to the container port as far from ``container_port``."""

    key: Key
    published: int
    container_port: int
    count: int

    @property
    def host_ports(self) -> str:
        """``8080``, or ``8080-8090`` as Compose writes a range."""
        return _span(self.published, self.count)

    @property
    def container_ports(self) -> str:
        return _span(self.container_port, self.count)


def ranges(ports: Iterable[Tuple[Key, int, int]]) -> Iterator[PortRange[Key]]:
    """Of (key, host port, container port): neighbours with the same key together.

    The keys come in the order in which each is first met, the ranges of one in ascending order.
    """
    found: Dict[Key, List[Tuple[int, int]]] = {}
    for key, published, container_port in ports:
        found.setdefault(key, []).append((published, container_port))
    for key, pairs in found.items():
        pairs.sort()
        first = 0
        for index in range(1, len(pairs) + 1):
            if index == len(pairs) or pairs[index] != (pairs[index - 1][0] + 1, pairs[index - 1][1] + 1):
                yield PortRange(key, *pairs[first], count=index - first)
                first = index


def _span(first: int, count: int) -> str:
    return str(first) if count == 1 else "{0}-{1}".format(first, first + count - 1)
