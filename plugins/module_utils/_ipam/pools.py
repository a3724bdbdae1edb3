# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which addresses of a subnet may be given out, and which subnets are free on this host. Pure arithmetic.

netaddr is imported only when a subnet has to be chosen: nobody who writes their subnets needs it.
"""

from __future__ import annotations

import functools
import hashlib
import ipaddress
from typing import Any, Dict, Iterable, List, Optional, Tuple

from .._kernel.errors import FabricError, MissingDependencyError
from .requests import HostFacts, NeededAddress, SubnetRequest

Bounds = Tuple[int, int]
#: How much of what is in the way an error names.
_SHOWN = 8


@functools.lru_cache(maxsize=256)  # each address is held against that of its network
def usable(subnet: str) -> Bounds:
    """The first and last address that an interface may have: never the network's own, never the broadcast one.

    In /31 and /127 both addresses are points of a link (RFC 3021, RFC 6164), a /32 or /128 is its one address.
    IPv6 has no broadcast, but its first address is every router's (RFC 4291, 2.6.1).
    """
    network = ipaddress.ip_network(subnet)
    first, last = int(network.network_address), int(network.broadcast_address)
    if network.prefixlen >= network.max_prefixlen - 1:
        return first, last
    return first + 1, last - (1 if network.version == 4 else 0)


def choosable(subnet: str, ip_range: Optional[str]) -> Bounds:
    """Where addresses that nobody wrote down come from: the part of the subnet in ``ip_range``, if there is one."""
    first, last = usable(subnet)
    if ip_range is None:
        return first, last
    narrow = ipaddress.ip_network(ip_range, strict=False)
    return max(first, int(narrow.network_address)), min(last, int(narrow.broadcast_address))


def number(address: str) -> int:
    return int(ipaddress.ip_address(address))


def text(family: int, value: int) -> str:
    return str(ipaddress.IPv4Address(value) if family == 4 else ipaddress.IPv6Address(value))


def canonical(subnet: str) -> str:
    return str(ipaddress.ip_network(subnet))


def canonical_address(address: str) -> str:
    return str(ipaddress.ip_address(address))


def ends(subnet: str) -> Bounds:
    network = ipaddress.ip_network(subnet)
    return int(network.network_address), int(network.broadcast_address)


def within(inner: str, subnet: str) -> bool:
    """Is a range or an address inside the subnet?"""
    narrow: Any = ipaddress.ip_network(inner, strict=False)
    wide: Any = ipaddress.ip_network(subnet)
    return bool(narrow.version == wide.version and narrow.subnet_of(wide))


def overlap(one: str, other: str) -> bool:
    """Have two subnets an address in common?"""
    return bool(ipaddress.ip_network(one).overlaps(ipaddress.ip_network(other)))


class NoSubnetLeft(FabricError):
    """The default address pools are used up, or there are none of this family."""


def clashing_route(subnet: str, bridge: str, host: HostFacts, leaving: Iterable[str] = ()) -> Optional[Tuple[str, str]]:
    """A route of the host that an explicit subnet would take traffic from: the same, or inside it.

    One that is less specific (a VPN's 10.0.0.0/8, say) keeps everything else, so it is no clash. Nor is one of a
    subnet that this very run releases: its bridge goes, or gets another subnet.
    """
    leaving = set(leaving)
    wanted: Any = ipaddress.ip_network(subnet)
    for destination, interface in host.routes:
        if not interface or interface == bridge or destination in leaving:
            continue
        route: Any = _network(destination)
        if route is not None and route.version == wanted.version and route.prefixlen and route.subnet_of(wanted):
            return destination, interface
    return None


def needed_inside(subnet: str, bridge: str, host: HostFacts, leaving: Iterable[str] = ()) -> Optional[NeededAddress]:
    """An address that the host would lose sight of with this subnet on a bridge, however wide the route to it is.

    The host's own on ``bridge``, and in a subnet that this very run releases, are what they are because of us.
    """
    wanted, released = ipaddress.ip_network(subnet), [ipaddress.ip_network(each) for each in leaving]
    for needed in host.needs():
        address = _network(needed.address)
        if address is None or address.version != wanted.version or address.network_address not in wanted:
            continue
        own = bool(needed.interface)
        if not (own and (needed.interface == bridge or any(address.network_address in each for each in released))):
            return needed
    return None


class FreeSubnets:
    """The subnets that are left to choose from: of each pool what no route, nameserver or lease touches."""

    def __init__(self, pools: Iterable[Tuple[str, int]], host: HostFacts, leased: Iterable[str]) -> None:
        self._pools = tuple(pools)
        self._host = host
        self._taken: List[str] = list(leased)
        self._free: Dict[Tuple[str, str], Any] = {}  # (pool's base, bridge whose routes do not count) → IPSet

    def take(self, request: SubnetRequest) -> str:
        """The lowest free subnet of the first pool that has one, which is then no longer free."""
        pools = [pool for pool in self._pools if ipaddress.ip_network(pool[0]).version == request.family]
        if request.family == 6 and not pools:
            pools = [(unique_local_prefix(self._host.machine_id), 64)]
        for base, size in pools:
            for block in self._free_in(base, request.bridge).iter_cidrs():
                if block.prefixlen <= size:
                    subnet = "{0}/{1}".format(block.network, size)
                    self.block(subnet)
                    return subnet
        raise NoSubnetLeft(
            "no subnet is left in the default address pools ({0}){1}; write a subnet, or add a pool to "
            "topology_default_address_pools".format(
                ", ".join("{0} by /{1}".format(*pool) for pool in pools) or "none",
                self._in_the_way([base for base, _size in pools]),
            )
        )

    def _in_the_way(self, bases: List[str]) -> str:
        """What takes the pools, the widest first."""
        routes = {"the route {0} ({1})".format(*route): route[0] for route in self._host.routes}
        leases = {"the subnet {0}, which is leased".format(each): each for each in self._taken}
        found = [
            (network.prefixlen, text)
            for text, network in ((text, _network(each)) for text, each in {**routes, **leases}.items())
            if network is not None and _blocks(network) and any(overlap(str(network), base) for base in bases)
        ]
        texts = [text for _length, text in sorted(found)]
        more = " and {0} more".format(len(texts) - _SHOWN) if len(texts) > _SHOWN else ""
        return ": in the way are " + ", ".join(texts[:_SHOWN]) + more if texts else ""

    def block(self, subnet: str) -> None:
        self._taken.append(subnet)
        for free in self._free.values():
            free.remove(subnet)

    def _free_in(self, base: str, bridge: str) -> Any:
        own = bridge if any(interface == bridge for _destination, interface in self._host.routes) else ""
        if (base, own) not in self._free:
            self._free[base, own] = self._compute(base, own)
        return self._free[base, own]

    def _compute(self, base: str, own: str) -> Any:
        ip_set = _ip_set_class()
        pool: Any = ipaddress.ip_network(base)
        taken = [destination for destination, interface in self._host.routes if not own or interface != own]
        blocked = []
        needed = [each.address for each in self._host.needs() if not own or each.interface != own]
        for name in taken + list(self._host.nameservers) + needed + self._taken:
            network: Any = _network(name)
            if network is not None and network.version == pool.version and _blocks(network):
                if network.overlaps(pool):
                    blocked.append(str(network))
        return ip_set([base]) - ip_set(blocked)


def _blocks(network: Any) -> bool:
    """A default route takes what nobody else does, and so do the two halves that a VPN makes of one."""
    return bool(network.prefixlen > 1)


def unique_local_prefix(machine_id: str) -> str:
    """This host's /48 of fd00::/8 (RFC 4193): 40 bits that another host hardly has, the same at every run."""
    bits = hashlib.sha256(machine_id.encode("utf-8")).digest()[:5]
    return "{0}/48".format(ipaddress.IPv6Address(b"\xfd" + bits + bytes(10)))


def _network(destination: str) -> Any:
    """A route's destination as a network; None for what is not one (``default``, a scoped nameserver's zone)."""
    try:
        return ipaddress.ip_network(destination.split("%")[0], strict=False)
    except ValueError:
        return None


def _ip_set_class() -> Any:
    try:
        from netaddr import IPSet
    except ImportError:
        raise MissingDependencyError(
            "netaddr", "to choose a subnet that overlaps nothing (or write a subnet for every network)"
        ) from None
    return IPSet
