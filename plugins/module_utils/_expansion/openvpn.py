# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A topology's encrypted networks → the devices and units of OpenVPN by which they reach other hosts. Pure.

Of two hosts the one with the lower id listens, or the hub does, for all others; each of these calls it by a device of
its own. What is for a host that another one passes on goes the way to that one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Dict, Iterator, List, Mapping, Sequence, Tuple

from .._fleet import rotation
from .._fleet.exchange import Membership, Peer, TunnelEnd, Ways
from .._fleet.openvpn import common_name, listens
from .._kernel import names
from .._kernel.carrier import Carrier
from .._kernel.data import NamedTuple
from .._kernel.openvpn_files import (
    Known,
    caller_text,
    client_text,
    clients_name,
    config_name,
    identity_file,
    listener_text,
    path_of,
)
from .._resources.links.openvpn import Openvpn, VpnPeer

#: Inventory name → where it is on each network, and by which routes.
Places = Mapping[str, List[Tuple[Membership, Peer]]]


def ways_to(host: str, membership: Membership) -> Tuple[str, ...]:
    """The interfaces that lead to a host; first the one by which it is sent to."""
    return tuple(_ifname(host, membership, turn) for turn, _theirs in _pairs(host, membership))


def sealed_to(host: str, membership: Membership) -> Carrier:
    """What packets to a host are sealed in: who calls does so from any port."""
    own, theirs = _pairs(host, membership)[0]
    ifname, server = _ifname(host, membership, own), _server(host, membership)
    if not server:
        return Carrier(ifname, membership.peers[host].underlay_address, rotation.end_of(membership.own, own).port, 0)
    called = membership.peers[server]
    return Carrier(ifname, called.underlay_address, 0, rotation.end_of(called, theirs).port)


def ways(membership: Membership) -> Tuple[str, ...]:
    """All of them; of a host that is alone, that which others would come by."""
    found = dict.fromkeys(ifname for host in membership.peers for ifname in ways_to(host, membership))
    return tuple(found) or (names.openvpn_ifname(names.tunnel_name(membership.topology, _end(membership.own).turn)),)


def ways_of(turn: int, membership: Membership) -> Dict[str, str]:
    """Of one end of this host: the interfaces, and the key of whom each calls; empty: it is called."""
    found: Dict[str, str] = {}
    for host in membership.peers:
        for own, theirs in _pairs(host, membership):
            if own == turn:
                server = _server(host, membership)
                key = rotation.end_of(membership.peers[server], theirs).public_key if server else ""
                found[_ifname(host, membership, turn)] = key
    return found


def callers(membership: Membership) -> Iterator[Peer]:
    """The hosts that call this one."""
    return (peer for host, peer in membership.peers.items() if not _server(host, membership))


def _server(host: str, membership: Membership) -> str:
    """Whom this host calls for what is sent to a host; empty: it is called."""
    if membership.hub:
        return membership.hub if membership.hub in membership.peers else ""
    return "" if listens(membership.own, membership.peers[host]) else host


def _pairs(host: str, membership: Membership) -> Ways:
    """The ends by which this host talks to another one, or to the hub, which passes on what is for it."""
    return rotation.ways_to(membership, _server(host, membership) or host)


def _ifname(host: str, membership: Membership, turn: int) -> str:
    server = _server(host, membership)
    host_id = membership.peers[server].host_id if server else ""
    return names.openvpn_ifname(names.tunnel_name(membership.topology, turn), host_id)


class _Way(NamedTuple):
    """To a host, over one interface. ``sent``: it is the one by which it is sent to."""

    host: str
    peer: Peer
    end: TunnelEnd
    sent: bool


def openvpn_links(
    topology: str,
    ends: Sequence[TunnelEnd],
    places: Places,
    routes: Mapping[str, Tuple[Tuple[str, str], ...]],
    mtu: int,
) -> Iterator[Openvpn]:
    """``ends``: of this host; first those by which it sends. ``routes``: host → (destination, source)."""
    for own in ends:
        behind: Dict[str, List[str]] = {}
        for host in sorted(places):
            membership = places[host][0][0]
            if any(turn == own.turn for turn, _theirs in _pairs(host, membership)):
                behind.setdefault(_ifname(host, membership, own.turn), []).append(host)
        for ifname, hosts in sorted(behind.items()):
            yield _link(topology, ifname, own, {host: places[host][0][0] for host in hosts}, routes, mtu)


def _link(
    topology: str,
    ifname: str,
    own: TunnelEnd,
    behind: Mapping[str, Membership],
    routes: Mapping[str, Tuple[Tuple[str, str], ...]],
    mtu: int,
) -> Openvpn:
    """``behind``: whom it leads to, and a network of each."""
    (first, membership), *_others = behind.items()
    called = _server(first, membership)
    found = [_way(host, each, own.turn) for host, each in behind.items()]
    made = Openvpn(
        ifname=ifname,
        alias=names.alias(topology, names.openvpn_subject(ifname)),
        topology=topology,
        mtu=mtu,
        files=(),
        peers=tuple(_peer(topology, ifname, way, routes[way.host], bool(called)) for way in found),
        port=own.port,
        server=called,
    )
    known = [Known(way.host, common_name(topology, way.peer.host_id), way.end.public_key) for way in found]
    identity = identity_file(names.tunnel_name(topology, own.turn))
    return replace(made, files=tuple(_files(made, membership, identity, found, known)))


def _way(host: str, membership: Membership, turn: int) -> _Way:
    pairs = _pairs(host, membership)
    (theirs,) = (there for here, there in pairs if here == turn)
    server = _server(host, membership)
    end = rotation.end_of(membership.peers[server or host], theirs)
    return _Way(host, membership.peers[host], end, pairs[0][0] == turn)


def _peer(topology: str, ifname: str, way: _Way, routes: Tuple[Tuple[str, str], ...], called: bool) -> VpnPeer:
    name = "{0}/{1}".format(clients_name(ifname), common_name(topology, way.peer.host_id))
    prefixes = tuple(destination for destination, _source in routes)
    sent = routes if way.sent else ()
    return VpnPeer(way.host, prefixes, sent, way.end.public_key, "" if called else name)


def _files(
    made: Openvpn, membership: Membership, identity: str, found: Sequence[_Way], known: Sequence[Known]
) -> Iterator[Tuple[str, str]]:
    address, name = membership.own.underlay_address, config_name(made.ifname)
    if made.server:
        server, end = membership.peers[made.server], found[0].end
        whom = Known(made.server, common_name(made.topology, server.host_id), end.public_key)
        at = (server.underlay_address, end.port)
        yield name, caller_text(made.ifname, address, made.mtu, identity, *at, whom)
        return
    directory, hub = path_of(clients_name(made.ifname)), bool(membership.hub)
    yield name, listener_text(made.ifname, address, made.port, made.mtu, identity, directory, known, hub)
    for each in made.peers:
        yield each.client, client_text(each.host, each.prefixes)


def _end(peer: Peer) -> TunnelEnd:
    if peer.tunnel is None:
        raise AssertionError("_fleet.encryption lets no peer pass without")
    return peer.tunnel
