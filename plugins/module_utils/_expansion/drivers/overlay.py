# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``driver: overlay``: a bridge network on each host, and a VXLAN device that joins them.

Routed: the bridge has the host's block, and the host routes the others' blocks over the device. Nothing is broadcast
between hosts, and what a host knows grows with the hosts, not with their containers.

Bridged: the device is a port of the bridge, and all hosts are one segment. The bridge knows every container elsewhere,
answers for its address itself, and sends nothing to other hosts for want of a better way.
"""

from __future__ import annotations

import itertools
from ipaddress import ip_address, ip_network
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from ..._declaration.driver import NetworkWords
from ..._declaration.encryption_words import OPENVPN
from ..._declaration.overlay_words import (
    OVERLAY_MODES,
    OVERLAY_SPELLINGS,
    OVERLAY_WORDS,
    ROUTED,
    parse_overlay,
)
from ..._declaration.topology import Container, Network, Pool, Topology, families
from ..._declaration.words import Problems, within
from ..._fleet.exchange import FleetContainer, Membership, Peer, family_of
from ..._ipam.requests import Allocation, SubnetLease, SubnetRequest
from ..._kernel import names, vxlan, wireguard
from ..._kernel.carrier import Carrier
from ..._kernel.rtnl import uapi
from ..._kernel.rtnl.read import Link
from ..._kernel.vxlan import Ways
from ..._resources.link_local import link_local
from ..._resources.links.kind import DeclaredLink
from ..._resources.links.vxlan import Vxlan, flags_of
from ..._resources.links.vxlan_ways import Way
from ..._resources.routes import StaticRoute
from ..._resources.ruleset.model import Beyond, Endpoint, NetworkPolicy, Outer, Tunnel, Underlay
from ..addressing import HostDefaults
from ..encryption import callers, ifnames_to, sealed_to, way_ifnames
from ..seen import RecognisedNetworks, Seen
from .bridge import BridgeDriver
from .driver import Elsewhere

#: How the mark on a VXLAN device begins: it is a network's.
_TUNNEL = "tunnel"


class OverlayDriver(BridgeDriver):
    name = "overlay"
    words = OVERLAY_WORDS
    spellings = OVERLAY_SPELLINGS
    refusal = "the network is a bridge on each of its hosts, and a VXLAN between them"
    has_blocks = True

    def stands_on_others(self, network: Network) -> bool:
        """Its tunnels leave by an address that the host gets with its uplink."""
        return True

    def parse(self, network: Network, words: NetworkWords, problems: Problems) -> Network:
        return parse_overlay(network, words, problems)

    def check(
        self,
        own: Mapping[str, Network],
        networks: Mapping[str, Network],
        containers: Mapping[str, Container],
        problems: Problems,
    ) -> None:
        """A bridge's name is one network's, whatever the driver."""
        bridges = {name: network for name, network in networks.items() if network.bridge}
        super().check(bridges, networks, containers, problems)

    def ask(self, network: Network, pool: Pool, request: SubnetRequest) -> SubnetRequest:
        """Of the whole subnet what is decided already: the host's own address in each block, and its containers'."""
        if network.options.membership is None:
            return request  # of a declaration alone
        membership = _membership(network)
        gateway, *further = membership.gateways(pool.family)
        own = tuple(("gateway " + address, address) for address in further)
        reserved = (*request.reserved, *own)
        return request._replace(gateway=gateway, ip_range=None, reserved=reserved, bridge=network.bridge)

    def mtu(self, network: Network, host: HostDefaults) -> int:
        return _membership(network).mtu

    def on_link(self, network: Network, family: int, allocation: Allocation) -> Tuple[SubnetLease, ...]:
        membership = _membership(network)
        if membership.mode != ROUTED:
            return super().on_link(network, family, allocation)
        return tuple(map(SubnetLease, membership.blocks(family), membership.gateways(family)))

    def routes(self, network: Network, own: SubnetLease) -> Iterator[StaticRoute]:
        """The host's other blocks are on the same bridge, and the rest of the network is behind the host, whichever way
        a container's default route leads."""
        membership, family = _membership(network), family_of(own.subnet)
        if membership.mode == ROUTED:
            yield from (StaticRoute(block) for block in membership.blocks(family) if block != own.subnet)
            yield StaticRoute(str(membership.subnet(family)), own.gateway)

    def network_links(
        self, topology: Topology, network: Network, allocation: Allocation, host: HostDefaults
    ) -> Iterator[DeclaredLink]:
        yield from super().network_links(topology, network, allocation, host)
        if not _has_vxlan(network):
            return  # one tunnel is the way of all encrypted networks
        membership, ifname = _membership(network), names.vxlan_ifname(topology.name, network.name)
        yield Vxlan(
            ifname=ifname,
            alias=names.alias(topology.name, "{0} {1}".format(_TUNNEL, network.name)),
            vni=membership.vni,
            port=membership.port,
            local=_reached_at(membership.own, membership),
            mac=membership.own.mac,
            mtu=membership.mtu,
            ways=tuple(_way(host_name, peer, network) for host_name, peer in membership.peers.items()),
            master=network.bridge if membership.mode != ROUTED else None,
            multicast=network.options.multicast,
            sysctls=tuple(_settings(ifname, network)),
        )

    def policies(self, network: Network, allocation: Allocation) -> Iterator[NetworkPolicy]:
        membership, ifnames = _membership(network), _way_ifnames(network)
        for policy in super().policies(network, allocation):
            tunnel = Tunnel(ifnames, str(membership.subnet(policy.family)), bool(membership.encryption))
            yield policy._replace(tunnel=tunnel if membership.mode == ROUTED else None)

    def underlays(self, network: Network) -> Iterator[Underlay]:
        membership, ifname = _membership(network), _way_ifnames(network)[0]
        peers = membership.peers.values()
        routed = membership.mode == ROUTED
        outer = _outer(membership)
        vxlan_peers = tuple(_reached_at(peer, membership) for peer in peers) if _has_vxlan(network) else ()
        yield Underlay(
            network=network.name,
            vni=membership.vni if _has_vxlan(network) else 0,
            port=membership.port,
            peers=vxlan_peers,
            way=ifname if routed else network.bridge,
            beyond=tuple(each for host in membership.peers for each in _beyond_of(host, membership)),
            known=tuple(each for peer in peers for each in _known(peer)) if routed and vxlan_peers else (),
            bridged="" if routed else ifname,
            outer=outer,
            untracked=not any(peer.tunnel and peer.tunnel.keepalive for peer in (membership.own, *peers)),
        )

    def guests(self, network: Network) -> Iterator[Endpoint]:
        membership = _membership(network)
        if membership.mode != ROUTED:
            ifname = names.vxlan_ifname(membership.topology, network.name)
            for host, peer in membership.peers.items():
                for name, container in peer.containers.items():
                    whose = "{0}@{1}".format(name, host)
                    place = (whose, network.bridge, ifname, container.mac, container.addresses)
                    yield Endpoint(*place, peer=_reached_at(peer, membership))

    def elsewhere(self, network: Network) -> Iterator[Elsewhere]:
        for host, peer in _membership(network).peers.items():
            for name, container in peer.containers.items():
                yield Elsewhere(host, name, container)

    def carriers(self, network: Network, host: str) -> Tuple[Carrier, ...]:
        membership = _membership(network)
        peer = membership.peers.get(host)
        found: List[Carrier] = []
        if peer is None:
            return ()
        if _has_vxlan(network):
            ifname = names.vxlan_ifname(membership.topology, network.name)
            found.append(Carrier(ifname, _reached_at(peer, membership), membership.port, membership.port))
        if membership.encryption:
            found.append(sealed_to(host, membership))
        return tuple(found)

    def recognise_networks(self, seen: Seen) -> RecognisedNetworks:
        tunnels, encrypting = dict(_tunnels(seen)), [*_encrypting(seen)]
        for name, words in super().recognise_networks(seen):
            if name in tunnels:
                yield name, _recognised(words, tunnels[name], seen)
            else:
                found = (each for ifname in encrypting for each in _by_tunnel(words, ifname, seen))
                yield from ((name, each) for each in itertools.islice(found, 1))

    def describe(self, network: Network) -> Dict[str, Any]:
        membership = _membership(network)
        own = membership.own.tunnel
        return {
            "bridge": network.bridge,
            **({"vni": membership.vni} if _has_vxlan(network) else {}),
            "block": list(membership.own.blocks),
            **({"listen_port": own.port} if own is not None else {}),
            "peers": {host: _described(peer) for host, peer in membership.peers.items()},
        }


