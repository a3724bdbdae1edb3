# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a network driver says about itself. Each driver is a file beside this one; ``registry.py`` lists them.

A driver turns a network and its containers' places on it into resources. All that a network has whatever its driver
(subnets, addresses, routes inside, names) is worked out before it is asked.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, Iterator, List, Mapping, Optional, Tuple

from ..._declaration.driver import DriverWords
from ..._declaration.topology import Attachment, Container, Network, Pool, Topology
from ..._ipam.requests import Allocation, SubnetLease, SubnetRequest
from ..._kernel.carrier import Carrier
from ..._kernel.data import NamedTuple, dataclass
from ..._kernel.errors import Problem
from ..._kernel.macs import mac_of
from ..._kernel.rtnl.read import Link, RouteEntry
from ..._kernel.rtnl.rules import Rule
from ..._resources import ownership
from ..._resources.adopted import AdoptedBridge
from ..._resources.links.kind import DeclaredLink
from ..._resources.routes import StaticRoute
from ..._resources.ruleset.model import Endpoint, NetworkPolicy, Underlay
from ..addressing import HostDefaults, holding
from ..seen import RecognisedNetworks, RecognisedPlaces, Seen

if TYPE_CHECKING:
    from ..._fleet.exchange import FleetContainer


@dataclass(frozen=True)
class Surroundings:
    """What of a host a driver may look at before anything is leased."""

    links: Mapping[str, Link]
    routes: Tuple[RouteEntry, ...]
    #: Interface index -> CIDRs. Read when first asked for.
    addresses: Callable[[], Mapping[int, List[str]]]
    #: Whether the kernel can make links of a kind.
    supports: Callable[[str], bool]
    nameservers: Tuple[str, ...] = ()
    #: The policy rules. Read when first asked for.
    rules: Callable[[], List[Rule]] = list


class Elsewhere(NamedTuple):
    """A container of another host that is on a network of this one."""

    host: str
    name: str
    container: FleetContainer

    @property
    def names(self) -> Tuple[str, ...]:
        return (self.name, *self.container.names)

    def addresses(self, family: int) -> Tuple[str, ...]:
        from ..._fleet.exchange import family_of  # only where there are other hosts

        return tuple(text for text in self.container.addresses if family_of(text) == family)


class Place(NamedTuple):
    """A container's interface on a network, with all that is the same whatever the driver."""

    topology: Topology
    container: Container
    attachment: Attachment
    network: Network
    alias: str
    owner: str  # web:eth0
    mac: Optional[str]
    mtu: int
    addresses: Tuple[str, ...]  # CIDRs
    routes: Tuple[StaticRoute, ...]
    sysctls: Tuple[Tuple[str, str], ...]  # keys with slashes
    host: HostDefaults = HostDefaults()


def beside_others(request: SubnetRequest, host: Surroundings, wires: Iterable[str]) -> SubnetRequest:
    """A subnet in which others are too: what of it the host has, what its LAN is known to have, and where to ask."""
    # What our own links have is leased, and what a run that was interrupted had made is to go.
    others = [link.index for link in host.links.values() if not ownership.is_marked(link)]
    own = [cidr.split("/")[0] for index in others for cidr in host.addresses().get(index, ())]
    known = [*(route.gateway for route in host.routes if route.gateway), *host.nameservers]
    return request._replace(
        set_aside=_inside(request, own),
        avoided=_inside(request, known),
        wires=tuple(sorted(wires)),
    )


def _inside(request: SubnetRequest, addresses: Iterable[str]) -> Tuple[str, ...]:
    if request.subnet is None:
        return ()
    subnet = ipaddress.ip_network(request.subnet)
    found = {each for each in addresses if "%" not in each and ipaddress.ip_address(each) in subnet}
    return tuple(sorted(found))


