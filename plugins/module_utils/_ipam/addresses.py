# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses as leases: what a network sets aside first, then what containers wrote down, then the lowest free ones."""

from __future__ import annotations

import functools
from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple

from .._kernel.data import NamedTuple
from .._kernel.errors import FabricError, Problem
from . import pools
from .address_probe import Ask
from .change import GATEWAY, HOST, NETWORK_ITSELF, RESERVED, Change, at, owner
from .lan import Lan
from .requests import LeaseRequests, SubnetRequest
from .store import Row, Store
from .subnets import NetworkKey

AddressKey = Tuple[str, str, str, int]  # (network, container, interface, family)


class _Wish(NamedTuple):
    address: Optional[str]
    path: str


def allocate_addresses(
    change: Change,
    requests: LeaseRequests,
    subnets: Dict[NetworkKey, str],
    release_others: bool,
    problems: List[Problem],
    ask: Ask,
) -> Dict[AddressKey, str]:
    wishes = _wishes(requests, problems, subnets)
    lan = Lan(requests.subnets, ask)
    held = _held_addresses(change.store, requests.topology, wishes, release_others)
    for key, row in list(held.items()):
        wish = wishes.get(key)
        if (wish is None and release_others) or (wish is not None and not _fits(row, wish, subnets, lan)):
            change.release(held.pop(key))
    addresses = {key: row["address"] for key, row in held.items() if key in wishes}
    written = {
        key: pools.canonical_address(wish.address)
        for key, wish in wishes.items()
        if key not in addresses and wish.address is not None
    }
    addresses.update(written)
    for key, address in written.items():
        problems.extend(_lease_explicit(change, key, address, subnets, lan, wishes))
    problems.extend(_met_on_the_wire(written, lan, wishes))
    chosen = [key for key in wishes if key not in addresses]
    choose = _chooser(
        change, {(request.network, request.family): request for request in requests.subnets}, subnets, lan, chosen
    )
    for key, wish in wishes.items():
        if key not in addresses:
            address_or_problem = choose(key, wish)
            if isinstance(address_or_problem, Problem):
                problems.append(address_or_problem)
            else:
                addresses[key] = address_or_problem
    return addresses


def _wishes(
    requests: LeaseRequests, problems: List[Problem], subnets: Dict[NetworkKey, str]
) -> Dict[AddressKey, _Wish]:
    """What networks need comes before what containers want. A bridge that is not ours has its gateway already."""
    wishes: Dict[AddressKey, _Wish] = {}
    for subnet in requests.subnets:
        if subnet.host_address:
            wishes[subnet.network, NETWORK_ITSELF, HOST, subnet.family] = _Wish(None, subnet.path)
        if subnet.external:
            continue
        for name, address in subnet.reserved:
            wishes[subnet.network, NETWORK_ITSELF, RESERVED + name, subnet.family] = _Wish(address, subnet.path)
        if subnet.needs_gateway:
            wishes[subnet.network, NETWORK_ITSELF, GATEWAY, subnet.family] = _Wish(subnet.gateway, subnet.path)
    for request in requests.addresses:
        if (request.network, request.family) in subnets:
            key = (request.network, request.container, request.interface, request.family)
            wishes[key] = _Wish(request.address, request.path)
        else:
            message = "the network {0} has no IPv{1} subnet".format(request.network, request.family)
            problems.append(Problem(request.path, message))
    return wishes


def _held_addresses(
    store: Store, topology: str, wishes: Dict[AddressKey, _Wish], everything: bool
) -> Dict[AddressKey, Row]:
    if everything:
        rows = store.rows("address", topology=topology)
    else:
        names = ("network", "container", "interface", "family")
        rows = [row for key in wishes for row in store.rows("address", topology=topology, **dict(zip(names, key)))]
    return {(row["network"], row["container"], row["interface"], row["family"]): row for row in rows}


