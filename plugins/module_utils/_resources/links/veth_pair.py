# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A veth pair as data: as it is declared, and as the kernel has it in the words of a declaration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Tuple

from ..._kernel.observe import Observed
from ..._kernel.rtnl.read import PORT_FLAGS, Link, RouteEntry
from ..._kernel.visits import NamespaceState
from .. import ownership, routes
from ..netns import settable
from ..routes import StaticRoute
from .bridge import comparable_addresses


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
    learning: bool = True  # False: only what has ``mac`` is behind the port, whatever it says
    guard: bool = False  # a BPDU shuts the port
    host_addresses: Tuple[str, ...] = ()
    sysctls: Tuple[Tuple[str, str], ...] = ()  # of the inner end, keys with slashes

    @property
    def flags(self) -> Dict[str, bool]:
        """Of the port on its bridge."""
        return {name: getattr(self, name) for name in PORT_FLAGS}

    @property
    def fdb(self) -> Tuple[str, ...]:
        """The MACs that the bridge need not learn."""
        return (self.mac,) if self.master and self.mac and not self.learning else ()

    @property
    def shown(self) -> str:
        return self.owner or "{0}:{1}".format(self.netns, self.ifname)


def creation(desired: Veth) -> Dict[str, Any]:
    """What ``veth.create`` wants to know."""
    words: Dict[str, Any] = {
        name: getattr(desired, name) for name in ("name", "netns", "ifname", "alias", "mac", "mtu", "master", "flags")
    }
    words.update(
        fdb=list(desired.fdb),
        addresses=list(desired.addresses),
        host_addresses=list(desired.host_addresses),
        routes=[route.words() for route in desired.routes],
        sysctls=[list(pair) for pair in settable(desired.sysctls, desired.mtu)],
    )
    return words


def described(veth: Veth) -> Dict[str, Any]:
    """In the words of a diff."""
    return {
        "host_interface": veth.name,
        "mac": veth.mac,
        "mtu": veth.mtu,
        "addresses": list(veth.addresses),
        "routes": [str(route) for route in veth.routes],
        "master": veth.master,
        **veth.flags,
    }


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
        routes=tuple(routes.static(entry) for entry in routes_of(inner, state)),
        master=master.ifname if master else None,
        **{name: getattr(link, name) for name in PORT_FLAGS},
        host_addresses=comparable_addresses(observed.addresses.get(link.index, [])),
    )


def routes_of(inner: Link, state: NamespaceState) -> List[RouteEntry]:
    """Those that lead over this interface, as somebody set them."""
    return [
        entry
        for entry in state.routes
        if entry.oif == inner.index and routes.is_static(entry) and entry.type == "unicast"
    ]
