# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A veth pair: one end on the host (usually on a bridge), the other inside a namespace, where it was born."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from ..._kernel import names
from ..._kernel.changes import of_owner
from ..._kernel.data import dataclass
from ..._kernel.host import Host
from ..._kernel.observe import Observed
from ..._kernel.operations.link import veth_create
from ..._kernel.rtnl import read as rtnetlink
from ..._kernel.rtnl import settings as interface_settings
from ..._kernel.rtnl.read import IPV6_MTU, PORT_FLAGS, Link
from ..._kernel.tc import Qdisc, Shaping
from ..._kernel.visits import NamespaceState
from .. import ownership, qdisc, routes
from ..action import Action, Operation, operation
from ..link import change_link, comparable_addresses, compare_addresses, last_mtu, loses_ipv6, port_restored
from ..qdisc import Limit
from ..routes import StaticRoute
from . import inside, port
from .inside import Inside
from .kind import Kind
from .port import Port


@dataclass(frozen=True)
class Veth(Inside, Port):
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
    learning: bool = True
    guard: bool = False
    as_made: bool = False
    host_addresses: Tuple[str, ...] = ()
    host_mac: Optional[str] = None  # of the host end; None: any
    host_mtu: Optional[int] = None  # of the host end; None: as inside
    sysctls: Tuple[Tuple[str, str], ...] = ()  # of the inner end, keys with slashes
    ingress: Optional[Limit] = None  # of what goes into the container
    ifb: Optional[str] = None  # through which what comes out of it goes, to be limited there

    kind = "veth"

    @property
    def host_ifname(self) -> str:
        return self.name

    @property
    def stands_on(self) -> Tuple[str, ...]:
        return tuple(ifname for ifname in (self.master, self.ifb) if ifname)

    @property
    def limited(self) -> bool:
        return self.ingress is not None or self.ifb is not None

    @property
    def root(self) -> Optional[Qdisc]:
        """The qdisc of the host end."""
        return qdisc.root_of(self.ingress, self.ifb)


def creation(desired: Veth) -> Dict[str, Any]:
    """What ``link.create`` wants to know."""
    own = {name: getattr(desired, name) for name in ("name", "master", "flags", "host_mac")}
    own["host_mtu"] = desired.host_mtu or desired.mtu
    own["group"] = names.link_group((names.parse_alias(desired.alias) or ("",))[0])
    return dict(inside.creation(desired), host_addresses=list(desired.host_addresses), fdb=list(desired.fdb), **own)


def described(veth: Veth) -> Dict[str, Any]:
    """In the words of a diff."""
    limits = qdisc.described("ingress", veth.ingress) if veth.ingress is not None else {}
    return dict(inside.described(veth), host_interface=veth.name, master=veth.master, **veth.flags, **limits)


def compare(desired: Veth, observed: Observed) -> List[Action]:
    outer = observed.links.get(desired.name)
    state = observed.namespaces.get(desired.netns, NamespaceState())
    if outer is not None:
        ownership.refuse_foreign(desired.name, desired.alias, outer, "veth", observed)
        _refuse_foreign_limits(desired, qdisc.shaping_of(outer, observed))
    inner = _inner_end(desired, outer, state)
    inside.refuse_squatter(desired, inner, state)
    if outer is None:
        # Where the bridge is as new as the address, nobody can remember where that was.
        made = create(desired, announced=desired.master is None or desired.master in observed.links)
        undo = (*made.undo, *inside.nowhere_again(desired, state), *inside.displaced(desired, desired.routes, state))
        return [replace(made, undo=undo)]
    if inner is None:
        return [_make_way(desired, outer, observed), create(desired)]
    changes = [*_outer_changes(desired, outer, observed), *inside.changes(desired, inner, state)]
    if changes and _is_met_elsewhere(desired, outer, inner, observed, state):
        changes[-1] = replace(changes[-1], finish=(*changes[-1].finish, *inside.announcements(desired)))
    return changes


def _is_met_elsewhere(desired: Veth, outer: Link, inner: Link, observed: Observed, state: NamespaceState) -> bool:
    """Whether neighbours may remember another MAC for an address, or another port for the MAC."""
    master = observed.by_index.get(outer.master)
    moved = (master.ifname if master else None) != desired.master
    return moved or inside.is_new_to_neighbours(desired, inner, state)


def _made(desired: Veth, words: Mapping[str, Any]) -> Operation:
    return operation("link.create", kind="veth", netns=desired.netns, ifname=desired.name, link=words)


def create(desired: Veth, announced: bool = True) -> Action:
    details = ", ".join([*desired.addresses, *([desired.mac] if desired.mac else [])])
    return Action(
        text="connect {0} ({1}) {2}by {3}".format(
            desired.shown, details, "to {0} ".format(desired.master) if desired.master else "", desired.name
        ),
        subject=desired.subject,
        do=(_made(desired, creation(desired)), *qdisc.setting_up(desired.name, desired.root, desired.ifb)),
        undo=(operation("link.delete", netns=None, ifname=desired.name),),
        finish=tuple(inside.announcements(desired)) if announced else (),
        after=described(desired),
    )


def remove(link: Link, observed: Observed, netns: Optional[str] = None) -> Action:
    """Take a pair away by its host end; the way back makes it again as it was."""
    known = from_link(link, observed)
    whose = ownership.subject(link, observed) or link.ifname
    do = (operation("link.delete", netns=None, ifname=link.ifname),)
    undo: Tuple[Operation, ...] = ()
    before: Dict[str, Any] = {"host_interface": link.ifname}
    if known is not None:
        before = described(known)
        undo = (*do, *_again(known, link, observed))
    return Action("disconnect {0} ({1})".format(whose, link.ifname), of_owner(whose), do, undo, before=before)


