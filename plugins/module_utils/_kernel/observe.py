# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is there now: one dump each of the host's links and addresses, one visit to each namespace asked for."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import field
from functools import cached_property
from typing import (
    TYPE_CHECKING,
    AbstractSet,
    Callable,
    Collection,
    Dict,
    FrozenSet,
    Iterable,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
)

from . import names, namespaces, sysctl, tc, tunnels, vxlan
from .data import dataclass
from .host import Host
from .marks import HandleMark
from .rtnl import read as rtnetlink
from .rtnl.neighbours import Neighbour, read_permanent
from .rtnl.read import Link, RouteEntry
from .settled import Settling
from .tc import Shaping
from .visits import NamespaceState, Visits
from .vxlan import Ways

if TYPE_CHECKING:
    from .tunnels import State

#: Kind of link → the settings that are read of each of ours; ``{0}`` is its name.
Settings = Callable[[Optional[str]], Tuple[str, ...]]

#: Up to so many ports are asked for apart.
_DUMP_APART = 16
#: Up to so many links are asked for their addresses and routes, three requests each.
_ASKED_APART = 4


@dataclass(frozen=True)
class Observed:
    """The host's own namespace and the named ones. ``handles``: name → inode, None for a dead file."""

    links: Mapping[str, Link]
    by_index: Mapping[int, Link]
    addresses: Mapping[int, List[str]]
    sysctls: Mapping[str, Optional[str]]
    handles: Mapping[str, Optional[int]]
    marks: Mapping[str, HandleMark]
    namespaces: Mapping[str, NamespaceState]
    own_inode: int
    #: Index of a host end → the namespace and the link at the other end of the pair.
    inner_ends: Mapping[int, Tuple[str, Link]] = field(default_factory=dict)
    routes: Tuple[RouteEntry, ...] = ()  # of the host, in the tables main and local
    neighbours: Tuple[Neighbour, ...] = ()  # of the host, that somebody set
    tentative: FrozenSet[Tuple[int, str]] = frozenset()  # (index, CIDR) of addresses that are not in use yet
    #: Index of a link of the host → its qdiscs, of those that are limited, or are to be.
    shaping: Mapping[int, Shaping] = field(default_factory=dict)
    #: Index of a VXLAN device of ours → what it is told of other hosts.
    ways: Mapping[int, Ways] = field(default_factory=dict)
    #: Index of a tunnel of ours → how it is configured.
    tunnels: Mapping[int, State] = field(default_factory=dict)
    #: Handle name → what stands at its path that is no namespace and never was one.
    obstacles: Mapping[str, str] = field(default_factory=dict)

    # What is asked of each link; who went through all of it each time would take the square of their number.

    @cached_property
    def routes_over(self) -> Mapping[int, Sequence[RouteEntry]]:
        """Index of a link of the host → the routes over it."""
        found: Dict[int, List[RouteEntry]] = defaultdict(list)
        for route in self.routes:
            found[route.oif].append(route)
        return found

    @cached_property
    def settings_of(self) -> Mapping[str, Mapping[str, Optional[str]]]:
        """Name of a link of the host → its settings, such as net/ipv4/conf/NAME/forwarding."""
        found: Dict[str, Dict[str, Optional[str]]] = defaultdict(dict)
        for key, value in self.sysctls.items():
            parts = key.split("/")
            if len(parts) > 4 and parts[2] == "conf":
                found[parts[3]][key] = value
        return found

    @cached_property
    def ports_of(self) -> Mapping[int, Sequence[Link]]:
        """Index of a bridge of the host → the links that are its ports."""
        found: Dict[int, List[Link]] = defaultdict(list)
        for link in self.links.values():
            if link.master is not None:
                found[link.master].append(link)
        return found


