# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A veth pair: one end on the host (usually on a bridge), the other inside a namespace, where it was born."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Dict, Iterator, List, Optional, Tuple

from .._kernel import interface_settings, names, rtnetlink
from .._kernel.errors import ForeignObjectError
from .._kernel.observe import Observed
from .._kernel.rtnetlink import IPV6_MTU, Link, RouteEntry
from .._kernel.visits import NamespaceState
from . import ownership, routes
from .action import Action, Operation, operation
from .bridge import (
    add_missing,
    change_link,
    comparable_addresses,
    compare_addresses,
    last_mtu,
    loses_ipv6,
    port_restored,
    remove_surplus,
)
from .link_local import is_of_a_mac, link_local
from .netns import compare_sysctl, settable
from .routes import StaticRoute


@dataclass(frozen=True)
class Veth:
    """``name`` is the host end, ``ifname`` the inner one. Both carry ``alias``."""

    name: str
    netns: str
    ifname: str
    alias: str
    owner: str = ""  # whose end it is, for a person: web:eth0
    mac: Optional[str] = None  # of the inner end
    mtu: int = 1500
    addresses: Tuple[str, ...] = ()  # CIDRs of the inner end
    routes: Tuple[StaticRoute, ...] = ()
    master: Optional[str] = None
    isolated: bool = False
    hairpin: bool = False
    host_addresses: Tuple[str, ...] = ()
    sysctls: Tuple[Tuple[str, str], ...] = ()  # of the inner end, keys with slashes

    @property
    def shown(self) -> str:
        return self.owner or "{0}:{1}".format(self.netns, self.ifname)


def compare(desired: Veth, observed: Observed) -> List[Action]:
    outer = observed.links.get(desired.name)
    state = observed.namespaces.get(desired.netns, NamespaceState())
    if outer is not None:
        ownership.refuse_foreign(desired.name, desired.alias, outer, "veth", observed)
    inner = _inner_end(desired, outer, state)
    _refuse_inner(desired, inner, state)
    if outer is None:
        # Where the bridge is as new as the address, nobody can remember where that was.
        made = create(desired, announced=desired.master is None or desired.master in observed.links)
        undo = (*made.undo, *_nowhere_again(desired, state), *_displaced(desired, desired.routes, state))
        return [replace(made, undo=undo)]
    if inner is None:
        return [_make_way(desired, outer, observed), create(desired)]
    changes = [*_outer_changes(desired, outer, observed), *_inner_changes(desired, inner, state)]
    if changes and _is_met_elsewhere(desired, outer, inner, observed, state):
        changes[-1] = replace(changes[-1], finish=(*changes[-1].finish, *_announcements(desired)))
    return changes


def _is_met_elsewhere(desired: Veth, outer: Link, inner: Link, observed: Observed, state: NamespaceState) -> bool:
    """Whether neighbours may remember another MAC for an address, or another port for the MAC."""
    master = observed.by_index.get(outer.master)
    new = set(desired.addresses) - set(comparable_addresses(state.addresses.get(inner.index, [])))
    return bool(new) or inner.mac != desired.mac or (master.ifname if master else None) != desired.master


def _creation(desired: Veth) -> Dict[str, Any]:
    """What ``veth.create`` wants to know."""
    words: Dict[str, Any] = {
        name: getattr(desired, name)
        for name in ("name", "netns", "ifname", "alias", "mac", "mtu", "master", "isolated", "hairpin")
    }
    words.update(
        addresses=list(desired.addresses),
        host_addresses=list(desired.host_addresses),
        routes=[route.words() for route in desired.routes],
        sysctls=[list(pair) for pair in settable(desired.sysctls, desired.mtu)],
    )
    return words


