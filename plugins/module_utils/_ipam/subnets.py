# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subnets as leases: who keeps theirs, whose overlap, which one is chosen."""

from __future__ import annotations

from typing import Dict, Iterable, List, Tuple

from .._kernel.errors import DeclarationError, FabricError, Problem
from .._kernel.rtnl.uapi import LEADING_NOWHERE
from . import pools
from .change import Change, at, owner
from .requests import HostFacts, LeaseRequests, SubnetRequest
from .store import Row, Store

NetworkKey = Tuple[str, int]  # (network, family)


def allocate_subnets(
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
    store: Store, requests: LeaseRequests, wishes: Dict[NetworkKey, SubnetRequest], everything: bool
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
    if not change.grant(
        "subnet", network=request.network, family=request.family, subnet=subnet, external=int(request.external)
    ):
        # Before the routes are asked: whoever holds it has one, too, but over an interface that says less.
        for row in _overlapping(change.store, subnet):
            other = wishes.get((row["network"], row["family"])) if row["topology"] == change.topology else None
            message = "{0} of {1} overlaps {2} of {3}{4}; choose another subnet"
            yield Problem(
                request.path,
                message.format(subnet, request.network, row["subnet"], owner(row, change.topology), at(other)),
            )
        return
    leaving = [row["subnet"] for row in change.released if row["kind"] == "subnet"]
    clash = None if request.external else pools.clashing_route(subnet, request.bridge, host, leaving)
    needed = None if request.external else pools.needed_inside(subnet, request.bridge, host, leaving)
    if needed:
        message = "{0} of {1} holds {2}, {3}; choose another subnet"
        yield Problem(request.path, message.format(subnet, request.network, needed.address, needed.what))
    elif clash:
        message = "{0} overlaps the route {1} of the interface {2}; choose another subnet"
        if clash[1] in LEADING_NOWHERE:
            message = "{0} overlaps the route {2} {1}; choose another subnet"
        yield Problem(request.path, message.format(subnet, *clash))


def _overlapping(store: Store, subnet: str) -> List[Row]:
    """Leased subnets, anybody's, that have an address in common with this one, in ascending order."""
    rows = [row for row in store.rows("subnet") if pools.overlap(row["subnet"], subnet)]
    return sorted(rows, key=lambda row: pools.ends(row["subnet"]))


def _choose_subnets(
    change: Change, missing: List[SubnetRequest], default_pools: Tuple[Tuple[str, int], ...], host: HostFacts
) -> Dict[NetworkKey, str]:
    free = pools.FreeSubnets(default_pools, host, (row["subnet"] for row in change.store.rows("subnet")))
    chosen = {}
    problems = []
    for request in missing:
        try:
            subnet = free.take(request)
        except pools.NoSubnetLeft as error:
            problems.append(Problem(request.path, str(error)))
            continue
        if not change.choose(
            "subnet", network=request.network, family=request.family, subnet=subnet, external=int(request.external)
        ):
            raise FabricError("The lease store refuses {0}, which looked free; please report this.".format(subnet))
        chosen[request.network, request.family] = subnet
    if problems:
        raise DeclarationError(problems)
    return chosen


def _refuse_narrow(wishes: Dict[NetworkKey, SubnetRequest], subnets: Dict[NetworkKey, str]) -> None:
    problems = [
        Problem(wish.path, "the ip_range {0} is outside the subnet {1}".format(wish.ip_range, subnets[key]))
        for key, wish in wishes.items()
        if wish.ip_range is not None and not pools.within(wish.ip_range, subnets[key])
    ]
    if problems:
        raise DeclarationError(problems)