class Driver(DriverWords):
    """A driver, with the answers of one that makes nothing on the host and has no packet rules."""

    def ask(self, network: Network, pool: Pool, request: SubnetRequest) -> SubnetRequest:
        """What is asked of the lease store for a subnet; ``request`` says what every network asks."""
        return request

    def adopt(
        self, network: Network, request: SubnetRequest, host: Surroundings, problems: List[Problem]
    ) -> SubnetRequest:
        """The same, once the host is known: what is there already, and what is missing for this network."""
        return request

    def stands_on_others(self, network: Network) -> bool:
        """Whether it needs a link that somebody else makes at boot."""
        return False

    def forwards(self, network: Network, family: int) -> bool:
        """Whether the host has to forward for it."""
        return False

    def mtu(self, network: Network, host: HostDefaults) -> int:
        return network.mtu or host.mtu

    def mac(self, network: Network, attachment: Attachment, ipv4: Optional[str], ipv6: Optional[str]) -> Optional[str]:
        """Of a container's interface; None: it is not ours to choose."""
        return attachment.mac_address or mac_of(ipv4, ipv6)

    def on_link(self, network: Network, family: int, allocation: Allocation) -> Tuple[SubnetLease, ...]:
        """The subnets that containers on the network have addresses in on this host, each with the host's own address
        there. Whoever has one in any of them is a neighbour of all the others."""
        return (allocation.subnets[(network.name, family)],)

    def subnet_of(self, network: Network, family: int, allocation: Allocation, address: str) -> SubnetLease:
        """The one of them that an address of a container is in."""
        leases = self.on_link(network, family, allocation)
        found = holding(leases, address) if len(leases) > 1 else None
        return found or leases[0]

    def routes(self, network: Network, own: SubnetLease) -> Iterator[StaticRoute]:
        """Those that a container with an address in ``own`` has by the network, besides the declared ones and the
        default route."""
        return iter(())

    def network_links(
        self, topology: Topology, network: Network, allocation: Allocation, host: HostDefaults
    ) -> Iterator[DeclaredLink]:
        """The links that a network has on the host, whoever is on it."""
        return iter(())

    def adopted(self, topology: Topology, network: Network, host: HostDefaults) -> Iterator[AdoptedBridge]:
        """The bridges of others that the network's containers are on."""
        return iter(())

    def place_links(self, place: Place) -> Iterator[DeclaredLink]:
        """The links by which a container is on a network."""
        raise NotImplementedError

    def policies(self, network: Network, allocation: Allocation) -> Iterator[NetworkPolicy]:
        """The packet rules of a network, in each family."""
        return iter(())

    def underlays(self, network: Network) -> Iterator[Underlay]:
        """Who may send the host packets of the network from elsewhere, and how they are known."""
        return iter(())

    def guests(self, network: Network) -> Iterator[Endpoint]:
        """Whom the packet rules know containers of other hosts as, whose frames come in by a port of the bridge."""
        return iter(())

    def elsewhere(self, network: Network) -> Iterator[Elsewhere]:
        """The containers of other hosts."""
        return iter(())

    def carriers(self, network: Network, host: str) -> Tuple[Carrier, ...]:
        """What packets of the network are carried in between this host and another, the innermost first."""
        return ()

    def endpoints(
        self, topology: Topology, container: Container, attachment: Attachment, addresses: Mapping[int, str]
    ) -> Iterator[Endpoint]:
        """Whom the packet rules know a container's interface as."""
        return iter(())

    def host_address(self, network: Network, family: int, allocation: Allocation) -> Optional[str]:
        """The host's address as containers on the network reach it."""
        return None

    def describe(self, network: Network) -> Dict[str, Any]:
        """What a result says of the network besides its subnets."""
        return {}

    def host_interface(self, topology: Topology, container: Container, attachment: Attachment) -> Optional[str]:
        """The name of the interface's end on the host."""
        return None

    def recognise_networks(self, seen: Seen) -> RecognisedNetworks:
        """(name, words) of each network of this driver that the kernel has."""
        return iter(())

    def recognise_bandwidth(self, seen: Seen, inner: Link) -> Dict[str, Any]:
        """The words of the limits of a recognised interface; none where there are none."""
        return {}

    def has_mac(self, link: Link) -> bool:
        """Whether a recognised link has a MAC of its own, which a declaration can say."""
        return True

    def recognise_places(self, seen: Seen, container: str) -> RecognisedPlaces:
        """(the link inside, the network's name) of each interface by which a container is on one."""
        return iter(())
