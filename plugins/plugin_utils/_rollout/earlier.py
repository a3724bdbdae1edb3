# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts of earlier batches a batch calls, once it is made. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: A batch calls as many as it has hosts itself, and of a small one this many: so a rollout's cost grows with its hosts,
#: not with their square.
AT_LEAST = 10


def earlier(peers: Mapping[str, Any], hosts: Sequence[str], batch: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """``peers``: topology → network → its hosts, as a fleet is planned. ``hosts``: of the whole rollout, in its order.

    From each host of the batch to those that it asks to listen, each as ``host`` and ``topologies``, those that it has
    networks in common with the batch in. Every one of them is asked by one host of the batch.
    """
    shared = _shared(peers, list(hosts[: hosts.index(batch[0])]), set(batch))
    chosen = _evenly(list(shared), max(AT_LEAST, len(batch)))
    asks: dict[str, list[dict[str, Any]]] = {host: [] for host in batch}
    for number, host in enumerate(chosen):
        asks[batch[number % len(batch)]].append({"host": host, "topologies": shared[host]})
    return asks


def _shared(peers: Mapping[str, Any], before: Sequence[str], batch: set[str]) -> dict[str, list[str]]:
    """Each host before a batch that shares a network with it → the topologies of these networks."""
    found: dict[str, list[str]] = {}
    for host in before:
        for topology, networks in peers.items():
            if any(host in there and not batch.isdisjoint(there) for there in networks.values()):
                found.setdefault(host, []).append(topology)
    return found


def _evenly(hosts: list[str], many: int) -> list[str]:
    """At most so many of them: the first, the last, and of those between one at every so many."""
    if len(hosts) <= many:
        return hosts
    return [hosts[number * (len(hosts) - 1) // (many - 1)] for number in range(many)]
