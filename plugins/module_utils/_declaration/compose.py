# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compose's words, as Ansible passes them, to a Topology; or every problem in them at once.

Calls the rooms beside it only: networks, containers, checks, and the small words they share.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from typing import Any, Dict, List, Mapping, Optional

from .._kernel.errors import DeclarationError
from .bandwidth import check_limits
from .checks import check_containers, check_networks
from .containers import parse_container
from .names_rules import check_name, check_topology_name
from .networks import Drivers, default_network, parse_network
from .pools import parse_address_pools
from .ports import parse_port_range
from .topology import DEFAULT_NETWORK, Container, Network, PublishedPort, Topology
from .ways import bound_addresses, ways_in
from .words import Problems, mapping, quote
from .workload import check_workloads

#: Modes, not networks: Docker can neither create nor remove them.
_RESERVED_NETWORKS = ("host", "none")


def parse_topology(
    name: Any,
    networks: Any,
    containers: Any,
    default_address_pools: Optional[Any] = None,
    port_range: Optional[Any] = None,
    *,
    drivers: Drivers,
    docker_runtime: bool = False,
) -> Topology:
    """Reads the role's variables; raises DeclarationError with all that is wrong. ``drivers``: those to choose from.
    ``docker_runtime``: as in the variable of this name, whether Docker has a runtime of ours."""
    problems = Problems()
    topology_name = check_topology_name(name, "topology_name", problems)
    parsed_networks = _networks(networks, drivers, problems)
    parsed_containers = _containers(containers, parsed_networks, docker_runtime, problems)
    used = {place.network for one in parsed_containers.values() for place in one.attachments}
    if DEFAULT_NETWORK in used and DEFAULT_NETWORK not in parsed_networks:
        parsed_networks[DEFAULT_NETWORK] = default_network(drivers)
    check_networks(parsed_networks, drivers, problems)
    parsed_containers = {
        one.name: _with_host_binding(one, parsed_networks, drivers) for one in parsed_containers.values()
    }
    across = [network.name for network in parsed_networks.values() if drivers[network.driver].has_blocks]
    check_containers(parsed_containers, parsed_networks, problems, across)
    check_workloads(parsed_containers.values(), problems)
    check_limits(parsed_containers, parsed_networks, drivers, problems)
    for driver in drivers:
        own = {network.name: network for network in parsed_networks.values() if network.driver == driver}
        if own:
            drivers[driver].check(own, parsed_networks, parsed_containers, problems)
    pools = parse_address_pools(default_address_pools, "topology_default_address_pools", problems)
    ports = parse_port_range(port_range, "topology_port_range", problems)
    if problems:
        raise DeclarationError(dict.fromkeys(problems))
    return Topology(
        name=topology_name,
        networks=parsed_networks,
        containers=parsed_containers,
        default_address_pools=pools,
        port_range=ports,
    )


def _networks(value: Any, drivers: Drivers, problems: Problems) -> Dict[str, Network]:
    found = {}
    for name, item in mapping(value, "topology_networks", problems).items():
        path = "topology_networks.{0}".format(name)
        if name in _RESERVED_NETWORKS:
            problems.note(path, "{0}: this is a network mode, choose another name", quote(name))
            continue
        check_name(name, "topology_networks", problems)
        found[name] = parse_network(name, item, path, drivers, problems)
    return found


def _containers(
    value: Any, networks: Mapping[str, Network], docker_runtime: bool, problems: Problems
) -> Dict[str, Container]:
    found = {}
    for name, item in mapping(value, "topology_containers", problems).items():
        path = "topology_containers.{0}".format(name)
        check_name(name, "topology_containers", problems)
        found[name] = parse_container(name, item, networks, path, problems, docker_runtime)
    return found


_EVERYWHERE = {4: ip_address("0.0.0.0"), 6: ip_address("::")}


def _with_host_binding(container: Container, networks: Mapping[str, Network], drivers: Drivers) -> Container:
    """Ports without a host address get the default ones of the network that they come in by, each family apart.

    A port that has neither, with several default addresses, stays as it is: one number must be free on all of them.
    """
    ways = list(ways_in(container.attachments, networks, lambda network: drivers[network.driver].publishes))
    if not container.ports or not any(network.host_binding for _family, network in ways):
        return container
    hosts = [host or _EVERYWHERE[family] for family, network in ways for host in bound_addresses(network, family)]
    # A binding that is of no family of its network is an error, which the checks have the words for.
    hosts = hosts or [host for _family, network in ways for host in network.host_binding]
    ports: List[PublishedPort] = []
    for port in container.ports:
        settled = port.host_ip is not None or (port.published is None and len(hosts) > 1)
        ports.extend([port] if settled else [port._replace(host_ip=one) for one in dict.fromkeys(hosts)])
    return replace(container, ports=tuple(ports))
