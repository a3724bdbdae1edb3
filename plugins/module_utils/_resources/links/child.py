# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A link that stands on another one of the host, its parent, and has no end on the host: what macvlan and ipvlan share.

It is in a container's namespace, or is the host's own (``netns`` None). Both its marks are on itself: the alias says
whose it is, and an altname of which network.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple, Type

from ..._kernel import names, rare
from ..._kernel.changes import Subject, of_owner
from ..._kernel.host import Host
from ..._kernel.observe import Observed
from ..._kernel.operations.link import altname_add, set_up_child
from ..._kernel.rtnl import settings as interface_settings
from ..._kernel.rtnl.read import Link
from ..._kernel.visits import NamespaceState
from .. import ownership
from ..action import Action, Operation, operation
from ..link import compare_altnames
from . import inside, unknown
from .inside import Inside
from .kind import Kind


class Child(Inside):
    """The fields of one, besides those of every interface in a namespace."""

    netns: Optional[str]  # type: ignore[assignment]
    network: str  # the alias that marks its network; the altname says the same
    parent: str
    mode: str
    #: Whether a link of this kind and mode has a MAC of its own; else it has the parent's.
    has_mac = True
    #: The option that holds the mode, and mode → its value, as ``rare`` has them.
    option: str
    modes: Mapping[str, Any]
    #: Modes that are neither left nor entered by a living link.
    fixed_modes: Tuple[str, ...] = ()

    @property
    def host_ifname(self) -> Optional[str]:
        return self.ifname if self.netns is None else None

    @property
    def subject(self) -> Subject:
        return of_owner(self.owner or (names.parse_alias(self.alias) or ("", self.ifname))[1])

    @property
    def shown(self) -> str:
        return self.owner or self.ifname

    @property
    def stands_on(self) -> Tuple[str, ...]:
        return (self.parent,)


def kind(declared: Type[Child], name: str) -> Kind:
    """The entry of such a kind."""

    def removal(link: Link, observed: Observed, netns: Optional[str] = None) -> Action:
        return remove(declared, link, observed, netns)

    def create(host: Host, netns: Optional[str], words: Mapping[str, Any]) -> None:
        options = {declared.option: declared.modes[words["mode"]]}
        rare.create(host, netns, name, words["ifname"], options, words["parent"], words["mac"], words["mtu"])
        for altname in words["altnames"]:
            altname_add(host, netns, words["ifname"], altname)
        set_up_child(host, netns, words)

    def configure(host: Host, netns: Optional[str], ifname: str, options: Mapping[str, Any]) -> None:
        rare.configure(host, netns, name, ifname, {declared.option: declared.modes[options["mode"]]})

    return Kind(
        name=name,
        declared=declared,
        compare=compare,
        remove=removal,
        create=create,
        configure=configure,
        mutable=("ifname", "alias", "network", "mode", "mac", "mtu", "addresses", "routes", "sysctls"),
        settings=("net/ipv4/conf/{0}/rp_filter", "net/ipv6/conf/{0}/disable_ipv6", "net/ipv6/conf/{0}/accept_ra"),
    )


def compare(desired: Child, observed: Observed) -> List[Action]:
    state = _place(desired.netns, observed)
    link = _there(desired, state, observed)
    if desired.netns is None and desired.ifname in observed.links:
        ownership.refuse_foreign(desired.ifname, desired.alias, observed.links[desired.ifname], desired.kind, observed)
    elif desired.netns is not None:
        inside.refuse_squatter(desired, link, state)
    if link is None:
        return [create(desired, observed, state)]
    now = from_link(type(desired), link, observed, desired.netns)
    why = _made_anew(desired, now, observed)
    if why:
        away = remove(type(desired), link, observed, desired.netns)
        return [replace(away, text="take {0} away, {1}".format(desired.shown, why)), create(desired, observed, state)]
    changes = list(_changes(desired, link, str(now.mode if now else ""), observed, state))
    if changes and inside.is_new_to_neighbours(desired, link, state):
        announced = tuple(_announcements(desired, observed))
        changes[-1] = replace(changes[-1], finish=(*changes[-1].finish, *announced))
    return changes


def create(desired: Child, observed: Observed, state: NamespaceState) -> Action:
    details = ", ".join([*desired.addresses, *([desired.mac] if desired.mac else [])])
    text = "connect {0} ({1}) to {2} by {3} in mode {4}"
    undo = (operation("link.delete", netns=desired.netns, ifname=desired.ifname),)
    return Action(
        text=text.format(desired.shown, details, desired.parent, desired.kind, desired.mode),
        subject=desired.subject,
        do=(_create(desired, creation(desired)),),
        undo=(*undo, *inside.nowhere_again(desired, state), *inside.displaced(desired, desired.routes, state)),
        finish=tuple(_announcements(desired, observed)),
        after=described(desired),
    )


