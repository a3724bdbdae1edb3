# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A declaration and its leases → every promise that it makes; and which of many are tried. Pure."""

from __future__ import annotations

import hashlib
from typing import Callable, Dict, Iterable, Iterator, List, Sequence, Tuple

from .._declaration.topology import Topology
from .._ipam.requests import Allocation
from .across import across, doors_across, links_across
from .around import from_host, from_wire, to_host, to_wire
from .model import HostView, Promise
from .others import NOBODY, Others
from .pairs import links, pairs
from .published import published
from .scene import Scene, scene_of

_SOURCES: Tuple[Callable[[Scene], Iterator[Promise]], ...] = (
    published,
    links,
    pairs,
    from_host,
    to_host,
    to_wire,
    from_wire,
    across,
    links_across,
    doors_across,
)


def promises(
    topology: Topology, allocation: Allocation, host: HostView, others: Others = NOBODY
) -> Tuple[Promise, ...]:
    """Every cell of the matrix, each once; those of which nothing is promised too (``reaches`` None).

    ``others``: what the other hosts of networks say that they publish.
    """
    scene = scene_of(topology, allocation, host, others)
    return tuple(dict.fromkeys(promise for source in _SOURCES for promise in source(scene)))


def sample(made: Iterable[Promise], limit: int) -> Tuple[Promise, ...]:
    """Of more than ``limit`` some of each kind, the same ones each time that the same is declared. 0: no limit."""
    all_of_them = list(made)
    if not limit or len(all_of_them) <= limit:
        return tuple(all_of_them)
    kinds: Dict[Tuple[object, ...], List[Promise]] = {}
    for promise in all_of_them:
        kinds.setdefault((promise.about, promise.reaches, promise.protocol, promise.family), []).append(promise)
    chosen = set(_in_turns([sorted(each, key=_lot) for each in kinds.values()], limit))
    return tuple(promise for promise in all_of_them if promise in chosen)


def _in_turns(heaps: Sequence[Sequence[Promise]], limit: int) -> List[Promise]:
    found: List[Promise] = []
    for turn in range(max(map(len, heaps))):
        found.extend(heap[turn] for heap in heaps if turn < len(heap))
        if len(found) >= limit:
            break
    return found[:limit]


def _lot(promise: Promise) -> bytes:
    return hashlib.sha256(str(promise).encode("utf-8")).digest()
