# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is inside namespaces: one visit to each, and of many every other one by a process beside this one."""

from __future__ import annotations

import contextlib
import os
from socket import AF_INET, AF_UNSPEC
from typing import (
    Any,
    Callable,
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
)

from . import marks, namespaces, sysctl
from .errors import FabricError
from .host import Host
from .marks import HandleMark
from .rtnl import read as rtnetlink
from .rtnl.neighbours import Neighbour, read_permanent
from .rtnl.read import Link, RouteEntry
from .rtnl.socket import NetlinkSocket
from .second_process import Finding, SecondProcess
from .settled import Settling

#: From this many on a second process, which takes some milliseconds to make, is worth it.
MANY = 64
#: What the two take at a time: so few that both end at the same time, whatever else the processors do.
_AT_A_TIME = 16
#: Of what is inside a namespace. More than these nobody declares; who fills one to keep every run busy is reported.
MOST_LINKS, MOST_ADDRESSES, MOST_ROUTES = 1024, 1024, 4096
_NO_IPV6 = "net/ipv6/conf/all/disable_ipv6"

_NONE: Mapping[Any, Any] = {}

#: Settings of namespaces, of which most have the same: once each.
_SETTINGS: Dict[Tuple[Tuple[str, Optional[str]], ...], Dict[str, Optional[str]]] = {}

#: What is done with portions of something, and what that is, of these namespaces.
Beside = Tuple[Callable[[Sequence[str]], Mapping[str, Any]], Callable[[Iterable[str]], Sequence[str]]]
Also = Callable[[Mapping[str, Optional[int]], Mapping[str, HandleMark]], Iterable[str]]


class NamespaceState(NamedTuple):
    """The inside of one namespace. Addresses are CIDRs by interface index."""

    links: Mapping[str, Link] = _NONE
    addresses: Mapping[int, List[str]] = _NONE
    routes: Tuple[RouteEntry, ...] = ()  # of all tables, but for broadcasts, which nobody compares
    sysctls: Mapping[str, Optional[str]] = _NONE
    neighbours: Tuple[Neighbour, ...] = ()  # that somebody set
    tentative: FrozenSet[Tuple[int, str]] = frozenset()  # (index, CIDR) of addresses that are not in use yet
    trouble: str = ""  # why not all of it is known


def _nothing(_names: Iterable[str]) -> Any:
    return {}


