# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody put where it takes packets of our networks, and is not ours to take away: routes and ports."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Iterator, List, Optional, Set, Union

from .._declaration.topology import Network, Topology, families
from .._expansion.drivers.registry import driver_of
from .._ipam.requests import Allocation
from .._kernel import facts
from .._kernel.rtnl.read import RT_TABLE_LOCAL, RT_TABLE_MAIN, Link, RouteEntry
from .._kernel.rtnl.uapi import LEADING_NOWHERE
from .._resources import ownership

Subnet = Union[IPv4Network, IPv6Network]

#: Of the kernel's own route to a subnet. What is not larger is asked for first, or as well.
_METRICS = {4: 0, 6: 256}


def led_away(topology: Topology, allocation: Allocation, reading: facts.Reading) -> Iterator[str]:
    """Routes of the host that are more exact than a network's own: packets to these addresses go another way."""
    networks = _on_bridges_of_ours(topology, reading)
    others = _routes_of_others(reading, {family for network in networks for family in families(network)})
    for network in networks:
        for family in families(network):
            subnet = ip_network(allocation.subnets[(network.name, family)].subnet)
            for route in others:
                if _leads_away(route, subnet):
                    text = (
                        "a route of the host takes packets to {0} out of the network {1} ({2}): {3}. It is not ours, "
                        "and is left as it is; take it away if what is there is to be reached"
                    )
                    yield text.format(route.destination, network.name, subnet, _shown(route, reading))


def ports_of_others(topology: Topology, reading: facts.Reading) -> Iterator[str]:
    """By which an internal network has a way out that no rule of ours sees."""
    for network in _on_bridges_of_ours(topology, reading):
        if not network.internal:
            continue
        bridge, own = _named(reading, network.bridge), _host_interfaces(topology, network)
        for link in sorted(reading.links.values(), key=lambda each: each.ifname):
            if bridge and link.master == bridge.index and link.ifname not in own and not ownership.is_marked(link):
                text = (
                    "{0}, which is not ours, is a port of {1}, the bridge of the internal network {2}: whoever is "
                    "behind it is on that network, and the network leads there. It is left as it is"
                )
                yield text.format(link.ifname, network.bridge, network.name)


def _on_bridges_of_ours(topology: Topology, reading: facts.Reading) -> List[Network]:
    """Those that are there: what comes into being in this run was chosen beside all of this."""
    networks = [network for network in topology.networks.values() if network.bridge and not network.external]
    return [network for network in networks if _named(reading, network.bridge) is not None]


def _named(reading: facts.Reading, ifname: str) -> Optional[Link]:
    return next((link for link in reading.links.values() if link.ifname == ifname), None)


def _routes_of_others(reading: facts.Reading, versions: Set[int]) -> List[RouteEntry]:
    """Of these versions of IP: each of a thousand links has routes of IPv6 that nobody made."""
    routes = [route for route in reading.routes if (6 if ":" in route.destination else 4) in versions]
    indexes = {index for route in routes for index in route.interfaces}
    ours = {index for index in indexes if index in reading.links and ownership.is_marked(reading.links[index])}
    tables = (RT_TABLE_MAIN, RT_TABLE_LOCAL)
    return [route for route in routes if route.table in tables and not ours.intersection(route.interfaces)]


def _leads_away(route: RouteEntry, subnet: Subnet) -> bool:
    destination = ip_network(route.destination)
    if destination.version != subnet.version or not destination.prefixlen:
        return False
    inside = destination.subnet_of(subnet)  # type: ignore[arg-type]
    if not inside or route.type not in ("unicast", "local", *LEADING_NOWHERE):
        return False
    return destination != subnet or route.metric <= _METRICS[subnet.version]


def _shown(route: RouteEntry, reading: facts.Reading) -> str:
    names = [reading.links[index].ifname for index in route.interfaces if index in reading.links]
    words = [route.type] if route.type != "unicast" else []
    words.append(route.destination)
    words += ["via " + route.gateway] if route.gateway else []
    return " ".join([*words, *("dev " + name for name in names)])


def _host_interfaces(topology: Topology, network: Network) -> Set[str]:
    """The host ends of its containers, which may have lost their mark."""
    driver = driver_of(network)
    return {
        str(driver.host_interface(topology, container, attachment))
        for container in topology.containers.values()
        for attachment in container.attachments
        if attachment.network == network.name
    }
