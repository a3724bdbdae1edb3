# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a promise that does not hold ends: the rule, route, neighbour, link, setting ... at which its packet was lost.

A pure function of what was seen of the packet, and of what its surroundings answer. A packet goes from its sender's
namespace over the host's into the target's, and its answer the other way; each hook of netfilter that it passed was
seen. A rule that drops it is told by the kernel. Where it vanished between two hooks, what lies between them is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, FrozenSet, Iterable, Iterator, List, Optional, Sequence, Tuple

from .._kernel.names import is_trace_table
from .._kernel.probe.model import ANSWERED, ARRIVED, ICMP, SCTP, TCP, Outcome, Probe
from .._kernel.tracing.events import ACCEPT, POLICY, RULE, Step
from . import reasons
from .gaps import Departure, leaving
from .reasons import Expected, Place, Surroundings, at, where

_REFUSED = "refused"
_ECHO_REQUESTS = (8, 128)
#: Those of our chains that drop what is not to pass.
_DECIDING = ("guard", "input", "for_host", "forward", "within", "into", "between", "neighbours")


def is_outward(probe: Probe, step: Step) -> bool:
    """Whether a step is the probe's own and not its answer's."""
    transport = step.packet.transport
    if probe.protocol == ICMP:
        return transport[:1] != b"" and transport[0] in _ECHO_REQUESTS
    if probe.protocol == TCP:
        return transport[4:8] == probe.token[:4]
    if probe.protocol == SCTP:
        return transport[4:8] == bytes(4)
    called, from_called = (
        each in (probe.address, probe.ear_address) for each in (step.packet.destination, step.packet.source)
    )
    if called != from_called:
        return called
    return int.from_bytes(transport[2:4], "big") in (probe.port, probe.ear_port)


#: Instead of a namespace's name: it comes in from another host. No container can have a name with a space in it.
ABROAD = "another host"


@dataclass(frozen=True)
class Leg:
    """One direction: from whose namespace to whose, to which address (a published port's, until it is translated).
    ``elsewhere``: it ends where it leaves this host."""

    source: Optional[str]
    target: Optional[str]
    address: str
    final: str  # the address in the target's namespace
    steps: Tuple[Step, ...]
    elsewhere: bool = False

    @property
    def seen(self) -> FrozenSet[Tuple[Optional[str], str, str]]:
        """(namespace, family, chain) of our own chains that it passed."""
        return frozenset((each.netns, each.family, each.chain) for each in self.steps if is_trace_table(each.table))

    def saw(self, netns: Optional[str], *chains: str, family: str = "inet") -> bool:
        return any((netns, family, chain) in self.seen for chain in chains)

    def last_in(self, netns: Optional[str]) -> Optional[Step]:
        """The last step of the network layer, or else of the bridge: with br_netfilter the one is within the other."""
        steps = [each for each in self.steps if each.netns == netns]
        return next((each for each in reversed(steps) if each.family != "bridge"), steps[-1] if steps else None)


def place_of(
    probe: Probe,
    outcome: Outcome,
    steps: Sequence[Step],
    asked: Sequence[Step],
    around: Surroundings,
    expected: Expected,
) -> Place:
    """Of a probe that was to be answered. ``asked``: what was seen of ARP and neighbour discovery."""
    for netns in (probe.source, probe.target):
        if not around.exists(netns):
            return Place("namespace", netns, "there is no namespace {0}".format(netns))
    final = probe.ear_address or probe.address
    missing = None if probe.elsewhere else reasons.missing_address(around, expected, probe.target, final)
    if missing is not None:
        return missing
    outward = tuple(each for each in steps if is_outward(probe, each))
    back = tuple(each for each in steps if not is_outward(probe, each))
    there = Leg(probe.source, probe.target, probe.address, final, outward, probe.elsewhere)
    lost = lost_on(there, outcome.said, asked, around, expected)
    if lost is not None and outcome.result not in (ANSWERED, ARRIVED):
        return lost
    if outcome.result == ANSWERED:
        return Place("unknown", probe.source, "it was answered when it was sent once more")
    if probe.elsewhere:
        return reasons.on_the_wire(around, expected, probe, there.last_in(None))
    last = there.last_in(probe.target)
    caller = last.packet.source if last is not None else ""
    if not back:
        return reasons.no_answer(around, expected, probe, caller, outcome.said)
    if outcome.said == _REFUSED and not any(each.drops for each in back):
        return Place("service", probe.target, "nothing takes the connection {0}".format(at(probe.target)))
    returning = Leg(probe.target, probe.source, caller, _own_address(there, caller), back)
    return lost_on(returning, outcome.said, asked, around, expected) or reasons.unknown(probe.source, "its answer")


