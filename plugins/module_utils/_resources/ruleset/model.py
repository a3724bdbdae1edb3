# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The packet rules of one topology, as data. ``text.py`` writes them down for nft."""

from __future__ import annotations

from typing import Optional, Tuple

from ..._kernel.data import NamedTuple


class Tunnel(NamedTuple):
    """Of one overlay network on one host, in one family of what is inside."""

    ifnames: Tuple[str, ...]  # several where each of some other hosts is behind a device of its own
    subnet: str  # of which ``NetworkPolicy.subnet`` is this host's block
    encrypts: bool = False  # then it is the way of all encrypted networks of the topology


class Beyond(NamedTuple):
    """What is on another host, whose address on the underlay is ``peer``. ``way``: as ``Underlay.way``, where it is
    another one."""

    peer: str
    prefix: str
    way: str = ""


class Outer(NamedTuple):
    """Of a tunnel that encrypts: its interfaces, the UDP port that the host is reached at, and from where."""

    ifnames: Tuple[str, ...]
    port: int
    peers: Tuple[str, ...] = ()
    further_ports: Tuple[int, ...] = ()  # while keys change

    @property
    def ports(self) -> Tuple[int, ...]:
        return (self.port, *self.further_ports)


class Underlay(NamedTuple):
    """Of one overlay network: who may send us VXLAN packets with its identifier, from where; and what is over there.

    Where it is encrypted and routed there is no VXLAN, and the tunnel knows itself who may send what. Where it is
    encrypted and bridged, the VXLAN is inside the tunnel, and ``peers`` are addresses in there.
    """

    network: str
    vni: int  # 0: there is no VXLAN
    port: int
    peers: Tuple[str, ...] = ()  # their addresses on the underlay, all of one family
    way: str = ""  # the interface by which packets to them leave: the VXLAN device, or the bridge that it is a port of
    beyond: Tuple[Beyond, ...] = ()  # the blocks of the other hosts, and addresses of theirs that are in none
    known: Tuple[Beyond, ...] = ()  # where VXLAN is routed: the containers in there that this host knows of
    bridged: str = ""  # the VXLAN device that is a port of the bridge; empty: the host routes
    outer: Optional[Outer] = None  # of an encrypted one
    untracked: bool = True  # of ``outer``; False: a side is behind NAT, where an answer is known by being tracked


class NetworkPolicy(NamedTuple):
    """What one bridge's packets may do. One for each network and each family it has."""

    network: str
    bridge: str
    family: int  # 4 or 6
    subnet: str
    gateway: Optional[str]  # the bridge's own address in it
    internal: bool = False
    icc: bool = True
    isolate: bool = True
    masquerade: bool = True
    snat_to: Optional[str] = None
    gateway_mode: str = "nat"  # nat | routed | nat-unprotected | isolated
    trusted_host_interfaces: Tuple[str, ...] = ()
    anti_spoofing: bool = True
    external: bool = False  # a bridge of somebody else's, which may have a way out of its own
    mac: Optional[str] = None  # the bridge's, where it is ours
    tunnel: Optional[Tunnel] = None  # of an overlay that is routed: what leads to its other hosts


class Endpoint(NamedTuple):
    """A bridge port of ours: what the container behind it may call itself."""

    container: str
    bridge: str
    host_ifname: str  # the host end of the veth
    mac: str
    addresses: Tuple[str, ...] = ()  # both families, link_local_ips too
    ifname: str = ""  # inside the container
    peer: str = ""  # of a container of another host: that host's address on the underlay


class Publication(NamedTuple):
    """A published port: what arrives at the host there goes to the container."""

    family: int
    protocol: str
    published: int
    container_address: str
    container_port: int
    bridge: str
    host_ip: Optional[str] = None  # None: every address of this host


def is_on_loopback(port: Publication) -> bool:
    """Whether a process of the host reaches it at 127.0.0.1, for which its bridge needs route_localnet."""
    return port.family == 4 and (port.host_ip is None or port.host_ip.startswith("127."))


class LinkRule(NamedTuple):
    """With icc off: ``source`` may reach ``target`` on this port, both being addresses on ``bridge``."""

    bridge: str
    source: str
    target: str
    protocol: str
    port: int


class Transit(NamedTuple):
    """What of a host's forwarding is none of any topology's, and is dropped."""

    families: Tuple[int, ...]  # versions of IP that a run of ours turned forwarding on for
    bridges: Tuple[str, ...]  # and tunnels, of all topologies on this host


class Ruleset(NamedTuple):
    """All packet rules of one topology; its tables are ``inet fabric-NAME`` and ``bridge fabric-NAME``."""

    topology: str
    networks: Tuple[NetworkPolicy, ...] = ()
    endpoints: Tuple[Endpoint, ...] = ()
    publications: Tuple[Publication, ...] = ()
    links: Tuple[LinkRule, ...] = ()
    underlays: Tuple[Underlay, ...] = ()
