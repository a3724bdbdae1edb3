# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What topologies that are made before this one will leave on the host, for a check that is told so.

Topologies of one host are made one after the other, and share some of it: leases, forwarding and the table that goes
with it, names of interfaces and containers, the program. So checks come in the same order: each tells what its
topology will leave (``foreseen``), and is told that of those before it (``Beside``). Nothing here reads or writes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, Iterator, Mapping, Optional, Sequence, Tuple

from .._declaration.topology import DEFAULT_BRIDGE
from .._ipam.requests import Allocation
from .._ipam.store import Store
from .._kernel import names
from .._kernel.facts import Reading
from .._kernel.marks import HandleMark
from .._kernel.observe import Observed
from .._kernel.rtnl.read import Link
from .._resources.file_states import FileState, container_of
from .._resources.forwarding import Forwarding, ForwardingRecord, from_words
from .._resources.program import ProgramState
from .._resources.ruleset.tables import table_text
from .._resources.ruleset.transit import transit_table
from .desired import Desired

Words = Mapping[str, Any]

#: Whatever the table is now. A deletion of what is not there is an error to nft before 1.0.8.
_NO_TABLE = "table inet {0}\ndelete table inet {0}\n".format(names.TRANSIT_TABLE)


def foreseen(desired: Desired, allocation: Allocation, record: ForwardingRecord) -> Dict[str, Any]:
    """As plain as JSON. ``record``: what will be known of the host's forwarding."""
    return {
        "topology": desired.topology,
        "granted": [dict(row) for row in allocation.granted],
        "released": [dict(row) for row in allocation.released],
        "links": {str(link.host_ifname): [link.kind, link.alias] for link in desired.links_of_host()},
        "containers": [space.name for space in desired.namespaces],
        "sysctls": dict(_settings(desired)),
        "forwarding": record.words(),
        "program": desired.program,
    }


def _settings(desired: Desired) -> Iterator[Tuple[str, str]]:
    for setting in (*desired.sysctls, *desired.given_back):
        for key, value in ((setting.key, setting.value), *setting.along):
            if value is not None:
                yield key, value


class Beside:
    """``told``: what ``foreseen`` said of topologies, in the order in which they will be made. Each has seen the host
    with those before it, so that of what is one for the whole host the last one counts."""

    def __init__(self, told: Sequence[Words] = ()) -> None:
        self._told = told
        self._settings = {key: value for each in told for key, value in each["sysctls"].items()}

    @property
    def forwarding(self) -> Optional[ForwardingRecord]:
        """What will be known of the host's forwarding; None where nobody comes before."""
        return from_words(self._told[-1]["forwarding"]) if self._told else None

    def rules(self, now: ForwardingRecord) -> Optional[str]:
        """For nft: the table of all topologies, where that will be another than by what is known now."""
        then = self.forwarding
        if then is None or then == now:
            return None
        transit = Forwarding(then).transit
        return _NO_TABLE + (table_text(transit_table(transit)) if transit is not None else "")

    def has(self, topology: str) -> bool:
        return any(each["topology"] == topology for each in self._told)

    def leases(self, store: Store) -> None:
        """In a copy of the store, which a check has."""
        for each in self._told:
            for row in each["released"]:
                store.delete(row)
            for row in each["granted"]:
                store.insert(row)

    def setting(self, key: str) -> Optional[str]:
        """One of the host's; None: it will be as it is."""
        return self._settings.get(key)

    def program(self, now: ProgramState) -> ProgramState:
        said = [each["program"] for each in self._told if each["program"] is not None]
        return dict.fromkeys(now, True if said[-1] else None) if said else now

    def facts(self, reading: Reading) -> Reading:
        """Without interfaces that go, and what is routed over them; with the one that topologies take in turn."""
        if not self._told:
            return reading
        links = {index: link for index, link in reading.links.items() if not self._goes(link)}
        routes = tuple(
            route
            for route in reading.routes
            if any(index in links or index not in reading.links for index in route.interfaces or (0,))
        )
        if all(link.ifname != DEFAULT_BRIDGE for link in links.values()):
            links.update({link.index: link for link in self._to_come() if link.ifname == DEFAULT_BRIDGE})
        return Reading(links, routes)

    def observed(self, observed: Observed) -> Observed:
        """With the names that others will have, and without those that they will have given up."""
        if not self._told:
            return observed
        links = {ifname: link for ifname, link in observed.links.items() if not self._goes(link)}
        marks = {name: mark for name, mark in observed.marks.items() if not self._gives_up(name, mark)}
        handles = {
            name: inode for name, inode in observed.handles.items() if name in marks or name not in observed.marks
        }
        for link in self._to_come():
            links.setdefault(link.ifname, link)
        for each in self._told:
            for name in each["containers"]:
                marks.setdefault(name, HandleMark(each["topology"], 0))
        sysctls = {key: self._settings.get(key, value) for key, value in observed.sysctls.items()}
        return replace(observed, links=links, marks=marks, handles=handles, sysctls=sysctls)

    def files(self, found: Mapping[str, FileState], observed: Optional[Observed]) -> Dict[str, FileState]:
        """Those of containers that others will have given up are gone. ``observed``: the host as it is."""
        if observed is None or not self._told:
            return dict(found)
        gone = {name for name, mark in observed.marks.items() if self._gives_up(name, mark)}
        return {path: FileState() if container_of(path) in gone else state for path, state in found.items()}

    def _to_come(self) -> Iterator[Link]:
        """With numbers that the kernel gives to none."""
        number = 0
        for each in self._told:
            for ifname, (kind, alias) in each["links"].items():
                number -= 1
                yield Link(number, ifname, kind, alias=alias)

    def _goes(self, link: Link) -> bool:
        """Ends of containers are nobody else's, whatever becomes of them: over these, nothing is routed."""
        mark = names.parse_alias(link.alias)
        if mark is None or link.kind == "veth":
            return False
        return any(each["topology"] == mark[0] and link.ifname not in each["links"] for each in self._told)

    def _gives_up(self, name: str, mark: HandleMark) -> bool:
        return any(each["topology"] == mark.topology and name not in each["containers"] for each in self._told)
