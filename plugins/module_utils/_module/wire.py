# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who stands for the wire while promises are tried: the host's own gateway, and somebody who is played."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import FrozenSet, Iterator, Sequence

from .._declaration.topology import Topology
from .._ipam.requests import Allocation
from .._kernel import facts
from .._kernel.host import Host
from .._kernel.probe.model import ANSWERED, ICMP, Probe
from .._kernel.probe.outsider import outsider
from .._kernel.probe.prober import probe_all
from .._promises.model import OUTSIDE, Promise
from .._promises.others import NOBODY, Others
from .._promises.strangers import strangers
from .._promises.trials import Wire


@contextlib.contextmanager
def wire(
    host: Host, chosen: Sequence[Promise], topology: Topology, allocation: Allocation, others: Others = NOBODY
) -> Iterator[Wire]:
    """While the body runs, what these promises say of the wire can be tried. Nothing is played where none does."""
    found = Wire(_quiet(host, chosen), others=others)
    if not any(found.plays(promise) for promise in chosen):
        yield found
        return
    with outsider(host, strangers(_led(host, topology, allocation))) as played:
        yield replace(found, outsider=played)


def _quiet(host: Host, chosen: Sequence[Promise]) -> FrozenSet[str]:
    """The neighbours on the wire that do not answer the host itself."""
    called = sorted({each.address for each in chosen if each.target.kind == OUTSIDE and each.reaches})
    asked = [Probe(None, None, address, ICMP, elsewhere=True, expected=False) for address in called]
    outcomes = zip(called, probe_all(host, asked))
    return frozenset(address for address, outcome in outcomes if outcome.result != ANSWERED)


def _led(host: Host, topology: Topology, allocation: Allocation) -> Iterator[str]:
    """Every destination of a route, on the host and as it is declared for containers."""
    for route in facts.read(host).routes:
        yield route.destination
    for lease in allocation.subnets.values():
        yield lease.subnet
    declared = [network.routes for network in topology.networks.values()]
    declared += [container.routes for container in topology.containers.values()]
    for routes in declared:
        yield from (str(each.destination) for each in routes)