def remove(declared: Type[Child], link: Link, observed: Observed, netns: Optional[str]) -> Action:
    """Take one away; the way back makes it again as it was."""
    known = from_link(declared, link, observed, netns)
    if known is None:  # its parent is not the host's any more
        return unknown.remove(link, observed, netns)
    state = _place(netns, observed)
    whose = (_whose(link, observed, netns) if netns is not None else None) or link.ifname
    gone = operation("link.delete", netns=netns, ifname=link.ifname)
    words = creation(known, link.altnames)
    words["settings"] = interface_settings.packed(link.families)
    repairs = list(inside.changes(known, link, state))
    return Action(
        text="disconnect {0} from {1} ({2})".format(whose, known.parent, known.kind),
        subject=known.subject,
        do=(gone,),
        undo=(gone, _create(known, words), *(step for repair in reversed(repairs) for step in repair.undo)),
        before=described(known),
    )


def creation(desired: Child, altnames: Optional[Tuple[str, ...]] = None) -> Dict[str, Any]:
    """What ``link.create`` wants to know. ``altnames``: of one that comes back as it was."""
    marks = [names.altname(desired.network)] if altnames is None else list(altnames)
    own = {"parent": desired.parent, "mode": desired.mode, "altnames": marks}
    return dict(inside.creation(desired), **own)


def described(desired: Child) -> Dict[str, Any]:
    """In the words of a diff."""
    return dict(inside.described(desired), parent=desired.parent, mode=desired.mode)


def from_link(declared: Type[Child], link: Link, observed: Observed, netns: Optional[str]) -> Optional[Child]:
    """The one that the kernel has; None when its parent is not among the host's links."""
    parent = observed.by_index.get(link.peer)
    if parent is None:
        return None
    state = _place(netns, observed)
    value = rare.options(link.kind, link.info).get(declared.option)
    mode = next((name for name, each in declared.modes.items() if each == value), str(value))
    own_mac = declared.has_mac and mode not in declared.fixed_modes
    seen = inside.as_seen(link, state)
    if netns is None:
        seen["routes"] = ()  # of the host's own nobody declares any
    settings = tuple(
        (key, now)
        for key, now in (observed.sysctls.items() if netns is None else ())
        if "/conf/{0}/".format(link.ifname) in key and now is not None
    )
    return declared(  # type: ignore[call-arg]
        **dict(seen, mac=link.mac if own_mac else None),
        netns=netns,
        network=next(filter(None, map(names.alias_of_altname, link.altnames)), ""),
        parent=parent.ifname,
        mode=mode,
        owner=(_whose(link, observed, netns) if netns is not None else None) or "",
        sysctls=settings,
    )


def _create(desired: Child, words: Mapping[str, Any]) -> Operation:
    return operation("link.create", kind=desired.kind, netns=desired.netns, ifname=desired.host_ifname, link=words)


def _place(netns: Optional[str], observed: Observed) -> NamespaceState:
    """The inside of a namespace, or the host's own."""
    if netns is None:
        return NamespaceState(
            observed.links,
            observed.addresses,
            observed.routes,
            observed.sysctls,
            observed.neighbours,
            observed.tentative,
        )
    return observed.namespaces.get(netns, NamespaceState())


def _whose(link: Link, observed: Observed, netns: Optional[str]) -> Optional[str]:
    return ownership.subject(link, observed, netns=netns)


def _there(desired: Child, state: NamespaceState, observed: Observed) -> Optional[Link]:
    """The link that is the declared one: under its name with a mark of its topology, or else the one with its alias."""
    mine = names.parse_alias(desired.alias)
    named = state.links.get(desired.ifname)
    if named is not None and named.kind == desired.kind and mine is not None:
        if mine[0] in ownership.topologies(named, observed, desired.netns):
            return named
    marked = (link for link in state.links.values() if link.kind == desired.kind and link.alias == desired.alias)
    return next(marked, None) if desired.netns is not None else None


def _made_anew(desired: Child, now: Optional[Child], observed: Observed) -> str:
    """Why the kernel cannot make the one that is there into the declared one; empty when it can."""
    if now is None or now.parent != desired.parent:
        other = now.parent if now is not None else "another interface"
        return "which stands on {0}, for one on {1}".format(other, desired.parent)
    if now.mode != desired.mode and {now.mode, desired.mode} & set(desired.fixed_modes):
        return "whose mode is {0}, for one with {1}".format(now.mode, desired.mode)
    return ""


def _changes(desired: Child, link: Link, mode: str, observed: Observed, state: NamespaceState) -> Iterator[Action]:
    place = {"kind": desired.kind, "netns": desired.netns}
    own = list(inside.changes(desired, link, state))
    if own and own[0].before.get("ifname"):
        yield own.pop(0)  # the others name it as it is to be called
    if mode != desired.mode:
        there, back = (
            operation("link.configure", ifname=desired.ifname, options={"mode": each}, **place)
            for each in (desired.mode, mode)
        )
        text = "set mode of {0} from {1} to {2}".format(desired.shown, mode, desired.mode)
        yield Action(text, desired.subject, (there,), (back,), before={"mode": mode}, after={"mode": desired.mode})
    mark = names.altname(desired.network)
    others = state.links.values()
    yield from compare_altnames(desired.netns, desired.ifname, desired.shown, desired.subject, link, mark, others)
    yield from own


def _announcements(desired: Child, observed: Observed) -> Iterator[Operation]:
    if desired.netns is not None:
        parent = observed.links.get(desired.parent)
        yield from inside.announcements(desired, parent.mac if parent is not None else None)
