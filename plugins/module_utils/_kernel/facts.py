# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of a host that a choice must respect: routes, nameservers, port ranges, the uplink's mtu."""

from __future__ import annotations

from typing import Collection, List, Mapping, Optional, Tuple

from . import sysctl
from .data import NamedTuple
from .host import Host
from .rtnl import nexthops
from .rtnl import read as rtnetlink
from .rtnl.read import Link, RouteEntry
from .rtnl.uapi import LEADING_NOWHERE

DEFAULT_MTU = 1500
RESOLV_CONF = "/etc/resolv.conf"
#: What systemd-resolved asks, without its stub: systemd-resolved.service(8).
RESOLVED_CONF = "/run/systemd/resolve/resolv.conf"
_STUBS = {"127.0.0.53", "127.0.0.54"}


class Reading(NamedTuple):
    """The host's links and routes, read once for everything that is to be known of them."""

    links: Mapping[int, Link]
    routes: Tuple[RouteEntry, ...]


def read(host: Host) -> Reading:
    links = {link.index: link for link in rtnetlink.read_links(host.socket)}
    return Reading(links, tuple(_resolved(host, rtnetlink.read_routes(host.socket))))


def _resolved(host: Host, routes: List[RouteEntry]) -> List[RouteEntry]:
    """With the ways of nexthop objects, where the kernel does not tell them with the route."""
    if not any(route.next_hop_id and not route.interfaces for route in routes):
        return routes
    objects = nexthops.read_next_hops(host.socket)
    return [_with_ways(route, objects) if route.next_hop_id and not route.interfaces else route for route in routes]


def _with_ways(route: RouteEntry, objects: Mapping[int, nexthops.NextHop]) -> RouteEntry:
    ways = nexthops.ways(route.next_hop_id, objects)
    return route._replace(
        next_hops=tuple(way.oif for way in ways if way.oif),
        gateways=tuple(way.gateway for way in ways if way.gateway),
    )


def routes(reading: Reading) -> Tuple[Tuple[str, str], ...]:
    """(destination, interface name) of every route in any table, both families; of a multipath route, one for each
    next hop. One that leads nowhere has its type in the place of an interface: ``blackhole``."""
    return tuple(
        (route.destination, _ifname(reading, index) if route.type == "unicast" else route.type)
        for route in reading.routes
        for index in (route.interfaces if route.type == "unicast" else ()) or (0,)
        if route.type in ("unicast", *LEADING_NOWHERE) and route.table != rtnetlink.RT_TABLE_LOCAL
    )


def next_hops(reading: Reading, but_over: Collection[int] = ()) -> Tuple[Tuple[str, str], ...]:
    """(gateway, destination) of every route that has one, but for those over these links, by index."""
    routes = [route for route in reading.routes if not set(route.interfaces).intersection(but_over)]
    found = ((each, route) for route in routes for each in (route.gateway, *route.gateways))
    return tuple((each, route.destination) for each, route in found if each is not None)


def advertised_interfaces(reading: Reading) -> Tuple[str, ...]:
    """Interfaces over which the host has routes from router advertisements."""
    found = {index for route in reading.routes if route.protocol == rtnetlink.RTPROT_RA for index in route.interfaces}
    return tuple(sorted(_ifname(reading, index) for index in found if index in reading.links))


def uplink_mtu(reading: Reading) -> int:
    """The mtu of the interface of the default route with the lowest metric; 1500 where there is none.

    Of a multipath route it is the least of its interfaces' mtus: a packet may take any of them.
    """
    ways = uplinks(reading)
    return min(link.mtu for link in ways) if ways else DEFAULT_MTU


def uplinks(reading: Reading, families: Tuple[int, ...] = (4, 6)) -> Tuple[Link, ...]:
    """Over which the default route with the lowest metric goes, IPv4's first; none where the host has no way out."""
    defaults = [
        route
        for route in reading.routes
        if route.destination.endswith("/0")
        and route.table == rtnetlink.RT_TABLE_MAIN
        and (6 if ":" in route.destination else 4) in families
        and _ways(reading, route)
    ]
    best = min(defaults, key=lambda route: (":" in route.destination, route.metric), default=None)
    return _ways(reading, best) if best is not None else ()


def _ways(reading: Reading, route: RouteEntry) -> Tuple[Link, ...]:
    """Whatever else lo is named for, such as an unreachable route, leads nowhere."""
    if route.type != "unicast":
        return ()
    links = (reading.links.get(index) for index in route.interfaces)
    return tuple(link for link in links if link is not None and link.ifname != "lo")


def _ifname(reading: Reading, index: int) -> str:
    return reading.links[index].ifname if index in reading.links else ""


def nameservers() -> Tuple[str, ...]:
    """All that the host asks, whoever forwards to them."""
    lines = [*_resolv_conf(RESOLV_CONF), *_resolv_conf(RESOLVED_CONF)]
    found = (words[1].partition("%")[0] for words in lines if words[0] == "nameserver" and len(words) > 1)
    return tuple(dict.fromkeys(found))


def resolv_conf_lines(path: str = RESOLV_CONF, resolved: str = RESOLVED_CONF) -> List[str]:
    """The host's; where that names systemd-resolved's stub alone, what resolved itself asks."""
    lines = _resolv_conf(path)
    servers = {words[1] for words in lines if words[0] == "nameserver" and len(words) > 1}
    if servers and servers <= _STUBS:
        lines = _resolv_conf(resolved) or lines
    return [" ".join(words) for words in lines]


def local_port_range() -> Tuple[int, int]:
    first, last = (sysctl.read("net/ipv4/ip_local_port_range") or "32768 60999").split()
    return int(first), int(last)


def reserved_ports() -> Tuple[Tuple[int, int], ...]:
    ranges = []
    for part in (sysctl.read("net/ipv4/ip_local_reserved_ports") or "").split(","):
        first, _dash, last = part.strip().partition("-")
        if first:
            ranges.append((int(first), int(last or first)))
    return tuple(ranges)


def machine_id() -> str:
    return own_machine_id() or _read("/etc/hostname") or ""


def own_machine_id() -> str:
    """machine-id(5); empty where the host has none."""
    return _read("/etc/machine-id") or _read("/var/lib/dbus/machine-id") or ""


def _read(path: str) -> Optional[str]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return None


def _resolv_conf(path: str) -> List[List[str]]:
    text = _read(path) or ""
    return [line.split() for line in text.splitlines() if line.strip() and line.strip()[0] not in "#;"]
