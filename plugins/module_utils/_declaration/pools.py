# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``ipam``: the subnets of a network, and the pools that subnets are chosen from."""

from __future__ import annotations

from ipaddress import IPv4Network, ip_network
from typing import Any, List, Optional, Tuple

from .topology import Address, AddressPool, Pool, Subnet
from .words import Problems, address, integer, known_keys, mapping, quote, subnet, within

_POOL_WORDS = ("subnet", "ip_range", "gateway", "aux_addresses")
_BLOCK_SIZE = "block_size"
POOL_WORDS = (*_POOL_WORDS, _BLOCK_SIZE)
IPAM_WORDS = ("driver", "config", "options")
#: Docker's own list: where a network without a subnet gets one.
DOCKER_ADDRESS_POOLS = (
    ("172.17.0.0/16", 16),
    ("172.18.0.0/16", 16),
    ("172.19.0.0/16", 16),
    ("172.20.0.0/14", 16),
    ("172.24.0.0/14", 16),
    ("172.28.0.0/14", 16),
    ("192.168.0.0/16", 20),
)


def parse_pools(
    value: Any,
    enable_ipv4: bool,
    enable_ipv6: bool,
    path: str,
    problems: Problems,
    on_lan: bool = False,
    has_blocks: bool = False,
) -> Tuple[Pool, ...]:
    """At most one pool a family; a family that is on and has none gets an open one, filled by the lease store.

    ``on_lan``: the subnet may be left out, and is then that of the LAN. ``has_blocks``: it is cut into blocks, whose
    size may be said.
    """
    where = path + ".ipam"
    words = mapping(value, where, problems)
    known_keys(words, IPAM_WORDS, where, problems)
    if words.get("driver") not in (None, "default"):
        problems.note(
            where + ".driver", "{0}: only the default address management is available", quote(words["driver"])
        )
    pools: List[Pool] = []
    config = words.get("config")
    if config is not None and not isinstance(config, (list, tuple)):
        problems.note(where + ".config", "{0}: expected a list of subnets", quote(config))
        config = None
    for n, item in enumerate(config or ()):
        place = "{0}.config[{1}]".format(where, n)
        pool = _pool(item, enable_ipv4, place, problems, on_lan, has_blocks)
        if pool is None:
            continue
        earlier = next((other for other in pools if other.family == pool.family), None)
        if earlier is not None:
            problems.note(place, "a network has one IPv{0} subnet; {1} declares one too", pool.family, earlier.path)
            continue
        _check_enabled(pool, enable_ipv4, enable_ipv6, path, problems)
        pools.append(pool)
    declared = {pool.family for pool in pools}
    for family, enabled in ((4, enable_ipv4), (6, enable_ipv6)):
        if enabled and family not in declared:
            pools.append(Pool(family=family, path=path))
    return tuple(sorted(pools, key=lambda pool: pool.family))


def _check_enabled(pool: Pool, enable_ipv4: bool, enable_ipv6: bool, path: str, problems: Problems) -> None:
    if pool.family == 6 and not enable_ipv6:
        problems.note(pool.path, "an IPv6 subnet, but IPv6 is off here: set {0}.enable_ipv6 to true", path)
    if pool.family == 4 and not enable_ipv4:
        problems.note(pool.path, "an IPv4 subnet, but IPv4 is off here: set {0}.enable_ipv4 to true", path)


def _pool(
    value: Any, enable_ipv4: bool, path: str, problems: Problems, on_lan: bool, has_blocks: bool
) -> Optional[Pool]:
    words = mapping(value, path, problems)
    if _BLOCK_SIZE in words and not has_blocks:
        problems.note(path + "." + _BLOCK_SIZE, "only an overlay is cut into blocks; leave it out")
    known_keys(words, POOL_WORDS, path, problems)
    net: Optional[Subnet] = None
    if words.get("subnet") is not None:
        net = subnet(words["subnet"], path + ".subnet", problems)
        if net is None:
            return None
        _check_room(net, path + ".subnet", problems)
    elif on_lan and [key for key in _POOL_WORDS if words.get(key) is not None] == ["ip_range"]:
        own = subnet(words["ip_range"], path + ".ip_range", problems, "ip_range")
        return Pool(own.version, ip_range=own, path=path) if own is not None else None
    elif any(words.get(key) is not None for key in _POOL_WORDS):
        problems.note(path, "ip_range, gateway and aux_addresses need a subnet beside them")
        return None
    family = net.version if net is not None else 4 if enable_ipv4 else 6
    gateway = _inside(words.get("gateway"), net, path + ".gateway", "gateway", problems)
    aux = _aux(words.get("aux_addresses"), net, gateway, path + ".aux_addresses", problems)
    ip_range = _ip_range(words.get("ip_range"), net, path + ".ip_range", problems)
    size = integer(words.get(_BLOCK_SIZE), path + "." + _BLOCK_SIZE, problems) if has_blocks else None
    return Pool(family, net, ip_range, gateway, aux, path, size)


