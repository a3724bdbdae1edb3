# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host is told of the overlay networks that it is on, of itself and of its peers, as data that survives JSON.

The controller makes it (``plan.py``), the host keeps it, and gives it back with its identity in the next run. It
carries a version, so that what another release wrote is told and not misread. Pure.
"""

from __future__ import annotations

from dataclasses import field, fields, is_dataclass
from typing import Any, Dict, Mapping, Optional, Tuple

from .._kernel.data import dataclass
from .._kernel.errors import FabricError

VERSION = 1


@dataclass(frozen=True)
class FleetContainer:
    """A container as the other hosts know it: on one network, at its addresses there."""

    addresses: Tuple[str, ...] = ()
    mac: str = ""
    names: Tuple[str, ...] = ()  # its host name and its aliases, beside its own name
    open_ports: Tuple[Tuple[int, str], ...] = ()  # what a link to it opens: (port, protocol)
    links: Tuple[str, ...] = ()  # the containers that it may call where neighbours are kept apart


@dataclass(frozen=True)
class TunnelEnd:
    """Of a host on encrypted networks: where its tunnel is reached, and by which key it is known. ``searched_from``:
    where the search for the port began. ``keepalive``: seconds, 0 for none. ``turn``: how many keys it had before."""

    kind: str  # wireguard, openvpn
    public_key: str  # of OpenVPN the fingerprint of the certificate
    port: int
    searched_from: int
    keepalive: int = 0
    address: str = ""  # inside, where VXLAN goes between the hosts of a bridged network
    turn: int = 0


#: Pairs of ends, each (turn here, turn there), by which one host talks to another: it sends by the first one.
Ways = Tuple[Tuple[int, int], ...]


@dataclass(frozen=True)
class Peer:
    """A host of a network, as it says itself, or as it was known last. ``mac`` is that of its VXLAN device."""

    host_id: str
    generation: int
    underlay_address: str
    underlay_mtu: int
    mac: str
    blocks: Tuple[str, ...] = ()  # IPv4 before IPv6, and of each family the first one first
    gateways: Tuple[str, ...] = ()  # its own address in each block; where the network is bridged, in the first ones
    containers: Mapping[str, FleetContainer] = field(default_factory=dict)
    tunnel: Optional[TunnelEnd] = None  # where the network is encrypted
    further: Tuple[TunnelEnd, ...] = ()  # while keys change: what it takes packets by besides


@dataclass(frozen=True)
class Membership:
    """One network, as one host is on it."""

    topology: str
    mode: str  # routed | bridged
    vni: int
    port: int
    mtu: int
    subnets: Tuple[str, ...]
    own: Peer
    peers: Mapping[str, Peer] = field(default_factory=dict)  # by inventory name
    encryption: str = ""  # wireguard, openvpn; empty: none
    hub: str = ""  # of OpenVPN: the host that all others call; empty: of two hosts one calls the other
    ways: Mapping[str, Ways] = field(default_factory=dict)  # by inventory name, where they are not the usual ones

    def blocks(self, family: int) -> Tuple[str, ...]:
        return _of_family(self.own.blocks, family)

    def gateways(self, family: int) -> Tuple[str, ...]:
        return _of_family(self.own.gateways, family)

    def subnet(self, family: int) -> Optional[str]:
        return next(iter(_of_family(self.subnets, family)), None)


@dataclass(frozen=True)
class Left:
    """A host that left the inventory, or a network of it, and what it may still hold."""

    host_id: str
    networks: Mapping[str, Tuple[str, ...]] = field(default_factory=dict)  # network → blocks
    runs: int = 1  # that found it gone, one after the other; each host counts them for itself, up to ORPHANED


#: One run that does not find a host may be a mistake in the inventory. After so many it is called orphaned.
ORPHANED = 2


@dataclass(frozen=True)
class HostPlan:
    """All that one host is told. ``generation`` grows with each change of what it says of itself."""

    topology: str
    host: str
    host_id: str
    generation: int
    networks: Mapping[str, Membership] = field(default_factory=dict)
    left: Mapping[str, Left] = field(default_factory=dict)  # by inventory name

    def as_data(self, peers: Optional[Dict[int, Any]] = None) -> Dict[str, Any]:
        """``peers``: what other plans say of the same hosts, for there are few of these, each said many times."""
        return dict(_plain(self, {} if peers is None else peers), version=VERSION)


def _of_family(texts: Tuple[str, ...], family: int) -> Tuple[str, ...]:
    return tuple(text for text in texts if family_of(text) == family)


def family_of(text: str) -> int:
    """4 or 6, of an address or a prefix."""
    return 6 if ":" in text else 4


#: What is told where there is some of it.
_LEFT_OUT = ("tunnel", "turn", "further", "ways", "hub")


def _plain(value: Any, peers: Dict[int, Any]) -> Any:
    if isinstance(value, Peer):
        if id(value) not in peers:
            told = {each.name: _plain(getattr(value, each.name), peers) for each in fields(value)}
            peers[id(value)] = {name: each for name, each in told.items() if each or name not in _LEFT_OUT}
        return peers[id(value)]
    if is_dataclass(value):
        told = {each.name: _plain(getattr(value, each.name), peers) for each in fields(value)}
        return {name: each for name, each in told.items() if each or name not in _LEFT_OUT}
    if isinstance(value, dict):
        return {key: peers[id(item)] if id(item) in peers else _plain(item, peers) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item, peers) for item in value]
    return value


class OtherVersion(FabricError):
    """What was written by a release that speaks of other things."""


def check_version(data: Mapping[str, Any], whose: str) -> None:
    if data.get("version") != VERSION:
        text = "{0} speaks version {1} of the exchange between hosts, and this release version {2}; use one release"
        raise OtherVersion(text.format(whose, data.get("version"), VERSION))


#: (network, host id, generation) → what is told of that host: with a generation it is the same, whoever tells it.
Read = Dict[Tuple[str, str, int], Peer]


def host_plan(data: Mapping[str, Any], read: Optional[Read] = None) -> HostPlan:
    """From ``HostPlan.as_data``; raises OtherVersion. ``read``: from the plans of other hosts."""
    check_version(data, "what is known of the host {0}".format(data.get("host")))
    already: Read = {} if read is None else read
    return HostPlan(
        topology=data["topology"],
        host=data["host"],
        host_id=data["host_id"],
        generation=data["generation"],
        networks={name: _membership(name, words, already) for name, words in data["networks"].items()},
        left={name: _left(words) for name, words in data["left"].items()},
    )


def _left(data: Mapping[str, Any]) -> Left:
    networks = {name: tuple(blocks) for name, blocks in data["networks"].items()}
    return Left(data["host_id"], networks, int(data.get("runs", 1)))


def peer_as_data(peer: Peer) -> Dict[str, Any]:
    """One host alone, as ``HostPlan.as_data`` has it."""
    return dict(_plain(peer, {}), version=VERSION)


def peer_of(data: Mapping[str, Any], whose: str) -> Peer:
    """From ``peer_as_data``; raises OtherVersion."""
    check_version(data, whose)
    return _peer({key: value for key, value in data.items() if key != "version"})


def _membership(network: str, data: Mapping[str, Any], read: Read) -> Membership:
    ways = {host: tuple(map(tuple, pairs)) for host, pairs in (data.get("ways") or {}).items()}
    own = dict(data, subnets=tuple(data["subnets"]), own=_peer(data["own"]), ways=ways)
    return Membership(**dict(own, peers=peers_of(network, data["peers"], read)))


def peers_of(network: str, data: Mapping[str, Any], read: Read) -> Dict[str, Peer]:
    """By inventory name, as a membership's."""
    return {host: _once(network, each, read) for host, each in data.items()}


def _once(network: str, data: Mapping[str, Any], read: Read) -> Peer:
    key = (network, data["host_id"], data["generation"])
    if key not in read:
        read[key] = _peer(data)
    return read[key]


def _peer(data: Mapping[str, Any]) -> Peer:
    containers = {name: _container(words) for name, words in data["containers"].items()}
    blocks, gateways = tuple(data["blocks"]), tuple(data["gateways"])
    tunnel = TunnelEnd(**data["tunnel"]) if data.get("tunnel") else None
    further = tuple(TunnelEnd(**each) for each in data.get("further") or ())
    whole = dict(data, blocks=blocks, gateways=gateways, containers=containers, tunnel=tunnel, further=further)
    return Peer(**whole)


def _container(data: Mapping[str, Any]) -> FleetContainer:
    return FleetContainer(
        addresses=tuple(data["addresses"]),
        mac=data["mac"],
        names=tuple(data["names"]),
        open_ports=tuple((int(port), str(protocol)) for port, protocol in data["open_ports"]),
        links=tuple(data["links"]),
    )
