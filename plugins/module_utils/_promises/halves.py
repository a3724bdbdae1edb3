# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A call between hosts that was followed on both: what one of the two saw of it, and where it ended there. Pure.

Each host sees half of the way there and half of the way back. Between the two halves the packets of an overlay are
carried in others, some of which are followed too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Sequence, Tuple

from .._kernel.carrier import Carrier
from .._kernel.probe.model import ANSWERED, Outcome, Probe
from .._kernel.tracing.events import Step
from . import reasons
from .gaps import at_a_device, not_sent_on
from .place import ABROAD, Leg, is_outward, lost_on, lost_within, passed
from .reasons import Expected, Place, Surroundings


@dataclass(frozen=True)
class Call:
    """``carriers``: what its packets are carried in, the innermost first; none where they go as they are. ``promised``:
    whether it is to be answered."""

    probe: Probe
    carriers: Tuple[Carrier, ...] = ()
    promised: bool = True


@dataclass(frozen=True)
class Followed:
    """What a host saw while calls were repeated: ``steps`` of one call and its answer, and of all of them."""

    steps: Sequence[Step]
    everything: Sequence[Step]
    around: Surroundings
    expected: Expected
    asked: Sequence[Step] = field(default=())


@dataclass(frozen=True)
class Half:
    """``place``: where the call ended on this host; None: it passed. ``came``: whether this host saw it. ``answer`` and
    ``answer_place``: the same of its answer. ``by``: the interface by which what left this host did so."""

    token: bytes
    came: bool
    place: Optional[Place] = None
    answer: bool = False
    answer_place: Optional[Place] = None
    by: str = ""

    def as_data(self) -> Dict[str, Any]:
        return {
            "token": self.token.hex(),
            "came": self.came,
            "place": self.place.as_data() if self.place is not None else None,
            "answer": self.answer,
            "answer_place": self.answer_place.as_data() if self.answer_place is not None else None,
            "by": self.by,
        }


def calling(call: Call, outcome: Outcome, seen: Followed) -> Half:
    """Of the host that calls. ``answer``: whether it was answered."""
    probe = call.probe
    there, back = _directions(probe, seen.steps)
    if not call.promised:
        return Half(probe.token, bool(there), passed(there, seen.around, seen.expected), outcome.result == ANSWERED)
    place, by = _leaves(call, probe.source, probe.address, outcome.said, there, seen)
    if place is not None or outcome.result == ANSWERED:
        return Half(probe.token, True, place, outcome.result == ANSWERED, by=by)
    own = _caller(there, probe.source)
    lost = _comes_in(call, probe.source, _caller(there, None) or own, own, back, seen)[1]
    return Half(probe.token, True, answer_place=lost, by=by)


def called(call: Call, seen: Followed) -> Half:
    """Of the host that is called. ``answer``: whether one left it."""
    probe = call.probe
    there, back = _directions(probe, seen.steps)
    if not call.promised:
        here = passed(there, seen.around, seen.expected) if there else None
        return Half(probe.token, bool(there), here, bool(back))
    final = probe.ear_address or probe.address
    came, place = _comes_in(call, probe.target, probe.address, final, there, seen)
    missing = _missing(probe, final, seen)
    if missing is not None or place is not None or not came:
        return Half(probe.token, came, missing or place)
    caller = _caller(there, probe.target)
    if not back:
        return Half(probe.token, True, reasons.no_answer(seen.around, seen.expected, probe, caller, ""))
    place, by = _leaves(call, probe.target, caller, "", back, seen)
    return Half(probe.token, True, answer=place is None, answer_place=place, by=by)


def _directions(probe: Probe, steps: Sequence[Step]) -> Tuple[Tuple[Step, ...], Tuple[Step, ...]]:
    there = tuple(each for each in steps if is_outward(probe, each))
    return there, tuple(each for each in steps if not is_outward(probe, each))


def _caller(there: Sequence[Step], netns: Optional[str]) -> str:
    """The address of who calls, as it is known at last in a namespace."""
    return next((each.packet.source for each in reversed(there) if each.netns == netns), "")


def _missing(probe: Probe, final: str, seen: Followed) -> Optional[Place]:
    if not seen.around.exists(probe.target):
        return Place("namespace", probe.target, "there is no namespace {0}".format(probe.target))
    return reasons.missing_address(seen.around, seen.expected, probe.target, final)


def _leaves(
    call: Call, netns: Optional[str], address: str, said: str, steps: Tuple[Step, ...], seen: Followed
) -> Tuple[Optional[Place], str]:
    """From a namespace out of the host: (where it ended, by which interface it left)."""
    leg = Leg(netns, None, address, address, steps, elsewhere=True)
    last = leg.last_in(None)
    # whatever drops it where it leaves by another interface: the route is what brought it there
    place = _over_another(call, last, seen) if call.carriers and last is not None else None
    place = place or lost_on(leg, said, seen.asked, seen.around, seen.expected)
    if place is not None or last is None:
        return place, ""
    link = seen.around.links(None).get(last.oif)
    by = link.ifname if link is not None else ""
    place = None if call.carriers else _unmasked(call, netns, last, seen)
    return place or not_sent_on(seen.around, last.oif, last.packet.destination) or _not_carried(call, seen), by


def _over_another(call: Call, last: Step, seen: Followed) -> Optional[Place]:
    """The host routes it by another interface than the network's."""
    if last.family == "bridge" or seen.around.way(None, last.packet.destination).oif != last.oif:
        return None
    return _led_elsewhere(call, last.packet.destination, seen)


