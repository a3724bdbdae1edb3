# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A topology and its leases → the resources that make it. Pure."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Collection, Dict, Iterator, List, Mapping, Optional, Tuple

from .._declaration.container_words import interface_of_setting
from .._declaration.topology import (
    Attachment,
    Container,
    Route,
    Topology,
    families,
    metric_of,
    namespace_owner,
)
from .._engine.desired import Desired
from .._ipam.requests import Allocation
from .._kernel import names
from .._resources.adopted import AdoptedBridge
from .._resources.forwarding import KEYS, Claim
from .._resources.links.kind import DeclaredLink
from .._resources.netns import Netns
from .._resources.routes import StaticRoute
from .addressing import HostDefaults, cidr_in, default_attachment, static_route
from .drivers.driver import Place
from .drivers.registry import driver_of
from .encrypted import encrypted_memberships
from .files import expand_files
from .macs import check_macs, having_macs, macs_by_bridge
from .name_server import name_server_text
from .rules import expand_rules
from .workloads import brought_by

_IPV6_OFF = "net/ipv6/conf/all/disable_ipv6"
_NEW_IPV6_OFF = "net/ipv6/conf/default/disable_ipv6"


def expand(topology: Topology, allocation: Allocation, host: HostDefaults) -> Desired:
    """Everything that ``topology`` is made of on a host. DeclarationError where two would have one MAC."""
    having_one = tuple(having_macs(topology, allocation))
    check_macs(topology, having_one)
    return Desired(
        topology=topology.name,
        links=(
            *_network_links(topology, allocation, host),
            *_tunnel_links(topology, host),
            *_place_links(topology, allocation, host),
        ),
        namespaces=tuple(_namespaces(topology)),
        files=expand_files(topology, allocation, host.resolv_conf, host.name_server),
        name_server=name_server_text(topology, allocation, host.resolv_conf) if host.name_server else "",
        ruleset=expand_rules(topology, allocation),
        adopted=tuple(_adopted(topology, host)),
        macs=macs_by_bridge(having_one),
    )


def _tunnel_links(topology: Topology, host: HostDefaults) -> Iterator[DeclaredLink]:
    if encrypted_memberships(topology):
        from .encryption import tunnel_links

        yield from tunnel_links(topology, host.tunnel_program)


def claim_of(topology: Topology, desired: Desired, transit: str) -> Optional[Claim]:
    """What the topology has to do with the host's forwarding; None without a network that has packet rules."""
    if desired.ruleset is None:
        return None
    needs = tuple(family for family in KEYS if forwarded(topology, family))
    networks = desired.ruleset.networks
    tunnels = [ifname for each in networks if each.tunnel is not None for ifname in each.tunnel.ifnames]
    return Claim(needs, tuple(dict.fromkeys((*(network.bridge for network in networks), *tunnels))), transit)


def forwarded(topology: Topology, family: int) -> Tuple[str, ...]:
    """The networks that need a host which forwards this version of IP: from an internal one nothing leads elsewhere."""
    return tuple(
        network.name
        for network in topology.networks.values()
        if family in families(network) and not network.internal and driver_of(network).forwards(network, family)
    )


def _namespaces(topology: Topology) -> Iterator[Netns]:
    """Those of their own first, so that there is something to attach to. One that a program brings may have routes of
    the program's that lead nowhere, too."""
    attached = []
    for container in topology.containers.values():
        attach = _attach(topology, container)
        if attach is None:
            brought = brought_by(container)
            nowhere = tuple(dict.fromkeys(static_route(r) for r in _nowhere(topology, container)))
            yield Netns(
                container.name,
                topology.name,
                brought,
                sysctls=tuple(_namespace_sysctls(topology, container).items()),
                routes=None if brought and not nowhere else nowhere,
            )
        else:
            attached.append(Netns(container.name, topology.name, attach))
    yield from attached


def new_namespaces(topology: Topology, there: Collection[str]) -> List[Tuple[str, Mapping[str, str]]]:
    """Name and sysctls of the namespaces that are to be made, which is known before anything is leased. ``there``: the
    names of those that are."""
    found: List[Tuple[str, Mapping[str, str]]] = []
    alike: Dict[Tuple[Tuple[str, str], ...], Mapping[str, str]] = {}
    for container in topology.containers.values():
        if container.name not in there and _attach(topology, container) is None and brought_by(container) is None:
            sysctls = _namespace_sysctls(topology, container)
            found.append((container.name, alike.setdefault(tuple(sysctls.items()), sysctls)))
    return found


