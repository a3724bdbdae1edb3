# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A topology's encrypted networks → the tunnel that they share, and the units of the programs behind it. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Dict, Iterator, List, Tuple

from .._declaration.encryption_words import OPENVPN
from .._declaration.overlay_words import ROUTED
from .._declaration.topology import Network, Topology, families
from .._fleet.encryption import VXLAN_OVERHEADS
from .._fleet.exchange import Membership, Peer, TunnelEnd, Ways, family_of
from .._fleet.rotation import end_of, ends_of, ways_to
from .._kernel import names
from .._kernel.carrier import Carrier
from .._kernel.wireguard_files import endpoint
from .._resources.links.tunnel import DeclaredTunnel
from .._resources.links.wireguard import TunnelPeer, Wireguard
from .._resources.units import Unit
from . import openvpn
from .encrypted import encrypted_memberships, own_end, own_ends
from .tunnel_units import openvpn_unit

#: Seconds: by a key that nobody sends by yet, a session is begun at once and kept.
_SESSION = 25
#: Seconds, after which a session that did not come about is asked for once more (REKEY_TIMEOUT of the protocol, and
#: what chance adds).
_SESSION_AGAIN = 5.5


def tunnel_mtu(topology: Topology) -> int:
    """The largest of those that use it: containers keep to that of their own network. Of a bridged one there is VXLAN
    in it, by IPv6."""
    memberships = encrypted_memberships(topology).values()
    return max((each.mtu + (0 if each.mode == ROUTED else VXLAN_OVERHEADS[6]) for each in memberships), default=0)


def way_ifnames(membership: Membership) -> Tuple[str, ...]:
    """What leads to the other hosts of an encrypted network."""
    if membership.encryption == OPENVPN:
        return openvpn.ways(membership)
    return tuple(_ifname(membership.topology, end.turn) for end in ends_of(membership.own))


def ifnames_to(host: str, membership: Membership) -> Tuple[str, ...]:
    """What leads to one of them; while keys change, also what it is heard by."""
    if membership.encryption == OPENVPN:
        return openvpn.ways_to(host, membership)
    return tuple(_ifname(membership.topology, turn) for turn, _theirs in ways_to(membership, host))


def sealed_to(host: str, membership: Membership) -> Carrier:
    """What packets to one of them are sealed in, by the way that they are sent."""
    peer = membership.peers[host]
    if membership.encryption == OPENVPN:
        return openvpn.sealed_to(host, membership)
    ours, theirs = ways_to(membership, host)[0]
    own, other = end_of(membership.own, ours), end_of(peer, theirs)
    return Carrier(_ifname(membership.topology, ours), peer.underlay_address, own.port, other.port, _SESSION_AGAIN)


def _ifname(topology: str, turn: int) -> str:
    return names.wireguard_ifname(names.tunnel_name(topology, turn))


def callers(membership: Membership) -> Tuple[Peer, ...]:
    """The hosts that this one has to be reached by."""
    return tuple(openvpn.callers(membership) if membership.encryption == OPENVPN else membership.peers.values())


def openvpn_units(topology: Topology) -> Iterator[Unit]:
    memberships = encrypted_memberships(topology).values()
    ifnames = {ifname for each in memberships if each.encryption == OPENVPN for ifname in _made(each)}
    return (openvpn_unit(topology.name, ifname) for ifname in sorted(ifnames))


def _made(membership: Membership) -> Tuple[str, ...]:
    """A host that is alone needs none."""
    return way_ifnames(membership) if membership.peers else ()


