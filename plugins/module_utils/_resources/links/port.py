# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A link's place on a bridge: the flags of the port, and what the bridge knows to be behind it."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Dict, Iterator, Mapping, Optional, Tuple

from ..._kernel.changes import Subject
from ..._kernel.rtnl import as_made
from ..._kernel.rtnl.read import PORT_FLAGS, Link
from ..action import Action, Operation, operation
from ..link import change_link


class Port:
    """The fields of a declared link that may be a port of the bridge ``master``."""

    mac: Optional[str]
    master: Optional[str]
    isolated: bool
    hairpin: bool
    learning: bool  # False: only what has ``mac`` is behind the port, whatever its frames say
    guard: bool  # a BPDU shuts the port
    as_made: bool  # whatever else a port has is as the kernel makes it

    @property
    def flags(self) -> Mapping[str, bool]:
        return _flags(tuple([getattr(self, name) for name in PORT_FLAGS]))

    @property
    def fdb(self) -> Tuple[str, ...]:
        """The MACs that the bridge need not learn."""
        return (self.mac,) if self.master and self.mac and not self.learning else ()


@functools.lru_cache(maxsize=64)
def _flags(values: Tuple[bool, ...]) -> Mapping[str, bool]:
    """Thousands of ports have the same: one for all of them."""
    return dict(zip(PORT_FLAGS, values))


def changes(desired: Port, link: Link, now: Optional[str], name: str, shown: str, subject: Subject) -> Iterator[Action]:
    """``now``: the bridge that the link is on."""
    moved = now != desired.master
    if moved:
        yield _change_master(desired, link, now, name, shown, subject)
    if desired.master is None:
        return
    for flag, (_kind, usual) in PORT_FLAGS.items():
        was, wanted = usual if moved else getattr(link, flag), getattr(desired, flag)
        if was != wanted:
            yield _change_flag(name, shown, subject, flag, was, wanted)
    if desired.as_made and link.differing_port and not moved:
        yield _as_made(link, name, shown, subject)
    yield from _change_fdb(desired, () if moved else link.fdb, () if moved else _others(link), name, shown, subject)


def _change_master(desired: Port, link: Link, now: Optional[str], name: str, shown: str, subject: Subject) -> Action:
    """A port's flags and entries go with its bridge, so the way back sets them again."""
    action = change_link(None, name, shown, subject, "master", now, desired.master)
    if now is None:
        return action
    flags = {flag: getattr(link, flag) for flag in PORT_FLAGS}
    unusual = any(on != PORT_FLAGS[flag][1] for flag, on in flags.items())
    again = (operation("port.set", ifname=name, flags=flags),) if unusual else ()
    return replace(action, undo=(*action.undo, *again, *fdb_again(link, name)))


def fdb_again(link: Link, name: str) -> Iterator[Operation]:
    """What brings a port's static entries back into its bridge's table."""
    yield from (operation("fdb.add", ifname=name, mac=mac) for mac in link.fdb)
    yield from (operation("fdb.add", ifname=name, mac=mac, how=how) for mac, how in _others(link))


def _others(link: Link) -> Tuple[Tuple[str, str], ...]:
    return tuple((mac, how) for mac, how in map(str.split, link.fdb_others))


def _change_flag(name: str, shown: str, subject: Subject, flag: str, now: bool, wanted: bool) -> Action:
    return Action(
        text="set {0} of bridge port {1} {2}".format(flag, shown, "on" if wanted else "off"),
        subject=subject,
        do=(operation("port.set", ifname=name, flags={flag: wanted}),),
        undo=(operation("port.set", ifname=name, flags={flag: now}),),
        before={flag: now},
        after={flag: wanted},
    )


def _as_made(link: Link, name: str, shown: str, subject: Subject) -> Action:
    """All at once, for the kernel refuses some without another."""
    was = dict(link.differing_port)
    usual = {each: as_made.PORT[each].usual for each in was}
    text = "set {0} of bridge port {1} as a new port has it".format(" and ".join(was), shown)
    return Action(text, subject, (_restore(name, usual),), (_restore(name, was),), before=was, after=usual)


def _restore(ifname: str, values: Dict[str, int]) -> Operation:
    options = {name: as_made.PORT[name] for name in values}
    flags = {str(each.number): as_made.packed(each, values[name]).hex() for name, each in options.items()}
    return operation("port.restore", ifname=ifname, flags=flags)


def _change_fdb(
    desired: Port,
    now: Tuple[str, ...],
    others: Tuple[Tuple[str, str], ...],
    name: str,
    shown: str,
    subject: Subject,
) -> Iterator[Action]:
    """The new one first, so that nothing is flooded on the way. ``others``: MACs that somebody set, and how."""
    otherwise = dict(others)
    for mac in [mac for mac in desired.fdb if mac not in now]:
        there, back = operation("fdb.add", ifname=name, mac=mac), operation("fdb.delete", ifname=name, mac=mac)
        if mac in otherwise:
            back = operation("fdb.add", ifname=name, mac=mac, how=otherwise[mac])
        text = "keep {0} behind bridge port {1}".format(mac, shown)
        yield Action(text, subject, (there,), (back,), after={"forwarding entry " + mac: "static"})
    for mac in [mac for mac in now if mac not in desired.fdb]:
        there, back = operation("fdb.delete", ifname=name, mac=mac), operation("fdb.add", ifname=name, mac=mac)
        text = "no longer keep {0} behind bridge port {1}".format(mac, shown)
        yield Action(text, subject, (there,), (back,), before={"forwarding entry " + mac: "static"})
    for mac, how in others if desired.as_made else ():
        if mac not in desired.fdb:
            there = operation("fdb.delete", ifname=name, mac=mac)
            back = operation("fdb.add", ifname=name, mac=mac, how=how)
            text = "remove the {0} forwarding entry {1} from bridge port {2}".format(how, mac, shown)
            yield Action(text, subject, (there,), (back,), before={"forwarding entry " + mac: how})