def observe(
    host: Host,
    sysctls: Iterable[str],
    visits: Visits,
    links: Optional[Collection[Link]] = None,
    settings_of: Settings = lambda _kind: (),
    limited: Collection[str] = (),
    alone: bool = False,
) -> Observed:
    """Read the host, and end the visits. ``links``: the host's, where the caller has read them already.

    ``settings_of``: of a kind, what else is read of our own links on the host; one that goes can come back only as what
    is known of it. ``limited``: the links whose traffic is to be limited; whose is limited already shows by itself.
    ``alone``: nobody asks for what is about other links than these.
    """
    links = rtnetlink.read_links(host.socket) if links is None else links
    links = _with_fdb(host, links)
    inside = visits.finish()
    by_index = {link.index: link for link in links}
    own = namespaces.identity("/proc/thread-self/ns/net") or 0
    others = {name: state for name, state in inside.items() if visits.handles[name] != own}
    settings = [*sysctls, *(key for link in links for key in _settings(link, settings_of, visits.owners))]
    ours = {link.index: link for link in links if settings_of(link.kind)}
    indexes = _apart(links) if alone else rtnetlink.ALL
    addresses, routes = Settling().read(host.socket, ours, indexes=indexes)
    tables = (rtnetlink.RT_TABLE_MAIN, rtnetlink.RT_TABLE_LOCAL)
    return Observed(
        links={link.ifname: link for link in links},
        by_index=by_index,
        addresses=addresses,
        routes=tuple(route for route in routes if route.table in tables),
        neighbours=read_permanent(host.socket),
        tentative=addresses.tentative,
        sysctls=sysctl.read_all(settings),
        handles=visits.handles,
        marks=visits.marks,
        namespaces=inside,
        own_inode=own,
        inner_ends=_inner_ends(host, by_index, others),
        shaping=_shaping(host, links, limited),
        ways=_ways(host, links),
        tunnels=tunnels.read(host.socket, links),
        obstacles=visits.obstacles(),
    )


def _apart(links: Collection[Link]) -> Sequence[int]:
    """Those whose addresses and routes are asked for apart: a thousand others have an IPv6 route each. What is neither
    a port nor a bridge stands beside routes that are over no interface."""
    few = len(links) <= _ASKED_APART and all(link.kind in ("veth", "bridge") for link in links)
    return [link.index for link in links] if few else rtnetlink.ALL


def _shaping(host: Host, links: Iterable[Link], limited: Collection[str]) -> Dict[int, Shaping]:
    wanted = {link.index for link in links if link.ifname in limited or link.kind == "ifb"}
    if not wanted and not any(tc.may_be_shaped(link) for link in links):
        return {}
    return tc.read(host.socket, wanted)


def _ways(host: Host, links: Iterable[Link]) -> Dict[int, Ways]:
    ours = [link for link in links if link.kind == vxlan.KIND and _is_marked(link)]
    return {link.index: vxlan.read_ways(host.socket, link.index, link.master or link.index) for link in ours}


def _is_marked(link: Link) -> bool:
    return any(map(names.parse_alias, (link.alias, *map(names.alias_of_altname, link.altnames))))


def _inner_ends(
    host: Host, by_index: Mapping[int, Link], inside: Mapping[str, NamespaceState]
) -> Dict[int, Tuple[str, Link]]:
    """Two ends that name each other's index are a pair. Indexes of two namespaces may agree by chance, so where only
    one of them says whose it is, the kernel is asked."""
    found: Dict[int, Tuple[str, Link]] = {}
    for name, state in inside.items():
        for link in state.links.values():
            outer = by_index.get(link.peer)
            if outer is not None and outer.peer == link.index and outer.kind == link.kind:
                if outer.alias == link.alias or outer.peer_netnsid == _netnsid(host, name):
                    found[outer.index] = (name, link)
    return found


def _with_fdb(host: Host, links: Collection[Link]) -> List[Link]:
    """With the entries that were not learned, of our ports and of our bridges themselves. A dump of all is soon cheaper
    than one for each: the kernel goes through a bridge's whole table for every port."""
    ports = [link.index for link in links if _is_a_port_of_ours(link) or (link.kind == "bridge" and _is_marked(link))]
    found: Dict[int, List[Tuple[str, str]]] = {}
    for port in ports if len(ports) <= _DUMP_APART else [0]:
        found.update(rtnetlink.read_fdb(host.socket, port))
    return [link.with_fdb(found[link.index]) if link.index in found else link for link in links]


def _is_a_port_of_ours(link: Link) -> bool:
    """One that does not learn may have lost its mark."""
    return bool(link.kind == "veth" and link.master and (names.parse_alias(link.alias) or not link.learning))


def _netnsid(host: Host, name: str) -> Optional[int]:
    """None: the handle is gone since its namespace was visited."""
    try:
        descriptor = namespaces.open_handle(name)
    except FileNotFoundError:
        return None
    try:
        return rtnetlink.read_netnsid(host.socket, descriptor)
    finally:
        os.close(descriptor)


def _settings(link: Link, settings_of: Settings, owned: AbstractSet[str]) -> List[str]:
    patterns = settings_of(link.kind)
    if not patterns or not owned:
        return []
    marks_of = map(names.parse_alias, (link.alias, *map(names.alias_of_altname, link.altnames)))
    if not any(mark and mark[0] in owned for mark in marks_of):
        return []
    return [pattern.format(link.ifname) for pattern in patterns]
