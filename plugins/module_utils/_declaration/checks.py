# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only shows when networks and containers are seen together: overlaps, collisions, chains, links, limits."""

from __future__ import annotations

from typing import Collection, Dict, List, Mapping, Optional, Set, Tuple

from .check_settings import check_next_hop, check_routes, check_sysctls
from .driver import DriverWords
from .pools import outside
from .topology import Address, Attachment, Container, Network, PublishedPort, Subnet, families
from .ways import as_text
from .words import Problems, quote, suggest

_CONTAINERS = "topology_containers"
_NETWORKS = "topology_networks"
_NO_FAMILY = '"{0}": the network {1} has no IPv{2}; set enable_ipv{2} there'


def check_networks(networks: Mapping[str, Network], drivers: Mapping[str, DriverWords], problems: Problems) -> None:
    _check_overlaps({name: one for name, one in networks.items() if not drivers[one.driver].on_lan}, problems)
    for network in networks.values():
        path = "{0}.{1}".format(_NETWORKS, network.name)
        subnets = [(pool.family, pool.subnet) for pool in network.pools]
        for n, route in enumerate(network.routes):
            check_next_hop(route, subnets, "{0}.routes[{1}]".format(path, n), problems)


def _check_overlaps(networks: Mapping[str, Network], problems: Problems) -> None:
    """Sorted by first address, a subnet can only overlap the widest one before it."""
    for family in (4, 6):
        ranges: List[Tuple[int, int, int, Subnet, str]] = []
        for order, network in enumerate(networks.values()):
            pool = network.pool(family)
            if pool is not None and pool.subnet is not None:
                net = pool.subnet
                ranges.append((int(net.network_address), int(net.broadcast_address), order, net, pool.path + ".subnet"))
        ranges.sort(key=lambda entry: entry[:3])
        widest = ranges[0] if ranges else None
        for entry in ranges[1:]:
            if widest is not None and entry[0] <= widest[1]:
                later, earlier = (entry, widest) if entry[2] > widest[2] else (widest, entry)
                problems.note(later[4], '"{0}": overlaps {1}, the subnet at {2}', later[3], earlier[3], earlier[4])
            if widest is None or entry[1] > widest[1]:
                widest = entry


def check_containers(
    containers: Mapping[str, Container],
    networks: Mapping[str, Network],
    problems: Problems,
    across: Collection[str] = (),
) -> None:
    """``across``: the networks that containers of other hosts are on too, whom a link may name."""
    _check_chains(containers, problems)
    _check_case(containers, problems)
    _check_addresses(containers, networks, problems)
    _check_host_ports(containers, networks, problems)
    for container in containers.values():
        if container.links:
            _check_links(container, containers, across, problems)
        if container.ports:
            _check_ports(container, networks, problems)
        if container.mode in ("bridge", "none"):
            check_routes(container, networks, problems)
        if container.sysctls:
            check_sysctls(container, networks, problems)


def _check_chains(containers: Mapping[str, Container], problems: Problems) -> None:
    for container in containers.values():
        if container.target is None:
            continue
        path = "{0}.{1}.network_mode".format(_CONTAINERS, container.name)
        if container.target not in containers:
            problems.note(
                path,
                "{0}: there is no such container in this topology{1}",
                quote(container.target),
                suggest(container.target, containers),
            )
            continue
        chain = _chain(container, containers)
        if chain == [container.name, container.name]:
            problems.note(path, "cannot join own network: {0} joins itself", quote(container.name))
        elif chain[-1] == container.name:
            problems.note(path, "this chain of containers joins itself: {0}", " -> ".join(chain))


def _chain(container: Container, containers: Mapping[str, Container]) -> List[str]:
    """The names from a container to the one whose namespace it has; ends on a repeated name if it is a circle."""
    names = [container.name]
    seen: Set[str] = {container.name}
    while container.target is not None and container.target in containers:
        names.append(container.target)
        if container.target in seen:
            break
        seen.add(container.target)
        container = containers[container.target]
    return names


def _check_case(containers: Mapping[str, Container], problems: Problems) -> None:
    """To a resolver names that differ in case only are one (RFC 4343)."""
    seen: Dict[Tuple[str, str], str] = {}
    for container in containers.values():
        for place in container.attachments:
            other = seen.setdefault((place.network, container.name.lower()), container.name)
            if other != container.name:
                problems.note(
                    "{0}.{1}".format(_CONTAINERS, container.name),
                    "{0} and {1} are both on the network {2}, and to a resolver they are one name; rename one of them",
                    quote(container.name),
                    quote(other),
                    quote(place.network),
                )
                break


