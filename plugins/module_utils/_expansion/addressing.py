# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is reachable over what: MACs from addresses, the network that gives the default gateway, the host's own."""

from __future__ import annotations

import ipaddress
from dataclasses import field
from typing import Callable, Dict, Iterable, List, Mapping, Optional, Tuple

from .._declaration.topology import Attachment, Container, Network, Route, Topology, families, metric_of
from .._declaration.ways import HasGateway, way_out
from .._ipam.requests import Allocation, SubnetLease
from .._kernel.data import dataclass
from .._kernel.macs import mac_of
from .._kernel.rtnl.read import Link
from .._resources.routes import StaticRoute


@dataclass(frozen=True)
class HostDefaults:
    """What of the host a container inherits."""

    mtu: int = 1500  # of the default route's interface
    links: Mapping[str, Link] = field(default_factory=dict)  # by name
    resolv_conf: Tuple[str, ...] = ()  # lines without comments
    forwards_ipv4: bool = True  # or is made to by this run
    name_server: bool = False  # it has one for its containers
    tunnel_program: bool = False  # the kernel has no WireGuard
    bridge_netfilter: bool = False  # net.bridge.bridge-nf-call-iptables: a bridged frame is translated on the bridge


def bridge_mac(network: Network, allocation: Allocation) -> str:
    """From the gateway's address; without one, from the subnet's first, whose MAC no container has: in a subnet of two
    addresses it may be a container's own, so there it is another one."""
    found: Dict[int, str] = {}
    narrow = False
    for family in families(network):
        lease = allocation.subnets[(network.name, family)]
        found[family] = lease.gateway or lease.subnet.split("/")[0]
        narrow = narrow or (lease.gateway is None and ipaddress.ip_network(lease.subnet).num_addresses <= 2)
    mac = mac_of(found.get(4), found.get(6))
    return "06" + mac[2:] if narrow else mac


def default_attachment(
    container: Container, topology: Topology, allocation: Allocation, family: int
) -> Optional[Attachment]:
    """The attachment whose network gives the default route of a family; None without any."""
    return way_out(container.attachments, topology.networks, family, has_gateway(allocation))


def has_gateway(allocation: Allocation) -> HasGateway:
    """Of networks that have their subnets. One whose way out is the link itself needs no gateway."""

    def answer(network: Network, family: int) -> bool:
        lease = allocation.subnets.get((network.name, family))
        return lease is not None and (lease.gateway is not None or lease.direct)

    return answer


def holding(leases: Iterable[SubnetLease], address: str) -> Optional[SubnetLease]:
    """The one of these subnets that an address is in."""
    return next(
        (lease for lease in leases if ipaddress.ip_address(address) in ipaddress.ip_network(lease.subnet)), None
    )


def cidr_in(lease: SubnetLease, address: str) -> str:
    """An address with the prefix length of its subnet."""
    return "{0}/{1}".format(address, lease.subnet.split("/")[1])


def unique(values: List[str], key: Callable[[str], str] = str) -> Tuple[str, ...]:
    """In order, each once."""
    return tuple({key(value): value for value in values}.values())


def static_route(route: Route) -> StaticRoute:
    """A declared route as a resource."""
    return StaticRoute(
        destination=str(route.destination),
        gateway=str(route.gateway) if route.gateway else None,
        type=route.type,
        metric=metric_of(route),
        onlink=route.onlink,
    )