class Visits:
    """Of every namespace in ``sysctls`` (name → keys to read there) or marked as one of ``topologies``'.

    Begun when it is made, so that the caller can start threads after it: a process with threads should not fork. It may
    be begun before it is known what is to be read inside, and told so by ``ask``.
    ``only``: the handles to look at, for a reading of a part that is compared and not changed; all of them otherwise.
    ``also``: which others, of all handles and their marks, are to be visited. ``beside``: what the two processes do
    besides the visits; ``results`` has it when they are done.
    """

    def __init__(
        self,
        host: Host,
        sysctls: Mapping[str, Iterable[str]],
        topologies: Iterable[str] = (),
        only: Optional[FrozenSet[str]] = None,
        also: Optional[Also] = None,
        beside: Beside = (_nothing, _nothing),
    ) -> None:
        self._prepare(host, topologies, beside, restorable=only is None)
        self._take(_list(only))
        self.ask(sysctls, also)
        self._process = SecondProcess(self._do, self._portions(), alone=len(self._wanted) < MANY)

    def _prepare(
        self,
        host: Host,
        topologies: Iterable[str],
        beside: Beside,
        restorable: bool = True,
        usual: Tuple[str, ...] = (),
    ) -> None:
        """``restorable``: as of ``read_links``; ``usual``: the keys in those namespaces that nobody asked for."""
        self._host = host
        self._settling = Settling()
        self._restorable, self._usual = restorable, usual
        self.owners = frozenset(topologies)
        self._beside, self._besides_of = beside
        self.results: Dict[str, Any] = {}

    def _take(self, listed: "_Listed") -> None:
        self.handles, self.marks = listed.handles, listed.marks
        self._owned = _owned(self.marks, self.owners)

    def _portions(self) -> List[Tuple[bool, Sequence[str]]]:
        portions = [(True, names) for names in _portions(list(self._wanted))]
        return portions + [(False, names) for names in _portions(self._besides_of(self._wanted))]

    def __enter__(self) -> "Visits":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        self._process.close()

    def ask(self, sysctls: Mapping[str, Iterable[str]], also: Optional[Also] = None) -> None:
        """What is to be read, in place of what was said before. ``also``: as when it is made."""
        self._owned.extend(also(self.handles, self.marks) if also is not None else ())
        self._asked = {name: tuple(keys) for name, keys in sysctls.items()}
        wanted = {**self._asked, **{name: self._usual for name in self._owned if name not in self._asked}}
        self._wanted = {name: keys for name, keys in wanted.items() if self.handles.get(name) is not None}

    def finish(self) -> Dict[str, NamespaceState]:
        """Name → what is inside. Without the handles that somebody took away since they were listed."""
        found: Dict[str, Optional[NamespaceState]] = {}
        for visited, results in self._process.work():
            (found if visited else self.results).update(results)
        left = [name for name in self._wanted if name not in found]
        for name in left:  # of the second process, which died: nobody knows how far it had come with a socket
            self._host.forget(name)
        found.update(self._visit_all(left))
        found = {name: self._with_settings(name, found[name]) for name in self._wanted}
        for name in [name for name, state in found.items() if state is None]:
            self.handles[name] = None
            if not namespaces.exists(name):
                del self.handles[name]
        return {name: state for name, state in found.items() if state is not None}

    def _with_settings(self, name: str, state: Optional[NamespaceState]) -> Optional[NamespaceState]:
        """With those that are asked for now, whatever was asked for at the time of the visit. None: it is gone."""
        keys = self._asked.get(name, ())
        if state is None or tuple(state.sysctls) == keys:
            return state
        if all(key in state.sysctls for key in keys):
            settings = {key: state.sysctls[key] for key in keys}
        else:
            try:
                settings = self.settings_in(namespaces.handle(name), name)
            except OSError:
                return None
        return state._replace(sysctls=_SETTINGS.setdefault(tuple(settings.items()), settings))

    def obstacles(self) -> Dict[str, str]:
        """Handle name → what somebody else put at its path."""
        unknown = [name for name, inode in self.handles.items() if inode is None]
        found = {name: namespaces.obstacle(namespaces.handle(name)) for name in unknown}
        return {name: what for name, what in found.items() if what is not None}

    def settings_in(self, path: str, name: str) -> Dict[str, Optional[str]]:
        """What is to be read in the namespace of this name, read in that behind another handle."""
        keys = self._asked.get(name, ())
        if not keys:
            return {}
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            namespaces.enter(descriptor)
            return sysctl.read_all(keys, self._host.proc.directory())
        finally:
            os.close(descriptor)
            self._host.go_home()

    def _do(self, portion: Tuple[bool, Sequence[str]]) -> Tuple[bool, Mapping[str, Any]]:
        visit, names = portion
        return visit, self._visit_all(names) if visit else dict(self._beside(names))

    def _visit_all(self, names: Sequence[str]) -> Dict[str, Optional[NamespaceState]]:
        try:
            return {
                name: _visit(self._host, name, self._wanted[name], self._settling, self._restorable)
                for name in names
                if name in self._wanted
            }
        finally:
            self._host.go_home()


class EarlyVisits(Visits):
    """Begun before anything is known but whose they are: the second process lists them and reads in each what is usual,
    while this one goes on with something else, until it asks for more."""

    def __init__(self, host: Host, topology: str, usual: Tuple[str, ...], beside: Beside) -> None:
        self._prepare(host, (topology,), beside, usual=usual)
        self._finding: Optional[Finding] = Finding(self._do, self._find)
        self._process = self._finding

    def ask(self, sysctls: Mapping[str, Iterable[str]], also: Optional[Also] = None) -> None:
        finding, self._finding = self._finding, None
        if finding is not None:
            self._take(finding.told() or _list(None))
        super().ask(sysctls, also)

    def _find(self) -> Tuple[_Listed, List[Tuple[bool, Sequence[str]]]]:
        """In the second process."""
        listed = _list(None)
        self._take(listed)
        super().ask({})
        return listed, self._portions()


