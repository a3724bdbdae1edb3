# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``driver: bridge``: a Linux bridge on the host for each network, a veth pair for each container on it."""

from __future__ import annotations

import ipaddress
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from ..._declaration.bridge_words import BRIDGE_SPELLINGS, BRIDGE_WORDS, default_bridge, parse_bridge
from ..._declaration.driver import NetworkWords
from ..._declaration.topology import Attachment, Bandwidth, Container, Network, Pool, Topology, families, gateway_mode
from ..._declaration.ways import host_addresses
from ..._declaration.words import Problems, quote
from ..._ipam.requests import Allocation, SubnetRequest
from ..._kernel import names
from ..._kernel.errors import Problem
from ..._kernel.rtnl.read import Link
from ..._kernel.visits import NamespaceState
from ..._resources import ownership
from ..._resources.adopted import AdoptedBridge, port_mac, port_mtu
from ..._resources.link import comparable_addresses
from ..._resources.links.bridge import Bridge
from ..._resources.links.ifb import Ifb
from ..._resources.links.kind import DeclaredLink
from ..._resources.links.veth import Veth
from ..._resources.qdisc import Limit, limit, limit_of, redirected_to, shaping_of
from ..._resources.ruleset.model import Endpoint, NetworkPolicy
from ..addressing import HostDefaults, bridge_mac, cidr_in, default_attachment
from ..bandwidth import bandwidth_of
from ..seen import RecognisedNetworks, RecognisedPlaces, Seen, network_of
from .driver import Driver, Place, Surroundings, beside_others

#: What a Linux bridge takes (BR_MAX_PORTS is 1 << 10, and port 0 is nobody's).
BRIDGE_PORTS_MAX = 1023
_CONTAINERS = "topology_containers"
_NETWORKS = "topology_networks"


