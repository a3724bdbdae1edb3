# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is reachable over what: MACs from addresses, the network that gives the default gateway, the host's own."""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass, field
from typing import Callable, Dict, List, Mapping, Optional, Tuple

from .._declaration.topology import Attachment, Container, Network, Topology, families, gateway_mode
from .._ipam.requests import Allocation
from .._kernel.rtnl.read import Link


@dataclass(frozen=True)
class HostDefaults:
    """What of the host a container inherits."""

    mtu: int = 1500  # of the default route's interface
    links: Mapping[str, Link] = field(default_factory=dict)  # by name
    resolv_conf: Tuple[str, ...] = ()  # lines without comments
    advertised_interfaces: Tuple[str, ...] = ()  # where the host's own routes come from router advertisements


def mac_of(ipv4: Optional[str], ipv6: Optional[str] = None) -> str:
    """``02:42:`` and the four bytes of the IPv4 address, or four of a hash of the IPv6 one: a reused address
    comes back with the MAC that neighbours remember."""
    if ipv4:
        raw = ipaddress.IPv4Address(ipv4).packed
    else:
        raw = hashlib.sha256(ipaddress.IPv6Address(ipv6 or "::").packed).digest()[:4]
    return ":".join("%02x" % byte for byte in b"\x02\x42" + raw)


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
    """The attachment whose network gives the default route of a family, in Docker's order; None without any.

    Higher gw_priority; both families before one; then the network's name. Internal and isolated
    networks lead nowhere.
    """

    def order(attachment: Attachment) -> Tuple[int, int, str]:
        network = topology.networks[attachment.network]
        return (-attachment.gw_priority, -len(families(network)), network.name)

    candidates = [each for each in container.attachments if _leads_out(each, topology, allocation, family)]
    return min(candidates, key=order, default=None)


def _leads_out(attachment: Attachment, topology: Topology, allocation: Allocation, family: int) -> bool:
    network = topology.networks[attachment.network]
    lease = allocation.subnets.get((network.name, family))
    if lease is None or lease.gateway is None or network.internal:
        return False
    return gateway_mode(network, family) != "isolated"


def unique(values: List[str], key: Callable[[str], str] = str) -> Tuple[str, ...]:
    """In order, each once."""
    return tuple({key(value): value for value in values}.values())
