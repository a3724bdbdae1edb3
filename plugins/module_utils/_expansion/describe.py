# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A topology and its leases in the words of a result: what the module returns, and what a person asks for."""

from __future__ import annotations

from typing import Any, Dict, List, Union

from .._declaration.topology import Attachment, Container, Topology, families, namespace_owner
from .._declaration.ways import as_text, host_addresses
from .._ipam.requests import Allocation
from .._kernel import namespaces
from .._kernel.ranges import ranges
from . import workloads
from .bandwidth import described
from .drivers.registry import driver_of
from .lease_requests import port_request
from .rules import ways_of

#: A range of more ports than this is one entry of a result.
MANY_PORTS = 20


def describe_networks(topology: Topology, allocation: Allocation) -> Dict[str, Any]:
    """Network name → driver, what the driver says of it, subnets, gateways."""
    found = {}
    for network in topology.networks.values():
        driver = driver_of(network)
        leases = [each for family in families(network) for each in driver.on_link(network, family, allocation)]
        found[network.name] = {
            "driver": network.driver,
            **driver.describe(network),
            "subnets": [lease.subnet for lease in leases],
            "gateways": [lease.gateway for lease in leases if lease.gateway],
        }
    return found


def describe_containers(topology: Topology, allocation: Allocation) -> Dict[str, Any]:
    """Container name → netns, mode, interfaces, ports. One that shares a namespace shows its interfaces."""
    found = {}
    for container in topology.containers.values():
        owner = topology.containers[namespace_owner(topology, container.name)]
        found[container.name] = {
            "netns": namespaces.handle(container.name),
            "mode": "container:" + str(container.target) if container.mode == "container" else container.mode,
            "interfaces": {each.ifname: _interface(topology, owner, each, allocation) for each in owner.attachments},
            "ports": _ports(topology, container, allocation),
            **workloads.described(container),
        }
    return found


def _interface(topology: Topology, owner: Container, attachment: Attachment, allocation: Allocation) -> Dict[str, Any]:
    network = topology.networks[attachment.network]
    addresses = {family: allocation.addresses[(network.name, owner.name, family)] for family in families(network)}
    family = 4 if 4 in addresses else 6
    gateway = driver_of(network).subnet_of(network, family, allocation, addresses[family]).gateway
    return {
        "network": network.name,
        "mac": driver_of(network).mac(network, attachment, addresses.get(4), addresses.get(6)),
        "ipv4": addresses.get(4),
        "ipv6": addresses.get(6),
        "gateway": None if network.internal else gateway,
        "host_interface": driver_of(network).host_interface(topology, owner, attachment),
        "bandwidth": described(attachment.bandwidth),
    }


def _ports(topology: Topology, container: Container, allocation: Allocation) -> List[Dict[str, Any]]:
    """Each published port once for each host address it listens on; 0.0.0.0 stands for all.

    A long range is one entry, whose ports are written as Compose writes a range.
    """
    found = []
    ways = list(ways_of(topology, container, allocation))
    for port in container.ports:
        published = allocation.ports[port_request(container.name, port)]
        for family, network in ways:
            everywhere = "0.0.0.0" if family == 4 else "::"
            for host_ip in host_addresses(port, network, family):
                listens = as_text(host_ip) if host_ip is not None else everywhere
                found.append(((listens, port.protocol), published, port.container_port))
    if len(found) <= MANY_PORTS:
        return [_port(*key, published, target) for key, published, target in found]
    told = []
    for each in ranges(found):
        if each.count > MANY_PORTS:
            told.append(_port(*each.key, each.host_ports, each.container_ports))
        else:
            told.extend(_port(*each.key, each.published + n, each.container_port + n) for n in range(each.count))
    return told


def _port(host_ip: str, protocol: str, published: Union[int, str], target: Union[int, str]) -> Dict[str, Any]:
    return {"host_ip": host_ip, "published": published, "target": target, "protocol": protocol}
