# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A topology's encrypted networks → the tunnel that they share, and the unit of the program behind it. Pure."""

from __future__ import annotations

from typing import Dict, Iterator, List, Optional, Tuple

from .._declaration.overlay_words import ROUTED
from .._declaration.topology import Network, Topology, families
from .._fleet.encryption import VXLAN_OVERHEADS
from .._fleet.exchange import Membership, Peer, TunnelEnd, family_of
from .._ipam.change import NETWORK_ITSELF
from .._ipam.requests import PortRequest
from .._kernel import names
from .._resources.links.wireguard import SUBJECT, TunnelPeer, Wireguard


def encrypted_memberships(topology: Topology) -> Dict[str, Membership]:
    """Network → what this host is told of it, of those that are encrypted."""
    found: Dict[str, Membership] = {}
    for network in topology.networks.values():
        membership = getattr(network.options, "membership", None)
        if membership is not None and membership.encryption:
            found[network.name] = membership
    return found


def own_end(topology: Topology) -> Optional[TunnelEnd]:
    """None where no network is encrypted."""
    return next((each.own.tunnel for each in encrypted_memberships(topology).values()), None)


def tunnel_mtu(topology: Topology) -> int:
    """The largest of those that use it: containers keep to that of their own network. Of a bridged one there is VXLAN
    in it, by IPv6."""
    memberships = encrypted_memberships(topology).values()
    return max((each.mtu + (0 if each.mode == ROUTED else VXLAN_OVERHEADS[6]) for each in memberships), default=0)


def tunnel_ports(topology: Topology) -> Iterator[PortRequest]:
    """Which the fleet's plan has chosen: it is nobody else's on this host."""
    end = own_end(topology)
    if end is not None:
        path = "topology_wireguard_port"
        yield PortRequest(NETWORK_ITSELF, 0, "udp", published=end.port, path=path, known_free=True)


def tunnel_links(topology: Topology, by_program: bool) -> Iterator[Wireguard]:
    """``by_program``: the kernel has no WireGuard."""
    memberships, end = encrypted_memberships(topology), own_end(topology)
    if end is None:
        return
    ifname = names.wireguard_ifname(topology.name)
    networks = [topology.networks[name] for name in memberships]
    bridged = any(membership.mode != ROUTED for membership in memberships.values())
    yield Wireguard(
        ifname=ifname,
        alias=names.alias(topology.name, SUBJECT),
        topology=topology.name,
        public_key=end.public_key,
        port=end.port,
        mtu=tunnel_mtu(topology),
        peers=tuple(_peers(memberships, end)),
        unit=names.wireguard_unit(topology.name) if by_program else "",
        addresses=(end.address + "/128",) if bridged else (),
        sysctls=tuple(_settings(ifname, networks, bridged)),
    )


def _peers(memberships: Dict[str, Membership], own: TunnelEnd) -> Iterator[TunnelPeer]:
    """By their names; one that is on several networks is one peer, with the blocks of all of them."""
    places: Dict[str, List[Tuple[Membership, Peer]]] = {}
    for membership in memberships.values():
        for host, peer in membership.peers.items():
            places.setdefault(host, []).append((membership, peer))
    for host in sorted(places):
        peer = places[host][0][1]
        end = peer.tunnel
        if end is None:
            raise AssertionError("_fleet.encryption lets no peer pass without")
        routes = tuple(dict.fromkeys(route for place in places[host] for route in _routes(*place)))
        yield TunnelPeer(
            host=host,
            public_key=end.public_key,
            endpoint=endpoint(peer.underlay_address, end.port),
            allowed=tuple(destination for destination, _source in routes),
            routes=routes,
            keepalive=own.keepalive,
            roams=bool(own.keepalive or end.keepalive),
        )


def _routes(membership: Membership, peer: Peer) -> Iterator[Tuple[str, str]]:
    """What the host itself says to a container there, such as that a packet is too long, has its own address."""
    if membership.mode != ROUTED and peer.tunnel is not None and membership.own.tunnel is not None:
        yield peer.tunnel.address + "/128", membership.own.tunnel.address
        return
    for block in peer.blocks:
        yield block, next(iter(membership.gateways(family_of(block))), "")


def endpoint(address: str, port: int) -> str:
    """As wg(8) writes it."""
    return "{0}:{1}".format("[{0}]".format(address) if ":" in address else address, port)


def _settings(ifname: str, networks: List[Network], bridged: bool) -> Iterator[Tuple[str, str]]:
    ipv6 = "net/ipv6/conf/{0}/".format(ifname)
    had = {family for network in networks for family in families(network)} | ({6} if bridged else set())
    if 4 in had:
        yield "net/ipv4/conf/{0}/rp_filter".format(ifname), "2"
    if 6 in had:
        yield ipv6 + "disable_ipv6", "0"
        yield ipv6 + "accept_ra", "0"
    else:
        yield ipv6 + "disable_ipv6", "1"