class BridgeDriver(Driver):
    name = "bridge"
    words = BRIDGE_WORDS
    spellings = BRIDGE_SPELLINGS
    refusal = "the network is a bridge on the host"
    publishes = True

    def parse(self, network: Network, words: NetworkWords, problems: Problems) -> Network:
        return parse_bridge(network, words, problems)

    def check(
        self,
        own: Mapping[str, Network],
        networks: Mapping[str, Network],
        containers: Mapping[str, Container],
        problems: Problems,
    ) -> None:
        _check_bridges(own, problems)
        _check_crowds(own, containers, problems)

    def ask(self, network: Network, pool: Pool, request: SubnetRequest) -> SubnetRequest:
        isolated = gateway_mode(network, pool.family) == "isolated"
        return request._replace(needs_gateway=not isolated, external=network.external, bridge=network.bridge)

    def adopt(
        self, network: Network, request: SubnetRequest, host: Surroundings, problems: List[Problem]
    ) -> SubnetRequest:
        return _adopt(request, host, problems) if network.external else request

    def stands_on_others(self, network: Network) -> bool:
        return network.external

    def forwards(self, network: Network, family: int) -> bool:
        return gateway_mode(network, family) != "isolated"

    def mtu(self, network: Network, host: HostDefaults) -> int:
        """An adopted bridge has its own, to which its containers keep."""
        link = host.links.get(network.bridge) if network.external else None
        return network.mtu or (link.mtu if link is not None else host.mtu)

    def adopted(self, topology: Topology, network: Network, host: HostDefaults) -> Iterator[AdoptedBridge]:
        link = host.links.get(network.bridge) if network.external else None
        if link is not None:
            yield AdoptedBridge(link.ifname, link.mac, link.mtu, bool(topology.members[network.name]))

    def network_links(
        self, topology: Topology, network: Network, allocation: Allocation, host: HostDefaults
    ) -> Iterator[DeclaredLink]:
        if network.external:
            return
        leases = (lease for family in families(network) for lease in self.on_link(network, family, allocation))
        yield Bridge(
            ifname=network.bridge,
            alias=names.alias(topology.name, "network " + network.name),
            addresses=tuple(cidr_in(lease, lease.gateway) for lease in leases if lease.gateway is not None),
            mtu=self.mtu(network, host),
            mac=bridge_mac(network, allocation),
            # Nobody asks for memberships here, so all would be sent to everybody anyhow; and its table can be filled.
            multicast_snooping=False,
            sysctls=tuple(self._sysctls(network, host, _is_called_on_loopback(topology, network, allocation))),
            as_made=True,
        )

    def _sysctls(self, network: Network, host: HostDefaults, on_loopback: bool) -> Iterator[Tuple[str, str]]:
        ipv4, ipv6 = ("net/ipv{0}/conf/{1}/".format(version, network.bridge) for version in (4, 6))
        if 4 in families(network):
            # Ports published on loopback arrive at a container from 127.0.0.1; the packet rules guard the rest.
            yield ipv4 + "route_localnet", "1" if on_loopback else "0"
            # A container on two networks may answer over the other one: loose, for strict would drop that.
            yield ipv4 + "rp_filter", "2"
            # The host would answer for every address that it has a route to: for neighbours', too.
            yield ipv4 + "proxy_arp", "0"
            yield ipv4 + "proxy_arp_pvlan", "0"
            if self.forwards(network, 4) and host.forwards_ipv4 and not network.internal:
                # A new interface has what net.ipv4.conf.default says, whatever the host does.
                yield ipv4 + "forwarding", "1"
        if 6 in families(network) and self.forwards(network, 6):
            yield ipv6 + "disable_ipv6", "0"
            yield ipv6 + "accept_ra", "0"
        else:
            yield ipv6 + "disable_ipv6", "1"

    def place_links(self, place: Place) -> Iterator[DeclaredLink]:
        name = str(self.host_interface(place.topology, place.container, place.attachment))
        bridge = place.host.links.get(place.network.bridge) if place.network.external else None
        limits, ifb = _limits(place), None
        if limits["egress"] is not None:
            ifb = names.ifb_ifname(place.topology.name, place.container.name, place.attachment.ifname)
            yield Ifb(ifb, names.alias(place.topology.name, "egress " + place.owner), place.owner, limits["egress"])
        yield Veth(
            name=name,
            netns=place.container.name,
            ifname=place.attachment.ifname,
            alias=place.alias,
            owner=place.owner,
            mac=place.mac,
            mtu=place.mtu,
            addresses=place.addresses,
            routes=place.routes,
            master=place.network.bridge,
            host_mac=port_mac(name) if place.network.external else None,
            host_mtu=port_mtu(bridge.mtu, place.mtu) if bridge is not None else None,
            isolated=_is_isolated(place),
            # With br_netfilter on, a container's call of its own published port goes back out of the port it came by.
            hairpin=bool(place.container.ports),
            # The packet rules do not see every frame that a bridge learns from.
            learning=not place.network.anti_spoofing,
            guard=place.network.anti_spoofing,
            as_made=True,
            sysctls=place.sysctls,
            ingress=limits["ingress"],
            ifb=ifb,
        )

    def policies(self, network: Network, allocation: Allocation) -> Iterator[NetworkPolicy]:
        on_link = [(family, each) for family in families(network) for each in self.on_link(network, family, allocation)]
        for family, lease in on_link:
            snat_to = network.snat_to_ipv4 if family == 4 else network.snat_to_ipv6
            yield NetworkPolicy(
                network=network.name,
                bridge=network.bridge,
                family=family,
                subnet=lease.subnet,
                gateway=lease.gateway,
                internal=network.internal,
                external=network.external,
                icc=network.icc,
                isolate=network.isolate,
                masquerade=network.masquerade,
                snat_to=str(snat_to) if snat_to else None,
                gateway_mode=gateway_mode(network, family),
                trusted_host_interfaces=network.trusted_host_interfaces,
                anti_spoofing=network.anti_spoofing,
                mac=None if network.external else bridge_mac(network, allocation),
            )

    def endpoints(
        self, topology: Topology, container: Container, attachment: Attachment, addresses: Mapping[int, str]
    ) -> Iterator[Endpoint]:
        yield Endpoint(
            container=container.name,
            bridge=topology.networks[attachment.network].bridge,
            host_ifname=str(self.host_interface(topology, container, attachment)),
            mac=str(self.mac(topology.networks[attachment.network], attachment, addresses.get(4), addresses.get(6))),
            addresses=(*addresses.values(), *(str(each) for each in attachment.link_local_ips)),
            ifname=attachment.ifname,
        )

    def host_address(self, network: Network, family: int, allocation: Allocation) -> Optional[str]:
        return allocation.subnets[(network.name, family)].gateway

    def describe(self, network: Network) -> Dict[str, Any]:
        return {"bridge": network.bridge}

    def host_interface(self, topology: Topology, container: Container, attachment: Attachment) -> Optional[str]:
        return names.veth_ifname(topology.name, container.name, attachment.ifname)

    def recognise_networks(self, seen: Seen) -> RecognisedNetworks:
        for link in seen.observed.links.values():
            name = network_of(seen, link)
            if link.kind == Bridge.kind and name is not None:
                yield name, _network(seen, link)

    def recognise_places(self, seen: Seen, container: str) -> RecognisedPlaces:
        state = seen.observed.namespaces.get(container, NamespaceState())
        for inner in state.links.values():
            outer = seen.observed.by_index.get(inner.peer)
            if inner.kind != Veth.kind or outer is None or seen.subject(outer) is None:
                continue
            master = seen.observed.by_index.get(outer.master)
            network = network_of(seen, master)
            if network is None and master is not None:  # a bridge of somebody else's carries no mark
                network = seen.places.get((container, inner.ifname))
            if network is not None:
                yield inner, network

    def recognise_bandwidth(self, seen: Seen, inner: Link) -> Dict[str, Any]:
        outer = seen.observed.by_index.get(inner.peer)
        ifb = seen.observed.links.get(redirected_to(outer, seen.observed) or "")
        return bandwidth_of(*(limit_of(shaping_of(link, seen.observed).ours) for link in (outer, ifb)))


