# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a topology asks of the lease store: a subnet a network and family, an address a place, a host port a port."""

from __future__ import annotations

from typing import Iterator

from .._declaration.topology import Network, PublishedPort, Topology
from .._declaration.ways import as_text
from .._ipam.requests import AddressRequest, LeaseRequests, PortRequest, SubnetRequest
from .drivers.registry import driver_of
from .encrypted import tunnel_ports


def lease_requests(topology: Topology) -> LeaseRequests:
    return LeaseRequests(
        topology=topology.name,
        subnets=tuple(request for network in topology.networks.values() for request in _subnets(network)),
        addresses=tuple(_addresses(topology)),
        ports=(*_ports(topology), *tunnel_ports(topology)),
        default_address_pools=tuple((str(pool.base), pool.size) for pool in topology.default_address_pools),
        port_range=topology.port_range,
    )


def _subnets(network: Network) -> Iterator[SubnetRequest]:
    for pool in network.pools:
        request = SubnetRequest(
            network=network.name,
            family=pool.family,
            subnet=str(pool.subnet) if pool.subnet is not None else None,
            ip_range=str(pool.ip_range) if pool.ip_range is not None else None,
            gateway=str(pool.gateway) if pool.gateway is not None else None,
            reserved=tuple((name, str(address)) for name, address in pool.aux_addresses),
            path=pool.path,
        )
        yield driver_of(network).ask(network, pool, request)


def _addresses(topology: Topology) -> Iterator[AddressRequest]:
    families = {network.name: tuple(pool.family for pool in network.pools) for network in topology.networks.values()}
    for container in topology.containers.values():
        for place in container.attachments:
            for family in families[place.network]:
                given = place.ipv4_address if family == 4 else place.ipv6_address
                yield AddressRequest(
                    network=place.network,
                    container=container.name,
                    interface=place.ifname,
                    family=family,
                    address=str(given) if given is not None else None,
                    path="{0}.ipv{1}_address".format(place.path, family) if given is not None else place.path,
                )


def _ports(topology: Topology) -> Iterator[PortRequest]:
    for container in topology.containers.values():
        for port in container.ports:
            yield port_request(container.name, port)


def port_request(container: str, port: PublishedPort) -> PortRequest:
    """What is asked for a port; the key of its answer in ``Allocation.ports``."""
    return PortRequest(
        container=container,
        container_port=port.container_port,
        protocol=port.protocol,
        published=port.published,
        host_ip=as_text(port.host_ip) if port.host_ip is not None else None,
        path=port.path,
        choices=port.choices,
    )
