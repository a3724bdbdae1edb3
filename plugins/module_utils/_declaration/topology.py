# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user declares, after every word of it has been understood.

Frozen data only: no I/O, no defaults that depend on a host. ``compose.py`` makes these from the
role's variables; ``requests.py`` and ``expand.py`` turn them into leases and resources.
Fields that are ``None`` were left to us and are decided later (a subnet, an address, a host port).
"""

from __future__ import annotations

from dataclasses import field
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any, Dict, FrozenSet, List, Mapping, Optional, Sequence, Tuple, Union

from .._kernel.data import NamedTuple, dataclass
from .._kernel.rtnl.uapi import IPV6_METRIC

Address = Union[IPv4Address, IPv6Address]
Subnet = Union[IPv4Network, IPv6Network]

#: The network of a container that names none, and its interface.
DEFAULT_NETWORK = "bridge"
DEFAULT_BRIDGE = "fabric0"
#: What Compose calls the network of services that name none; here it counts where it is declared.
COMPOSE_DEFAULT = "default"
DEFAULT_DRIVER = "bridge"
#: The one across hosts.
OVERLAY = "overlay"


class Pool(NamedTuple):
    """One entry of ``ipam.config``: a subnet and who may have what in it."""

    family: int  # 4 or 6
    subnet: Optional[Subnet] = None  # None: chosen from the default address pools (or a ULA /64)
    ip_range: Optional[Subnet] = None
    gateway: Optional[Address] = None  # None: the lowest free address, in ip_range if there is one
    aux_addresses: Tuple[Tuple[str, Address], ...] = ()
    path: str = ""  # where the user wrote it, for errors: topology_networks.front.ipam.config[0]
    block_size: Optional[int] = None  # of an overlay: prefix length of what each host has of the subnet


class Route(NamedTuple):
    """A route inside a container (``ip route add`` words)."""

    destination: Subnet
    gateway: Optional[Address] = None
    type: str = "unicast"  # unicast | blackhole | unreachable | prohibit
    metric: Optional[int] = None
    onlink: bool = False


@dataclass(frozen=True)
class Network:
    """A network of this topology; ``pools`` holds at most one pool for each family."""

    name: str
    driver: str = DEFAULT_DRIVER
    options: Any = None  # what only this driver's networks have, as it reads it; None: it has the fields below
    bridge: str = ""  # interface name, always filled in; empty where the driver makes no bridge
    pools: Tuple[Pool, ...] = ()
    enable_ipv4: bool = True
    enable_ipv6: bool = False
    internal: bool = False
    external: bool = False
    icc: bool = True
    masquerade: bool = True
    mtu: Optional[int] = None  # None: that of the default route's interface
    gateway_mode_ipv4: str = "nat"  # nat | routed | nat-unprotected | isolated
    gateway_mode_ipv6: str = "nat"
    host_binding: Tuple[Address, ...] = ()  # default publish addresses; empty: every address
    snat_to_ipv4: Optional[IPv4Address] = None
    snat_to_ipv6: Optional[IPv6Address] = None
    trusted_host_interfaces: Tuple[str, ...] = ()
    isolate: bool = True
    anti_spoofing: bool = True
    routes: Tuple[Route, ...] = ()

    def pool(self, family: int) -> Optional[Pool]:
        return next((pool for pool in self.pools if pool.family == family), None)

    @cached_property
    def leading_out(self) -> Tuple[int, ...]:
        """The families in which it may be a container's way out: each container on it asks, and more than once."""
        return tuple(f for f in families(self) if not self.internal and gateway_mode(self, f) != "isolated")


class Bandwidth(NamedTuple):
    """Limits of the traffic of one interface, as seen from the container."""

    ingress: Optional[int] = None  # bytes per second into the container; None: no limit
    egress: Optional[int] = None  # bytes per second out of it
    burst: Optional[int] = None  # bytes that may go at once, of each; None: by the rate
    path: str = ""  # where the user wrote it: topology_containers.web.bandwidth


class Attachment(NamedTuple):
    """A container's place on one network."""

    network: str
    ifname: str  # inside the container: eth0, eth1 ... in declared order, or interface_name
    ipv4_address: Optional[IPv4Address] = None
    ipv6_address: Optional[IPv6Address] = None
    mac_address: Optional[str] = None  # lower case, colons
    aliases: Tuple[str, ...] = ()
    gw_priority: int = 0
    link_local_ips: Tuple[Address, ...] = ()
    bandwidth: Optional[Bandwidth] = None
    path: str = ""  # topology_containers.web.networks.front


