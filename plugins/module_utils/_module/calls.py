# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Broken promises between hosts, called once more: both hosts follow the call, and each says what it saw of it.

A call is data: ``text``, the promise; ``source`` and ``target``, inventory names; ``address``, ``protocol``, ``port``
and ``promised`` as that has them; and ``token``, by which both hosts know its packets.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, Iterator, List, Mapping, Sequence, Tuple

from .._declaration.topology import Topology
from .._expansion.drivers.registry import driver_of
from .._kernel.carrier import Carrier
from .._kernel.host import Host
from .._kernel.names import watch_table
from .._kernel.tracing.events import Step
from .._kernel.tracing.sight import Sight
from .._kernel.tracing.tables import Followed
from .._promises import halves
from .._promises.halves import Call
from .._promises.model import Promise
from .._promises.place import by_token
from .._promises.reasons import Expected
from .._promises.there import Key, There
from .._promises.trials import Wire, probe_of, why_not_probed
from .places import Seen, followable, markings


def key_of(call: Mapping[str, Any]) -> Key:
    return str(call["address"]), str(call["protocol"]), call["port"]


def repeat(
    host: Host,
    topology: Topology,
    everything: Sequence[Promise],
    calls: Sequence[Mapping[str, Any]],
    who: Wire,
    expected: Expected,
) -> List[Dict[str, Any]]:
    """The side of who calls: sends them, and says how far they and their answers came on this host."""
    tokens = {each["text"]: bytes.fromhex(each["token"]) for each in calls}
    again = [each for each in everything if str(each) in tokens and why_not_probed(each, who) is None]
    made = [_calling(topology, each, tokens[str(each)], who) for each in again]
    sight, probes = Sight(host), [each.probe for each in made]
    seen = Seen(host, sight, probes, [carrier for each in made for carrier in each.carriers])
    return [
        halves.calling(call, outcome, _seen(seen.of(call.probe), seen.steps, sight, expected)).as_data()
        for call, outcome in zip(made, seen.outcomes)
    ]


def _calling(topology: Topology, promise: Promise, token: bytes, who: Wire) -> Call:
    probe = replace(followable(probe_of(promise, who)), token=token, expected=False)
    return Call(probe, _carriers_to(topology, promise), bool(promise.reaches))


def _carriers_to(topology: Topology, promise: Promise) -> Tuple[Carrier, ...]:
    """By the network that the called address is on; none where that is the other host's own."""
    for network in topology.networks.values():
        for other in driver_of(network).elsewhere(network):
            if other.host == promise.target.host and promise.address in other.container.addresses:
                return driver_of(network).carriers(network, other.host)
    return ()


def follow(host: Host, topology: Topology, there: Mapping[Key, There], calls: Sequence[Mapping[str, Any]]) -> Followed:
    """The side of who is called: from now on."""
    made = list(_called(topology, there, calls))
    carriers = [carrier for each in made for carrier in each.carriers]
    return Followed(host, markings(Sight(host), [each.probe for each in made], carriers), watch_table(topology.name))


def judge(
    host: Host,
    topology: Topology,
    there: Mapping[Key, There],
    calls: Sequence[Mapping[str, Any]],
    steps: Sequence[Step],
    expected: Expected,
) -> List[Dict[str, Any]]:
    """Of what was seen since: how far calls and their answers came on this host."""
    made, sight = list(_called(topology, there, calls)), Sight(host)
    whose = by_token([each.probe for each in made], steps)
    return [halves.called(each, _seen(whose[each.probe.token], steps, sight, expected)).as_data() for each in made]


def _called(topology: Topology, there: Mapping[Key, There], calls: Sequence[Mapping[str, Any]]) -> Iterator[Call]:
    for call in calls:
        found = there.get(key_of(call))
        if found is not None:
            network = topology.networks.get(found.network)
            carriers = driver_of(network).carriers(network, call["source"]) if network is not None else ()
            yield Call(replace(found.probe, token=bytes.fromhex(call["token"])), carriers, bool(call["promised"]))


def _seen(steps: Sequence[Step], everything: Sequence[Step], sight: Sight, expected: Expected) -> halves.Followed:
    return halves.Followed(steps, everything, sight, expected, [each for each in everything if each.packet.asks])
