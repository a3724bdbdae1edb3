# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network that stands on the host's LAN: what ``driver: macvlan`` and ``driver: ipvlan`` share.

Each container has a link of its own on the ``parent``, an interface of the host; there is no bridge, no translation and
no packet rule. The other machines of the LAN see the containers as machines. The host itself reaches them only with
``host_access``, by a link of its own beside theirs, for the kernel keeps a parent and what stands on it apart.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_interface, ip_network
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Tuple, Type

from ..._declaration.driver import NetworkWords
from ..._declaration.names_rules import interface_name
from ..._declaration.topology import Attachment, Container, Network, Pool, Topology, families
from ..._declaration.words import Problems, one_of
from ..._ipam.requests import Allocation, SubnetRequest
from ..._kernel import names, rare
from ..._kernel.data import dataclass
from ..._kernel.errors import Problem
from ..._kernel.macs import mac_of
from ..._kernel.rtnl.read import RT_TABLE_MAIN, Link
from ..._kernel.visits import NamespaceState
from ..._resources.link import comparable_addresses
from ..._resources.links.child import Child
from ..addressing import HostDefaults
from ..seen import RecognisedNetworks, RecognisedPlaces, Seen, network_of
from .driver import Driver, Place, Surroundings, beside_others
from .lan_checks import check_lan


@dataclass(frozen=True)
class LanOptions:
    parent: str
    mode: str
    host_access: bool = False


