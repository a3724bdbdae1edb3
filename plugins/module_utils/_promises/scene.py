# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A declared topology, asked what all promises ask: who is where, what leads where, what is closed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Dict, Iterator, List, Mapping, Optional, Tuple, Union

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
from .._expansion.addressing import default_attachment, holding
from .._expansion.drivers.registry import driver_of
from .._ipam.requests import Allocation
from .._kernel.data import NamedTuple
from .model import CONTAINER, HOST, OUTSIDE, Answer, HostView, Party
from .others import NOBODY, Others

HOST_ITSELF, ON_THE_WIRE = Party(HOST), Party(OUTSIDE)


@dataclass(frozen=True)
class Way:
    """By which of its networks a container sends to an address. ``own``: a route that the declaration adds decides."""

    place: Optional[Attachment] = None  # None: it has no way
    direct: bool = False  # the address is on that network
    own: bool = False


class Led(NamedTuple):
    """``direct``: the address is on that network."""

    network: Network
    direct: bool


class NotLed(NamedTuple):
    """What a promise is about, and its answer, where no network decides."""

    about: str
    answer: Answer


@dataclass(frozen=True)
class Scene:
    topology: Topology
    allocation: Allocation
    host: HostView
    parties: Mapping[str, Party]  # by the container whose namespace it is
    others: Others = NOBODY

    # --- who

    def containers(self) -> Iterator[Container]:
        """Those with a namespace of their own."""
        for container in self.topology.containers.values():
            if container.mode not in ("host", "container"):
                yield container

    def party(self, container: Container) -> Party:
        return self.parties[container.name]

    def places(self, container: Container) -> Iterator[Tuple[Network, int, str]]:
        """(network, family, address) of each address that a container is given."""
        for attachment in container.attachments:
            network = self.topology.networks[attachment.network]
            for family in families(network):
                yield network, family, self.address(container, network, family)

    def address(self, container: Container, network: Network, family: int) -> str:
        return self.allocation.addresses[(network.name, container.name, family)]

    # --- networks

    def network_of(self, attachment: Attachment) -> Network:
        return self.topology.networks[attachment.network]

    def has_rules(self, network: Network) -> bool:
        """Whether it is a bridge of the host's, where our packet rules decide."""
        return driver_of(network).publishes

    def gateway(self, network: Network, family: int) -> Optional[str]:
        """The host's own address on a network; None: it has none there, or the bridge is somebody else's."""
        lease = self.allocation.subnets.get((network.name, family))
        if lease is None or network.external or not self.has_rules(network):
            return None
        return lease.gateway

    def leaves_masked(self, network: Network, family: int) -> bool:
        nat = gateway_mode(network, family) in ("nat", "nat-unprotected")
        return network.masquerade and nat and not network.internal

    # --- ways

    def way(self, container: Container, address: str) -> Way:
        """By which of its networks a container sends to an address, as ip-route(8) would choose."""
        target = ip_address(address)
        near = [each for each in container.attachments if self._holds(each, address)]
        declared = [route for route in self._routes(container) if target in route.destination]
        if any(route.destination.prefixlen for route in declared):
            return Way(own=True)
        if near:
            return Way(near[0], direct=True)
        over = [each for each in container.attachments if self._leads_over(each, address)]
        if over:
            return Way(over[0])
        if any(not metric_of(route) for route in declared):
            return Way(own=True)
        return Way(default_attachment(container, self.topology, self.allocation, target.version))

    def led(self, container: Container, address: str, whither: str) -> "Union[Led, NotLed]":
        """By which network a container sends to an address, or why by none. ``whither``: ``out``, ``to front``."""
        way = self.way(container, address)
        if way.own:
            return NotLed("routes", Answer(None, own_route(container)))
        if way.place is None:
            return NotLed("no way", Answer(False, "no network of {0} leads {1}".format(container.name, whither)))
        return Led(self.network_of(way.place), way.direct)

    def leads_out_by_itself(self, container: Container, family: int) -> bool:
        """Whether a declared route, and none of its networks, leads a container to whom nothing else leads."""
        defaults = [route for route in self._routes(container) if not route.destination.prefixlen]
        return any(route.destination.version == family and not metric_of(route) for route in defaults)

    def _holds(self, attachment: Attachment, address: str) -> bool:
        network, family = self.network_of(attachment), ip_address(address).version
        if (network.name, family) not in self.allocation.subnets:
            return False
        return holding(driver_of(network).on_link(network, family, self.allocation), address) is not None

    def _leads_over(self, attachment: Attachment, address: str) -> bool:
        """The rest of a network that is on other hosts too."""
        network, family = self.network_of(attachment), ip_address(address).version
        if (network.name, family) not in self.allocation.subnets:
            return False
        driver = driver_of(network)
        routes = [
            route for own in driver.on_link(network, family, self.allocation) for route in driver.routes(network, own)
        ]
        return any(ip_address(address) in ip_network(route.destination) for route in routes)

    def _routes(self, container: Container) -> Iterator[Route]:
        for attachment in container.attachments:
            yield from self.network_of(attachment).routes
        yield from container.routes


def own_route(container: Container) -> str:
    return "a route that is declared for {0} leads there".format(container.name)


def scene_of(topology: Topology, allocation: Allocation, host: HostView, others: Others = NOBODY) -> Scene:
    inside: Dict[str, List[str]] = {}
    for name in topology.containers:
        inside.setdefault(namespace_owner(topology, name), []).append(name)
    parties = {
        owner: Party(CONTAINER, owner, (owner, *(name for name in names if name != owner)))
        for owner, names in inside.items()
    }
    return Scene(topology, allocation, host, parties, others)


def why_closed(network: Network, family: int) -> Optional[str]:
    """Why nothing leads in or out of a network; None: it is not closed."""
    if network.internal:
        return "{0} is internal".format(network.name)
    if gateway_mode(network, family) == "isolated":
        return "the gateway mode of {0} is isolated".format(network.name)
    return None