def create(desired: Veth, announced: bool = True) -> Action:
    details = ", ".join([*desired.addresses, *([desired.mac] if desired.mac else [])])
    return Action(
        text="connect {0} ({1}) {2}by {3}".format(
            desired.shown, details, "to {0} ".format(desired.master) if desired.master else "", desired.name
        ),
        subject="container " + desired.shown,
        do=(operation("veth.create", veth=_creation(desired)),),
        undo=(operation("link.delete", netns=None, ifname=desired.name),),
        finish=tuple(_announcements(desired)) if announced else (),
        after=_words(desired),
    )


def _announcements(desired: Veth) -> Iterator[Operation]:
    if desired.mac and desired.addresses:
        yield operation(
            "announce",
            netns=desired.netns,
            ifname=desired.ifname,
            mac=desired.mac,
            addresses=list(desired.addresses),
        )


def remove(link: Link, observed: Observed) -> Action:
    """Take a pair away by its host end; the way back makes it again as it was."""
    known = from_link(link, observed)
    whose = ownership.subject(link, observed) or link.ifname
    do = (operation("links.delete", ifnames=[link.ifname]),)
    undo: Tuple[Any, ...] = ()
    before: Dict[str, Any] = {"host_interface": link.ifname}
    if known is not None:
        before = _words(known)
        undo = (operation("link.delete", netns=None, ifname=link.ifname), *_again(known, link, observed))
    return Action("disconnect {0} ({1})".format(whose, link.ifname), "container " + whose, do, undo, before=before)


def _again(known: Veth, link: Link, observed: Observed) -> Iterator[Operation]:
    """Made again as declarations make pairs, and then whatever was otherwise: the way back of what would repair it."""
    _netns, inner = observed.inner_ends[link.index]
    state = observed.namespaces[known.netns]
    settings = interface_settings.packed(inner.families)
    yield operation("veth.create", veth=dict(_creation(known), settings=settings))
    repairs = [*_outer_changes(known, link, observed), *_inner_changes(known, inner, state)]
    for repair in reversed(repairs):
        yield from repair.undo
    if rtnetlink.unusual_port_flags(link):
        yield port_restored(link)


def _make_way(desired: Veth, outer: Link, observed: Observed) -> Action:
    """A pair whose other end is somewhere else: out of the way under another name until the run is verified, for
    nobody could make it again as it was."""
    name, aside = desired.name, names.replaced_ifname(desired.name)
    place = {"netns": None, "ifname": name}
    master = observed.by_index.get(outer.master)
    was = {"alias": outer.alias, "master": master.ifname if master else None}
    undo = [
        operation("link.rename", netns=None, ifname=aside, new=name),
        operation("link.set", attributes=was, **place),
    ]
    if master is not None:
        undo.append(port_restored(outer))
    undo.append(operation("link.set", attributes={"up": outer.up}, **place))
    addresses = comparable_addresses(observed.addresses.get(outer.index, []))
    undo.extend(operation("address.add", cidr=cidr, **place) for cidr in addresses)
    return Action(
        "replace {0} of {1}, whose other end is not there".format(name, desired.shown),
        "container " + desired.shown,
        (
            operation("link.set", attributes={"alias": names.REPLACED, "master": None, "up": False}, **place),
            operation("link.rename", netns=None, ifname=name, new=aside),
        ),
        tuple(undo),
        finish=(operation("link.delete", netns=None, ifname=aside),),
        before={"host_interface": name, "peer": "missing"},
    )


def from_link(link: Link, observed: Observed) -> Optional[Veth]:
    """The pair that the kernel has; None when its inner end is in no namespace that was read."""
    netns, inner = observed.inner_ends.get(link.index, ("", None))
    if inner is None or inner.index != link.peer:
        return None
    return _from_ends(link, inner, netns, observed.namespaces[netns], observed)