def settings_inside(topology: Topology) -> Dict[str, Tuple[str, ...]]:
    """What ``Desired.namespace_sysctls`` will say, which is known before anything is leased."""
    found: Dict[str, Tuple[str, ...]] = {}
    for container in topology.containers.values():
        keys: List[str] = []
        if _attach(topology, container) is None:
            keys.extend(_namespace_sysctls(topology, container))
            for attachment in container.attachments:
                keys.extend(key for key, _value in _interface_sysctls(container, attachment))
        found[container.name] = tuple(keys)
    return found


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
    settings[_IPV6_OFF] = settings[_NEW_IPV6_OFF] = said.get(_IPV6_OFF, "0" if ipv6 else "1")  # the first sets both
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


def _interface_sysctls(container: Container, attachment: Attachment) -> Iterator[Tuple[str, str]]:
    for key, value in container.sysctls:
        if _interface_of(key, container) == attachment.ifname:
            yield _slashed(key, attachment.ifname), value


def _interface_of(key: str, container: Container) -> Optional[str]:
    """The interface of the container that a setting like net.ipv4.conf.eth0.rp_filter is of."""
    ifname = interface_of_setting(key)
    return ifname if any(attachment.ifname == ifname for attachment in container.attachments) else None


def _slashed(key: str, ifname: str) -> str:
    """net.ipv4.conf.eth0.rp_filter → net/ipv4/conf/eth0/rp_filter, dots in the interface's name kept."""
    words = key.replace("/", ".").split(".")
    return "/".join([*words[:3], ifname, words[-1]])


def _network_links(topology: Topology, allocation: Allocation, host: HostDefaults) -> Iterator[DeclaredLink]:
    for network in topology.networks.values():
        yield from driver_of(network).network_links(topology, network, allocation, host)


def _adopted(topology: Topology, host: HostDefaults) -> Iterator[AdoptedBridge]:
    for network in topology.networks.values():
        yield from driver_of(network).adopted(topology, network, host)


def _place_links(topology: Topology, allocation: Allocation, host: HostDefaults) -> Iterator[DeclaredLink]:
    for container in topology.containers.values():
        gateways = {family: default_attachment(container, topology, allocation, family) for family in (4, 6)}
        for attachment in container.attachments:
            place = _place(topology, container, attachment, allocation, host, gateways)
            yield from driver_of(place.network).place_links(place)


def _place(
    topology: Topology,
    container: Container,
    attachment: Attachment,
    allocation: Allocation,
    host: HostDefaults,
    gateways: Dict[int, Optional[Attachment]],
) -> Place:
    network = topology.networks[attachment.network]
    driver = driver_of(network)
    addresses: Dict[int, str] = {}
    cidrs: List[str] = []
    routes: List[StaticRoute] = []
    by_network: List[StaticRoute] = []
    for family in families(network):
        addresses[family] = allocation.addresses[(network.name, container.name, family)]
        lease = driver.subnet_of(network, family, allocation, addresses[family])
        cidrs.append(cidr_in(lease, addresses[family]))
        if gateways[family] is attachment and not _says_default(topology, container, family):
            routes.append(StaticRoute("0.0.0.0/0" if family == 4 else "::/0", lease.gateway))
        by_network.extend(driver.routes(network, lease))
    cidrs.extend("{0}/{1}".format(each, 16 if each.version == 4 else 64) for each in attachment.link_local_ips)
    over = [route for route in container.routes if _way_of(route, container, allocation) is attachment]
    routes.extend(by_network)
    routes.extend(static_route(route) for route in (*network.routes, *over) if route.type == "unicast")
    owner = "{0}:{1}".format(container.name, attachment.ifname)
    return Place(
        topology=topology,
        container=container,
        attachment=attachment,
        network=network,
        alias=names.alias(topology.name, owner),
        owner=owner,
        mac=driver.mac(network, attachment, addresses.get(4), addresses.get(6)),
        mtu=driver.mtu(network, host),
        addresses=tuple(cidrs),
        routes=tuple(dict.fromkeys(routes)),
        sysctls=tuple(_interface_sysctls(container, attachment)),
        host=host,
    )


def _routes_of(topology: Topology, container: Container) -> Iterator[Route]:
    """Every route that is declared for a container: its networks' and its own."""
    for attachment in container.attachments:
        yield from topology.networks[attachment.network].routes
    yield from container.routes


def _nowhere(topology: Topology, container: Container) -> Iterator[Route]:
    return (route for route in _routes_of(topology, container) if route.type != "unicast")


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