def _fits(row: Row, wish: _Wish, subnets: Dict[NetworkKey, str], lan: Lan) -> bool:
    if wish.address is not None and pools.canonical_address(wish.address) != row["address"]:
        return False
    key = (row["network"], row["family"])
    first, last = pools.usable(subnets[key])
    value = pools.number(row["address"])
    return first <= value <= last and not lan.refuses(key, value)


def _lease_explicit(
    change: Change,
    key: AddressKey,
    address: str,
    subnets: Dict[NetworkKey, str],
    lan: Lan,
    wishes: Dict[AddressKey, _Wish],
) -> Iterable[Problem]:
    network, container, interface, family = key
    path = wishes[key].path
    subnet = subnets[network, family]
    first, last = pools.usable(subnet)
    if not first <= pools.number(address) <= last or not pools.within(address, subnet):
        why = "the network or broadcast address" if pools.within(address, subnet) else "outside the subnet"
        choice = "{0} to {1}".format(pools.text(family, first), pools.text(family, last))
        message = "{0} is {1} of {2} ({3}); choose one of {4}"
        yield Problem(path, message.format(address, why, network, subnet, choice))
    elif lan.refuses((network, family), pools.number(address)):
        yield Problem(path, "{0} belongs to the bridge of {1} or to the host; choose another".format(address, network))
    elif not change.grant(
        "address", network=network, container=container, interface=interface, family=family, address=address
    ):
        yield Problem(path, _collision(change, key, address, wishes))


def _met_on_the_wire(written: Dict[AddressKey, str], lan: Lan, wishes: Dict[AddressKey, _Wish]) -> Iterable[Problem]:
    """Of addresses that are leased for the first time, those that somebody out there answers for."""
    by_network: Dict[NetworkKey, Dict[str, AddressKey]] = {}
    for key, address in written.items():
        by_network.setdefault((key[0], key[3]), {})[address] = key
    for network, keys in by_network.items():
        for address, mac in lan.who_has(network, keys).items():
            message = "{0} is in use on the wire of {1}, by the MAC {2}; choose another address, or free it there"
            yield Problem(wishes[keys[address]].path, message.format(address, network[0], mac))


def _collision(change: Change, key: AddressKey, address: str, wishes: Dict[AddressKey, _Wish]) -> str:
    names = ("network", "container", "interface", "family")
    asking = owner(dict(zip(names, key), kind="address", topology=change.topology), change.topology)
    rows = change.store.rows("address", family=key[3], address=address)
    if not rows:
        raise FabricError("The lease store refuses {0} for {1}; please report this.".format(address, asking))
    row = rows[0]
    holder = (row["network"], row["container"], row["interface"], row["family"])
    other = wishes.get(holder) if row["topology"] == change.topology else None
    message = "{0} is asked for by {1}, but {2} holds it{3}; choose another address for one of them"
    return message.format(address, asking, owner(row, change.topology), at(other))


def _chooser(
    change: Change,
    requests: Dict[NetworkKey, SubnetRequest],
    subnets: Dict[NetworkKey, str],
    lan: Lan,
    wanted: List[AddressKey],
) -> Callable[[AddressKey, _Wish], Any]:
    bounds: Dict[NetworkKey, pools.Bounds] = {}

    def choose(key: AddressKey, wish: _Wish) -> Any:
        network, container, interface, family = key
        pool = (network, family)
        if pool not in bounds:
            request = requests.get(pool)
            bounds[pool] = pools.choosable(subnets[pool], request.ip_range if request else None)
            count = sum(1 for other in wanted if (other[0], other[3]) == pool)
            lan.look(pool, count, bounds[pool], functools.partial(change.store.next_free, family))
        first, last = bounds[pool]
        value = change.store.next_free(family, first)
        while lan.uses(pool, value):
            value = change.store.next_free(family, value + 1)
        address = pools.text(family, value) if value <= last else None
        if address is None or not change.choose(
            "address", network=network, container=container, interface=interface, family=family, address=address
        ):
            message = "no address is free in {0} of {1}; widen the subnet or its ip_range"
            return Problem(wish.path, message.format(subnets[pool], network))
        return address

    return choose
