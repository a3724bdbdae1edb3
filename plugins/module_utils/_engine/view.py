# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host as a run sees it: as it is, or, in a check after an interrupted run, as it will be once that has been
taken back or finished, which the next apply does before all else; and in a check of several topologies, as those
leave it that are made first. The check itself does nothing of it.
"""

from __future__ import annotations

import contextlib
import functools
import os
from dataclasses import replace
from ipaddress import ip_interface
from typing import (
    TYPE_CHECKING,
    Any,
    Collection,
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
)

from .._ipam.store import Store, revert
from .._kernel import facts, namespaces, nft, sysctl
from .._kernel.host import Host
from .._kernel.names import NETNS_ETC_DIRECTORY, STASH_DIRECTORY, TRANSIT_TABLE, table
from .._kernel.observe import Observed, observe
from .._kernel.rtnl.read import RTPROT_KERNEL, Link, RouteEntry
from .._kernel.visits import Also, NamespaceState, Visits
from .._resources import docker_runtime, drop_ins, file_states, name_server, program, units
from .._resources.docker_runtime import RuntimeState
from .._resources.drop_ins import DropIn, DropInStates
from .._resources.file_states import FileState
from .._resources.forwarding import ForwardingRecord, from_words
from .._resources.links.registry import settings_of
from .._resources.program import ProgramState
from .._resources.ruleset.listing import Listing
from .._resources.units import Unit, UnitStates
from . import before as images
from . import declared as declared_records
from . import forwarding, lost_marks
from .beside import Beside
from .declared import Kept
from .early import Early
from .effects import FILE, LINK, NETNS, SYSCTL, Outlook, kind_of, name_of, names_of
from .interrupted import VERIFIED, Record, way_back
from .operations import foreseen

if TYPE_CHECKING:
    from .._resources.firewalls.accept import Foreseen

_FAMILIES = ("inet", "bridge")


class View:
    """What is read of a host for one plan after the other."""

    def __init__(
        self,
        host: Host,
        interrupted: Optional[Record] = None,
        beside: Sequence[Mapping[str, Any]] = (),
        early: Optional[Early] = None,
    ) -> None:
        """For a check, ``interrupted``: the journal of a run that is yet to be taken back or finished. ``beside``: what
        topologies leave that are made before (``beside.foreseen``). ``early``: what was begun before."""
        self.host = host
        self._early = early
        self._beside = Beside(beside)
        self._interrupted = interrupted
        self._before = _touched(interrupted) if interrupted else {}
        self._outlook = _outlook(interrupted) if interrupted else Outlook()
        self._links: Optional[Collection[Link]] = None
        self._visits: Optional[Visits] = None
        self._listing: Optional[Listing] = None
        self._files: Mapping[str, Any] = {}  # what was read ahead of them
        self._read: Tuple[Optional[Observed], Mapping[str, FileState]] = (None, {})

    def begin(self, topology: str, sysctls: Mapping[str, Sequence[str]]) -> None:
        """Have what takes longest to read for a plan read by others while the plan is prepared: the inside of the
        topology's namespaces, their files, and the rules. ``sysctls``: what will probably be read inside.

        To be followed by ``close``: of a plan that was never made, both are still under way then.
        """
        early = self._early if self._early is not None and self._early.topology == topology else None
        if early is not None:
            self._visits = early.visits
            self._visits.ask(sysctls, self._suspects((topology,)))
        else:
            self._visits = self._visits_of(sysctls, (topology,), file_states.AHEAD)
        if early is not None and not self._pretended():
            self._listing = early.listing
        self.begin_rules(topology)

    def begin_rules(self, topology: str) -> None:
        """Have nft list them, unless it does; where they are to be pretended, nothing is begun."""
        if self._listing is None and not self._pretended():
            self._listing = Listing(topology)

    def close(self) -> None:
        if self._visits is not None:
            self._visits.close()
        if self._listing is not None:
            self._listing.close()
        self._visits = self._listing = None

    def host_facts(self) -> facts.Reading:
        reading = facts.read(self.host)
        self._links = reading.links.values()  # which need not be read again for the plan
        return self._beside.facts(self._foreseen_facts(reading))

    def visits(self, sysctls: Mapping[str, Sequence[str]], topologies: Iterable[str] = ()) -> Visits:
        """Of the namespaces that a plan is to see: those that were begun, where they are the same topologies'."""
        owners = tuple(topologies)
        begun = self._visits
        if begun is not None and begun.owners == frozenset(owners):
            self._visits = None
            begun.ask(sysctls)
            return begun
        return self._visits_of(sysctls, owners)

    def _visits_of(self, sysctls: Mapping[str, Sequence[str]], owners: Tuple[str, ...], *beside: Any) -> Visits:
        return Visits(self.host, sysctls, owners, None, self._suspects(owners), *beside)

    def _suspects(self, owners: Tuple[str, ...]) -> Also:
        return functools.partial(lost_marks.suspects, self.host, owners)

    def observe(
        self, sysctls: Iterable[str] = (), visits: Optional[Visits] = None, limited: Collection[str] = ()
    ) -> Observed:
        """Without visits: the host alone. ``limited``: the links whose traffic is to be limited."""
        if visits is None:
            with self.visits({}) as visits:
                return self.observe(sysctls, visits, limited)
        links, self._links = self._links, None
        observed = observe(self.host, sysctls, visits, links, settings_of, limited)
        self._files = visits.results
        if self._interrupted is not None:
            observed = replace(observed, handles=self._without_discarded(observed))
            observed = images.restored(self._with_settings_of_the_stash(observed, visits), self._before)
        lost = lost_marks.found(observed, visits.owners)
        if lost:
            observed = replace(observed, marks={**observed.marks, **lost})
        self._read = (observed, {})
        return self._beside.observed(observed)

    def files(self, paths: Iterable[str], owner: Optional[str] = None) -> Dict[str, FileState]:
        """What is at these paths, and at all that are the owner's, by what was observed last."""
        wanted, observed = set(paths), self._read[0]
        ahead, self._files = self._files, {}
        if owner is not None:
            containers = own_namespaces(observed, owner) if observed is not None else ()
            wanted.update(file_states.owned(owner, containers, ahead.get(NETNS_ETC_DIRECTORY)))
            wanted.update(self._files_of(owner))
        known = {path: images.file_state(self._before, path) for path in wanted} if self._before else {}
        found = {path: state for path, state in known.items() if state is not None}
        found.update((path, ahead[path]) for path in wanted.difference(found) if path in ahead)
        found.update(file_states.read(wanted.difference(found)))
        found = self._beside.files(found, observed)
        gone = {path for path in wanted.difference(paths) if found[path] == FileState()}
        found = {path: state for path, state in found.items() if path not in gone}
        self._read = (self._read[0], found)
        return found

    @contextlib.contextmanager
    def rules(self, topology: str) -> Iterator[Optional[Listing]]:
        """nft, in the body, shows this topology's tables, and that of all, as they are, or will be. The listing of them
        comes with it if it was begun."""
        scripts = self._pretended()
        if not scripts:
            listing, self._listing = self._listing, None
            yield listing
            return
        whose = {topology, self._interrupted.topology} if self._interrupted is not None else {topology}
        tables = [("inet", TRANSIT_TABLE)]
        tables += [(family, table(each)) for each in sorted(whose) for family in _FAMILIES]
        with nft.pretending([*nft.list_text(tables).values(), *scripts]):
            yield None

    def _pretended(self) -> List[str]:
        """What makes the rules that are those that will be."""
        beside = self._beside.rules(self._forwarding_now()) if self._beside.forwarding is not None else None
        return [*self._outlook.scripts, *([beside] if beside is not None else [])]

    def firewall(self) -> "Foreseen":
        """What of ours will be in another firewall."""
        from .._resources.firewalls.accept import Foreseen  # only where the whole host is planned

        return Foreseen(self._outlook.accepts, self._outlook.foreign_files, self._outlook.zones)

    def units(self, topology: str, desired: Sequence[Unit]) -> UnitStates:
        """Of this topology, and of these."""
        return units.read(topology, desired, self._outlook.units)

    def name_server(self, topology: str) -> Optional[str]:
        return name_server.read(topology, self._outlook.units)

    def drop_ins(self, topology: str, desired: Sequence[DropIn]) -> DropInStates:
        """The same of services of others that live in its namespaces."""
        return drop_ins.read(topology, desired, self._outlook.units)

    def program(self) -> ProgramState:
        return self._beside.program(program.read(self._outlook.program))

    def docker_runtime(self) -> RuntimeState:
        return docker_runtime.read(self._outlook.foreign_files)

    def leases(self, store: Store) -> None:
        """In a copy of the store, which a check has."""
        for words in self._outlook.reverted:
            revert(store, **words)
        self._beside.leases(store)

    def before(self, touched: Iterable[Sequence[str]]) -> Iterator[Tuple[str, Any]]:
        """What the actions touch, as the last plan found it. Asked once, and let go then: the run changes the host."""
        (observed, files), self._read = self._read, (None, {})
        return images.image(touched, observed, files) if observed is not None else iter(())

    def declared(self, topology: str) -> Optional[Kept]:
        """The declaration that was applied last, or that the interrupted run leaves as such; None without any.

        Of one that will have been made before, None: what it will hold is told, and is not lost where the store has
        none of it."""
        if self._beside.has(topology):
            return None
        if topology in self._outlook.kept:
            return declared_records.prepared() or declared_records.read(topology)
        declared = self._outlook.declared
        if topology not in declared:
            return declared_records.read(topology)
        words = declared[topology]
        return words and Kept(
            words["declared"], words.get("release", ""), words.get("asked") or {}, words.get("around") or {}
        )

    def forwarding(self) -> ForwardingRecord:
        """What is known of the host's forwarding."""
        return self._beside.forwarding or self._forwarding_now()

    def _forwarding_now(self) -> ForwardingRecord:
        foreseen = self._outlook.forwarding
        if not foreseen:
            return forwarding.read()
        return from_words(foreseen[-1]) if foreseen[-1] else ForwardingRecord()

    def setting(self, key: str) -> Optional[str]:
        """One of the host's. None: the kernel has none."""
        then = self._beside.setting(key)
        if then is not None:
            return then
        known = "{0} {1}".format(SYSCTL, key)
        return self._before[known] if known in self._before else sysctl.read(key)

    def _with_settings_of_the_stash(self, observed: Observed, visits: Visits) -> Observed:
        """Under the name of a namespace that comes back there is another one, or none; this one waits in the stash."""
        spaces = dict(observed.namespaces)
        for name in names_of(NETNS, self._before):
            handle, place = self._before["netns " + name]["handle"], STASH_DIRECTORY + "/" + name
            if not handle or handle[0] is None or observed.handles.get(name) == handle[0]:
                continue
            there = namespaces.identity(place) == handle[0]
            spaces[name] = NamespaceState(sysctls=visits.settings_in(place, name) if there else {})
        return replace(observed, namespaces=spaces)

    def _without_discarded(self, observed: Observed) -> Dict[str, Optional[int]]:
        """Of a run that is to be finished, the handles that lost their mark go, and what is left of such a one."""
        gone, obstacles = self._outlook.discarded, observed.obstacles
        return {
            name: inode
            for name, inode in observed.handles.items()
            if name not in gone or inode not in (gone[name], None) or name in obstacles
        }

    def _files_of(self, owner: str) -> Iterator[str]:
        """Those that the interrupted run was to touch, and what stands beside them: half a removal hides whose the
        other half is."""
        if self._interrupted is None or self._interrupted.topology != owner:
            return
        for path in names_of(FILE, self._interrupted.before):
            yield path
            yield from ("{0}/{1}".format(os.path.dirname(path), name) for name in file_states.NAMES)

    def _foreseen_facts(self, reading: facts.Reading) -> facts.Reading:
        """Over the links that the interrupted run touched there are just the routes that their addresses bring."""
        touched = {name_of(key): state for key, state in self._before.items() if kind_of(key) == LINK}
        links = {index: link for index, link in reading.links.items() if link.ifname not in touched}
        routes: List[RouteEntry] = [
            route
            for route in reading.routes
            if any(index in links or index not in reading.links for index in route.interfaces or (0,))
        ]
        for state in touched.values():
            if state["link"] is not None:
                link = images.link(state["link"])
                links[link.index] = link
                routes.extend(
                    RouteEntry(str(ip_interface(cidr).network), oif=link.index, protocol=RTPROT_KERNEL)
                    for cidr in state["addresses"]
                )
        return facts.Reading(links, tuple(routes)) if touched else reading


def _outlook(interrupted: Record) -> Outlook:
    """What is still to be done of it: all of its end, or else its way back."""
    if interrupted.reached == VERIFIED:
        return foreseen(interrupted.finish)
    return foreseen(step for _left, steps in way_back(interrupted) for step in steps)


def _touched(interrupted: Record) -> images.Image:
    """What the way back changes, as it was: after a reboot nothing, for it all went with the boot."""
    if interrupted.reached == VERIFIED or not interrupted.is_of_this_boot:
        return {}
    touched = {key for keys in interrupted.touched[: interrupted.begun] for key in keys}
    return {key: state for key, state in interrupted.before.items() if key in touched}


def own_namespaces(observed: Observed, topology: str) -> FrozenSet[str]:
    """Those that have our mark and are not the host's own: whose files are ours, whatever they say."""
    marks = observed.marks.items()
    return frozenset(name for name, mark in marks if mark.topology == topology and mark.attach != "host")
