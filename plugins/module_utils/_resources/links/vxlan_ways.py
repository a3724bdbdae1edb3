# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a VXLAN device knows of other hosts: forwarding entries, neighbours and routes, compared host by host. Pure."""

from __future__ import annotations

from typing import AbstractSet, Any, Dict, Iterator, List, Mapping, Sequence, Tuple

from ..._kernel import vxlan
from ..._kernel.changes import Subject
from ..._kernel.data import NamedTuple
from ..._kernel.vxlan import Ways
from ..action import Action, Operation, operation

NOTHING = Ways()


class Way(NamedTuple):
    """What leads to one other host. ``reaches``: what is there, for a person."""

    host: str
    underlay: str
    ways: Ways
    reaches: Tuple[str, ...] = ()


class Carrier(NamedTuple):
    """The device that ways lead over. ``neighbours_of``: the interface that has its neighbour entries, which of a
    port is the bridge."""

    ifname: str
    network: str
    subject: Subject
    neighbours_of: str


def compare_ways(device: Carrier, wanted: Sequence[Way], now: Ways) -> Iterator[Action]:
    """What is missing, host by host, before what is too much: additive before switching."""
    there, kept = _sets(now), _by_key(now)
    for way in wanted:
        missing = _less(way.ways, there)
        if missing:
            yield _lead(device, way, missing, _displaced(missing, kept))
    ways = [each.ways for each in wanted]
    surplus = _unnamed(_less(now, _sets(*ways)), ways)
    for underlay, gone in _by_host(surplus, now):
        yield _lead_no_more(device, underlay, gone)


def _by_key(now: Ways) -> Mapping[str, Mapping[Any, List[Any]]]:
    found: Dict[str, Dict[Any, List[Any]]] = {part: {} for part in vxlan.PARTS}
    for part in vxlan.PARTS:
        for each in getattr(now, part):
            found[part].setdefault(_key(part, each), []).append(each)
    return found


def _sets(*some: Ways) -> Mapping[str, AbstractSet[Any]]:
    return {part: {each for ways in some for each in getattr(ways, part)} for part in vxlan.PARTS}


def _less(these: Ways, others: Mapping[str, AbstractSet[Any]]) -> Ways:
    """Of these, those that are not among the others."""
    return Ways(
        **{part: tuple(each for each in getattr(these, part) if each not in others[part]) for part in vxlan.PARTS}
    )


def _key(part: str, entry: Tuple[str, ...]) -> Tuple[str, ...]:
    """What the kernel has one of: a MAC's way (but of everybody's, where each host has one), an address, a route."""
    return entry if part == "forwarding" and entry[0] == vxlan.EVERYBODY else entry[:1]


def _displaced(missing: Ways, kept: Mapping[str, Mapping[Any, List[Any]]]) -> Ways:
    """What is there in the place of what is to come."""
    found = {}
    for part in vxlan.PARTS:
        keys = {_key(part, each) for each in getattr(missing, part)}
        found[part] = tuple(each for key in sorted(keys) for each in kept[part].get(key, ()))
    return Ways(**found)


def _unnamed(surplus: Ways, wanted: List[Ways]) -> Ways:
    """Without what gave way to something that is wanted."""
    found = {}
    for part in vxlan.PARTS:
        keys = {_key(part, each) for ways in wanted for each in getattr(ways, part)}
        found[part] = tuple(each for each in getattr(surplus, part) if _key(part, each) not in keys)
    return Ways(**found)


def _by_host(surplus: Ways, now: Ways) -> Iterator[Tuple[str, Ways]]:
    """What belongs together, by the underlay address that it leads to; empty: to nowhere."""
    to = dict(now.forwarding)
    macs = dict(now.neighbours)
    found: Dict[str, Dict[str, List[Tuple[str, ...]]]] = {}

    def keep(underlay: str, part: str, entry: Tuple[str, ...]) -> None:
        found.setdefault(underlay, {}).setdefault(part, []).append(entry)

    for mac, underlay in surplus.forwarding:
        keep(underlay, "forwarding", (mac, underlay))
    for address, mac in surplus.neighbours:
        keep(to.get(mac, ""), "neighbours", (address, mac))
    for (mac,) in surplus.bridged:
        keep(to.get(mac, ""), "bridged", (mac,))
    for route in surplus.routes:
        keep(to.get(macs.get(route[1], ""), ""), "routes", route)
    for underlay in sorted(found):
        yield underlay, Ways(**{part: tuple(each) for part, each in found[underlay].items()})  # type: ignore[arg-type]


def _step(device: Carrier, add: Ways, remove: Ways) -> Operation:
    words = {"add": add.words(), "remove": remove.words()}
    return operation("ways.set", ifname=device.ifname, neighbours_of=device.neighbours_of, **words)


def _lead(device: Carrier, way: Way, missing: Ways, displaced: Ways) -> Action:
    if missing == way.ways and not displaced:
        reaches = ": " + ", ".join(way.reaches) if way.reaches else ""
        text = "reach {0} at {1} over {2}{3}".format(way.host, way.underlay, device.network, reaches)
    else:
        text = "repair the way to {0} over {1}: {2}".format(way.host, device.network, ", ".join(_shown(missing)))
    return Action(
        text=text,
        subject=device.subject,
        do=(_step(device, missing, NOTHING),),
        undo=(_step(device, displaced, missing),),
        before={word: _state(word, displaced) for word in _entries(missing)},
        after=_entries(missing),
    )


def _lead_no_more(device: Carrier, underlay: str, gone: Ways) -> Action:
    text = "no longer reach {0} over {1}: {2}".format(underlay or "nobody", device.network, ", ".join(_shown(gone)))
    return Action(
        text=text,
        subject=device.subject,
        do=(_step(device, NOTHING, gone),),
        undo=(_step(device, gone, NOTHING),),
        before=_entries(gone),
        after=dict.fromkeys(_entries(gone)),
    )


def _shown(ways: Ways) -> Iterator[str]:
    """What a person wants to know: routes say it all where there are some."""
    if ways.routes:
        return (route[0] for route in ways.routes)
    entries = ["neighbour " + each[0] for each in ways.neighbours] or ["MAC " + mac for mac, _to in ways.forwarding]
    entries = entries or ["MAC " + mac for (mac,) in ways.bridged]
    return iter(entries[:3] + ["and {0} more".format(len(entries) - 3)] * (len(entries) > 3))


def _entries(ways: Ways) -> Dict[str, Any]:
    found: Dict[str, Any] = {"forwarding entry " + mac: to for mac, to in ways.forwarding}
    found.update({"entry of the bridge " + mac: "static" for (mac,) in ways.bridged})
    found.update({"neighbour " + address: mac for address, mac in ways.neighbours})
    found.update({"route " + route[0]: "via " + route[1] for route in ways.routes})
    return found


def _state(word: str, displaced: Ways) -> Any:
    return _entries(displaced).get(word)