def _described(peer: Peer) -> Dict[str, Any]:
    found: Dict[str, Any] = {"underlay_address": peer.underlay_address, "block": list(peer.blocks)}
    if peer.tunnel is None:
        return found
    word = "fingerprint" if peer.tunnel.kind == OPENVPN else "public_key"
    return dict(found, **{word: peer.tunnel.public_key})


def _has_vxlan(network: Network) -> bool:
    """Routed by a tunnel that encrypts, it needs none."""
    membership = _membership(network)
    return membership.mode != ROUTED or not membership.encryption


def _way_ifnames(network: Network) -> Tuple[str, ...]:
    """What leads to the other hosts."""
    membership = _membership(network)
    if _has_vxlan(network):
        return (names.vxlan_ifname(membership.topology, network.name),)
    return way_ifnames(membership)


def _outer(membership: Membership) -> Optional[Outer]:
    own = membership.own.tunnel
    if own is None or not membership.encryption:
        return None
    peers = tuple(peer.underlay_address for peer in callers(membership))
    further = tuple(end.port for end in membership.own.further)
    return Outer(way_ifnames(membership), own.port, peers, further)


def _reached_at(peer: Peer, membership: Membership) -> str:
    """Where VXLAN goes: on the underlay, or inside the tunnel."""
    tunnel = peer.tunnel if membership.encryption else None
    return tunnel.address if tunnel is not None and membership.mode != ROUTED else peer.underlay_address


