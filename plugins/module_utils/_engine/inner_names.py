# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interfaces of ours that hold each other's names inside a namespace: eth0 is called eth1, and eth1 eth0. Pure.

Each is known by the pair that it is an end of, or by its mark, whatever it is called. Who holds a name that is another
one's makes way under a name that nobody wants; then each gets its own, one after the other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Dict, FrozenSet, Iterator, List, Mapping, Optional, Tuple

from .._kernel import names
from .._kernel.changes import Subject
from .._kernel.observe import Observed
from .._kernel.rtnl.read import Link
from .._kernel.visits import NamespaceState
from .._resources.action import Action, operation
from .._resources.links.kind import DeclaredLink
from .desired import Desired


def make_way(desired: Desired, observed: Observed, out: FrozenSet[str]) -> Tuple[List[Action], Observed]:
    """The renames that free names, and what is observed after them."""
    actions: List[Action] = []
    spaces: Dict[str, NamespaceState] = dict(observed.namespaces)
    for netns, declared in _by_namespace(desired).items():
        state = spaces.get(netns)
        if state is None or netns in out:
            continue
        wanted = {link.index: each.ifname for each, link in _ours(declared, observed, state)}
        holders = [link for link in state.links.values() if wanted.get(link.index, link.ifname) != link.ifname]
        blocking = [link for link in holders if link.ifname in wanted.values()]
        if blocking:
            actions.extend(_aside(netns, link) for link in blocking)
            spaces[netns] = _after(state, blocking, wanted)
    return actions, replace(observed, namespaces=spaces) if actions else observed


def _by_namespace(desired: Desired) -> Dict[str, List[DeclaredLink]]:
    found: Dict[str, List[DeclaredLink]] = {}
    for link in desired.links_inside():
        found.setdefault(str(link.netns), []).append(link)
    return {netns: links for netns, links in found.items() if len(links) > 1}


def _ours(
    declared: List[DeclaredLink], observed: Observed, state: NamespaceState
) -> Iterator[Tuple[DeclaredLink, Link]]:
    """Those of the declared ones that are there, each with the link that it is."""
    for each in declared:
        outer = observed.links.get(each.host_ifname) if each.host_ifname is not None else None
        for link in state.links.values():
            if link.alias == each.alias if each.host_ifname is None else _are_a_pair(outer, link):
                yield each, link
                break


def _are_a_pair(outer: Optional[Link], inner: Link) -> bool:
    return outer is not None and outer.kind == inner.kind and (outer.peer, outer.index) == (inner.index, inner.peer)


def _aside(netns: str, link: Link) -> Action:
    name = names.replaced_ifname(link.ifname)
    return Action(
        text="rename {0} in namespace {1} to {2}, to make way".format(link.ifname, netns, name),
        subject=Subject(container=netns),
        do=(operation("link.rename", netns=netns, ifname=link.ifname, new=name),),
        undo=(operation("link.rename", netns=netns, ifname=name, new=link.ifname),),
        before={"ifname": link.ifname},
        after={"ifname": name},
    )


def _after(state: NamespaceState, blocking: List[Link], wanted: Mapping[int, str]) -> NamespaceState:
    """With the names that free others; settings stand where they will be found once each has its own."""
    aside = {link.index: names.replaced_ifname(link.ifname) for link in blocking}
    links = [link._replace(ifname=aside.get(link.index, link.ifname)) for link in state.links.values()]
    now = {link.ifname: wanted.get(link.index, link.ifname) for link in state.links.values()}
    sysctls = {key: state.sysctls.get(_key_before(key, now)) for key in state.sysctls}
    return state._replace(links={link.ifname: link for link in links}, sysctls=sysctls)


def _key_before(key: str, now: Mapping[str, str]) -> str:
    """Under which key a setting is found as long as the interfaces have the names of others."""
    parts = key.split("/")
    for was, becomes in now.items():
        if len(parts) > 4 and parts[2] == "conf" and parts[3] == becomes:
            return "/".join([*parts[:3], was, *parts[4:]])
    return key
