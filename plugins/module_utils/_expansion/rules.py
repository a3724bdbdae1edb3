# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A topology → its packet rules, as data."""

from __future__ import annotations

from typing import Dict, Iterable, Iterator, List, Optional, Tuple

from .._declaration.topology import Container, Network, Topology, families
from .._declaration.ways import as_text, host_addresses, ways_in
from .._ipam.requests import Allocation
from .._resources.ruleset.model import Endpoint, LinkRule, NetworkPolicy, Publication, Ruleset
from .addressing import has_gateway
from .drivers.driver import Elsewhere
from .drivers.registry import driver_of
from .lease_requests import port_request


def expand_rules(topology: Topology, allocation: Allocation) -> Optional[Ruleset]:
    """None when there is no network that has rules: then there is nothing to rule."""
    policies = tuple(_policies(topology, allocation))
    if not policies:
        return None
    return Ruleset(
        topology=topology.name,
        networks=policies,
        endpoints=tuple(_endpoints(topology, allocation)),
        publications=tuple(_publications(topology, allocation)),
        links=tuple(_links(topology, allocation)),
        underlays=tuple(each for one in topology.networks.values() for each in driver_of(one).underlays(one)),
    )


def _policies(topology: Topology, allocation: Allocation) -> Iterator[NetworkPolicy]:
    for network in topology.networks.values():
        yield from driver_of(network).policies(network, allocation)


def _endpoints(topology: Topology, allocation: Allocation) -> Iterator[Endpoint]:
    for container in topology.containers.values():
        for attachment in container.attachments:
            network = topology.networks[attachment.network]
            leased = _addresses(container, network, allocation)
            yield from driver_of(network).endpoints(topology, container, attachment, leased)
    for network in topology.networks.values():
        yield from driver_of(network).guests(network)


def _addresses(container: Container, network: Network, allocation: Allocation) -> Dict[int, str]:
    return {family: allocation.addresses[(network.name, container.name, family)] for family in families(network)}


def _publications(topology: Topology, allocation: Allocation) -> Iterator[Publication]:
    """A container's ports belong to the network that gives its default gateway, each family apart."""
    for container in topology.containers.values():
        if not container.ports:
            continue
        ways = [
            (family, network, allocation.addresses[(network.name, container.name, family)])
            for family, network in ways_of(topology, container, allocation)
        ]
        for port in container.ports:
            published = allocation.ports[port_request(container.name, port)]
            for family, network, address in ways:
                for host_ip in host_addresses(port, network, family):
                    yield Publication(
                        family=family,
                        protocol=port.protocol,
                        published=published,
                        container_address=address,
                        container_port=port.container_port,
                        bridge=network.bridge,
                        host_ip=as_text(host_ip) if host_ip is not None else None,
                    )


def ways_of(topology: Topology, container: Container, allocation: Allocation) -> Iterator[Tuple[int, Network]]:
    """(family, network) by which its published ports come in."""
    gateways = has_gateway(allocation)
    return ways_in(container.attachments, topology.networks, lambda network: driver_of(network).publishes, gateways)


def _links(topology: Topology, allocation: Allocation) -> Iterator[LinkRule]:
    """What a linked container exposes or publishes, over every network with rules that both are on."""
    yield from _links_across(topology, allocation)
    for container in topology.containers.values():
        for link in container.links:
            if link.container not in topology.containers:
                continue
            target = topology.containers[link.container]
            open_ports = dict.fromkeys(
                [*target.expose, *((port.container_port, port.protocol) for port in target.ports)]
            )
            for network in _shared(topology, container, target):
                theirs, ours = (_addresses(each, network, allocation) for each in (target, container))
                for family in families(network):
                    for number, protocol in open_ports:
                        yield LinkRule(network.bridge, ours[family], theirs[family], protocol, number)


def _links_across(topology: Topology, allocation: Allocation) -> Iterator[LinkRule]:
    """The same where one of the two is on another host: each of the hosts has both directions in its rules."""
    others = {name: tuple(driver_of(each).elsewhere(each)) for name, each in topology.networks.items()}
    if not any(others.values()):
        return
    elsewhere = {name: _Elsewhere(each) for name, each in others.items()}
    for container in topology.containers.values():
        wanted = {link.container for link in container.links if link.container not in topology.containers}
        ports = dict.fromkeys([*container.expose, *((port.container_port, port.protocol) for port in container.ports)])
        for attachment in container.attachments:
            network = topology.networks[attachment.network]
            own = _addresses(container, network, allocation)
            for other in elsewhere[network.name].linked(container.name, wanted):
                calls = other.container.open_ports if other.name in wanted else ()
                called = ports if container.name in other.container.links else ()
                for family in own:
                    for theirs in other.addresses(family):
                        for number, protocol in calls:
                            yield LinkRule(network.bridge, own[family], theirs, protocol, number)
                        for number, protocol in called:
                            yield LinkRule(network.bridge, theirs, own[family], protocol, number)


class _Elsewhere:
    """The containers of other hosts on a network, who may be very many, and few of them linked to one of ours."""

    def __init__(self, others: Iterable[Elsewhere]) -> None:
        self._others = tuple(others)
        self._named: Dict[str, List[int]] = {}
        self._calling: Dict[str, List[int]] = {}
        for place, other in enumerate(self._others):
            self._named.setdefault(other.name, []).append(place)
            for called in other.container.links:
                self._calling.setdefault(called, []).append(place)

    def linked(self, container: str, wanted: Iterable[str]) -> Iterator[Elsewhere]:
        """Those whom it calls (``wanted``), and those who call it, in the order in which they were told."""
        called = (place for name in wanted for place in self._named.get(name, ()))
        places = {*called, *self._calling.get(container, ())}
        return (self._others[place] for place in sorted(places))


def _shared(topology: Topology, one: Container, other: Container) -> List[Network]:
    theirs = {attachment.network for attachment in other.attachments}
    shared = [topology.networks[each.network] for each in one.attachments if each.network in theirs]
    return [network for network in shared if driver_of(network).publishes]