class PublishedPort(NamedTuple):
    """One port; a range in the declaration is as many of these."""

    container_port: int
    protocol: str = "tcp"  # tcp | udp | sctp
    published: Optional[int] = None  # None: one from port_range, and kept
    host_ip: Optional[Address] = None  # None: every address of the families the container has
    path: str = ""  # topology_containers.web.ports[2]
    choices: Optional[Tuple[int, int]] = None  # where one that is left to us comes from, instead of port_range


class Link(NamedTuple):
    """``links: ["db:database"]``: may reach what ``container`` exposes, under ``alias`` too."""

    container: str
    alias: str
    path: str = ""  # topology_containers.web.links[0]


@dataclass(frozen=True)
class Workload:
    """The program that lives in a container's namespace."""

    kind: str  # unit | podman | docker | machine | pid | path
    name: str  # nginx.service, the name of a container or machine, the number of a process, a path
    join: bool  # it is started in our namespace; else its own gets our interfaces
    restart: bool = True  # of a unit: when its namespace is not the one that it runs in
    path: str = ""  # topology_containers.web.workload.unit


@dataclass(frozen=True)
class Container:
    name: str
    mode: str = "bridge"  # bridge | none | host | container
    target: Optional[str] = None  # the container whose namespace is shared (mode container)
    attachments: Tuple[Attachment, ...] = ()
    ports: Tuple[PublishedPort, ...] = ()
    expose: Tuple[Tuple[int, str], ...] = ()  # (port, protocol)
    links: Tuple[Link, ...] = ()
    dns: Tuple[Address, ...] = ()
    dns_search: Tuple[str, ...] = ()
    dns_opt: Tuple[str, ...] = ()
    extra_hosts: Tuple[Tuple[str, str], ...] = ()  # (name, address or "host-gateway")
    hostname: Optional[str] = None  # None: the container's name
    sysctls: Tuple[Tuple[str, str], ...] = ()  # network ones, sorted: ("net.ipv4.ip_forward", "1")
    routes: Tuple[Route, ...] = ()
    workload: Optional[Workload] = None


class AddressPool(NamedTuple):
    """One entry of ``topology_default_address_pools``."""

    base: Subnet
    size: int


@dataclass(frozen=True)
class Topology:
    """All of one ``topology_name`` on one host; dictionaries keep the declared order."""

    name: str
    networks: Mapping[str, Network] = field(default_factory=dict)
    containers: Mapping[str, Container] = field(default_factory=dict)
    default_address_pools: Tuple[AddressPool, ...] = ()
    port_range: Optional[Tuple[int, int]] = None  # None: the kernel's ip_local_port_range

    @cached_property
    def members(self) -> Mapping[str, Sequence[Container]]:
        """Network → the containers on it, in their declared order; who asks for each network would go through all."""
        found: Dict[str, List[Container]] = {name: [] for name in self.networks}
        for container in self.containers.values():
            for attachment in container.attachments:
                found[attachment.network].append(container)
        return found

    @cached_property
    def linked_to(self) -> FrozenSet[str]:
        """The containers that any link leads to."""
        return frozenset(link.container for container in self.containers.values() for link in container.links)


_FAMILIES: Dict[Tuple[bool, bool], Tuple[int, ...]] = {
    (False, False): (),
    (True, False): (4,),
    (False, True): (6,),
    (True, True): (4, 6),
}


def families(network: Network) -> Tuple[int, ...]:
    return _FAMILIES[network.enable_ipv4, network.enable_ipv6]


def gateway_mode(network: Network, family: int) -> str:
    return network.gateway_mode_ipv4 if family == 4 else network.gateway_mode_ipv6


def namespace_owner(topology: Topology, name: str) -> str:
    """The container whose namespace ``name`` is in: itself, or the end of its ``container:`` chain."""
    container = topology.containers[name]
    while container.mode == "container" and container.target is not None:
        container = topology.containers[container.target]
    return container.name


def metric_of(route: Route) -> int:
    """0 where the kernel would give the same to a route that names none."""
    metric = route.metric or 0
    return 0 if route.destination.version == 6 and metric == IPV6_METRIC else metric