def _check_addresses(containers: Mapping[str, Container], networks: Mapping[str, Network], problems: Problems) -> None:
    owners: Dict[Tuple[str, Address], str] = {}
    macs: Dict[Tuple[str, str], str] = {}
    for container in containers.values():
        for place in container.attachments:
            network = networks.get(place.network)
            if network is None:
                continue
            for word, given in (("ipv4_address", place.ipv4_address), ("ipv6_address", place.ipv6_address)):
                if given is not None:
                    path = "{0}.{1}".format(place.path, word)
                    _check_address(given, network, path, problems)
                    other = owners.setdefault((place.network, given), path)
                    if other != path:
                        problems.note(path, '"{0}": already taken by {1}', given, other)
            _check_link_locals(place, network, problems)
            if place.mac_address is not None:
                path = place.path + ".mac_address"
                other = macs.setdefault((place.network, place.mac_address), path)
                if other != path:
                    problems.note(path, '"{0}": already taken by {1}', place.mac_address, other)


def _check_link_locals(place: Attachment, network: Network, problems: Problems) -> None:
    for n, given in enumerate(place.link_local_ips):
        if given.version not in families(network):
            path = "{0}.link_local_ips[{1}]".format(place.path, n)
            problems.note(path, _NO_FAMILY, given, quote(network.name), given.version)


def _check_address(given: Address, network: Network, path: str, problems: Problems) -> None:
    pool = network.pool(given.version)
    if pool is None or not (network.enable_ipv4 if given.version == 4 else network.enable_ipv6):
        problems.note(path, _NO_FAMILY, given, quote(network.name), given.version)
        return
    if pool.subnet is None:
        return  # the lease store knows the subnet, and says so if the address is not in it
    reason = outside(given, pool.subnet)
    aux = next((name for name, address in pool.aux_addresses if address == given), None)
    if reason:
        problems.note(path, '"{0}": the address {1} of the network {2}', given, reason, quote(network.name))
    elif given == pool.gateway:
        problems.note(path, '"{0}": this is the gateway of the network {1}', given, quote(network.name))
    elif aux is not None:
        problems.note(path, '"{0}": set aside for {1} in {2}.aux_addresses', given, quote(aux), pool.path)


#: What a port without an address of its own listens on.
_EVERYWHERE = ("0.0.0.0", "::")


def _check_host_ports(containers: Mapping[str, Container], networks: Mapping[str, Network], problems: Problems) -> None:
    """The same fixed host port twice on the same address, or twice on all of them."""
    owners: Dict[Tuple[str, int, str], PublishedPort] = {}
    said: Set[Tuple[str, str]] = set()  # a range against a range is one problem
    for container in containers.values():
        chosen: Dict[Tuple[int, str, Optional[Address]], str] = {}
        for port in container.ports:
            if port.published is None:
                twin = chosen.setdefault((port.container_port, port.protocol, port.host_ip), port.path)
                if twin != port.path:
                    problems.note(
                        port.path,
                        "the container port {0}/{1} is published by {2} already",
                        port.container_port,
                        port.protocol,
                        twin,
                    )
                continue
            for key in _EVERYWHERE if port.host_ip is None else (as_text(port.host_ip),):
                other = owners.setdefault((key, port.published, port.protocol), port)
                if other is not port and (port.path, other.path) not in said:
                    said.add((port.path, other.path))
                    problems.note(
                        port.path,
                        "the host port {0}/{1} on {2} is published by {3} already",
                        port.published,
                        port.protocol,
                        "every address" if port.host_ip is None else port.host_ip,
                        other.path,
                    )
                    break


def _check_ports(container: Container, networks: Mapping[str, Network], problems: Problems) -> None:
    joined = [networks[place.network] for place in container.attachments if place.network in networks]
    if not joined:
        return
    open_ones = [network for network in joined if not network.internal]
    if not open_ones:
        problems.note(
            "{0}.{1}.ports".format(_CONTAINERS, container.name),
            "an internal network publishes no ports, and {0} is on no other; add a network that is not internal",
            quote(container.name),
        )
        return
    published = {family for network in open_ones for family in families(network)}
    said: Set[str] = set()
    for port in container.ports:
        if port.host_ip is not None and port.host_ip.version not in published and port.path not in said:
            said.add(port.path)
            problems.note(
                port.path,
                '"{0}": {1} has no IPv{2} on a network that can publish it; set enable_ipv{2} on one',
                port.host_ip,
                quote(container.name),
                port.host_ip.version,
            )


def _check_links(
    container: Container, containers: Mapping[str, Container], across: Collection[str], problems: Problems
) -> None:
    own = {place.network for place in container.attachments}
    for link in container.links:
        path = link.path
        if link.container not in containers:
            if not own.intersection(across):  # else the plan of the fleet knows whether there is one
                problems.note(
                    path,
                    "{0}: there is no such container in this topology{1}",
                    quote(link.container),
                    suggest(link.container, containers),
                )
            continue
        if link.container == container.name:
            problems.note(path, "{0}: a container cannot link to itself", quote(link.container))
            continue
        other = containers[_chain(containers[link.container], containers)[-1]]
        if not own.intersection(place.network for place in other.attachments):
            problems.note(
                path, "{0}: shares no network with {1}; put both on one", quote(link.container), quote(container.name)
            )
