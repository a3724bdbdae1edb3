# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A toy: a macvtap on the host's eth0, inside a namespace. ``test_recipes.py`` puts it among the kinds of links, where
the imports lead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List, Mapping, Optional, Tuple

from ..._kernel import rare
from ..._kernel.host import Host
from ..._kernel.observe import Observed
from ..._kernel.operations.link import set_up_child
from ..._kernel.rtnl.read import Link
from ..._kernel.visits import NamespaceState
from .. import ownership
from ..action import Action, Operation, operation
from ..routes import StaticRoute
from . import inside
from .inside import Inside
from .kind import Kind


@dataclass(frozen=True)
class Macvtap(Inside):
    netns: str
    ifname: str
    alias: str
    owner: str = ""
    mac: Optional[str] = None
    mtu: int = 1500
    addresses: Tuple[str, ...] = ()
    routes: Tuple[StaticRoute, ...] = ()
    sysctls: Tuple[Tuple[str, str], ...] = ()

    kind = "macvtap"
    host_ifname = None


def compare(desired: Macvtap, observed: Observed) -> List[Action]:
    state = observed.namespaces.get(desired.netns, NamespaceState())
    link = state.links.get(desired.ifname)
    if link is None or not ownership.topologies(link, observed, desired.netns):
        inside.refuse_squatter(desired, None, state)
        text = "make the macvtap {0}".format(desired.shown)
        return [Action(text, desired.subject, (_made(desired),), (_gone(desired),), after=inside.described(desired))]
    return list(inside.changes(desired, link, state))


def remove(link: Link, observed: Observed, netns: Optional[str]) -> Action:
    known = Macvtap(netns=str(netns), **inside.as_seen(link, observed.namespaces[str(netns)]))
    text = "take the macvtap {0} away".format(known.shown)
    return Action(text, known.subject, (_gone(known),), (_gone(known), _made(known)), before=inside.described(known))


def _made(link: Macvtap) -> Operation:
    return operation("link.create", kind="macvtap", netns=link.netns, ifname=None, link=inside.creation(link))


def _gone(link: Macvtap) -> Operation:
    return operation("link.delete", netns=link.netns, ifname=link.ifname)


def _create(host: Host, netns: Optional[str], words: Mapping[str, Any]) -> None:
    mode = {"IFLA_MACVTAP_MODE": "bridge"}
    rare.create(host, netns, "macvtap", words["ifname"], mode, "eth0", words["mac"], words["mtu"])
    set_up_child(host, netns, words)


KIND = Kind(
    "macvtap", Macvtap, compare, remove, _create, None, ("alias", "mac", "mtu", "addresses", "routes", "sysctls")
)
