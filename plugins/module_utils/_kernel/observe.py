# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is there now: one dump each of the host's links and addresses, one visit to each namespace asked for."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Collection, Dict, FrozenSet, Iterable, List, Mapping, Optional, Sequence, Set, Tuple

from . import marks, names, namespaces, rtnetlink, sysctl
from .host import Host
from .marks import HandleMark
from .rtnetlink import Link, RouteEntry

#: The settings of a bridge's interface that we ever write, in the order in which they are written.
_BRIDGE_SETTINGS = (
    "net/ipv4/conf/{0}/route_localnet",
    "net/ipv4/conf/{0}/rp_filter",
    "net/ipv6/conf/{0}/disable_ipv6",
    "net/ipv6/conf/{0}/accept_ra",
)


@dataclass(frozen=True)
class NamespaceState:
    """The inside of one namespace. Addresses are CIDRs by interface index."""

    links: Mapping[str, Link] = field(default_factory=dict)
    addresses: Mapping[int, List[str]] = field(default_factory=dict)
    routes: Tuple[RouteEntry, ...] = ()
    sysctls: Mapping[str, Optional[str]] = field(default_factory=dict)


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


def observe(
    host: Host,
    sysctls: Iterable[str],
    namespace_sysctls: Mapping[str, Iterable[str]],
    topologies: Iterable[str] = (),
    only: Optional[FrozenSet[str]] = None,
    links: Optional[Collection[Link]] = None,
) -> Observed:
    """Read the host, and every namespace in ``namespace_sysctls`` or marked as one of ``topologies``'.

    ``only``: the handles to look at, for a reading of a part; all of them otherwise. ``links``: the host's, where
    the caller has read them already.
    """
    links = rtnetlink.read_links(host.socket) if links is None else links
    known = namespaces.names() if only is None else [name for name in only if namespaces.exists(name)]
    handles = {name: namespaces.identity(namespaces.handle(name)) for name in known}
    handle_marks = marks.read_all(only)
    owned = set(topologies)
    wanted = {name: tuple(keys) for name, keys in namespace_sysctls.items()}
    for name, mark in handle_marks.items():
        if mark.topology in owned and mark.attach is None:
            wanted.setdefault(name, ())
    inside = {}
    try:
        for name, keys in wanted.items():
            if handles.get(name) is not None:
                inside[name] = _visit(host, name, keys)
    finally:
        host.go_home()
    by_index = {link.index: link for link in links}
    settings = [*sysctls, *(key for link in links for key in _bridge_settings(link, owned))]
    return Observed(
        links={link.ifname: link for link in links},
        by_index=by_index,
        addresses=rtnetlink.read_addresses(host.socket),
        sysctls=sysctl.read_all(settings),
        handles=handles,
        marks=handle_marks,
        namespaces=inside,
        own_inode=namespaces.identity("/proc/thread-self/ns/net") or 0,
        inner_ends=_inner_ends(host, by_index, inside),
    )


def _inner_ends(
    host: Host, by_index: Mapping[int, Link], inside: Mapping[str, NamespaceState]
) -> Dict[int, Tuple[str, Link]]:
    """Two ends that name each other's index are a pair. Indexes of two namespaces may agree by chance, so where only
    one of them says whose it is, the kernel is asked."""
    found: Dict[int, Tuple[str, Link]] = {}
    for name, state in inside.items():
        for link in state.links.values():
            outer = by_index.get(link.peer) if link.kind == "veth" else None
            if outer is not None and outer.peer == link.index:
                if outer.alias == link.alias or outer.peer_netnsid == _netnsid(host, name):
                    found[outer.index] = (name, link)
    return found


def _netnsid(host: Host, name: str) -> int:
    descriptor = namespaces.open_handle(name)
    try:
        return rtnetlink.read_netnsid(host.socket, descriptor)
    finally:
        os.close(descriptor)


def _bridge_settings(link: Link, owned: Set[str]) -> List[str]:
    """What else of our own bridges is read: one that goes can come back only as what is known of it."""
    if link.kind != "bridge" or not owned:
        return []
    marks_of = map(names.parse_alias, (link.alias, *map(names.alias_of_altname, link.altnames)))
    if not any(mark and mark[0] in owned for mark in marks_of):
        return []
    return [pattern.format(link.ifname) for pattern in _BRIDGE_SETTINGS]


_NO_IPV6 = "net/ipv6/conf/all/disable_ipv6"


def _visit(host: Host, name: str, keys: Sequence[str]) -> NamespaceState:
    """Enter, read, and leave the thread there: the next visit goes straight on to the next namespace."""
    _enter(name)
    socket = host.keep_socket(name)
    settings = sysctl.read_all(keys)
    links: Dict[str, Link] = {link.ifname: link for link in rtnetlink.read_links(socket, families=False)}
    return NamespaceState(
        links=links,
        addresses=rtnetlink.read_addresses(socket),
        routes=tuple(rtnetlink.read_routes(socket, rtnetlink.RT_TABLE_MAIN, ipv6=settings.get(_NO_IPV6) != "1")),
        sysctls=settings,
    )


def _enter(name: str) -> None:
    descriptor = namespaces.open_handle(name)
    try:
        namespaces.enter(descriptor)
    finally:
        os.close(descriptor)
