# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The routes that a kernel makes of an address by itself, and that somebody can take away from it.

Without the one of its subnet nobody there is reached; without the one in the table local, the host or the container
does not know the address for its own. IPv6 also needs those of its multicast and link-local addresses, by which
neighbours find each other. Of IPv4's broadcast addresses nothing is looked at.
"""

from __future__ import annotations

import functools
import socket
from typing import Any, Collection, Dict, Iterable, Iterator, List, Optional, Tuple

from .._kernel.changes import Subject
from .._kernel.data import NamedTuple
from .._kernel.rtnl.read import RT_TABLE_LOCAL, RT_TABLE_MAIN, RTPROT_KERNEL, Link, RouteEntry
from .action import Action, Operation, operation
from .link_local import is_of_a_mac

_MULTICAST = "ff00::/8"
_LINK_LOCAL = "fe80::/64"
_KERNEL_METRIC = 256  # of IPv6's: IP6_RT_PRIO_ADDRCONF, include/uapi/linux/ipv6_route.h


class Where(NamedTuple):
    """A link that has addresses, and how it is shown."""

    netns: Optional[str]
    ifname: str
    shown: str
    subject: Subject


class _Brought(NamedTuple):
    """A route that an address brings, by what a packet's way depends on; it has no gateway."""

    destination: str
    type: str
    table: int


def compare(
    where: Where,
    link: Link,
    addresses: Iterable[str],
    now: Collection[str],
    routes: Iterable[RouteEntry],
    tentative: Collection[Tuple[int, str]],
) -> Iterator[Action]:
    """``addresses``: those that are declared; ``now``: all that are there.

    Of a link that is down, and of a tentative address, the kernel has none of it: whatever brings the link up brings
    them.
    """
    if not link.up:
        return
    there = {_key(route) for route in routes if route.oif == link.index}
    addresses, local = tuple(addresses), [cidr for cidr in now if cidr.startswith("fe80:")]
    in_use = [cidr for cidr in addresses if cidr in now and (link.index, cidr) not in tentative]
    for cidr in in_use:
        missing = [brought for brought in _brought(cidr) if (*brought, True) not in there]
        if link.master:  # in a VRF the table is another one
            missing = [brought for brought in missing if brought.table != RT_TABLE_MAIN]
        if missing:
            yield _again(where, cidr, [_entry(cidr, link.index, brought) for brought in missing])
    for cidr in local:
        entry = _kernels(_LINK_LOCAL, link.index, RT_TABLE_MAIN)
        if _key(entry) not in there and (link.index, cidr) not in tentative:
            yield _add(where, entry)
            break
    # It comes when the link has a carrier, as the link-local address that the kernel makes does.
    has_carrier = any(is_of_a_mac(cidr) for cidr in local)
    if has_carrier and any(":" in cidr and not cidr.startswith("fe80:") for cidr in in_use):
        entry = _kernels(_MULTICAST, link.index, RT_TABLE_LOCAL, "multicast")
        if _key(entry) not in there:
            yield _add(where, entry)


def is_connected(route: RouteEntry, addresses: Iterable[str]) -> bool:
    """Whether a route leads straight to the subnet of one of these addresses."""
    return route.gateway is None and any(route.destination == subnet_of(cidr) for cidr in addresses)


def of_address(cidr: str, index: int) -> List[RouteEntry]:
    """The routes that an address brings."""
    return [_entry(cidr, index, brought) for brought in _brought(cidr)]


@functools.lru_cache(maxsize=4096)
def _brought(cidr: str) -> Tuple[_Brought, ...]:
    address, _slash, prefixlen = cidr.partition("/")
    bits = 128 if ":" in address else 32
    # The first, for the kernel takes no source address that is not local yet.
    found = [_Brought("{0}/{1}".format(address, bits), "local", RT_TABLE_LOCAL)]
    if address.startswith("127."):
        found.append(_Brought(subnet_of(cidr), "local", RT_TABLE_LOCAL))
    elif int(prefixlen) < bits:
        found.append(_Brought(subnet_of(cidr), "unicast", RT_TABLE_MAIN))
    return tuple(found)


def subnet_of(cidr: str) -> str:
    """As ``ip_interface(cidr).network``, in a tenth of its time: each container's addresses are asked at each run."""
    address, _slash, prefixlen = cidr.partition("/")
    family, size = (socket.AF_INET6, 16) if ":" in address else (socket.AF_INET, 4)
    host_bits = size * 8 - int(prefixlen)
    network = int.from_bytes(socket.inet_pton(family, address), "big") >> host_bits << host_bits
    return "{0}/{1}".format(socket.inet_ntop(family, network.to_bytes(size, "big")), prefixlen)


def _entry(cidr: str, index: int, brought: _Brought) -> RouteEntry:
    source = None if ":" in cidr else cidr.partition("/")[0]
    return _kernels(brought.destination, index, brought.table, brought.type, source)


def _kernels(
    destination: str, index: int, table: int, kind: str = "unicast", source: Optional[str] = None
) -> RouteEntry:
    metric = _KERNEL_METRIC if ":" in destination and kind != "local" else 0
    return RouteEntry(
        destination, type=kind, metric=metric, oif=index, table=table, protocol=RTPROT_KERNEL, source=source
    )


def _key(route: RouteEntry) -> Tuple[str, str, int, bool]:
    """What a packet's way depends on. Old kernels have unicast for multicast."""
    kind = "multicast" if route.destination == _MULTICAST else route.type
    return route.destination, kind, route.table, route.gateway is None


def _again(where: Where, cidr: str, missing: List[RouteEntry]) -> Action:
    """In IPv4 the routes are set as the kernel would; an IPv6 address is set again, for the kernel keeps track of its
    own routes there, and would leave ours behind with the address."""
    place = {"netns": where.netns, "ifname": where.ifname}
    if ":" in cidr:
        do: Tuple[Operation, ...] = (
            operation("address.delete", cidr=cidr, **place),
            operation("address.add", cidr=cidr, **place),
        )
    else:
        do = tuple(operation("route.add", route=_words(route), **place) for route in missing)
    undo = tuple(operation("route.delete", route=_words(route), **place) for route in missing)
    return _action(where, missing, do, undo)


def _add(where: Where, entry: RouteEntry) -> Action:
    place = {"netns": where.netns, "ifname": where.ifname}
    do = (operation("route.add", route=_words(entry), **place),)
    return _action(where, [entry], do, (operation("route.delete", route=_words(entry), **place),))


def _action(where: Where, missing: List[RouteEntry], do: Tuple[Operation, ...], undo: Tuple[Operation, ...]) -> Action:
    names = [_shown(route) for route in missing]
    text = "bring back the {0} over {1}, which the kernel had made".format(" and the ".join(names), where.shown)
    return Action(text, where.subject, do, undo, after={name: "on" for name in names})


def _shown(route: RouteEntry) -> str:
    return "{0}route {1}".format("" if route.type == "unicast" else route.type + " ", route.destination)


def _words(route: RouteEntry) -> Dict[str, Any]:
    names = ("destination", "type", "metric", "table", "protocol", "source")
    return {name: getattr(route, name) for name in names}