def _again(known: Veth, link: Link, observed: Observed) -> Iterator[Operation]:
    """Made again as declarations make pairs, and then whatever was otherwise: the way back of what would repair it."""
    _netns, inner = observed.inner_ends[link.index]
    state = observed.namespaces[known.netns]
    settings = interface_settings.packed(inner.families)
    yield _made(known, dict(creation(known), settings=settings, group=link.group))
    yield from qdisc.setting_up(known.name, qdisc.shaping_of(link, observed).root, known.ifb)
    repairs = [*_outer_changes(known, link, observed), *inside.changes(known, inner, state)]
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
        undo.extend((port_restored(outer), *port.fdb_again(outer, name)))
    undo.append(operation("link.set", attributes={"up": outer.up}, **place))
    ifb = qdisc.redirected_to(outer, observed)
    if ifb is not None:
        undo.append(operation("redirect.set", ifname=name, to=ifb))
    addresses = comparable_addresses(observed.addresses.get(outer.index, []))
    undo.extend(operation("address.add", cidr=cidr, **place) for cidr in addresses)
    return Action(
        "replace {0} of {1}, whose other end is not there".format(name, desired.shown),
        desired.subject,
        (
            # The ifb may go before this one does.
            *((operation("redirect.set", ifname=name, to=None),) if ifb is not None else ()),
            operation("link.set", attributes={"alias": names.REPLACED, "master": None, "up": False}, **place),
            operation("link.rename", netns=None, ifname=name, new=aside),
        ),
        tuple(undo),
        finish=(operation("link.delete", netns=None, ifname=aside),),
        before={"host_interface": name, "peer": "missing"},
    )


def _outer_changes(desired: Veth, outer: Link, observed: Observed) -> Iterator[Action]:
    subject, name = desired.subject, desired.name
    master = observed.by_index.get(outer.master)
    shown = "{0} (of {1})".format(name, desired.shown)
    if outer.alias != desired.alias:
        yield change_link(None, name, shown, subject, "alias", outer.alias, desired.alias)
    if desired.host_mac not in (None, outer.mac):  # before it is on the bridge, which would follow it
        yield change_link(None, name, shown, subject, "mac", outer.mac, desired.host_mac)
    mtu = desired.host_mtu or desired.mtu
    if outer.mtu != mtu:
        step = change_link(None, name, shown, subject, "mtu", outer.mtu, mtu)
        again = {"ipv6_link_local": outer.ipv6_link_local}
        back = operation("link.set", netns=None, ifname=name, attributes=again)
        yield last_mtu(step, back) if loses_ipv6(outer.mtu, mtu) else step
    if outer.ipv6_link_local and mtu >= IPV6_MTU:
        yield change_link(None, name, shown, subject, "ipv6_link_local", True, False)
    now_master = master.ifname if master else None
    yield from port.changes(desired, outer, now_master, name, shown, subject)
    now_addresses = comparable_addresses(observed.addresses.get(outer.index, []), desired.host_addresses)
    yield from compare_addresses(None, name, shown, subject, now_addresses, desired.host_addresses)
    yield from _compare_limits(desired, outer, shown, observed)
    if not outer.up:
        yield change_link(None, name, shown, subject, "up", False, True)


def _refuse_foreign_limits(desired: Veth, now: Shaping) -> None:
    if desired.limited:
        qdisc.refuse_foreign_root(desired.name, desired.shown, now)
    if desired.ifb is not None:
        qdisc.refuse_foreign_filters(desired.name, desired.shown, now)


def _compare_limits(desired: Veth, outer: Link, shown: str, observed: Observed) -> Iterator[Action]:
    subject, owner = desired.subject, desired.shown
    now = qdisc.shaping_of(outer, observed)
    yield from qdisc.compare_root(desired.name, shown, subject, "ingress", owner, now.root, desired.root)
    yield from qdisc.compare_redirect(desired.name, subject, owner, outer, desired.ifb, observed)


def _inner_end(desired: Veth, outer: Optional[Link], state: NamespaceState) -> Optional[Link]:
    """The link in the namespace that is this pair's other end, whatever it is called now."""
    if outer is None:
        return None
    for link in state.links.values():
        if link.kind == "veth" and link.index == outer.peer and link.peer == outer.index:
            return link
    return None


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
        routes=tuple(routes.static(entry) for entry in inside.routes_of(inner, state)),
        master=master.ifname if master else None,
        **{flag: getattr(link, flag) for flag in PORT_FLAGS},
        host_addresses=comparable_addresses(observed.addresses.get(link.index, [])),
        ingress=qdisc.limit_of(qdisc.shaping_of(link, observed).root),
        ifb=qdisc.redirected_to(link, observed),
        host_mac=link.mac,  # which the bridge may follow
    )


def _create(host: Host, netns: Optional[str], words: Mapping[str, Any]) -> None:
    veth_create(host, words)


KIND = Kind(
    name="veth",
    declared=Veth,
    compare=compare,
    remove=remove,
    create=_create,
    configure=None,
    mutable=(
        *("ifname", "alias", "mac", "mtu", "addresses", "routes", "master", *PORT_FLAGS),
        *("as_made", "host_addresses", "host_mac", "host_mtu", "sysctls", "ingress", "ifb"),
    ),
    owned_inside=False,
)