class _Listed(NamedTuple):
    handles: Dict[str, Optional[int]]
    marks: Dict[str, HandleMark]


def _list(only: Optional[FrozenSet[str]]) -> _Listed:
    known = namespaces.names() if only is None else [name for name in only if namespaces.exists(name)]
    return _Listed({name: namespaces.identity(namespaces.handle(name)) for name in known}, marks.read_all(only))


def _portions(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[start : start + _AT_A_TIME] for start in range(0, len(names), _AT_A_TIME))


def _owned(handle_marks: Mapping[str, HandleMark], owners: FrozenSet[str]) -> List[str]:
    return [name for name, mark in handle_marks.items() if mark.topology in owners and not mark.is_second]


def _visit(
    host: Host, name: str, keys: Sequence[str], settling: Settling, restorable: bool
) -> Optional[NamespaceState]:
    """Enter, read, and leave the thread there: the next visit goes straight on to the next namespace. None: the
    handle is gone since it was listed."""
    if not _enter(name):
        return None
    state = _read(host, host.keep_socket(name), keys, settling, restorable)
    if state.trouble:
        host.forget(name)
    return state


def visit_behind(host: Host, descriptor: int, keys: Sequence[str]) -> NamespaceState:
    """The inside of a namespace that has no handle of ours, and is open."""
    try:
        namespaces.enter(descriptor)
        with contextlib.closing(NetlinkSocket()) as socket:
            return _read(host, socket, keys, Settling())
    finally:
        host.go_home()


def _read(
    host: Host, socket: NetlinkSocket, keys: Sequence[str], settling: Settling, restorable: bool = True
) -> NamespaceState:
    """Of the namespace that the thread is in. ``restorable``: as of ``read_links``."""
    settings = sysctl.read_all(keys, host.proc.directory())
    settings = _SETTINGS.setdefault(tuple(settings.items()), settings)
    links: Dict[str, Link] = {}
    what = "links"
    try:
        found = rtnetlink.read_links(socket, families=False, most=MOST_LINKS, restorable=restorable)
        links = {link.ifname: link for link in found}
        by_index = {link.index: link for link in links.values()}
        what = "addresses and routes"
        ipv6 = settings.get(_NO_IPV6) != "1"
        addresses, routes = settling.read(socket, by_index, ipv6=ipv6, most=(MOST_ADDRESSES, MOST_ROUTES))
        what = "neighbours"
        # IPv6 that is off takes no neighbours: ndisc_allow_add() in net/ipv6/ndisc.c
        family = AF_UNSPEC if ipv6 or addresses.of_ipv6 else AF_INET
        neighbours = read_permanent(socket, MOST_ADDRESSES, family)
    except FabricError as error:  # what is in there is not ours: it is to spoil its own container's run only
        return NamespaceState(links, sysctls=settings, trouble="its {0}: {1}".format(what, error))
    return NamespaceState(
        links=links,
        addresses=dict(addresses),
        routes=tuple(route for route in routes if route.type != "broadcast"),
        neighbours=neighbours,
        tentative=addresses.tentative,
        sysctls=settings,
    )


def _enter(name: str) -> bool:
    """False where there is no such namespace."""
    try:
        descriptor = namespaces.open_handle(name)
    except FileNotFoundError:
        return False
    try:
        namespaces.enter(descriptor)
    except OSError:
        if namespaces.identity(namespaces.handle(name)) is not None:
            raise
        return False  # unmounted, and the file that it was mounted on is not yet unlinked
    finally:
        os.close(descriptor)
    return True
