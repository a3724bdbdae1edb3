# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A veth pair: one end on the host (usually on a bridge), the other inside a namespace, where it was born."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, Iterator, List, Optional, Tuple

from ..._kernel import names
from ..._kernel.errors import ForeignObjectError
from ..._kernel.observe import Observed
from ..._kernel.rtnl import read as rtnetlink
from ..._kernel.rtnl import settings as interface_settings
from ..._kernel.rtnl.read import Link
from ..._kernel.visits import NamespaceState
from .. import ownership, routes
from ..action import Action, Operation, operation
from .bridge import comparable_addresses, port_restored
from .veth_changes import displaced, fdb_again, inner_changes, outer_changes
from .veth_pair import Veth, creation, described, from_link


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
        undo = (*made.undo, *_nowhere_again(desired, state), *displaced(desired, desired.routes, state))
        return [replace(made, undo=undo)]
    if inner is None:
        return [_make_way(desired, outer, observed), create(desired)]
    changes = [*outer_changes(desired, outer, observed), *inner_changes(desired, inner, state)]
    if changes and _is_met_elsewhere(desired, outer, inner, observed, state):
        changes[-1] = replace(changes[-1], finish=(*changes[-1].finish, *_announcements(desired)))
    return changes


def _is_met_elsewhere(desired: Veth, outer: Link, inner: Link, observed: Observed, state: NamespaceState) -> bool:
    """Whether neighbours may remember another MAC for an address, or another port for the MAC."""
    master = observed.by_index.get(outer.master)
    new = set(desired.addresses) - set(comparable_addresses(state.addresses.get(inner.index, [])))
    return bool(new) or inner.mac != desired.mac or (master.ifname if master else None) != desired.master


def create(desired: Veth, announced: bool = True) -> Action:
    details = ", ".join([*desired.addresses, *([desired.mac] if desired.mac else [])])
    return Action(
        text="connect {0} ({1}) {2}by {3}".format(
            desired.shown, details, "to {0} ".format(desired.master) if desired.master else "", desired.name
        ),
        subject="container " + desired.shown,
        do=(operation("veth.create", veth=creation(desired)),),
        undo=(operation("link.delete", netns=None, ifname=desired.name),),
        finish=tuple(_announcements(desired)) if announced else (),
        after=described(desired),
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
    do = (operation("link.delete", netns=None, ifname=link.ifname),)
    undo: Tuple[Any, ...] = ()
    before: Dict[str, Any] = {"host_interface": link.ifname}
    if known is not None:
        before = described(known)
        undo = (operation("link.delete", netns=None, ifname=link.ifname), *_again(known, link, observed))
    return Action("disconnect {0} ({1})".format(whose, link.ifname), "container " + whose, do, undo, before=before)


def _again(known: Veth, link: Link, observed: Observed) -> Iterator[Operation]:
    """Made again as declarations make pairs, and then whatever was otherwise: the way back of what would repair it."""
    _netns, inner = observed.inner_ends[link.index]
    state = observed.namespaces[known.netns]
    settings = interface_settings.packed(inner.families)
    yield operation("veth.create", veth=dict(creation(known), settings=settings))
    repairs = [*outer_changes(known, link, observed), *inner_changes(known, inner, state)]
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
        undo.extend((port_restored(outer), *fdb_again(outer)))
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


def _nowhere_again(desired: Veth, state: NamespaceState) -> Iterator[Operation]:
    """What takes away those of a new pair's routes that do not go with its interface."""
    there = routes.leading_nowhere(state.routes)
    for route in desired.routes:
        if route.type in routes.LEADING_NOWHERE and route not in there:
            yield operation("route.delete", netns=desired.netns, ifname="lo", route=route.words())