def _own_address(there: Leg, caller: str) -> str:
    """The sender's address before it was translated."""
    first = next((each for each in there.steps if each.netns == there.source), None)
    return first.packet.source if first is not None else caller


def lost_on(leg: Leg, said: str, asked: Sequence[Step], around: Surroundings, expected: Expected) -> Optional[Place]:
    """None: it arrived. ``said``: what the kernel said to its sender."""
    within = _lost_within(leg, around)
    if within is not None:
        return within
    if leg.saw(leg.target, "input_last") and not leg.elsewhere:
        return None
    if leg.target is not None and leg.saw(leg.target, "prerouting_last"):
        return _routing(leg, leg.target, asked, around, expected)
    if leg.source is None or not any(each.netns is None for each in leg.steps):
        return _from_here(leg, said, asked, around, expected)
    if leg.saw(None, "input_last"):
        return reasons.taken_by_the_host(expected, leg.address, leg.final)
    if leg.saw(None, "prerouting_last") and not leg.saw(None, "postrouting_last"):
        return _routing(leg, None, asked, around, expected)
    return _onwards(leg, asked, around, expected)


def lost_within(steps: Sequence[Step], around: Surroundings) -> Optional[Place]:
    """Of packets that come to the host, or leave it: the rule that drops them, or the hook that loses them."""
    return _lost_within(Leg(None, None, "", "", tuple(steps)), around)


def _lost_within(leg: Leg, around: Surroundings) -> Optional[Place]:
    dropped = next((each for each in leg.steps if each.drops), None)
    if dropped is not None:
        return Place("rule", dropped.netns, "{0} drops it: {1}".format(where(dropped.netns), told(dropped, around)))
    hook = next(_swallowing(leg), None)
    return reasons.swallowed(*hook) if hook is not None else None


def _swallowing(leg: Leg) -> Iterator[Tuple[Optional[str], str]]:
    """(namespace, hook) of each hook whose beginning was passed, and whose end was not."""
    for netns in dict.fromkeys((leg.source, None, leg.target)):
        for hook in ("output", "forward", "input", "postrouting", "prerouting"):
            if leg.saw(netns, hook + "_first") and not leg.saw(netns, hook + "_last"):
                yield netns, hook


def _from_here(leg: Leg, said: str, asked: Sequence[Step], around: Surroundings, expected: Expected) -> Optional[Place]:
    """It was not seen beyond its sender's namespace."""
    last = leg.last_in(leg.source)
    to = last.packet.destination if last is not None else leg.address
    way = around.way(leg.source, to)
    if way.errno:
        return reasons.no_way(around, expected, leg.source, to, way.errno)
    if not leg.saw(leg.source, "output_last"):
        return reasons.not_sent(leg.source, said)
    if leg.elsewhere and leg.source is None:
        return None
    return _leaving(leg, leg.source, to, last, asked, around, expected)


