# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The places at which broken promises end: their probes are sent once more, and followed."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import replace
from typing import Dict, List, Optional, Sequence, Set

from .._declaration.topology import Topology
from .._expansion.describe import describe_containers, describe_networks
from .._ipam.requests import Allocation
from .._kernel.carrier import Carrier
from .._kernel.host import Host
from .._kernel.names import table
from .._kernel.probe.model import ANSWERED, TCP, Outcome, Probe
from .._kernel.probe.prober import probe_all
from .._kernel.tracing.events import Step
from .._kernel.tracing.sight import Sight
from .._kernel.tracing.tables import Followed, Marking
from .._promises.halves import leaving_in
from .._promises.place import by_token, passed, place_of
from .._promises.reasons import Expected, Place

#: So many are followed together: each has a process of nft in two namespaces at most.
_PORTION = 24


def expected_of(topology: Topology, allocation: Allocation) -> Expected:
    networks, containers = describe_networks(topology, allocation), describe_containers(topology, allocation)
    bridges = {
        (name, ifname): networks[interface["network"]].get("bridge") or None
        for name, container in containers.items()
        for ifname, interface in container["interfaces"].items()
    }
    macs = {
        (name, ifname): interface["mac"]
        for name, container in containers.items()
        for ifname, interface in container["interfaces"].items()
    }
    return Expected(table(topology.name), bridges, macs)


def places(host: Host, probes: Sequence[Probe], reaching: Sequence[bool], declared: Expected) -> List[Place]:
    """Of each probe, in order, where it ends. ``reaching``: whether it was to be answered."""
    found: List[Place] = []
    for start in range(0, len(probes), _PORTION):
        # no answer is waited for: what matters is how far it comes
        portion = [replace(followable(probe), expected=False) for probe in probes[start : start + _PORTION]]
        sight = Sight(host)
        seen = Seen(host, sight, portion)
        for number, probe in enumerate(portion):
            if reaching[start + number]:
                found.append(place_of(probe, seen.outcomes[number], seen.of(probe), seen.asked, sight, declared))
            else:
                found.append(passed(seen.of(probe), sight, declared))
    return found


def followable(probe: Probe) -> Probe:
    return replace(probe, token=os.urandom(8), half_open=probe.protocol == TCP)


class Seen:
    """Probes that were sent, and every step of them and of their answers."""

    def __init__(self, host: Host, sight: Sight, probes: Sequence[Probe], carriers: Sequence[Carrier] = ()) -> None:
        with contextlib.closing(Followed(host, markings(sight, probes, carriers))) as following:
            self.outcomes: List[Outcome] = probe_all(host, probes)
            self.steps = following.steps()
            if any(outcome.result != ANSWERED for outcome in self.outcomes):
                self.steps += _late(following, self.steps, carriers)
        self._steps = by_token(probes, self.steps)
        self.asked = [step for step in self.steps if step.packet.asks]

    def of(self, probe: Probe) -> List[Step]:
        return self._steps[probe.token]


def _late(following: Followed, before: Sequence[Step], carriers: Sequence[Carrier]) -> List[Step]:
    """What tunnels send that had sent nothing, and wait before they call the other end again."""
    late: List[Step] = []
    begun = time.monotonic()
    for carrier in dict.fromkeys(carriers):
        until = begun + carrier.patience
        while time.monotonic() < until and not leaving_in(carrier, [*before, *late]):
            following.wait(until - time.monotonic())
            late += following.steps()
    return late


def markings(sight: Sight, probes: Sequence[Probe], carriers: Sequence[Carrier] = ()) -> Dict[Optional[str], Marking]:
    concerned: Dict[Optional[str], List[Probe]] = {None: list(probes)}
    hops: Set[str] = set()
    for probe in probes:
        for netns in {probe.source, probe.target} - {None}:
            concerned.setdefault(netns, []).append(probe)
        hops.update((probe.address, probe.ear_address))
        for netns in (probe.source, probe.target):
            if sight.exists(netns):
                hops.add(sight.way(netns, probe.address).gateway)
    found = {netns: Marking(tuple(each)) for netns, each in concerned.items()}
    found[None] = Marking(tuple(probes), tuple(sorted(hops - {""})), tuple(dict.fromkeys(carriers)))
    return found
