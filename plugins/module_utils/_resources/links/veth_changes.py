# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What makes a pair that is there as it is declared: of its end on the host, and of the one inside."""

from __future__ import annotations

from dataclasses import replace
from typing import Iterator, Optional, Tuple

from ..._kernel.observe import Observed
from ..._kernel.rtnl import settings as interface_settings
from ..._kernel.rtnl.read import IPV6_MTU, PORT_FLAGS, Link
from ..._kernel.visits import NamespaceState
from .. import routes
from ..action import Action, Operation, operation
from ..link_local import is_of_a_mac, link_local
from ..netns import compare_sysctl, settable
from ..routes import StaticRoute
from .bridge import (
    add_missing,
    change_link,
    comparable_addresses,
    compare_addresses,
    last_mtu,
    loses_ipv6,
    remove_surplus,
)
from .veth_pair import Veth, routes_of


def outer_changes(desired: Veth, outer: Link, observed: Observed) -> Iterator[Action]:
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
        for flag, (_kind, usual) in PORT_FLAGS.items():
            now, wanted = usual if moved else getattr(outer, flag), getattr(desired, flag)
            if now != wanted:
                yield _change_port(name, shown, subject, flag, now, wanted)
        yield from _change_fdb(desired, () if moved else outer.fdb, shown, subject)
    now_addresses = comparable_addresses(observed.addresses.get(outer.index, []), desired.host_addresses)
    yield from compare_addresses(None, name, shown, subject, now_addresses, desired.host_addresses)
    if not outer.up:
        yield change_link(None, name, shown, subject, "up", False, True)


def _change_master(outer: Link, now: Optional[str], desired: Veth, shown: str, subject: str) -> Action:
    """A port's flags and entries go with its bridge, so the way back sets them again."""
    action = change_link(None, desired.name, shown, subject, "master", now, desired.master)
    flags = {flag: getattr(outer, flag) for flag in PORT_FLAGS}
    if now is None:
        return action
    unusual = any(on != PORT_FLAGS[flag][1] for flag, on in flags.items())
    again = (operation("port.set", ifname=desired.name, flags=flags),) if unusual else ()
    return replace(action, undo=(*action.undo, *again, *fdb_again(outer)))


def fdb_again(outer: Link) -> Iterator[Operation]:
    """What brings a port's static entries back into its bridge's table."""
    return (_fdb_add(outer.ifname, mac) for mac in outer.fdb)


def _fdb_add(ifname: str, mac: str) -> Operation:
    return operation("fdb.add", ifname=ifname, mac=mac)


def _change_fdb(desired: Veth, now: Tuple[str, ...], shown: str, subject: str) -> Iterator[Action]:
    """The new one first, so that nothing is flooded on the way."""
    for mac in [mac for mac in desired.fdb if mac not in now]:
        there, back = _fdb_add(desired.name, mac), operation("fdb.delete", ifname=desired.name, mac=mac)
        text = "keep {0} behind bridge port {1}".format(mac, shown)
        yield Action(text, subject, (there,), (back,), after={"forwarding entry " + mac: "static"})
    for mac in [mac for mac in now if mac not in desired.fdb]:
        there, back = operation("fdb.delete", ifname=desired.name, mac=mac), _fdb_add(desired.name, mac)
        text = "no longer keep {0} behind bridge port {1}".format(mac, shown)
        yield Action(text, subject, (there,), (back,), before={"forwarding entry " + mac: "static"})


def _change_port(name: str, shown: str, subject: str, flag: str, now: bool, wanted: bool) -> Action:
    return Action(
        text="set {0} of bridge port {1} {2}".format(flag, shown, "on" if wanted else "off"),
        subject=subject,
        do=(operation("port.set", ifname=name, flags={flag: wanted}),),
        undo=(operation("port.set", ifname=name, flags={flag: now}),),
        before={flag: now},
        after={flag: wanted},
    )


def inner_changes(desired: Veth, inner: Link, state: NamespaceState) -> Iterator[Action]:
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


def _compare_routes(desired: Veth, inner: Link, state: NamespaceState, subject: str) -> Iterator[Action]:
    """Only routes over this interface, and declared ones without any; those the kernel makes are its own."""
    wanted = set(desired.routes)
    now = {routes.static(entry) for entry in routes_of(inner, state)}
    now |= routes.leading_nowhere(state.routes) & wanted
    place = (desired.netns, desired.ifname, desired.shown, subject)
    yield from routes.remove(now - wanted, *place)
    for route in [route for route in desired.routes if route not in now]:
        for action in routes.add([route], *place):
            yield replace(action, undo=(*action.undo, *displaced(desired, (route,), state)))


def displaced(desired: Veth, declared: Tuple[StaticRoute, ...], state: NamespaceState) -> Iterator[Operation]:
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