def _from_ends(link: Link, inner: Link, netns: str, state: NamespaceState, observed: Observed) -> Veth:
    master = observed.by_index.get(link.master)
    return Veth(
        name=link.ifname,
        netns=netns,
        ifname=inner.ifname,
        alias=link.alias,
        owner=ownership.subject(link, observed) or "",
        mac=inner.mac,
        mtu=max(link.mtu, inner.mtu),  # whatever is less is set then: below 1280 nothing of IPv6 could be
        addresses=comparable_addresses(state.addresses.get(inner.index, [])),
        routes=tuple(routes.static(entry) for entry in _routes_of(inner, state)),
        master=master.ifname if master else None,
        isolated=link.isolated,
        hairpin=link.hairpin,
        host_addresses=comparable_addresses(observed.addresses.get(link.index, [])),
    )


def _inner_end(desired: Veth, outer: Optional[Link], state: NamespaceState) -> Optional[Link]:
    """The link in the namespace that is this pair's other end, whatever it is called now."""
    if outer is None:
        return None
    for link in state.links.values():
        if link.kind == "veth" and link.index == outer.peer and link.peer == outer.index:
            return link
    return None


def _refuse_inner(desired: Veth, inner: Optional[Link], state: NamespaceState) -> None:
    squatter = state.links.get(desired.ifname)
    if squatter is None or (inner is not None and squatter.index == inner.index):
        return
    raise ForeignObjectError(
        "interface {0} in namespace {1} is not ours: it stands in the way of {2}; nothing was changed. "
        "Remove it (ip -n {1} link delete {0})".format(desired.ifname, desired.netns, desired.shown)
    )


def _words(veth: Veth) -> Dict[str, Any]:
    return {
        "host_interface": veth.name,
        "mac": veth.mac,
        "mtu": veth.mtu,
        "addresses": list(veth.addresses),
        "routes": [str(route) for route in veth.routes],
        "master": veth.master,
        "isolated": veth.isolated,
        "hairpin": veth.hairpin,
    }


def _outer_changes(desired: Veth, outer: Link, observed: Observed) -> Iterator[Action]:
    subject, name = "container " + desired.shown, desired.name
    master = observed.by_index.get(outer.master)
    shown = "{0} (of {1})".format(name, desired.shown)
    if outer.alias != desired.alias:
        yield change_link(None, name, shown, subject, "alias", outer.alias, desired.alias)
    if outer.mtu != desired.mtu:
        step = change_link(None, name, shown, subject, "mtu", outer.mtu, desired.mtu)
        again = {"ipv6_link_local": outer.ipv6_link_local}
        back = operation("link.set", netns=None, ifname=name, attributes=again)
        yield last_mtu(step, back) if loses_ipv6(outer.mtu, desired.mtu) else step
    if outer.ipv6_link_local and desired.mtu >= IPV6_MTU:
        yield change_link(None, name, shown, subject, "ipv6_link_local", True, False)
    now_master = master.ifname if master else None
    if now_master != desired.master:
        yield _change_master(outer, now_master, desired, shown, subject)
    if desired.master:
        moved = now_master != desired.master
        for flag in ("isolated", "hairpin"):
            now, wanted = getattr(outer, flag) and not moved, getattr(desired, flag)
            if now != wanted:
                yield _change_port(name, shown, subject, flag, now, wanted)
    now_addresses = comparable_addresses(observed.addresses.get(outer.index, []), desired.host_addresses)
    yield from compare_addresses(None, name, shown, subject, now_addresses, desired.host_addresses)
    if not outer.up:
        yield change_link(None, name, shown, subject, "up", False, True)


def _change_master(outer: Link, now: Optional[str], desired: Veth, shown: str, subject: str) -> Action:
    """A port's flags go with its bridge, so the way back sets them again."""
    action = change_link(None, desired.name, shown, subject, "master", now, desired.master)
    flags = {flag: getattr(outer, flag) for flag in ("isolated", "hairpin")}
    if now is None or not any(flags.values()):
        return action
    return replace(action, undo=(*action.undo, operation("port.set", ifname=desired.name, flags=flags)))


