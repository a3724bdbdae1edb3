# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who has which MAC on each network: the written ones, those made of an address, and the bridge's own. Pure."""

from __future__ import annotations

from typing import Dict, Iterable, Iterator, List, Mapping, Tuple

from .._declaration.topology import Network, Topology, families
from .._ipam.requests import Allocation
from .._kernel.errors import DeclarationError, Problem
from .addressing import bridge_mac
from .drivers.registry import driver_of

#: (network, owner, MAC, addresses)
HasMac = Tuple[Network, str, str, Tuple[str, ...]]


def macs_by_bridge(having_one: Iterable[HasMac]) -> Mapping[str, Mapping[str, str]]:
    """Bridge → address → MAC."""
    found: Dict[str, Dict[str, str]] = {}
    for network, _owner, mac, addresses in having_one:
        if network.bridge:
            found.setdefault(network.bridge, {}).update({address: mac for address in addresses})
    return found


def check_macs(topology: Topology, having_one: Iterable[HasMac]) -> None:
    """DeclarationError where two on a network have one MAC: a written one that another has from its address, say."""
    owners: Dict[Tuple[str, str], str] = {}
    problems: List[Problem] = []
    written = {
        (place.network, container.name): place.path + ".mac_address"
        for container in topology.containers.values()
        for place in container.attachments
        if place.mac_address is not None
    }
    for network, owner, mac, _addresses in having_one:
        other = owners.setdefault((network.name, mac), owner)
        if other == owner:
            continue
        named = owner if (network.name, owner) in written else other
        path = written.get((network.name, named), "topology_networks.{0}".format(network.name))
        text = '"{0}": {1} and {2} would both have it on the network "{3}"; write another'
        problems.append(Problem(path, text.format(mac, _shown(other), _shown(owner), network.name)))
    if problems:
        raise DeclarationError(problems)


def _shown(owner: str) -> str:
    return '"{0}"'.format(owner) if owner else "the bridge"


def having_macs(topology: Topology, allocation: Allocation) -> Iterator[HasMac]:
    """Every place that has a MAC; the bridge's own, whose owner is empty, comes first."""
    for network in topology.networks.values():
        if network.bridge and not network.external:
            on_link = (driver_of(network).on_link(network, family, allocation) for family in families(network))
            own = tuple(lease.gateway for leases in on_link for lease in leases if lease.gateway)
            yield network, "", bridge_mac(network, allocation), own
    for container in topology.containers.values():
        for place in container.attachments:
            network = topology.networks[place.network]
            addresses = {
                family: allocation.addresses[(network.name, container.name, family)] for family in families(network)
            }
            mac = driver_of(network).mac(network, place, addresses.get(4), addresses.get(6))
            if mac is not None:
                yield network, container.name, mac, tuple(addresses.values())