def _tunnels(seen: Seen) -> Iterator[Tuple[str, Link]]:
    """(network, its VXLAN device) of those that are there."""
    for link in seen.observed.links.values():
        kind, _space, network = (seen.subject(link) or "").partition(" ")
        if link.kind == vxlan.KIND and kind == _TUNNEL:
            yield network, link


def _recognised(words: Mapping[str, Any], tunnel: Link, seen: Seen) -> Dict[str, Any]:
    """A bridge's words, and what makes it an overlay. Where it is routed, its subnet is more than this host's block."""
    bridged = bool(tunnel.master)
    found = {**words, "driver": "overlay", "vni": vxlan.options_of(tunnel).vni}
    found["overlay_mode"] = OVERLAY_MODES[1] if bridged else ROUTED
    multicast = dict(flags_of(tunnel)).get(uapi.IFLA_BRPORT_BCAST_FLOOD, b"")
    if bridged and multicast[:1] == b"\1":
        found["multicast"] = True
    if vxlan.options_of(tunnel).local in _addresses_inside(seen):
        found["encrypted"] = True
    pools = [{"subnet": pool["subnet"]} for pool in words["ipam"]["config"]]
    if not bridged:
        pools = [dict(_whole(pool["subnet"], tunnel.ifname, seen)) for pool in pools]
    return {**found, "ipam": {"config": pools}}


def _encrypting(seen: Seen) -> Iterator[str]:
    for link in seen.observed.links.values():
        subject = seen.subject(link) or ""
        ours = names.encryption_turn(subject) is not None or names.is_openvpn(subject)
        if link.kind in (wireguard.KIND, wireguard.PROGRAM_KIND) and ours:
            yield link.ifname


def _addresses_inside(seen: Seen) -> List[str]:
    """The host's own in tunnels that encrypt."""
    indexes = [seen.observed.links[ifname].index for ifname in _encrypting(seen)]
    return [cidr.split("/")[0] for index in indexes for cidr in seen.observed.addresses.get(index, ())]


def _by_tunnel(words: Mapping[str, Any], ifname: str, seen: Seen) -> Iterator[Dict[str, Any]]:
    """A bridge's words, where its subnet is a block of what a tunnel leads to."""
    blocks = [pool["subnet"] for pool in words["ipam"]["config"]]
    pools = [_whole(block, ifname, seen) for block in blocks]
    if pools and all("block_size" in pool for pool in pools):
        yield {**words, "driver": "overlay", "overlay_mode": ROUTED, "encrypted": True, "ipam": {"config": pools}}


