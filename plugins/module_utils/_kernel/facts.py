# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of a host that a choice must respect: routes, nameservers, port ranges, the uplink's mtu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Mapping, Optional, Tuple

from . import sysctl
from .host import Host
from .rtnl import read as rtnetlink
from .rtnl.read import Link, RouteEntry

DEFAULT_MTU = 1500


@dataclass(frozen=True)
class Reading:
    """The host's links and routes, read once for everything that is to be known of them."""

    links: Mapping[int, Link]
    routes: Tuple[RouteEntry, ...]


def read(host: Host) -> Reading:
    links = {link.index: link for link in rtnetlink.read_links(host.socket)}
    return Reading(links, tuple(rtnetlink.read_routes(host.socket)))


def routes(reading: Reading) -> Tuple[Tuple[str, str], ...]:
    """(destination, interface name) of every unicast route in any table, both families; of a multipath route, one for
    each next hop."""
    return tuple(
        (route.destination, _ifname(reading, index))
        for route in reading.routes
        for index in route.interfaces or (0,)
        if route.type == "unicast" and route.table != rtnetlink.RT_TABLE_LOCAL
    )


def advertised_interfaces(reading: Reading) -> Tuple[str, ...]:
    """Interfaces over which the host has routes from router advertisements."""
    found = {index for route in reading.routes if route.protocol == rtnetlink.RTPROT_RA for index in route.interfaces}
    return tuple(sorted(_ifname(reading, index) for index in found if index in reading.links))


def uplink_mtu(reading: Reading) -> int:
    """The mtu of the interface of the default route with the lowest metric; 1500 where there is none.

    Of a multipath route it is the least of its interfaces' mtus: a packet may take any of them.
    """
    defaults = [
        route
        for route in reading.routes
        if route.destination.endswith("/0") and route.table == rtnetlink.RT_TABLE_MAIN and _mtus(reading, route)
    ]
    best = min(defaults, key=lambda route: (":" in route.destination, route.metric), default=None)
    return min(_mtus(reading, best)) if best else DEFAULT_MTU


def _mtus(reading: Reading, route: RouteEntry) -> List[int]:
    return [reading.links[index].mtu for index in route.interfaces if index in reading.links]


def _ifname(reading: Reading, index: int) -> str:
    return reading.links[index].ifname if index in reading.links else ""


def nameservers(path: str = "/etc/resolv.conf") -> Tuple[str, ...]:
    return tuple(words[1] for words in _resolv_conf(path) if words[0] == "nameserver" and len(words) > 1)


def resolv_conf_lines(path: str = "/etc/resolv.conf") -> List[str]:
    return [" ".join(words) for words in _resolv_conf(path)]


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
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        return None


def _resolv_conf(path: str) -> List[List[str]]:
    text = _read(path) or ""
    return [line.split() for line in text.splitlines() if line.strip() and line.strip()[0] not in "#;"]