def _limits(place: Place) -> Dict[str, Optional[Limit]]:
    """``ingress`` and ``egress`` of a container's interface."""
    declared = place.attachment.bandwidth or Bandwidth()
    rates = {"ingress": declared.ingress, "egress": declared.egress}
    return {way: limit(rate, declared.burst, place.mtu) if rate is not None else None for way, rate in rates.items()}


def _check_bridges(networks: Mapping[str, Network], problems: Problems) -> None:
    owners: Dict[str, str] = {}
    for network in networks.values():
        other = owners.setdefault(network.bridge, network.name)
        if other == network.name:
            continue
        # The one whose name was chosen, not made from the network's, is the one to change.
        chosen = other if network.bridge == default_bridge(network.name) else network.name
        problems.note(
            "{0}.{1}.bridge".format(_NETWORKS, chosen),
            "{0}: the bridge of the network {1} has this name too; choose another",
            quote(network.bridge),
            quote(network.name if chosen == other else other),
        )


def _check_crowds(networks: Mapping[str, Network], containers: Mapping[str, Container], problems: Problems) -> None:
    crowds: Dict[str, int] = {}
    for container in containers.values():
        for place in container.attachments:
            crowds[place.network] = crowds.get(place.network, 0) + 1
    for name, count in crowds.items():
        if count > BRIDGE_PORTS_MAX and name in networks:
            problems.note(
                "{0}.{1}".format(_NETWORKS, name),
                "{0} containers, and a Linux bridge takes {1}; put some of them on a second network",
                count,
                BRIDGE_PORTS_MAX,
            )


def _adopt(request: SubnetRequest, host: Surroundings, problems: List[Problem]) -> SubnetRequest:
    """An external network's subnet is that of the bridge which is there."""
    path = "topology_networks.{0}".format(request.network)
    link = host.links.get(request.bridge)
    if link is None or link.kind != Bridge.kind:
        text = 'external: there is no bridge "{0}" on this host; make it first, or leave external out'
        problems.append(Problem(path, text.format(request.bridge)))
        return request
    own = [
        ipaddress.ip_interface(cidr) for cidr in host.addresses().get(link.index, []) if not cidr.startswith("fe80:")
    ]
    for interface in own:
        if interface.version == request.family and request.subnet in (None, str(interface.network)):
            gateway = request.gateway or str(interface.ip)
            adopted = request._replace(subnet=str(interface.network), gateway=gateway)
            return beside_others(adopted, host, _ports_of_others(link, host))
    if request.subnet is None:
        text = "external: the bridge {0} has no IPv{1} address to take a subnet from; declare ipam.config"
        problems.append(Problem(path, text.format(request.bridge, request.family)))
    return beside_others(request, host, _ports_of_others(link, host))


def _ports_of_others(bridge: Link, host: Surroundings) -> List[str]:
    """Those behind which somebody may be of whom no lease tells."""
    ports = [link for link in host.links.values() if link.master == bridge.index]
    return [link.ifname for link in ports if not ownership.is_marked(link)]


