# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An owned link of a kind that no file here is about: made by hand with our mark, or by another release.

Nobody here could make it again, so it is set aside (renamed, down, nobody's) until the run is verified, and only then
deleted. The way back gives it its name, its mark, its addresses and its routes again.
"""

from __future__ import annotations

from typing import Iterator, Optional

from ..._kernel import names
from ..._kernel.changes import Subject
from ..._kernel.observe import Observed
from ..._kernel.rtnl.read import Link
from ..._kernel.visits import NamespaceState
from .. import ownership, routes
from ..action import Action, Operation, operation
from ..link import comparable_addresses
from .inside import routes_of


def remove(link: Link, observed: Observed, netns: Optional[str] = None) -> Action:
    whose = ownership.subject(link, observed, netns=netns) or link.ifname
    shown = "{0}:{1}".format(netns, link.ifname) if netns else link.ifname
    aside = names.replaced_ifname(link.ifname)
    return Action(
        text="remove {0} ({1}, of {2})".format(shown, link.kind or "no virtual interface", whose),
        subject=Subject(interface=shown),
        do=(
            operation("link.set", netns=netns, ifname=link.ifname, attributes={"alias": names.REPLACED, "up": False}),
            operation("link.rename", netns=netns, ifname=link.ifname, new=aside),
        ),
        undo=(operation("link.rename", netns=netns, ifname=aside, new=link.ifname), *_again(link, observed, netns)),
        finish=(operation("link.delete", netns=netns, ifname=aside),),
        before={"kind": link.kind, "mark": link.alias},
    )


def _again(link: Link, observed: Observed, netns: Optional[str]) -> Iterator[Operation]:
    """What being down took."""
    place = {"netns": netns, "ifname": link.ifname}
    yield operation("link.set", attributes={"alias": link.alias, "up": link.up}, **place)
    state = observed.namespaces.get(netns, NamespaceState()) if netns is not None else None
    addresses = observed.addresses if state is None else state.addresses
    for cidr in comparable_addresses(addresses.get(link.index, [])):
        yield operation("address.add", cidr=cidr, **place)
    for entry in routes_of(link, state) if state is not None else ():
        yield operation("route.add", route=routes.static(entry).words(), **place)
