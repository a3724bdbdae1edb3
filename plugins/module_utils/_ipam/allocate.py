# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who gets what. The story of one transaction:

what is no longer asked for is released, explicit wishes are granted, then the rest gets the lowest that is free;
an owner that holds what still fits keeps it. The schema of the store has the last word on every grant.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Optional, Set, Tuple

from .._kernel.errors import DeclarationError, FabricError, Problem
from . import pools
from .change import GATEWAY, NETWORK_ITSELF, RESERVED, Change, owner
from .lease_ports import allocate_ports
from .ports import Probe, probe_port
from .requests import Allocation, HostFacts, LeaseRequests, SubnetLease, SubnetRequest
from .store import LeaseStore, Row

NetworkKey = Tuple[str, int]  # (network, family)
AddressKey = Tuple[str, str, str, int]  # (network, container, interface, family)


def allocate(
    store: LeaseStore,
    requests: LeaseRequests,
    host: HostFacts,
    probe: Probe = probe_port,
    release_others: bool = True,
) -> Allocation:
    """Answer every request inside the transaction that the caller has begun, and will commit or roll back.

    ``release_others``: a topology releases what it holds and does not ask for; one lease by hand does not.
    """
    change = Change(store, requests.topology)
    subnets = _allocate_subnets(change, requests, host, release_others)
    problems: List[Problem] = []
    addresses = _allocate_addresses(change, requests, subnets, release_others, problems)
    ports = allocate_ports(change, requests, host, probe, release_others, problems)
    if problems:
        raise DeclarationError(problems)
    return change.allocation(
        subnets=_subnet_leases(requests, subnets, addresses),
        addresses={
            (network, container, family): address
            for (network, container, _interface, family), address in addresses.items()
            if container != NETWORK_ITSELF
        },
        ports=ports,
    )


def release_topology(store: LeaseStore, topology: str) -> Allocation:
    """Everything that a topology holds goes back."""
    change = Change(store, topology)
    for kind in ("port", "address", "subnet"):
        for row in store.rows(kind, topology=topology):
            change.release(row)
    return change.allocation()


# -- subnets


def _allocate_subnets(
    change: Change, requests: LeaseRequests, host: HostFacts, release_others: bool
) -> Dict[NetworkKey, str]:
    wishes = {(request.network, request.family): request for request in requests.subnets}
    held = _held_subnets(change.store, requests, wishes, release_others)
    problems = [problem for request in requests.subnets for problem in _wrong(request)]
    for key, row in [] if problems else list(held.items()):
        wish = wishes.get(key)
        if wish is None and release_others:
            change.release(held.pop(key))
        elif wish is not None and not _still_wished(row, wish):
            if not release_others:
                problems.append(_others_inside(row, wish))
            change.release(held.pop(key))
    subnets = {key: row["subnet"] for key, row in held.items()}
    for key, request in wishes.items():
        if key not in subnets and request.subnet is not None and not problems:
            problems.extend(_lease_subnet(change, request, pools.canonical(request.subnet), wishes, host))
            subnets[key] = pools.canonical(request.subnet)
    if problems:
        raise DeclarationError(problems)
    missing = [request for key, request in wishes.items() if key not in subnets]
    if missing:
        subnets.update(_choose_subnets(change, missing, requests.default_address_pools, host))
    _refuse_narrow(wishes, subnets)
    return subnets


def _held_subnets(
    store: LeaseStore, requests: LeaseRequests, wishes: Dict[NetworkKey, SubnetRequest], everything: bool
) -> Dict[NetworkKey, Row]:
    if everything:
        rows = store.rows("subnet", topology=requests.topology)
    else:
        keys = set(wishes) | {(request.network, request.family) for request in requests.addresses}
        rows = [
            row
            for network, family in keys
            for row in store.rows("subnet", topology=requests.topology, network=network, family=family)
        ]
    return {(row["network"], row["family"]): row for row in rows}


def _still_wished(row: Row, wish: SubnetRequest) -> bool:
    if bool(row["external"]) != wish.external:
        return False
    return wish.subnet is None or pools.canonical(wish.subnet) == row["subnet"]


