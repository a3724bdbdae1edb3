# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A topology and its leases → the resources that make it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from typing import Dict, Iterator, List, Mapping, Optional, Tuple

from .._declaration.container_words import interface_of_setting
from .._declaration.topology import (
    Attachment,
    Container,
    Network,
    Route,
    Topology,
    families,
    gateway_mode,
    metric_of,
    namespace_owner,
)
from .._engine.desired import Desired
from .._ipam.requests import Allocation
from .._kernel import names
from .._resources.links.bridge import Bridge
from .._resources.links.veth_pair import Veth
from .._resources.netns import Netns
from .._resources.routes import StaticRoute
from .._resources.settings import HostSysctl
from .addressing import default_attachment, mac_of
from .files import expand_files
from .rules import expand_rules

_IPV6_OFF = "net/ipv6/conf/{0}/disable_ipv6"


@dataclass(frozen=True)
class HostDefaults:
    """What of the host a container inherits."""

    mtu: int = 1500
    resolv_conf: Tuple[str, ...] = ()  # lines without comments
    advertised_interfaces: Tuple[str, ...] = ()  # where the host's own routes come from router advertisements


def expand(topology: Topology, allocation: Allocation, host: HostDefaults) -> Desired:
    """Everything that ``topology`` is made of on a host."""
    return Desired(
        topology=topology.name,
        sysctls=tuple(_forwarding(topology, host)),
        bridges=tuple(_bridges(topology, allocation, host)),
        namespaces=tuple(_namespaces(topology)),
        veths=tuple(_veths(topology, allocation, host)),
        files=expand_files(topology, allocation, host.resolv_conf),
        ruleset=expand_rules(topology, allocation),
    )


def _forwarding(topology: Topology, host: HostDefaults) -> Iterator[HostSysctl]:
    """First of all: writing ip_forward sets other settings of every interface back."""
    if any(_routes(network, 4) for network in topology.networks.values()):
        yield HostSysctl("net/ipv4/ip_forward", "1")
    if any(_routes(network, 6) for network in topology.networks.values()):
        for ifname in host.advertised_interfaces:
            # A router takes no advertisements, unless told so: without this the host would lose its own way out.
            yield HostSysctl("net/ipv6/conf/{0}/accept_ra".format(ifname), "2")
        yield HostSysctl("net/ipv6/conf/all/forwarding", "1")


def _routes(network: Network, family: int) -> bool:
    return family in families(network) and gateway_mode(network, family) != "isolated"


def mtu_of(network: Network, host: HostDefaults) -> int:
    return network.mtu or host.mtu


def _bridges(topology: Topology, allocation: Allocation, host: HostDefaults) -> Iterator[Bridge]:
    for network in topology.networks.values():
        if network.external:
            continue
        gateways = {family: _gateway_cidr(network, family, allocation) for family in families(network)}
        yield Bridge(
            ifname=network.bridge,
            alias=names.alias(topology.name, "network " + network.name),
            addresses=tuple(cidr for cidr in gateways.values() if cidr),
            mtu=mtu_of(network, host),
            mac=_bridge_mac(network, allocation),
            # Nobody asks for memberships here, so all would be sent to everybody anyhow; and its table can be filled.
            multicast_snooping=False,
            sysctls=tuple(_bridge_sysctls(network)),
        )


def _bridge_mac(network: Network, allocation: Allocation) -> str:
    """From the gateway's address; a bridge without one has its first subnet's."""
    found: Dict[int, str] = {}
    for family in families(network):
        lease = allocation.subnets[(network.name, family)]
        found[family] = lease.gateway or lease.subnet.split("/")[0]
    return mac_of(found.get(4), found.get(6))


def _gateway_cidr(network: Network, family: int, allocation: Allocation) -> Optional[str]:
    lease = allocation.subnets[(network.name, family)]
    if lease.gateway is None:
        return None
    return "{0}/{1}".format(lease.gateway, lease.subnet.split("/")[1])


def _bridge_sysctls(network: Network) -> Iterator[Tuple[str, str]]:
    ipv4, ipv6 = ("net/ipv{0}/conf/{1}/".format(version, network.bridge) for version in (4, 6))
    if 4 in families(network):
        # Ports published on loopback arrive at a container from 127.0.0.1; the packet rules guard the rest.
        yield ipv4 + "route_localnet", "1"
        # A container on two networks may answer over the other one: loose, for strict would drop that.
        yield ipv4 + "rp_filter", "2"
    if _routes(network, 6):
        yield ipv6 + "disable_ipv6", "0"
        yield ipv6 + "accept_ra", "0"
    else:
        yield ipv6 + "disable_ipv6", "1"


def _namespaces(topology: Topology) -> Iterator[Netns]:
    """Those of their own first, so that there is something to attach to."""
    attached = []
    for container in topology.containers.values():
        attach = _attach(topology, container)
        if attach is None:
            yield Netns(
                container.name,
                topology.name,
                sysctls=tuple(_namespace_sysctls(topology, container).items()),
                routes=tuple(dict.fromkeys(_route(r) for r in _routes_of(topology, container) if r.type != "unicast")),
            )
        else:
            attached.append(Netns(container.name, topology.name, attach))
    yield from attached


def _attach(topology: Topology, container: Container) -> Optional[str]:
    owner = topology.containers[namespace_owner(topology, container.name)]
    if owner.mode == "host":
        return "host"
    return None if owner.name == container.name else "netns:" + owner.name