def _change_port(name: str, shown: str, subject: str, flag: str, now: bool, wanted: bool) -> Action:
    return Action(
        text="set {0} of bridge port {1} {2}".format(flag, shown, "on" if wanted else "off"),
        subject=subject,
        do=(operation("port.set", ifname=name, flags={flag: wanted}),),
        undo=(operation("port.set", ifname=name, flags={flag: now}),),
        before={flag: now},
        after={flag: wanted},
    )


def _inner_changes(desired: Veth, inner: Link, state: NamespaceState) -> Iterator[Action]:
    subject, netns, ifname = "container " + desired.shown, desired.netns, desired.ifname
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
    yield from _link_local_of_the_mac(desired, inner, state, subject)
    for key, value in settable(desired.sysctls, desired.mtu):
        yield from compare_sysctl(netns, key, value, state.sysctls.get(key), subject, inner.mtu < IPV6_MTU)
    now_addresses = comparable_addresses(state.addresses.get(inner.index, []), desired.addresses)
    yield from add_missing(netns, ifname, desired.shown, subject, now_addresses, desired.addresses)
    if not inner.up:
        yield change_link(netns, ifname, desired.shown, subject, "up", False, True)
    # A gateway is within an address's reach, so routes come and go while the addresses of both are there.
    yield from _compare_routes(desired, inner, state, subject)
    yield from remove_surplus(netns, ifname, desired.shown, subject, now_addresses, desired.addresses)
    if loses_ipv6(inner.mtu, desired.mtu):
        settings = interface_settings.packed(inner.families)
        yield last_mtu(
            change_link(netns, ifname, desired.shown, subject, "mtu", inner.mtu, desired.mtu),
            operation("settings.restore", netns=netns, ifname=ifname, settings=settings),
        )


def _link_local_of_the_mac(desired: Veth, inner: Link, state: NamespaceState, subject: str) -> Iterator[Action]:
    """The kernel makes it once and leaves it when the MAC changes; then the packet rules would drop what it sends."""
    if not desired.mac:
        return
    addresses = state.addresses.get(inner.index, [])
    old = [cidr for cidr in addresses if is_of_a_mac(cidr) and cidr not in desired.addresses]
    on = state.sysctls.get("net/ipv6/conf/all/disable_ipv6") == "0"
    if not old and on and desired.mtu >= IPV6_MTU:
        # Which it makes a moment after the interface came up. Where IPv6 comes on in this run, the MAC changes before.
        old = [link_local(inner.mac) + "/64"]
    wanted = link_local(desired.mac) + "/64"
    if not old or wanted in old:
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


def _compare_routes(desired: Veth, inner: Link, state: NamespaceState, subject: str) -> Iterator[Action]:
    """Only routes over this interface, and declared ones without any; those the kernel makes are its own."""
    wanted = set(desired.routes)
    now = {routes.static(entry) for entry in _routes_of(inner, state)}
    now |= routes.leading_nowhere(state.routes) & wanted
    place = (desired.netns, desired.ifname, desired.shown, subject)
    yield from routes.remove(now - wanted, *place)
    for route in [route for route in desired.routes if route not in now]:
        for action in routes.add([route], *place):
            yield replace(action, undo=(*action.undo, *_displaced(desired, (route,), state)))


def _nowhere_again(desired: Veth, state: NamespaceState) -> Iterator[Operation]:
    """What takes away those of a new pair's routes that do not go with its interface."""
    there = routes.leading_nowhere(state.routes)
    for route in desired.routes:
        if route.type in routes.LEADING_NOWHERE and route not in there:
            yield operation("route.delete", netns=desired.netns, ifname="lo", route=route.words())


def _displaced(desired: Veth, declared: Tuple[StaticRoute, ...], state: NamespaceState) -> Iterator[Operation]:
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


def _routes_of(inner: Link, state: NamespaceState) -> List[RouteEntry]:
    return [
        entry
        for entry in state.routes
        if entry.oif == inner.index and routes.is_static(entry) and entry.type == "unicast"
    ]
