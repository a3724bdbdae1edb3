# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where other hosts call this one: containers on networks of several hosts, and published ports. Pure."""

from __future__ import annotations

from typing import Dict, Iterator, Optional, Tuple

from .._declaration.topology import Topology
from .._expansion.drivers.registry import driver_of
from .._expansion.rules import expand_rules
from .._ipam.requests import Allocation
from .._kernel.data import NamedTuple
from .._kernel.probe.model import ICMP, TCP, UDP, Probe
from .matrix import promises
from .model import OUTSIDE, HostView, Promise
from .scene import Scene, scene_of

#: (address, protocol, port) as the promise of the caller has them.
Key = Tuple[str, str, Optional[int]]


class There(NamedTuple):
    """``network``: the one that calls come over; empty: the wire, to a published port, which is that of ``names``."""

    probe: Probe
    network: str = ""
    names: Tuple[str, ...] = ()


def there_of(topology: Topology, allocation: Allocation, seen: HostView) -> Dict[Key, There]:
    scene = scene_of(topology, allocation, seen)
    doors = (each for each in promises(topology, allocation, seen) if _is_door(each))
    everything = [*_called(scene), *(There(_door(each), names=each.target.names) for each in doors)]
    return {(each.probe.address, each.probe.protocol, each.probe.port): each for each in everything}


def _is_door(promise: Promise) -> bool:
    return promise.source.kind == OUTSIDE and promise.about == "published" and bool(promise.reaches)


def _door(promise: Promise) -> Probe:
    where = (promise.target.netns, promise.address, promise.protocol, promise.port)
    return Probe(None, *where, promise.container_address, promise.container_port)


def _called(scene: Scene) -> Iterator[There]:
    """Containers that those of other hosts call: anywhere, and what they link."""
    networks: Dict[str, str] = {}
    for container in scene.containers():
        for network, _family, address in scene.places(container):
            networks[address] = network.name
            if any(True for _other in driver_of(network).elsewhere(network)):
                for protocol in (ICMP, TCP, UDP):
                    yield There(Probe(None, container.name, address, protocol), network.name)
    ruleset = expand_rules(scene.topology, scene.allocation)
    owners = {address: name for (_network, name, _family), address in scene.allocation.addresses.items()}
    found = {(each.target, each.protocol, each.port) for each in ruleset.links} if ruleset is not None else set()
    for address, protocol, port in sorted(found):
        if address in owners:
            yield There(Probe(None, owners[address], address, protocol, port), networks[address])