def _whole(block: str, ifname: str, seen: Seen) -> Dict[str, Any]:
    """The subnet of which a bridge has this block, as the packet rules have it."""
    for element in seen.elements.get("at_home%d" % family_of(block), ()):
        name, _dot, subnet = element.partition(" . ")
        if name.strip('"') == ifname and within(ip_network(block), ip_network(subnet)):
            return {"subnet": subnet, "block_size": ip_network(block).prefixlen}
    return {"subnet": block}


def _membership(network: Network) -> Membership:
    membership: Optional[Membership] = network.options.membership
    if membership is None:
        raise AssertionError("_fleet.join lets no overlay pass without")
    return membership


def _way(host: str, peer: Peer, network: Network) -> Way:
    membership = _membership(network)
    at = _reached_at(peer, membership)
    ways = _routed(peer, membership) if membership.mode == ROUTED else _bridged(peer, at, network.options.multicast)
    return Way(host, at, ways, peer.blocks if membership.mode == ROUTED else tuple(peer.containers))


def _routed(peer: Peer, membership: Membership) -> Ways:
    """A forwarding entry, and in each family a neighbour and a route. The next hop is the peer's gateway address, which
    everybody knows to be there; it is never asked for."""
    own = {family: membership.gateways(family)[0] for family in set(map(family_of, peer.blocks))}
    hops = [(block, gateway, own[family_of(block)]) for block, gateway in zip(peer.blocks, peer.gateways)]
    return Ways(
        forwarding=((peer.mac, peer.underlay_address),),
        neighbours=tuple(sorted((gateway, peer.mac) for _block, gateway, _source in hops)),
        routes=tuple(sorted(hops)),
    )


def _bridged(peer: Peer, at: str, multicast: bool) -> Ways:
    """Every container there, by MAC and by address; and, if it is asked for, what is for everybody."""
    containers = peer.containers.values()
    macs = sorted({container.mac for container in containers})
    everybody = (vxlan.EVERYBODY,) if multicast else ()
    return Ways(
        forwarding=tuple((mac, at) for mac in (*everybody, *macs)),
        neighbours=tuple(sorted((address, each.mac) for each in containers for address in _on_the_segment(each))),
        bridged=tuple((mac,) for mac in macs),
    )


def _on_the_segment(container: FleetContainer) -> Iterator[str]:
    """Its addresses, and where it speaks IPv6 the one that its kernel makes of its MAC."""
    yield from container.addresses
    if any(family_of(address) == 6 for address in container.addresses):
        yield link_local(container.mac)


def _beyond_of(host: str, membership: Membership) -> Iterator[Beyond]:
    """By each interface that leads to a host or from it."""
    peer = membership.peers[host]
    by_itself = membership.encryption and membership.mode == ROUTED
    for prefix in _beyond(peer):
        for ifname in ifnames_to(host, membership) if by_itself else ("",):
            yield Beyond(_reached_at(peer, membership), prefix, ifname)


def _known(peer: Peer) -> Iterator[Beyond]:
    for container in peer.containers.values():
        yield from (Beyond(peer.underlay_address, address) for address in container.addresses)


def _beyond(peer: Peer) -> Iterator[str]:
    """Its blocks, and the addresses of its containers that are in none."""
    yield from peer.blocks
    blocks: List[Any] = [ip_network(block) for block in peer.blocks]
    for container in peer.containers.values():
        for address in container.addresses:
            if not any(ip_address(address) in block for block in blocks):
                yield address


def _settings(ifname: str, network: Network) -> Iterator[Tuple[str, str]]:
    ipv6 = "net/ipv6/conf/{0}/".format(ifname)
    if 4 in families(network):
        # Whose a packet is, the rules know; another lookup of a route for each would tell no more. Where `all` asks for
        # it, even strictly, it is answered: what comes by this device has a source to which it is the way back.
        yield "net/ipv4/conf/{0}/rp_filter".format(ifname), "0"
    if 6 in families(network):
        yield ipv6 + "disable_ipv6", "0"
        yield ipv6 + "accept_ra", "0"
    else:
        yield ipv6 + "disable_ipv6", "1"
