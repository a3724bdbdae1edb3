# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An interface in a namespace, of whatever kind: what makes it as it is declared, and brings it back.

A kind whose links are inside namespaces calls these with its declared link, which has the fields of ``Inside``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Collection, Dict, Iterator, List, Optional, Tuple

from ..._kernel.changes import Subject, of_owner
from ..._kernel.errors import InsideError
from ..._kernel.rtnl import settings as interface_settings
from ..._kernel.rtnl.read import IPV6_MTU, Link, RouteEntry
from ..._kernel.rtnl.uapi import LEADING_NOWHERE
from ..._kernel.visits import NamespaceState
from .. import connected, routes
from ..action import Action, Operation, operation
from ..link import add_missing, change_link, comparable_addresses, compare_flags, last_mtu, loses_ipv6, remove_surplus
from ..link_local import is_of_a_mac, link_local
from ..routes import StaticRoute
from ..settings import compare_sysctl, settable
from .kind import DeclaredLink


class Inside(DeclaredLink):
    """The fields of a declared interface in the namespace ``netns``, where it is called ``ifname``."""

    netns: str
    ifname: str
    owner: str  # whose it is, for a person: web:eth0
    mac: Optional[str]
    mtu: int
    addresses: Tuple[str, ...]  # CIDRs
    routes: Tuple[StaticRoute, ...]
    sysctls: Tuple[Tuple[str, str], ...]  # keys with slashes
    as_made: bool = False  # whatever else an interface has is as the kernel makes it

    @property
    def shown(self) -> str:
        return self.owner or "{0}:{1}".format(self.netns, self.ifname)

    @property
    def subject(self) -> Subject:
        return of_owner(self.shown)


def creation(desired: Inside) -> Dict[str, Any]:
    """Of the words of ``link.create``, those that ``set_up_inside`` wants."""
    return {
        "netns": desired.netns,
        "ifname": desired.ifname,
        "alias": desired.alias,
        "mac": desired.mac,
        "mtu": desired.mtu,
        "addresses": list(desired.addresses),
        "routes": [route.words() for route in desired.routes],
        "sysctls": [list(pair) for pair in settable(desired.sysctls, desired.mtu)],
    }


def described(desired: Inside) -> Dict[str, Any]:
    """In the words of a diff."""
    return {
        "mac": desired.mac,
        "mtu": desired.mtu,
        "addresses": list(desired.addresses),
        "routes": [str(route) for route in desired.routes],
    }


def as_seen(link: Link, state: NamespaceState) -> Dict[str, Any]:
    """The fields that every kind has of a link in a namespace, as the kernel has them."""
    return {
        "ifname": link.ifname,
        "alias": link.alias,
        "mac": link.mac,
        "mtu": link.mtu,
        "addresses": comparable_addresses(state.addresses.get(link.index, [])),
        "routes": _set_by_somebody(link, state, state.addresses.get(link.index, [])),
    }


def changes(desired: Inside, inner: Link, state: NamespaceState) -> Iterator[Action]:
    subject, netns, ifname = desired.subject, desired.netns, desired.ifname
    if inner.ifname != ifname:
        yield Action(
            text="rename {0} in namespace {1} to {2}".format(inner.ifname, netns, ifname),
            subject=subject,
            do=(operation("link.rename", netns=netns, ifname=inner.ifname, new=ifname),),
            undo=(operation("link.rename", netns=netns, ifname=ifname, new=inner.ifname),),
            before={"ifname": inner.ifname},
            after={"ifname": ifname},
        )
    for name in ("alias", "mac", "mtu"):
        wanted, now = getattr(desired, name), getattr(inner, name)
        if wanted is not None and wanted != now and not (name == "mtu" and loses_ipv6(now, wanted)):
            yield change_link(netns, ifname, desired.shown, subject, name, now, wanted)
    if desired.as_made:
        yield from compare_flags(netns, ifname, desired.shown, subject, inner)
    yield from _link_local_of_the_mac(desired, inner, state, subject)
    for key, value in settable(desired.sysctls, desired.mtu):
        yield from compare_sysctl(netns, key, value, state.sysctls.get(key), subject, inner.mtu < IPV6_MTU)
    now_addresses = comparable_addresses(state.addresses.get(inner.index, []), desired.addresses)
    yield from add_missing(netns, ifname, desired.shown, subject, now_addresses, desired.addresses)
    if not inner.up:
        yield change_link(netns, ifname, desired.shown, subject, "up", False, True)
    where = connected.Where(netns, ifname, desired.shown, subject)
    now = state.addresses.get(inner.index, [])
    yield from connected.compare(where, inner, desired.addresses, now, state.routes, state.tentative)
    if netns is not None:  # routes of the host's own are nobody's declaration
        # A gateway is within an address's reach, so routes come and go while the addresses of both are there.
        yield from _compare_routes(desired, inner, state, subject)
    yield from remove_surplus(netns, ifname, desired.shown, subject, now_addresses, desired.addresses)
    if loses_ipv6(inner.mtu, desired.mtu):
        settings = interface_settings.packed(inner.families)
        yield last_mtu(
            change_link(netns, ifname, desired.shown, subject, "mtu", inner.mtu, desired.mtu),
            operation("settings.restore", netns=netns, ifname=ifname, settings=settings),
        )


