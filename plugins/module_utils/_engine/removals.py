# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a topology owns and declares no more: pairs, namespaces and bridges that go. Pure."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import List, Sequence, Tuple

from .._kernel.observe import Observed
from .._kernel.rtnl.read import Link
from .._resources import netns, ownership
from .._resources.action import Action, merged, operation
from .._resources.links import bridge, veth
from .desired import Desired

_FIRST_GROUP = 0x0FAB


def removals(desired: Desired, observed: Observed) -> Tuple[List[Action], List[Action], Observed]:
    """The pairs, their bridges and the namespaces that go; the bridges that something else is on yet; and what is
    observed inside the other namespaces without these pairs.

    A bridge comes after its pairs, so that it is there before them on the way back.
    """
    if not desired.prune:
        return [], [], observed
    owned = _gone(desired, observed)
    gone = [link for link in owned if link.kind == "veth"]
    going = {link.index for link in gone}
    leaving = [veth.remove(link, observed) for link in gone]
    emptied: List[Action] = []
    for link in owned:
        if link.kind == "bridge":
            ports = {each.index for each in observed.links.values() if each.master == link.index}
            (leaving if ports <= going else emptied).append(bridge.remove(link, observed))
    actions = [_at_once(leaving, _unused_group(observed))] if leaving else []
    declared = {space.name for space in desired.namespaces}
    for name, mark in sorted(observed.marks.items()):
        if mark.topology == desired.topology and name not in declared:
            actions.append(netns.remove(name, observed))
    return actions, emptied, _without(gone, observed) if desired.namespaces else observed


def _without(pairs: Sequence[Link], observed: Observed) -> Observed:
    """With a pair goes what is its inner end's."""
    spaces = dict(observed.namespaces)
    for pair in pairs:
        name, inner = observed.inner_ends.get(pair.index, ("", None))
        if inner is not None:
            state = spaces[name]
            spaces[name] = replace(
                state,
                links={ifname: link for ifname, link in state.links.items() if link.index != inner.index},
                routes=tuple(route for route in state.routes if route.oif != inner.index),
            )
    return replace(observed, namespaces=spaces)


def _gone(desired: Desired, observed: Observed) -> List[Link]:
    """Interfaces of this topology that are declared no more, by name: the kernel lists them in the order in which they
    were made, and a way back may make them in another one."""
    mine = {desired.topology}
    owned = [link for link in observed.links.values() if ownership.topologies(link, observed) == mine]
    kept = {pair.name for pair in desired.veths} | {each.ifname for each in desired.bridges}
    return sorted((link for link in owned if link.ifname not in kept), key=lambda link: link.ifname)


def _unused_group(observed: Observed) -> int:
    """One that no link of the host is in: what is put into it goes with one message, and nothing else."""
    used = {link.group for link in observed.links.values()}
    return next(group for group in count(_FIRST_GROUP) if group not in used)


def _at_once(leaving: Sequence[Action], group: int) -> Action:
    """Many links removed in one operation: the kernel waits one grace period for all, not one for each."""
    ifnames = [step.arguments["ifname"] for action in leaving for step in action.do]
    whole = merged(leaving, leaving[0].text, tuple(action.text for action in leaving[1:]))
    return replace(whole, do=(operation("links.delete", ifnames=ifnames, group=group),))