def _others_inside(row: Row, wish: SubnetRequest) -> Problem:
    message = "the network {0} has {1}, with leases in it; release the network before it gets another subnet"
    return Problem(wish.path, message.format(row["network"], row["subnet"]))


def _wrong(request: SubnetRequest) -> Iterable[Problem]:
    """What no host could grant; a declaration that went through the model has none of it."""
    try:
        if request.subnet is not None:
            pools.canonical(request.subnet)
    except ValueError as error:
        yield Problem(request.path, "{0}; write the first address of the subnet before the slash".format(error))


def _lease_subnet(
    change: Change, request: SubnetRequest, subnet: str, wishes: Dict[NetworkKey, SubnetRequest], host: HostFacts
) -> Iterable[Problem]:
    clash = None if request.external else pools.clashing_route(subnet, request.bridge, host)
    if clash:
        message = "{0} overlaps the route {1} of the interface {2}; choose another subnet"
        yield Problem(request.path, message.format(subnet, *clash))
    elif not change.grant(
        "subnet", network=request.network, family=request.family, subnet=subnet, external=int(request.external)
    ):
        for row in change.store.overlapping(request.family, *pools.ends(subnet)):
            other = wishes.get((row["network"], row["family"])) if row["topology"] == change.topology else None
            message = "{0} of {1} overlaps {2} of {3}{4}; choose another subnet"
            yield Problem(
                request.path,
                message.format(subnet, request.network, row["subnet"], owner(row, change.topology), _at(other)),
            )


def _choose_subnets(
    change: Change, missing: List[SubnetRequest], default_pools: Tuple[Tuple[str, int], ...], host: HostFacts
) -> Dict[NetworkKey, str]:
    free = pools.FreeSubnets(default_pools, host, (row["subnet"] for row in change.store.rows("subnet")))
    chosen = {}
    for request in missing:
        try:
            subnet = free.take(request)
        except pools.NoSubnetLeft as error:
            raise DeclarationError([Problem(request.path, str(error))]) from error
        if not change.grant(
            "subnet", network=request.network, family=request.family, subnet=subnet, external=int(request.external)
        ):
            raise FabricError("The lease store refuses {0}, which looked free; please report this.".format(subnet))
        chosen[request.network, request.family] = subnet
    return chosen


def _refuse_narrow(wishes: Dict[NetworkKey, SubnetRequest], subnets: Dict[NetworkKey, str]) -> None:
    problems = [
        Problem(wish.path, "the ip_range {0} is outside the subnet {1}".format(wish.ip_range, subnets[key]))
        for key, wish in wishes.items()
        if wish.ip_range is not None and not pools.within(wish.ip_range, subnets[key])
    ]
    if problems:
        raise DeclarationError(problems)


# -- addresses


class _Wish(NamedTuple):
    address: Optional[str]
    path: str


