# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several topologies on one host: what nobody gave a name gets one that is free. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import FrozenSet, Iterable

from .._declaration.topology import DEFAULT_BRIDGE, DEFAULT_NETWORK, Topology
from .._kernel import names
from .._kernel.rtnl.read import Link


def settle_default_bridge(topology: Topology, links: Iterable[Link]) -> Topology:
    """The network ``bridge`` is on ``fabric0``, unless that is another topology's: then on a bridge named by a hash.

    It stays on the bridge that it has, whatever becomes of the other topology.
    """
    network = topology.networks.get(DEFAULT_NETWORK)
    if network is None or network.bridge != DEFAULT_BRIDGE or network.external:
        return topology
    second = names.second_default_bridge(topology.name)
    owners = {link.ifname: _owners(link) for link in links if link.ifname in (DEFAULT_BRIDGE, second)}
    first = owners.get(DEFAULT_BRIDGE, frozenset())
    if (not first or topology.name in first) and topology.name not in owners.get(second, ()):
        return topology
    networks = dict(topology.networks)
    networks[DEFAULT_NETWORK] = replace(network, bridge=second)
    return replace(topology, networks=networks)


def _owners(link: Link) -> FrozenSet[str]:
    """The topologies whose mark the bridge carries, as alias or as altname."""
    marks = map(names.parse_alias, (link.alias, *map(names.alias_of_altname, link.altnames)))
    return frozenset(mark[0] for mark in marks if mark is not None)
