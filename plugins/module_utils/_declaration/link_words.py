# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of one interface, as the small modules take them: addresses, routes, a bridge's times.

Each word is read by the parser that reads it in a topology; what only shows when they are seen together is here.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any, Dict, List, Sequence, Tuple

from .check_settings import Subnets, check_next_hop, check_twins
from .names_rules import check_name
from .topology import Route
from .words import Interface, Problems, address, between, cidr, items, mtu, quote, routes

_DEFAULT_MTU = 1500
_NO_ADDRESS = '"{0}": no address here has IPv{1}; add one to addresses'
#: With spanning tree the kernel takes these alone (BR_MIN_FORWARD_DELAY and BR_MAX_FORWARD_DELAY, net/bridge/br_stp.c).
_STP_DELAYS, _STP_DELAY = (2, 30), 15
#: Seconds that fit into the kernel's field (__u32, in hundredths).
_SECONDS_MAX = 42949672


def cidrs(value: Any, path: str, problems: Problems) -> Tuple[Interface, ...]:
    """Addresses with their prefix lengths, each once; an address cannot have two."""
    found: Dict[Any, Interface] = {}
    for number, item in enumerate(items(value, path, problems)):
        where = "{0}[{1}]".format(path, number)
        one = cidr(item, where, problems)
        if one is None:
            continue
        other = found.setdefault(one.ip, one)
        if other != one:
            problems.note(where, '"{0}": given as {1} already; an interface has an address once', one, other)
    return tuple(found.values())


def link_mtu(value: Any, addresses: Sequence[Interface], problems: Problems) -> int:
    ipv6 = any(one.version == 6 for one in addresses)
    return mtu(value, ipv6, "mtu", problems) or _DEFAULT_MTU


def link_routes(gateways: Any, value: Any, addresses: Sequence[Interface], problems: Problems) -> Tuple[Route, ...]:
    """The routes over an interface: a default route for each of ``gateways``, and those of ``value``."""
    before = len(problems)
    declared: List[Tuple[Route, str]] = []
    for number, item in enumerate(items(gateways, "gateway", problems)):
        where = "gateway[{0}]".format(number)
        gateway = address(item, where, problems)
        if gateway is not None:
            everywhere = ip_network("0.0.0.0/0" if gateway.version == 4 else "::/0")
            declared.append((Route(everywhere, gateway), where))
    # A route that is wrong is not among those read: then the numbers of the others are not those that were written.
    read = routes(value, "routes", problems)
    declared.extend((route, "routes[{0}]".format(number)) for number, route in enumerate(read))
    if len(problems) > before:
        return ()
    subnets: Subnets = [(one.version, one.network) for one in addresses]
    for route, path in declared:
        if route.type == "unicast":
            check_next_hop(route, subnets, path, problems, _NO_ADDRESS)
    check_twins(declared, "the namespace", problems)
    return tuple(route for route, _path in declared)


def check_attach(value: str, path: str, problems: Problems) -> None:
    """What a second handle may lead to: ``host``, ``netns:NAME``, ``pid:N``, or a path."""
    kind, colon, rest = value.partition(":")
    if kind == "pid" and colon and not (rest.isascii() and rest.isdigit()):
        problems.note(path, '{0}: expected the number of a process, as in "pid:1234"', quote(value))
    elif kind == "netns" and colon:
        check_name(rest, path, problems)
    elif value != "host" and not (kind == "pid" and colon) and not value.startswith("/"):
        problems.note(path, "{0}: expected host, netns:NAME, pid:N or the path of a namespace", quote(value))


def bridge_times(ageing_time: Any, forward_delay: Any, stp: bool, problems: Problems) -> Tuple[int, int]:
    """In seconds. ``forward_delay`` None: none, and with spanning tree the kernel's own."""
    if forward_delay is None:
        forward_delay = _STP_DELAY if stp else 0
    low, high = _STP_DELAYS if stp else (0, _SECONDS_MAX)
    what = "forward_delay of a bridge with stp" if stp else "forward_delay"
    ageing = between(ageing_time, 0, _SECONDS_MAX, "ageing_time", "ageing_time", problems)
    return ageing or 0, between(forward_delay, low, high, what, "forward_delay", problems) or 0
