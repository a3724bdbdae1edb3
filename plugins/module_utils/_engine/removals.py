# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a topology owns and declares no more: links of whatever kind, and namespaces, that go. Pure."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Dict, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

from .._kernel.data import NamedTuple
from .._kernel.observe import Observed
from .._kernel.rtnl.read import Link
from .._kernel.visits import NamespaceState
from .._resources import netns, ownership
from .._resources.action import Action, joined, operation
from .._resources.links import registry as kinds
from .desired import Desired

_FIRST_GROUP = 0x0FAB


class _Owned(NamedTuple):
    """A link of ours, and the namespace that it is in; None: the host's own."""

    netns: Optional[str]
    link: Link


def removals(desired: Desired, observed: Observed) -> Tuple[List[Action], List[Action], Observed]:
    """The links and the namespaces that go; the links that something else is a port of yet; and what is observed
    inside the other namespaces without what goes.

    A link comes after its ports, so that it is there before them on the way back. What is inside a namespace comes
    first: it may stand on a link of the host.
    """
    if not desired.prune:
        return [], [], observed
    gone = [*_gone_inside(desired, observed), *_gone(desired, observed)]
    going = {owned.link.index for owned in gone if owned.netns is None}
    depending = _depending(observed)
    leaving: List[Action] = []
    at_once: List[Action] = []
    emptied: List[Action] = []
    for owned in gone:
        action = kinds.remove(owned.link, observed, owned.netns)
        if owned.netns is not None or kinds.find(owned.link.kind) is None:
            leaving.append(action)
        elif depending.get(owned.link.index, set()) <= going:
            at_once.append(action)
        else:
            emptied.append(action)
    actions = [*leaving, _at_once(at_once, observed)] if at_once else leaving
    declared = {space.name for space in desired.namespaces}
    for name, mark in sorted(observed.marks.items()):
        if mark.topology == desired.topology and name not in declared:
            actions.append(netns.remove(name, observed))
    return actions, emptied, _without(gone, observed) if desired.namespaces else observed


def removals_inside(desired: Desired, names: Set[str], observed: Observed) -> List[Action]:
    """All that is ours in these namespaces, whose names other namespaces get: what does not go would stay in use."""
    return [
        kinds.remove(owned.link, observed, owned.netns)
        for owned in _owned_inside(desired, observed)
        if owned.netns in names
    ]


def _depending(observed: Observed) -> Dict[Optional[int], Set[int]]:
    """Index of a link → those that are ports of it, or send it what comes in."""
    found: Dict[Optional[int], Set[int]] = {}
    for index, shaping in observed.shaping.items():
        found.setdefault(shaping.redirect, set()).add(index)
    for link in observed.links.values():
        found.setdefault(link.master, set()).add(link.index)
    return found


def _without(gone: Sequence[_Owned], observed: Observed) -> Observed:
    """With a pair goes what is its inner end's."""
    spaces: Dict[str, NamespaceState] = dict(observed.namespaces)
    for owned in gone:
        pair = observed.inner_ends.get(owned.link.index) if owned.netns is None else (owned.netns, owned.link)
        if pair is not None:
            name, inner = pair
            state = spaces[name]
            spaces[name] = state._replace(
                links={ifname: link for ifname, link in state.links.items() if link.index != inner.index},
                routes=tuple(route for route in state.routes if route.oif != inner.index),
            )
    return replace(observed, namespaces=spaces)


def _gone(desired: Desired, observed: Observed) -> List[_Owned]:
    """Interfaces of the host that are this topology's and declared no more, by name: the kernel lists them in the order
    in which they were made, and a way back may make them in another one. Those that others are ports of come last."""
    mine, kept = {desired.topology}, desired.host_ifnames()
    found = [link for link in observed.links.values() if ownership.topologies(link, observed) == mine]
    found = sorted((link for link in found if link.ifname not in kept), key=lambda link: link.ifname)
    return [_Owned(None, link) for link in sorted(found, key=_carries)]


def _carries(link: Link) -> bool:
    kind = kinds.find(link.kind)
    return kind is not None and kind.carries


def _gone_inside(desired: Desired, observed: Observed) -> List[_Owned]:
    """Those that are not the declared one of their kind, by its name or, where somebody renamed it, by its alias."""
    kept = {(each.netns, each.kind, word) for each in desired.alone_inside() for word in (each.ifname, each.alias)}
    return [
        owned
        for owned in _owned_inside(desired, observed)
        if not {(owned.netns, owned.link.kind, word) for word in (owned.link.ifname, owned.link.alias)} & kept
    ]


def _owned_inside(desired: Desired, observed: Observed) -> Iterator[_Owned]:
    """Links of this topology that are in its namespaces and have no end on the host."""
    ends = {(netns_name, inner.index) for netns_name, inner in observed.inner_ends.values()}
    for name, state in sorted(_apart(observed).items()):
        for _ifname, link in sorted(state.links.items()):
            kind = kinds.find(link.kind)
            if (name, link.index) in ends or (kind is not None and not kind.owned_inside):
                continue
            if ownership.topologies(link, observed, netns=name) == {desired.topology}:
                yield _Owned(name, link)


def _apart(observed: Observed) -> Mapping[str, NamespaceState]:
    """The namespaces that were read, each once, under its own handle where it has several; not the host's own."""
    found: Dict[Optional[int], str] = {observed.own_inode: ""}
    attached = {name for name, mark in observed.marks.items() if mark.is_second}
    for name in sorted(observed.namespaces, key=lambda each: (each in attached, each)):
        found.setdefault(observed.handles.get(name), name)
    return {name: observed.namespaces[name] for name in found.values() if name}


def _group_of(ifnames: Sequence[str], observed: Observed) -> int:
    """One that no other link of the host is in: what is in it goes with one message, and nothing else. That of most of
    these, if there is one."""
    inside: Dict[int, Set[str]] = {}
    for link in observed.links.values():
        inside.setdefault(link.group, set()).add(link.ifname)
    apart = [group for group, found in inside.items() if group and found.issubset(ifnames)]
    if apart:
        return max(apart, key=lambda group: len(inside[group]))
    return next(group for group in count(_FIRST_GROUP) if group not in inside)


def _at_once(leaving: Sequence[Action], observed: Observed) -> Action:
    """Many links removed in one operation: the kernel waits one grace period for all, not one for each."""
    ifnames = [action.do[-1].arguments["ifname"] for action in leaving]
    first = [step for action in leaving for step in action.do[:-1]]
    whole = joined(leaving, [change for action in leaving for change in action.changes])
    group = _group_of(ifnames, observed)
    joining = [ifname for ifname in ifnames if observed.links[ifname].group != group]
    step = operation("links.delete", ifnames=ifnames, group=group, joining=joining)
    return replace(whole, do=(*first, step))