def _allocate_addresses(
    change: Change,
    requests: LeaseRequests,
    subnets: Dict[NetworkKey, str],
    release_others: bool,
    problems: List[Problem],
) -> Dict[AddressKey, str]:
    wishes = _wishes(requests, problems, subnets)
    set_aside = _set_aside(requests.subnets)
    held = _held_addresses(change.store, requests.topology, wishes, release_others)
    for key, row in list(held.items()):
        wish = wishes.get(key)
        if (wish is None and release_others) or (wish is not None and not _fits(row, wish, subnets, set_aside)):
            change.release(held.pop(key))
    addresses = {key: row["address"] for key, row in held.items() if key in wishes}
    for key, wish in wishes.items():
        if key not in addresses and wish.address is not None:
            addresses[key] = pools.canonical_address(wish.address)
            problems.extend(_lease_explicit(change, key, addresses[key], subnets, set_aside, wishes))
    choose = _chooser(
        change, {(request.network, request.family): request for request in requests.subnets}, subnets, set_aside
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


def _set_aside(requests: Iterable[SubnetRequest]) -> Dict[NetworkKey, Set[int]]:
    """Addresses of bridges that are not ours: nobody's lease, since several topologies may use the bridge."""
    found: Dict[NetworkKey, Set[int]] = {}
    for request in requests:
        if request.external:
            addresses = [address for _name, address in request.reserved] + [request.gateway]
            found[request.network, request.family] = {pools.number(address) for address in addresses if address}
    return found


def _held_addresses(
    store: LeaseStore, topology: str, wishes: Dict[AddressKey, _Wish], everything: bool
) -> Dict[AddressKey, Row]:
    if everything:
        rows = store.rows("address", topology=topology)
    else:
        names = ("network", "container", "interface", "family")
        rows = [row for key in wishes for row in store.rows("address", topology=topology, **dict(zip(names, key)))]
    return {(row["network"], row["container"], row["interface"], row["family"]): row for row in rows}


def _fits(row: Row, wish: _Wish, subnets: Dict[NetworkKey, str], set_aside: Dict[NetworkKey, Set[int]]) -> bool:
    if wish.address is not None and pools.canonical_address(wish.address) != row["address"]:
        return False
    key = (row["network"], row["family"])
    first, last = pools.usable(subnets[key])
    value = pools.number(row["address"])
    return first <= value <= last and value not in set_aside.get(key, ())


def _lease_explicit(
    change: Change,
    key: AddressKey,
    address: str,
    subnets: Dict[NetworkKey, str],
    set_aside: Dict[NetworkKey, Set[int]],
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
    elif pools.number(address) in set_aside.get((network, family), ()):
        yield Problem(path, "{0} belongs to the bridge of {1}; choose another address".format(address, network))
    elif not change.grant(
        "address", network=network, container=container, interface=interface, family=family, address=address
    ):
        yield Problem(path, _collision(change, key, address, wishes))


def _collision(change: Change, key: AddressKey, address: str, wishes: Dict[AddressKey, _Wish]) -> str:
    names = ("network", "container", "interface", "family")
    asking = owner(dict(zip(names, key), kind="address", topology=change.topology), change.topology)
    row = change.store.holder(key[3], pools.number(address))
    if row is None:
        raise FabricError("The lease store refuses {0} for {1}; please report this.".format(address, asking))
    holder = (row["network"], row["container"], row["interface"], row["family"])
    other = wishes.get(holder) if row["topology"] == change.topology else None
    message = "{0} is asked for by {1}, but {2} holds it{3}; choose another address for one of them"
    return message.format(address, asking, owner(row, change.topology), _at(other))


def _chooser(
    change: Change,
    requests: Dict[NetworkKey, SubnetRequest],
    subnets: Dict[NetworkKey, str],
    set_aside: Dict[NetworkKey, Set[int]],
) -> Callable[[AddressKey, _Wish], Any]:
    bounds: Dict[NetworkKey, pools.Bounds] = {}

    def choose(key: AddressKey, wish: _Wish) -> Any:
        network, container, interface, family = key
        pool = (network, family)
        if pool not in bounds:
            request = requests.get(pool)
            bounds[pool] = pools.choosable(subnets[pool], request.ip_range if request else None)
        first, last = bounds[pool]
        value = change.store.next_free(family, first)
        while value in set_aside.get(pool, ()):
            value = change.store.next_free(family, value + 1)
        address = pools.text(family, value) if value <= last else None
        if address is None or not change.grant(
            "address", network=network, container=container, interface=interface, family=family, address=address
        ):
            message = "no address is free in {0} of {1}; widen the subnet or its ip_range"
            return Problem(wish.path, message.format(subnets[pool], network))
        return address

    return choose


# -- answers


def _subnet_leases(
    requests: LeaseRequests, subnets: Dict[NetworkKey, str], addresses: Dict[AddressKey, str]
) -> Dict[NetworkKey, SubnetLease]:
    leases = {}
    for request in requests.subnets:
        key = (request.network, request.family)
        leased = addresses.get((request.network, NETWORK_ITSELF, GATEWAY, request.family))
        leases[key] = SubnetLease(subnets[key], request.gateway if request.external else leased)
    return leases


def _at(request: Any) -> str:
    return " ({0})".format(request.path) if request is not None and request.path else ""
