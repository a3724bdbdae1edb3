# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which networks are encrypted, and by which ends of this host. What is made of that (``encryption.py``) is imported
only where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, Iterator, List, Optional, Tuple

from .._declaration.encryption_words import port_path
from .._declaration.topology import Topology
from .._ipam.change import NETWORK_ITSELF
from .._ipam.requests import PortRequest
from .._kernel import names

if TYPE_CHECKING:
    from .._fleet.exchange import Membership, TunnelEnd


def encrypted_memberships(topology: Topology) -> Dict[str, Membership]:
    """Network → what this host is told of it, of those that are encrypted."""
    found: Dict[str, Membership] = {}
    for network in topology.networks.values():
        membership = getattr(network.options, "membership", None)
        if membership is not None and membership.encryption:
            found[network.name] = membership
    return found


def own_end(topology: Topology) -> Optional[TunnelEnd]:
    """None where no network is encrypted."""
    return next(iter(own_ends(topology)), None)


def own_ends(topology: Topology) -> List[TunnelEnd]:
    """All that this host has: while keys change there are several, and first is that by which it is known."""
    owns = [each.own for each in encrypted_memberships(topology).values()]
    if not owns:
        return []
    from .._fleet.rotation import ends_of

    first = [own.tunnel for own in owns if own.tunnel is not None][:1]
    return list({end.turn: end for end in (*first, *(end for own in owns for end in ends_of(own)))}.values())


def tunnel_names(topology: Topology, kind: str) -> Tuple[str, ...]:
    """Of each end: by what its files are called; of WireGuard, the interface and the unit too."""
    return tuple(names.tunnel_name(topology.name, end.turn) for end in own_ends(topology) if end.kind == kind)


def tunnel_ports(topology: Topology) -> Iterator[PortRequest]:
    """Which the fleet's plan has chosen: it is nobody else's on this host."""
    for end in own_ends(topology):
        path = port_path(end.kind)
        yield PortRequest(NETWORK_ITSELF, 0, "udp", published=end.port, path=path, known_free=True)