def _namespace_sysctls(topology: Topology, container: Container) -> Dict[str, str]:
    """What networks want of a namespace, and what the container says, which counts."""
    networks = [topology.networks[attachment.network] for attachment in container.attachments]
    said = {key.replace(".", "/"): value for key, value in container.sysctls if not _interface_of(key, container)}
    ipv6 = any(6 in families(network) for network in networks)
    settings = _no_router(said, ipv6) if len(networks) > 1 else {}
    # Before any link comes up: nothing leaks over link-local addresses, no multicast chatter on the bridge.
    off = said.get(_IPV6_OFF.format("all"), "0" if ipv6 else "1")
    settings.update({_IPV6_OFF.format("all"): off, _IPV6_OFF.format("default"): off})  # the first sets the second
    if ipv6:
        settings["net/ipv6/conf/default/accept_ra"] = "0"
    if len(networks) > 1:
        settings["net/ipv4/conf/default/rp_filter"] = "2"
    return {**settings, **said}


def _no_router(said: Mapping[str, str], ipv6: bool) -> Dict[str, str]:
    """A new namespace forwards where the machine does; a container leads across only when it says so itself.

    First of all: writing these sets other settings of every interface back.
    """
    settings = {}
    if "net/ipv4/conf/all/forwarding" not in said:  # the same by another name
        settings["net/ipv4/ip_forward"] = "0"
    if ipv6:
        settings["net/ipv6/conf/all/forwarding"] = "0"
    return settings


def _interface_of(key: str, container: Container) -> Optional[str]:
    """The interface of the container that a setting like net.ipv4.conf.eth0.rp_filter is of."""
    ifname = interface_of_setting(key)
    return ifname if any(attachment.ifname == ifname for attachment in container.attachments) else None


def _slashed(key: str, ifname: str) -> str:
    """net.ipv4.conf.eth0.rp_filter → net/ipv4/conf/eth0/rp_filter, dots in the interface's name kept."""
    words = key.replace("/", ".").split(".")
    return "/".join([*words[:3], ifname, words[-1]])


def _veths(topology: Topology, allocation: Allocation, host: HostDefaults) -> Iterator[Veth]:
    for container in topology.containers.values():
        gateways = {family: default_attachment(container, topology, allocation, family) for family in (4, 6)}
        for attachment in container.attachments:
            yield _veth(topology, container, attachment, allocation, host, gateways)


def _veth(
    topology: Topology,
    container: Container,
    attachment: Attachment,
    allocation: Allocation,
    host: HostDefaults,
    gateways: Dict[int, Optional[Attachment]],
) -> Veth:
    network = topology.networks[attachment.network]
    addresses: Dict[int, str] = {}
    cidrs: List[str] = []
    routes: List[StaticRoute] = []
    for family in families(network):
        lease = allocation.subnets[(network.name, family)]
        addresses[family] = allocation.addresses[(network.name, container.name, family)]
        cidrs.append("{0}/{1}".format(addresses[family], lease.subnet.split("/")[1]))
        if gateways[family] is attachment and lease.gateway and not _says_default(topology, container, family):
            routes.append(StaticRoute("0.0.0.0/0" if family == 4 else "::/0", lease.gateway))
    cidrs.extend("{0}/{1}".format(each, 16 if each.version == 4 else 64) for each in attachment.link_local_ips)
    over = [route for route in container.routes if _way_of(route, container, allocation) is attachment]
    routes.extend(_route(route) for route in (*network.routes, *over) if route.type == "unicast")
    owner = "{0}:{1}".format(container.name, attachment.ifname)
    return Veth(
        name=names.veth_ifname(topology.name, container.name, attachment.ifname),
        netns=container.name,
        ifname=attachment.ifname,
        alias=names.alias(topology.name, owner),
        owner=owner,
        mac=attachment.mac_address or mac_of(addresses.get(4), addresses.get(6)),
        mtu=mtu_of(network, host),
        addresses=tuple(cidrs),
        routes=tuple(dict.fromkeys(routes)),
        master=network.bridge,
        isolated=not network.icc and not _linked(topology, network),
        # With br_netfilter on, a container's call of its own published port goes back out of the port it came in by.
        hairpin=bool(container.ports),
        # The packet rules do not see every frame that a bridge learns from.
        learning=not network.anti_spoofing,
        guard=network.anti_spoofing,
        sysctls=tuple(
            (_slashed(key, attachment.ifname), value)
            for key, value in container.sysctls
            if _interface_of(key, container) == attachment.ifname
        ),
    )


def _linked(topology: Topology, network: Network) -> bool:
    """Whether any link crosses this network: then the packet rules, not the ports' flags, keep neighbours apart."""
    return any(
        container.links and any(attachment.network == network.name for attachment in container.attachments)
        for container in topology.containers.values()
    )


def _routes_of(topology: Topology, container: Container) -> Iterator[Route]:
    """Every route that is declared for a container: its networks' and its own."""
    for attachment in container.attachments:
        yield from topology.networks[attachment.network].routes
    yield from container.routes


def _says_default(topology: Topology, container: Container, family: int) -> bool:
    """Whether a default route is declared, which takes the place of the network's."""
    return any(
        route.destination.version == family and not (route.destination.prefixlen or metric_of(route))
        for route in _routes_of(topology, container)
    )


def _way_of(route: Route, container: Container, allocation: Allocation) -> Attachment:
    """Over which interface a container's own route goes: that whose subnet holds the gateway, else the first."""
    for attachment in container.attachments:
        lease = allocation.subnets.get((attachment.network, route.destination.version))
        if lease is not None and route.gateway is not None and route.gateway in ip_network(lease.subnet):
            return attachment
    return container.attachments[0]


def _route(route: Route) -> StaticRoute:
    return StaticRoute(
        destination=str(route.destination),
        gateway=str(route.gateway) if route.gateway else None,
        type=route.type,
        metric=metric_of(route),
        onlink=route.onlink,
    )