def tunnel_links(topology: Topology, by_program: bool) -> Iterator[DeclaredTunnel]:
    """``by_program``: the kernel has no WireGuard."""
    memberships, end = encrypted_memberships(topology), own_end(topology)
    if end is None:
        return
    networks = [topology.networks[name] for name in memberships]
    bridged = any(membership.mode != ROUTED for membership in memberships.values())
    addresses = ((end.address + "/128",) if bridged else ()) + _gateways(memberships)
    ends = own_ends(topology)
    if end.kind == OPENVPN:
        places = _places(memberships)
        routes = {host: _all_routes(found) for host, found in places.items()}
        for link in openvpn.openvpn_links(topology.name, ends, places, routes, tunnel_mtu(topology)):
            settings = tuple(_settings(link.ifname, networks, bridged))
            yield replace(link, addresses=addresses, sysctls=settings)
        return
    for end in ends:
        name = names.tunnel_name(topology.name, end.turn)
        ifname = names.wireguard_ifname(name)
        yield Wireguard(
            ifname=ifname,
            alias=names.alias(topology.name, names.encryption_subject(end.turn)),
            tunnel=name,
            public_key=end.public_key,
            port=end.port,
            mtu=tunnel_mtu(topology),
            peers=tuple(_peers(memberships, end)),
            unit=names.wireguard_unit(name) if by_program else "",
            addresses=addresses,
            sysctls=tuple(_settings(ifname, networks, bridged)),
        )


def _gateways(memberships: Dict[str, Membership]) -> Tuple[str, ...]:
    """While keys change, a host is heard by another interface than that by which it is answered. Even a loose
    rp_filter lets that pass only where the interface has an IPv4 address (net/ipv4/fib_frontend.c,
    __fib_validate_source). It has one all the time, for with its last one all its routes go."""
    routed = (membership for membership in memberships.values() if membership.mode == ROUTED)
    return tuple(dict.fromkeys(each + "/32" for membership in routed for each in membership.gateways(4)[:1]))


def _peers(memberships: Dict[str, Membership], own: TunnelEnd) -> Iterator[TunnelPeer]:
    """Those that this end of the tunnel leads to, by their names; one that is on several networks is one peer, with the
    blocks of all of them."""
    places = _places(memberships)
    for host in sorted(places):
        here = [place for place in places[host] if _pair(place[0], host, own.turn)]
        if not here:
            continue
        membership, peer = here[0]
        turn = _pair(membership, host, own.turn)[0][1]
        end = end_of(peer, turn)
        is_usual = membership.own.tunnel is not None and own.turn <= membership.own.tunnel.turn
        sent = [place for place in here if ways_to(place[0], host)[0][0] == own.turn]
        yield TunnelPeer(
            host=host,
            public_key=end.public_key,
            endpoint=endpoint(peer.underlay_address, end.port),
            allowed=tuple(destination for destination, _source in _all_routes(here)),
            routes=_all_routes(sent),
            keepalive=own.keepalive or (0 if is_usual else _SESSION),
            roams=bool(own.keepalive or end.keepalive),
        )


def _pair(membership: Membership, host: str, turn: int) -> Ways:
    """The one pair of ends to a host in which this host's is that one; none where there is none."""
    return tuple(pair for pair in ways_to(membership, host) if pair[0] == turn)


def _places(memberships: Dict[str, Membership]) -> Dict[str, List[Tuple[Membership, Peer]]]:
    """Host → where it is on each network."""
    places: Dict[str, List[Tuple[Membership, Peer]]] = {}
    for membership in memberships.values():
        for host, peer in membership.peers.items():
            places.setdefault(host, []).append((membership, peer))
    return places


def _all_routes(places: List[Tuple[Membership, Peer]]) -> Tuple[Tuple[str, str], ...]:
    return tuple(dict.fromkeys(route for place in places for route in _routes(*place)))


def _routes(membership: Membership, peer: Peer) -> Iterator[Tuple[str, str]]:
    """What the host itself says to a container there, such as that a packet is too long, has its own address."""
    if membership.mode != ROUTED and peer.tunnel is not None and membership.own.tunnel is not None:
        yield peer.tunnel.address + "/128", membership.own.tunnel.address
        return
    for block in peer.blocks:
        yield block, next(iter(membership.gateways(family_of(block))), "")


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