def _check_room(net: Subnet, path: str, problems: Problems) -> None:
    if net.is_multicast or net.is_loopback:
        problems.note(
            path, '"{0}": containers cannot live in a {1} subnet', net, "multicast" if net.is_multicast else "loopback"
        )
    elif net.num_addresses < 2:
        problems.note(
            path, '"{0}": too small, a gateway and a container need /{1} at least', net, 31 if net.version == 4 else 127
        )


def _ip_range(value: Any, net: Optional[Subnet], path: str, problems: Problems) -> Optional[Subnet]:
    if value is None or net is None:
        return None
    found = subnet(value, path, problems, "ip_range")
    if found is None:
        return None
    if not within(found, net):
        problems.note(path, '"{0}": not inside the subnet {1}', found, net)
        return None
    return found


def _inside(value: Any, net: Optional[Subnet], path: str, what: str, problems: Problems) -> Optional[Address]:
    if value is None or net is None:
        return None
    found = address(value, path, problems)
    if found is None:
        return None
    reason = outside(found, net)
    if reason:
        problems.note(path, '"{0}": the {1} {2}', found, what, reason)
        return None
    return found


def outside(one: Address, net: Subnet) -> str:
    """Why an address cannot be given to anybody in a subnet; empty when it can."""
    if not within(one, net):
        return "is not inside the subnet {0}".format(net)
    if net.num_addresses <= 2:  # the ends of a link (RFC 3021, RFC 6164)
        return ""
    if one == net.network_address:
        return "is the network address of {0}".format(net)
    if isinstance(net, IPv4Network) and one == net.broadcast_address:
        return "is the broadcast address of {0}".format(net)
    return ""


def _aux(
    value: Any, net: Optional[Subnet], gateway: Optional[Address], path: str, problems: Problems
) -> Tuple[Tuple[str, Address], ...]:
    found: List[Tuple[str, Address]] = []
    for name, item in mapping(value, path, problems).items():
        where = "{0}.{1}".format(path, name)
        one = _inside(item, net, where, "address", problems)
        if one is None:
            continue
        if one == gateway:
            problems.note(where, '"{0}": this is the gateway', one)
        twin = next((other for other, taken in found if taken == one), None)
        if twin is not None:
            problems.note(where, '"{0}": already set aside for {1}', one, twin)
        found.append((name, one))
    return tuple(found)


def parse_address_pools(value: Any, path: str, problems: Problems) -> Tuple[AddressPool, ...]:
    if value is None:
        return tuple(AddressPool(ip_network(base), size) for base, size in DOCKER_ADDRESS_POOLS)
    if not isinstance(value, (list, tuple)):
        problems.note(path, "{0}: expected a list of pools, each with base and size", quote(value))
        return ()
    read = (_address_pool(item, "{0}[{1}]".format(path, n), problems) for n, item in enumerate(value))
    return tuple(pool for pool in read if pool is not None)


def _address_pool(value: Any, path: str, problems: Problems) -> Optional[AddressPool]:
    words = mapping(value, path, problems)
    known_keys(words, ("base", "size"), path, problems)
    base = subnet(words.get("base"), path + ".base", problems, "base")
    size = integer(words.get("size"), path + ".size", problems)
    if size is None and words.get("size") is None:
        problems.note(path + ".size", "a pool needs the prefix length of its subnets, such as 24")
    if base is None or size is None:
        return None
    largest = base.max_prefixlen - 2
    if not base.prefixlen <= size <= largest:
        problems.note(path + ".size", "{0}: the size must be between {1} and {2}", size, base.prefixlen, largest)
        return None
    return AddressPool(base, size)