def _onwards(leg: Leg, asked: Sequence[Step], around: Surroundings, expected: Expected) -> Optional[Place]:
    """It came to the host's bridge or left its rules, translated or not, and was seen in no other namespace."""
    if leg.elsewhere:
        return None
    last = leg.last_in(None)
    to = last.packet.destination if last is not None else leg.final
    if leg.source == ABROAD:
        departure = Departure(None, to, last.packet.source if last is not None else "", leg.target, leg.final)
        # What is bridged has its MAC from who sent it. With br_netfilter it meets the hooks of the host besides.
        asks = not leg.saw(None, "forward_first", family="bridge")
        return leaving(around, expected, departure, _drops(asked, around), asks)
    bridged = leg.source is not None and leg.address == leg.final and not around.way(leg.source, to).gateway
    netns = leg.source if bridged else None
    return _leaving(leg, netns, to, last, asked, around, expected)


def _leaving(
    leg: Leg,
    netns: Optional[str],
    to: str,
    last: Optional[Step],
    asked: Sequence[Step],
    around: Surroundings,
    expected: Expected,
) -> Place:
    departure = Departure(netns, to, last.packet.source if last is not None else "", leg.target, leg.final)
    return leaving(around, expected, departure, _drops(asked, around))


def _routing(
    leg: Leg, netns: Optional[str], asked: Sequence[Step], around: Surroundings, expected: Expected
) -> Optional[Place]:
    last = leg.last_in(netns)
    wrong = reasons.routing(around, expected, netns, last) if last is not None else None
    return wrong or _onwards(leg, asked, around, expected)


def _drops(asked: Sequence[Step], around: Surroundings) -> List[Place]:
    text = "{0} drops the question who has an address, or its answer: {1}"
    return [
        Place("rule", each.netns, text.format(where(each.netns), told(each, around))) for each in asked if each.drops
    ]


def told(step: Step, around: Surroundings) -> str:
    """``inet other c: ip daddr 172.20.0.2 drop``: family, table, chain, and the rule or the policy."""
    text = "policy {0}".format(step.verdict) if step.kind == POLICY else around.rule(step) or "a rule that is gone"
    return "{0} {1} {2}: {3}".format(step.family, step.table, step.chain, text)


def passed(steps: Sequence[Step], around: Surroundings, expected: Expected) -> Place:
    """What let a packet through that was not to arrive: the last word of our own tables."""
    here = [each for each in steps if each.netns is None]
    if not here:
        return Place("link", None, "it went past the rules of the host")
    routed = any(each.family != "bridge" for each in here)
    family = "inet" if routed else "bridge"
    ours = [each for each in here if (each.family, each.table) == (family, expected.table) and each.chain in _DECIDING]
    accepting = [each for each in ours if each.verdict == ACCEPT and each.kind in (RULE, POLICY)]
    if not accepting:
        text = "no chain of {0} {1} decides about it"
        return Place("rule", None, text.format(family, expected.table))
    chosen = next((each for each in accepting if each.kind == RULE), accepting[-1])
    return Place("rule", None, "the host lets it through: {0}".format(told(chosen, around)))


def by_token(probes: Iterable[Probe], steps: Sequence[Step]) -> Dict[bytes, List[Step]]:
    """Token → the steps of its probe and of the answer. Those of ARP and neighbour discovery are nobody's."""
    owners: Dict[bytes, bytes] = {}
    for probe in probes:
        if probe.protocol == TCP:
            number = int.from_bytes(probe.token[:4], "big")
            owners[b"s" + probe.token[:4]] = probe.token
            owners[b"a" + ((number + 1) & 0xFFFFFFFF).to_bytes(4, "big")] = probe.token
        elif probe.protocol == SCTP:
            owners[b"t" + probe.token[:4]] = owners[b"v" + probe.token[:4]] = probe.token
        else:
            owners[probe.token] = probe.token
    found: Dict[bytes, List[Step]] = {probe.token: [] for probe in probes}
    for step in steps:
        transport = step.packet.transport
        keys: Tuple[Any, ...] = (transport[8:16], b"s" + transport[4:8], b"a" + transport[8:12])
        keys += (b"t" + transport[16:20], b"v" + transport[4:8])
        owner = next((owners[key] for key in keys if key in owners), None)
        if owner is not None and not step.packet.asks:
            found[owner].append(step)
    return found