class LanDriver(Driver):
    """``kind``: of its links. ``mode_word``: how their mode is called, of which the first is usual."""

    kind: Type[Child]
    modes: Tuple[str, ...] = ()
    #: Modes in which a container has the parent's MAC.
    without_mac: Tuple[str, ...] = ()
    #: The only mode in which the host's own link and a container's talk; empty: any.
    host_access_mode = ""
    #: Modes in which the containers are behind a router, the host's kernel: no gateway is needed, nor ARP.
    routed_modes: Tuple[str, ...] = ()
    on_lan = True
    unlimited = "a container on it has no end on the host, where a limit could be"
    refusal = (
        "its containers are on the host's LAN themselves, without a bridge, a translation or a packet rule of ours"
    )

    @property
    def mode_word(self) -> str:
        return self.name + "_mode"

    @property
    def words(self) -> Tuple[str, ...]:  # type: ignore[override]
        return ("parent", self.mode_word, "host_access")

    @property
    def spellings(self) -> Dict[str, Tuple[str, str]]:  # type: ignore[override]
        return {"parent": ("parent", ""), self.mode_word: (self.mode_word, "")}

    def parse(self, network: Network, words: NetworkWords, problems: Problems) -> Network:
        if words.get("parent") is None:
            problems.note(words.path, "name its parent: the interface of this host that is on the LAN")
            parent: Optional[str] = ""
        else:
            parent = interface_name(words.get("parent"), words.at("parent"), problems)
        mode = one_of(words.get(self.mode_word), self.modes, self.modes[0], words.at(self.mode_word), problems)
        return replace(network, options=LanOptions(parent or "", mode, words.truth("host_access", False, problems)))

    def check(
        self,
        own: Mapping[str, Network],
        networks: Mapping[str, Network],
        containers: Mapping[str, Container],
        problems: Problems,
    ) -> None:
        for network in own.values():
            check_lan(self, network, networks, containers, problems)

    def ask(self, network: Network, pool: Pool, request: SubnetRequest) -> SubnetRequest:
        options = network.options
        return request._replace(
            needs_gateway=False,
            external=True,
            bridge=options.parent,
            host_address=options.host_access,
            direct=options.mode in self.routed_modes,
        )

    def stands_on_others(self, network: Network) -> bool:
        return True

    def adopt(
        self, network: Network, request: SubnetRequest, host: Surroundings, problems: List[Problem]
    ) -> SubnetRequest:
        path = "topology_networks." + network.name
        if not host.supports(self.kind.kind):
            text = "this host's kernel has no {0}; load or install the module {0}, or use another driver"
            problems.append(Problem(path + ".driver", text.format(self.kind.kind)))
        parent = host.links.get(network.options.parent)
        if parent is None:
            text = '"{0}": there is no such interface on this host'
            problems.append(Problem(path + ".parent", text.format(network.options.parent)))
            return request
        problems.extend(_unfit(network, parent, host, path))
        if request.subnet is None:
            cidrs = [ip_interface(cidr) for cidr in comparable_addresses(host.addresses().get(parent.index, ()))]
            own = [each for each in cidrs if each.version == request.family and not each.is_link_local]
            request = _of_parent(request, parent, own, host, problems)
        request = beside_others(request, host, [parent.ifname])
        return request._replace(set_aside=(*request.set_aside, *_ends(request)))

    def mtu(self, network: Network, host: HostDefaults) -> int:
        parent = host.links.get(network.options.parent)
        return network.mtu or (parent.mtu if parent is not None else host.mtu)

    def mac(self, network: Network, attachment: Attachment, ipv4: Optional[str], ipv6: Optional[str]) -> Optional[str]:
        return None if network.options.mode in self.without_mac else super().mac(network, attachment, ipv4, ipv6)

    def network_links(
        self, topology: Topology, network: Network, allocation: Allocation, host: HostDefaults
    ) -> Iterator[Child]:
        if not network.options.host_access:
            return
        ifname, mark = names.lan_ifname(topology.name, network.name), names.alias(topology.name, _mark(network))
        addresses = {family: self.host_address(network, family, allocation) for family in families(network)}
        pools = {pool.family: pool for pool in network.pools}
        has_mac = network.options.mode not in self.without_mac
        yield self.kind(  # type: ignore[call-arg]
            netns=None,
            ifname=ifname,
            alias=mark,
            network=mark,
            parent=network.options.parent,
            mode=network.options.mode,
            mac=mac_of(addresses.get(4), addresses.get(6)) if has_mac else None,
            mtu=self.mtu(network, host),
            # With the prefix of the range, so that the kernel's own route to it leads over this link.
            addresses=tuple(
                "{0}/{1}".format(address, pools[family].ip_range.prefixlen)  # type: ignore[union-attr]
                for family, address in addresses.items()
            ),
            sysctls=tuple(_settings(ifname, network)),
        )

    def place_links(self, place: Place) -> Iterator[Child]:
        yield self.kind(  # type: ignore[call-arg]
            netns=place.container.name,
            ifname=place.attachment.ifname,
            alias=place.alias,
            network=names.alias(place.topology.name, _mark(place.network)),
            parent=place.network.options.parent,
            mode=place.network.options.mode,
            owner=place.owner,
            mac=place.mac,
            mtu=place.mtu,
            addresses=place.addresses,
            routes=place.routes,
            sysctls=place.sysctls,
        )

    def host_address(self, network: Network, family: int, allocation: Allocation) -> Optional[str]:
        return allocation.subnets[(network.name, family)].host_address

    def describe(self, network: Network) -> Dict[str, Any]:
        return {"parent": network.options.parent, self.mode_word: network.options.mode}

    def recognise_networks(self, seen: Seen) -> RecognisedNetworks:
        found: Dict[str, Dict[str, Any]] = {}
        for _netns, link, name in self._links(seen):
            if name not in found:
                found[name] = self._network(seen, name, link)
        return iter(found.items())

    def recognise_places(self, seen: Seen, container: str) -> RecognisedPlaces:
        for netns, link, name in self._links(seen):
            if netns == container:
                yield link, name

    def _links(self, seen: Seen) -> Iterator[Tuple[Optional[str], Link, str]]:
        """(namespace, link, network) of those inside, and then of the host's own."""
        own = seen.observed.own_inode
        places: List[Tuple[Optional[str], Iterable[Link]]] = [
            (name, state.links.values())
            for name, state in sorted(seen.observed.namespaces.items())
            if seen.observed.handles.get(name) != own
        ]
        for netns, links in [*places, (None, seen.observed.links.values())]:
            for link in links:
                name = network_of(seen, link, netns)
                if link.kind == self.kind.kind and name is not None and seen.observed.by_index.get(link.peer):
                    yield netns, link, name

    def has_mac(self, link: Link) -> bool:
        return self._mode(link) not in self.without_mac

    def _mode(self, link: Link) -> str:
        value = rare.options(link.kind, link.info).get(self.kind.option)
        return next((word for word, each in self.kind.modes.items() if each == value), self.modes[0])

    def _network(self, seen: Seen, name: str, link: Link) -> Dict[str, Any]:
        words: Dict[str, Any] = {"driver": self.name, "parent": seen.observed.by_index[link.peer].ifname}
        words[self.mode_word], words["mtu"] = self._mode(link), link.mtu
        pools: Dict[int, Dict[str, str]] = {}
        for netns, each, network in self._links(seen):
            if network == name and netns is not None:
                _add_pools(pools, each, seen.observed.namespaces[netns])
        host = [each for netns, each, network in self._links(seen) if network == name and netns is None]
        for cidr in comparable_addresses(seen.observed.addresses.get(host[0].index, ())) if host else ():
            interface = ip_interface(cidr)
            subnet = _subnet_around(seen, seen.observed.by_index[link.peer], interface)
            pools.setdefault(interface.version, {"subnet": subnet})["ip_range"] = str(interface.network)
        words["host_access"] = bool(host)
        words["ipam"] = {"config": list(pools.values())}
        words["enable_ipv4"], words["enable_ipv6"] = 4 in pools, 6 in pools
        return words