def _is_called_on_loopback(topology: Topology, network: Network, allocation: Allocation) -> bool:
    """Whether a port of a container here is published at 127.0.0.1, where every address is meant too."""
    for container in topology.members[network.name]:
        place = default_attachment(container, topology, allocation, 4) if container.ports else None
        if place is not None and place.network == network.name:
            addresses = (address for port in container.ports for address in host_addresses(port, network, 4))
            if any(address is None or address.is_loopback for address in addresses):
                return True
    return False


def _is_isolated(place: Place) -> bool:
    """Whether the bridge itself keeps the container from its neighbours, whatever becomes of the packet rules.

    With br_netfilter on, a call of a published port is turned round on the bridge, and not delivered from one isolated
    port to another, be it the same: then only the rules keep apart who publishes.
    """
    # Where a link leads there, the rules keep its other neighbours from it. One end of a link is enough, for the kernel
    # keeps apart only two ports that are both isolated.
    if place.network.icc or place.container.name in place.topology.linked_to:
        return False
    return not (place.host.bridge_netfilter and place.container.ports)


def _has(seen: Seen, set_name: str, element: str) -> bool:
    return element in seen.elements.get(set_name, ())


def _network(seen: Seen, link: Link) -> Dict[str, Any]:
    quoted = '"{0}"'.format(link.ifname)
    subnets = _subnets(seen, link)
    words: Dict[str, Any] = {"bridge": link.ifname, "mtu": link.mtu}
    words["ipam"] = {"config": [dict(pool) for pool in subnets.values()]}
    words["enable_ipv4"], words["enable_ipv6"] = 4 in subnets, 6 in subnets
    words["icc"] = not _has(seen, "staying", "{0} . {0}".format(quoted))
    words["isolate"] = _has(seen, "isolated", quoted)
    words["internal"] = bool(subnets) and all(_has(seen, "closed", "ipv{0} . {1}".format(f, quoted)) for f in subnets)
    if not words["internal"]:
        words["masquerade"] = any(_leaves_masked(seen, family, pool["subnet"]) for family, pool in subnets.items())
        words["gateway_mode"] = {"ipv%d" % family: _mode(seen, family, quoted) for family in subnets}
    elif any("gateway" not in pool for pool in subnets.values()):
        modes = {family: "nat" if "gateway" in pool else "isolated" for family, pool in subnets.items()}
        words["gateway_mode"] = {"ipv%d" % family: mode for family, mode in modes.items()}
    snat = [text.split(" : ")[1] for f in (4, 6) for text in seen.elements.get("snat%d" % f, ()) if _of(text, subnets)]
    if snat:
        words["snat_to"] = snat
    trusted = [text.split(" . ")[0].strip('"') for text in seen.elements.get("trusted", ()) if text.endswith(quoted)]
    if trusted:
        words["trusted_host_interfaces"] = sorted(trusted)
    return words


def _of(text: str, subnets: Mapping[int, Mapping[str, str]]) -> bool:
    return text.split(" : ")[0] in [pool["subnet"] for pool in subnets.values()]


def _leaves_masked(seen: Seen, family: int, subnet: str) -> bool:
    by_snat = any(text.startswith(subnet + " : ") for text in seen.elements.get("snat%d" % family, ()))
    return by_snat or _has(seen, "masquerade%d" % family, subnet)


def _mode(seen: Seen, family: int, quoted: str) -> str:
    key = "ipv{0} . {1}".format(family, quoted)
    if _has(seen, "routed", key):
        return "routed"
    return "nat-unprotected" if _has(seen, "unprotected", key) else "nat"


def _subnets(seen: Seen, link: Link) -> Dict[int, Dict[str, str]]:
    """family → subnet and gateway: the bridge's addresses. Of an isolated network, which has none there, the rules know
    the subnet."""
    found: Dict[int, Dict[str, str]] = {}
    for cidr in comparable_addresses(seen.observed.addresses.get(link.index, [])):
        interface = ipaddress.ip_interface(cidr)
        pool = {"subnet": str(interface.network), "gateway": str(interface.ip)}
        found.setdefault(interface.version, pool)
    for family in (4, 6):
        for text in seen.elements.get("at_home%d" % family, ()):
            bridge, subnet = text.split(" . ")
            if bridge == '"{0}"'.format(link.ifname):
                found.setdefault(family, {"subnet": subnet})
    return found
