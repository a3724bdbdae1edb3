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
from typing import Dict, Iterator, List, Mapping, Optional, Tuple

from .._fleet.exchange import Membership, Peer, TunnelEnd
from .._fleet.openvpn import common_name, listens
from .._kernel import names
from .._kernel.carrier import Carrier
from .._kernel.openvpn import clients_name, config_name, identity_file, path_of
from .._kernel.openvpn_files import Known, caller_text, client_text, listener_text
from .._resources.links.openvpn import Openvpn, VpnPeer
from .._resources.units import Unit, mark_line

#: Inventory name → where it is on each network, and by which routes.
Places = Mapping[str, List[Tuple[Membership, Peer]]]

#: Without the capability to make a device it works on ours or on none; nor could it change addresses and routes. It is
#: started by what comes back at boot, and so waits for nothing that waits for that.
_UNIT = """[Unit]
Description=OpenVPN for the encrypted networks of the topology {topology}
Documentation=man:linuxnet-fabric(8)
DefaultDependencies=no
ConditionPathExists=/sys/class/net/{ifname}
RequiresMountsFor=/var/lib/linuxnet-fabric
Conflicts=shutdown.target
Before=shutdown.target
StartLimitIntervalSec=0

[Service]
Type=notify
ExecStart=/usr/bin/env openvpn --config {config}
Restart=always
RestartSec=200ms
TimeoutStopSec=5
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
NoNewPrivileges=yes
ProtectSystem=full
ProtectHome=yes
UMask=0077
"""


def way_to(peer: Peer, membership: Membership) -> str:
    """The interface that leads to a host."""
    server = _server(peer, membership)
    return names.openvpn_ifname(membership.topology, server.host_id if server is not None else "")


def sealed_to(peer: Peer, membership: Membership) -> Carrier:
    """What packets to a host are sealed in: who calls does so from any port."""
    ifname, server = way_to(peer, membership), _server(peer, membership)
    if server is None:
        return Carrier(ifname, peer.underlay_address, _end(membership.own).port, 0)
    return Carrier(ifname, server.underlay_address, 0, _end(server).port)


def ways(membership: Membership) -> Tuple[str, ...]:
    """All of them; of a host that is alone, that which others would come by."""
    found = dict.fromkeys(way_to(peer, membership) for peer in membership.peers.values())
    return tuple(found) or (names.openvpn_ifname(membership.topology),)


def callers(membership: Membership) -> Iterator[Peer]:
    """The hosts that call this one."""
    return (peer for peer in membership.peers.values() if _server(peer, membership) is None)


def _server(peer: Peer, membership: Membership) -> Optional[Peer]:
    """Whom this host calls for what is sent to a host; None: it is called."""
    if membership.hub:
        return membership.peers.get(membership.hub)
    return None if listens(membership.own, peer) else peer


def openvpn_links(
    topology: str,
    places: Places,
    routes: Mapping[str, Tuple[Tuple[str, str], ...]],
    mtu: int,
    addresses: Tuple[str, ...],
    settings: Mapping[str, Tuple[Tuple[str, str], ...]],
) -> Iterator[Openvpn]:
    """``routes``: host → (destination, source); ``settings``: interface → its sysctls."""
    behind: Dict[str, List[str]] = {}
    for host in sorted(places):
        membership, peer = places[host][0]
        behind.setdefault(way_to(peer, membership), []).append(host)
    for ifname, hosts in sorted(behind.items()):
        membership, peer = places[hosts[0]][0]
        server, own = _server(peer, membership), _end(membership.own)
        called = _named(server, places) if server is not None else ""
        peers = tuple(_peer(topology, ifname, host, places[host][0][1], routes[host], bool(called)) for host in hosts)
        made = Openvpn(
            ifname=ifname,
            alias=names.alias(topology, names.openvpn_subject(ifname)),
            topology=topology,
            mtu=mtu,
            files=(),
            peers=peers,
            port=own.port,
            server=called,
            addresses=addresses,
            sysctls=settings[ifname],
        )
        yield replace(made, files=tuple(_files(made, membership, places)))


def _named(peer: Peer, places: Places) -> str:
    return next(host for host, found in places.items() if found[0][1].host_id == peer.host_id)


def _peer(
    topology: str, ifname: str, host: str, peer: Peer, routes: Tuple[Tuple[str, str], ...], called: bool
) -> VpnPeer:
    name = "{0}/{1}".format(clients_name(ifname), common_name(topology, peer.host_id))
    prefixes = tuple(destination for destination, _source in routes)
    return VpnPeer(host, prefixes, routes, _end(peer).public_key, "" if called else name)


def _files(made: Openvpn, membership: Membership, places: Places) -> Iterator[Tuple[str, str]]:
    address, identity = membership.own.underlay_address, identity_file(made.topology)
    name = config_name(made.ifname)
    if made.server:
        peer = places[made.server][0][1]
        server = _known(made.topology, made.server, peer)
        at = (peer.underlay_address, _end(peer).port)
        yield name, caller_text(made.ifname, address, made.mtu, identity, *at, server)
        return
    clients = [_known(made.topology, each.host, places[each.host][0][1]) for each in made.peers]
    directory = path_of(clients_name(made.ifname))
    hub = bool(membership.hub)
    yield name, listener_text(made.ifname, address, made.port, made.mtu, identity, directory, clients, hub)
    for each in made.peers:
        yield each.client, client_text(each.host, each.prefixes)


def _known(topology: str, host: str, peer: Peer) -> Known:
    return Known(host, common_name(topology, peer.host_id), _end(peer).public_key)


def _end(peer: Peer) -> TunnelEnd:
    if peer.tunnel is None:
        raise AssertionError("_fleet.encryption lets no peer pass without")
    return peer.tunnel


def openvpn_unit(topology: str, ifname: str) -> Unit:
    text = _UNIT.format(topology=topology, ifname=ifname, config=path_of(config_name(ifname)))
    return Unit(names.openvpn_unit(ifname), mark_line(topology) + text, (), stays=False, first=True)