def _mark(network: Network) -> str:
    return "network " + network.name


def _settings(ifname: str, network: Network) -> Iterator[Tuple[str, str]]:
    """Of the host's own link: the routers of the LAN already tell the parent what they have to say."""
    ipv6 = "net/ipv6/conf/{0}/".format(ifname)
    if 6 in families(network):
        yield ipv6 + "disable_ipv6", "0"
        yield ipv6 + "accept_ra", "0"
    else:
        yield ipv6 + "disable_ipv6", "1"


def _unfit(network: Network, parent: Link, host: Surroundings, path: str) -> Iterator[Problem]:
    master = next((link.ifname for link in host.links.values() if parent.master and link.index == parent.master), None)
    if parent.ifname == "lo":
        yield Problem(path + ".parent", '"lo": there is no LAN behind it')
    if master is not None:
        text = '"{0}": it is a port of {1}, which takes all that comes in; name {1}'
        yield Problem(path + ".parent", text.format(parent.ifname, master))
    if network.mtu is not None and network.mtu > parent.mtu:
        text = "{0}: more than that of {1}, which is {2}"
        yield Problem(path + ".mtu", text.format(network.mtu, parent.ifname, parent.mtu))


def _of_parent(
    request: SubnetRequest, parent: Link, own: List[Any], host: Surroundings, problems: List[Problem]
) -> SubnetRequest:
    """The subnet of the LAN that the range is in, and the gateway that the host itself has there."""
    span = ip_network(request.ip_range) if request.ip_range is not None else None
    for interface in own:
        if span is not None and span.subnet_of(interface.network):
            gateway = _gateway(parent, interface.network, host)
            return request._replace(subnet=str(interface.network), gateway=gateway)
    text = "{0} has no IPv{1} subnet that holds the ip_range {2}; write the subnet of the LAN beside it"
    problems.append(Problem(request.path, text.format(parent.ifname, request.family, request.ip_range)))
    return request


def _gateway(parent: Link, net: Any, host: Surroundings) -> Optional[str]:
    found = [
        route
        for route in host.routes
        if route.destination.endswith("/0") and route.oif == parent.index and route.table == RT_TABLE_MAIN
    ]
    near = [route for route in found if route.gateway and ip_address(route.gateway) in net]
    best = min(near, key=lambda route: route.metric, default=None)
    return best.gateway if best is not None else None


def _ends(request: SubnetRequest) -> Iterator[str]:
    """Of a range, what a link in it takes for a broadcast (the first and last of IPv4) or for every router's address
    (the first of IPv6, RFC 4291, 2.6.1). Nobody gets them, whether the host has a link of its own there or not."""
    span = ip_network(request.ip_range) if request.ip_range is not None else None
    if span is None or span.num_addresses < 4:
        return
    yield str(span.network_address)
    if span.version == 4:
        yield str(span.broadcast_address)


def _subnet_around(seen: Seen, parent: Link, own: Any) -> str:
    """The subnet of the parent's that the host's own link is in, where no container says which it is."""
    nets = [ip_interface(cidr).network for cidr in comparable_addresses(seen.observed.addresses.get(parent.index, ()))]
    around = [net for net in nets if net.version == own.version and own.network.subnet_of(net)]
    return str(around[0] if around else own.network)


def _add_pools(pools: Dict[int, Dict[str, str]], link: Link, state: NamespaceState) -> None:
    """The subnets that a container's link has addresses in, and its gateways."""
    for cidr in comparable_addresses(state.addresses.get(link.index, ())):
        interface = ip_interface(cidr)
        if not interface.is_link_local:
            pools.setdefault(interface.version, {"subnet": str(interface.network)})
    for route in state.routes:
        if route.oif == link.index and route.destination.endswith("/0") and route.gateway:
            pool = pools.get(ip_address(route.gateway).version)
            if pool is not None and ip_address(route.gateway) in ip_network(pool["subnet"]):
                pool.setdefault("gateway", route.gateway)