def _link_local_of_the_mac(desired: Inside, inner: Link, state: NamespaceState, subject: Subject) -> Iterator[Action]:
    """The kernel makes it once and leaves it when the MAC changes; then the packet rules would drop what it sends."""
    if not desired.mac:
        return
    addresses = state.addresses.get(inner.index, [])
    old = [cidr for cidr in addresses if is_of_a_mac(cidr) and cidr not in desired.addresses]
    on = state.sysctls.get("net/ipv6/conf/all/disable_ipv6") == "0"
    if not old and on and desired.mtu >= IPV6_MTU:
        # Which it makes a moment after the interface came up. Where IPv6 comes on in this run, the MAC changes before.
        old = [link_local(inner.mac) + "/64"]
    if not old:
        return
    wanted = link_local(desired.mac) + "/64"
    if wanted in old:
        return
    place = {"netns": desired.netns, "ifname": desired.ifname}
    gone = tuple(operation("address.delete", cidr=cidr, **place) for cidr in old)
    back = tuple(operation("address.add", cidr=cidr, **place) for cidr in old)
    yield Action(
        text="change {0} on {1} to {2}".format(", ".join(old), desired.shown, wanted),
        subject=subject,
        do=(operation("address.add", cidr=wanted, **place), *gone),
        undo=(*back, operation("address.delete", cidr=wanted, **place)),
        before={"link-local address": ", ".join(old)},
        after={"link-local address": wanted},
    )


def _compare_routes(desired: Inside, inner: Link, state: NamespaceState, subject: Subject) -> Iterator[Action]:
    """Only routes over this interface, and declared ones without any; those the kernel makes are its own."""
    wanted = set(desired.routes)
    now = set(_set_by_somebody(inner, state, desired.addresses))
    now |= routes.leading_nowhere(state.routes) & wanted
    place = (desired.netns, desired.ifname, desired.shown, subject)
    yield from routes.remove(now - wanted, *place)
    for route in [route for route in desired.routes if route not in now]:
        for action in routes.add([route], *place):
            yield replace(action, undo=(*action.undo, *displaced(desired, (route,), state)))


def _set_by_somebody(inner: Link, state: NamespaceState, addresses: Collection[str]) -> Tuple[StaticRoute, ...]:
    """Without those that do what the kernel's own to the subnets of these addresses would: whose they are is no matter,
    and it has one place for both."""
    return tuple(routes.static(e) for e in routes_of(inner, state) if not connected.is_connected(e, addresses))


def displaced(desired: Inside, declared: Tuple[StaticRoute, ...], state: NamespaceState) -> Iterator[Operation]:
    """What brings back the routes over other interfaces whose place these take: same destination, same metric."""
    ifnames = {link.index: link.ifname for link in state.links.values()}
    wanted = {(route.destination, route.metric) for route in declared}
    for entry in state.routes:
        words, ifname = routes.static(entry), ifnames.get(entry.oif)
        if (
            (words.destination, words.metric) in wanted
            and ifname not in (None, desired.ifname)
            and routes.is_static(entry)
        ):
            yield operation("route.add", netns=desired.netns, ifname=ifname, route=words.words())


def routes_of(inner: Link, state: NamespaceState) -> List[RouteEntry]:
    """Those that lead over this interface, as somebody set them."""
    return [
        entry
        for entry in state.routes
        if entry.oif == inner.index and routes.is_static(entry) and entry.type == "unicast"
    ]


def nowhere_again(desired: Inside, state: NamespaceState) -> Iterator[Operation]:
    """What takes away those of a new pair's routes that do not go with its interface."""
    there = routes.leading_nowhere(state.routes)
    for route in desired.routes:
        if route.type in LEADING_NOWHERE and route not in there:
            yield operation("route.delete", netns=desired.netns, ifname="lo", route=route.words())


def refuse_squatter(desired: Inside, inner: Optional[Link], state: NamespaceState) -> None:
    """Stop when what has its name inside is something else. ``inner``: the link that it is itself."""
    squatter = state.links.get(desired.ifname)
    if squatter is None or (inner is not None and squatter.index == inner.index):
        return
    raise InsideError(
        desired.netns,
        "interface {0} in namespace {1} is not ours: it stands in the way of {2}; nothing was changed. "
        "Remove it (ip -n {1} link delete {0})".format(desired.ifname, desired.netns, desired.shown),
    )


def announcements(desired: Inside, mac: Optional[str] = None) -> Iterator[Operation]:
    """What tells the neighbours where its addresses are. ``mac``: its own, where none is declared."""
    mac = desired.mac or mac
    if mac and desired.addresses:
        place = {"netns": desired.netns, "ifname": desired.ifname}
        yield operation("announce", mac=mac, addresses=list(desired.addresses), **place)


def is_new_to_neighbours(desired: Inside, inner: Link, state: NamespaceState) -> bool:
    """Whether they may remember another MAC for one of its addresses."""
    new = set(desired.addresses) - set(comparable_addresses(state.addresses.get(inner.index, [])))
    return bool(new) or desired.mac not in (None, inner.mac)
