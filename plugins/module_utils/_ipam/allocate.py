# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who gets what. The story of one transaction:

what is no longer asked for is released, explicit wishes are granted, then the rest gets the lowest that is free;
an owner that holds what still fits keeps it. The schema of the store has the last word on every grant.
"""

from __future__ import annotations

from typing import Dict, List

from .._kernel.errors import DeclarationError, Problem
from .address_probe import Ask, ask_the_wire
from .addresses import AddressKey, allocate_addresses
from .change import GATEWAY, HOST, NETWORK_ITSELF, Change
from .port_probe import Probe, probe_port
from .ports import allocate_ports
from .requests import Allocation, HostFacts, LeaseRequests, SubnetLease
from .store import Store
from .subnets import NetworkKey, allocate_subnets


def allocate(
    store: Store,
    requests: LeaseRequests,
    host: HostFacts,
    probe: Probe = probe_port,
    release_others: bool = True,
    ask: Ask = ask_the_wire,
) -> Allocation:
    """Answer every request inside the transaction that the caller has begun, and will commit or roll back.

    ``release_others``: a topology releases what it holds and does not ask for; one lease by hand does not.
    """
    change = Change(store, requests.topology)
    subnets = allocate_subnets(change, requests, host, release_others)
    problems: List[Problem] = []
    addresses = allocate_addresses(change, requests, subnets, release_others, problems, ask)
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


def release_topology(store: Store, topology: str) -> Allocation:
    """Everything that a topology holds goes back."""
    change = Change(store, topology)
    for kind in ("port", "address", "subnet"):
        for row in store.rows(kind, topology=topology):
            change.release(row)
    return change.allocation()


def _subnet_leases(
    requests: LeaseRequests, subnets: Dict[NetworkKey, str], addresses: Dict[AddressKey, str]
) -> Dict[NetworkKey, SubnetLease]:
    leases = {}
    for request in requests.subnets:
        key = (request.network, request.family)
        own = {name: addresses.get((request.network, NETWORK_ITSELF, name, request.family)) for name in (GATEWAY, HOST)}
        gateway = request.gateway if request.external else own[GATEWAY]
        leases[key] = SubnetLease(subnets[key], gateway, own[HOST], request.direct)
    return leases