def _led_elsewhere(call: Call, address: str, seen: Followed) -> Optional[Place]:
    links, wanted = seen.around.links(None), call.carriers[0].ifname
    way = seen.around.way(None, address)
    device = next((each for each in links.values() if each.ifname == wanted), None)
    if way.oif not in links or device is None or way.oif in (device.index, device.master):
        return None
    text = "the route of the host to {0} leads over {1}, not over {2}"
    return Place("route", None, text.format(address, links[way.oif].ifname, wanted))


def _no_way_back(call: Call, last: Step, seen: Followed) -> Optional[Place]:
    """The kernel does not take what comes from an address that it would not reach there. What is wrong then is the way
    to it, and not the setting by which it looks."""
    address, around = last.packet.source, seen.around
    way = around.way(None, address)
    if not call.carriers or around.way(None, last.packet.destination).errno:
        return None
    place = reasons.no_way(around, seen.expected, None, address, way.errno) if way.errno else None
    place = place or _led_elsewhere(call, address, seen)
    return Place(place.kind, None, place.text + ", so what comes from there is refused") if place is not None else None


def _unmasked(call: Call, netns: Optional[str], last: Step, seen: Followed) -> Optional[Place]:
    if netns is None or netns != call.probe.source or seen.around.way(None, last.packet.source).is_local:
        return None
    return reasons.unmasked(seen.around, seen.expected, last)


def _not_carried(call: Call, seen: Followed) -> Optional[Place]:
    """What became of what it is carried in, on its way out."""
    for carrier in call.carriers:
        outer = leaving_in(carrier, seen.everything)
        place = _dropped(carrier, "to", outer, seen)
        if place is not None:
            return place
        way = seen.around.way(None, carrier.peer)
        if not outer and way.errno:
            return reasons.no_way(seen.around, seen.expected, None, carrier.peer, way.errno)
        if not outer:
            return _not_working(carrier, seen.around) or _nothing_left(carrier)
        place = not_sent_on(seen.around, way.oif, carrier.peer)
        if place is not None:
            return place
    return None


def _nothing_left(carrier: Carrier) -> Place:
    """Who waits to be called cannot say more."""
    if carrier.peer_port:
        return Place("link", None, "it went to {0}, and nothing for {1} left there".format(*carrier[:2]))
    return Place("wire", None, "it went to {0}, which nobody at {1} has called".format(*carrier[:2]))


def _comes_in(
    call: Call, netns: Optional[str], address: str, final: str, steps: Tuple[Step, ...], seen: Followed
) -> Tuple[bool, Optional[Place]]:
    """From another host into a namespace: (whether it came, where it ended)."""
    if not any(each.netns is None for each in steps):
        return False, _not_unwrapped(call, seen)
    leg = Leg(ABROAD, netns, address, final, steps)
    place, last = lost_on(leg, "", seen.asked, seen.around, seen.expected), leg.last_in(None)
    if place is not None and last is not None and place.netns is None and place.kind in ("route", "sysctl"):
        place = _no_way_back(call, last, seen) or place
    return True, place


def _not_unwrapped(call: Call, seen: Followed) -> Optional[Place]:
    """Nothing of it was seen: what became of what it is carried in. None: nothing of that came, either."""
    around = seen.around
    for carrier in reversed(call.carriers):
        outer = _from(carrier, seen.everything)
        place = _dropped(carrier, "from", outer, seen) or _not_working(carrier, around)
        if place is not None:
            return place
        if not outer:
            return at_a_device(around, _wire(carrier.peer, around))
        place = at_a_device(around, carrier.ifname)
        if place is not None:
            return place
    if not call.carriers:
        return at_a_device(around, _wire(call.probe.address, around))
    text = "what carries it came in, and nothing of it came out of {0}"
    return Place("link", None, text.format(call.carriers[0].ifname))


def _not_working(carrier: Carrier, around: Surroundings) -> Optional[Place]:
    link = next((each for each in around.links(None).values() if each.ifname == carrier.ifname), None)
    if link is None:
        return Place("link", None, "there is no interface {0} on the host".format(carrier.ifname))
    if not link.up:
        return Place("link", None, "{0} is down".format(carrier.ifname))
    if not around.is_running(link.index):
        return Place("link", None, "no program is behind {0}".format(carrier.ifname))
    return None


def leaving_in(carrier: Carrier, steps: Sequence[Step]) -> List[Step]:
    """What leaves this host for the other one in a carrier."""
    return [
        each
        for each in steps
        if each.packet.destination == carrier.peer and _between(each, carrier.port, carrier.peer_port)
    ]


def _from(carrier: Carrier, steps: Sequence[Step]) -> List[Step]:
    return [
        each for each in steps if each.packet.source == carrier.peer and _between(each, carrier.peer_port, carrier.port)
    ]


def _between(step: Step, source: int, destination: int) -> bool:
    """Whether it goes to that port; where that is not known, from this one: VXLAN is sent from any."""
    ports = step.packet.transport
    return (int.from_bytes(ports[2:4], "big") == destination) if destination else ports[:2] == source.to_bytes(2, "big")


def _wire(address: str, around: Surroundings) -> str:
    link = around.links(None).get(around.way(None, address).oif)
    return link.ifname if link is not None else ""


def _dropped(carrier: Carrier, word: str, outer: List[Step], seen: Followed) -> Optional[Place]:
    place = lost_within(outer, seen.around)
    if place is None:
        return None
    return Place(place.kind, None, "{0} (it is carried by {1})".format(place.text, _outer(carrier, word)))


def _outer(carrier: Carrier, word: str) -> str:
    """``UDP port 4789 from 192.0.2.11``; the other end's port is told where that one is not known."""
    here, there = (carrier.port, carrier.peer_port) if word == "from" else (carrier.peer_port, carrier.port)
    if here:
        return "UDP port {0} {1} {2}".format(here, word, carrier.peer)
    return "UDP from port {0} {1} {2}".format(there, "of" if word == "from" else word, carrier.peer)
