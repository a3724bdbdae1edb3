# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole host in one transaction: parse → lease → expand → run. What the module ``topology`` performs."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import replace
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Tuple

from .._declaration.limits import Limit, parse_remove_limit
from .._declaration.topology import Topology, families
from .._engine import confirm, declared
from .._engine.desired import Desired
from .._engine.leases import PreparedLeases
from .._engine.lock import host_lock
from .._engine.observation import Planner
from .._engine.possession import possession, refuse_to_lose
from .._engine.report import Result, lines
from .._engine.session import Work, session
from .._engine.stopwatch import Stopwatch
from .._engine.view import View
from .._expansion.describe import describe_containers, describe_networks
from .._expansion.drivers.registry import driver_of, parse_declaration
from .._expansion.expand import expand
from .._expansion.lease_requests import lease_requests
from .._expansion.projects import settle_default_bridge
from .._ipam.allocate import allocate, release_topology
from .._ipam.requests import Allocation
from .._ipam.store import Store, leases, open_store
from .._kernel import dependencies, sysctl
from .._kernel.observe import Observed
from .._resources.action import Operation, operation
from .._resources.firewalls.accept import WARN
from .cautions import cautions
from .surroundings import adopted, host_defaults, host_facts, refuse_strange_addresses, surroundings

Consent = Callable[[Observed], None]


def perform_topology(params: Mapping[str, Any], check_mode: bool) -> Result:
    """Make the host match the declaration, or say what that would take."""
    if params["state"] == "confirmed":
        return _confirm(params, check_mode)
    absent = params["state"] == "absent"
    watch = Stopwatch()
    topology = _parse(params["name"], declared.words(params), absent)
    limit = parse_remove_limit(params.get("remove_limit"))
    dependencies.require_all()
    watch.lap("parse")
    with session(check_mode, params["lock_timeout"], params.get("confirm_timeout"), watch) as run:
        with _leases(run.view, check_mode) as store:
            consent = None if absent else _consent(store, topology, limit)
            prepared = _prepare(run.view, store, topology, absent, params.get("firewall") or WARN, consent)
            planner = prepared.planner
            watch.lap("lease and expand")
            granted = PreparedLeases(store, prepared.allocation)
            finish = (_remember(topology.name, params, absent),)
            result = run.carry_out(Work(topology.name, planner.plan, granted, planner.left_after, finish))
        cautioned = tuple(prepared.cautions())
        drift, intended = _tell_apart(run.view, params, absent, result) if check_mode else ((), ())
        watch.lap("tell drift from intent" if check_mode else "finish")
    warnings = (*planner.firewall.warnings(_forwarding(prepared.topology)), *cautioned)
    result = replace(result, warnings=warnings)
    watch.lap("look at other firewalls")
    result = run.first.then(replace(result, timings=watch.milliseconds()))
    facts_of_check = {"drift": list(drift), "intended": list(intended)} if check_mode else {}
    return result.with_facts(**prepared.described(), **facts_of_check)


class Prepared(NamedTuple):
    """A declaration, leased and expanded. ``described``: computed when it is first asked for. ``cautions``: what to
    warn of, asked for when the run is over."""

    topology: Topology
    allocation: Allocation
    planner: Planner
    described: Callable[[], Dict[str, Any]]
    cautions: Callable[[], Iterable[str]] = tuple


@contextlib.contextmanager
def _leases(view: View, check_mode: bool) -> Iterator[Store]:
    """The store in a transaction, as it is without the interrupted run. In check mode it is a copy."""
    with open_store(check_mode) as store:
        view.leases(store)
        store.begin()
        yield store


def _describe(topology: Topology, allocation: Allocation) -> Dict[str, Any]:
    return {
        "networks": describe_networks(topology, allocation),
        "containers": describe_containers(topology, allocation),
    }


def _forwarding(topology: Topology) -> Dict[int, List[str]]:
    """Version of IP → the bridges that another firewall may keep something from.

    From an internal network too with br_netfilter, by which it sees the neighbours' frames.
    """
    bridged = sysctl.read("net/bridge/bridge-nf-call-iptables") == "1"
    with_rules = [network for network in topology.networks.values() if driver_of(network).publishes]
    networks = [network for network in with_rules if bridged or not network.internal]
    return {family: [each.bridge for each in networks if family in families(each)] for family in (4, 6)}


def _parse(name: str, words: Mapping[str, Any], absent: bool) -> Topology:
    return parse_declaration(
        name,
        {} if absent else words["networks"],
        {} if absent else words["containers"],
        words["default_address_pools"],
        words["port_range"],
    )


def _consent(store: Store, topology: Topology, limit: Optional[Limit]) -> Consent:
    """Refuses to remove by an empty declaration, or more than the limit. Called before anything is leased."""
    held = leases(store, topology.name)

    def ask(observed: Observed) -> None:
        has = possession(topology.name, observed, held)
        refuse_to_lose(topology.name, has, topology.networks, topology.containers, limit)

    return ask


def _confirm(params: Mapping[str, Any], check_mode: bool) -> Result:
    if check_mode:
        return Result()
    with host_lock(params["lock_timeout"], check_mode):
        return confirm.confirm()


def _remember(name: str, params: Mapping[str, Any], absent: bool) -> Operation:
    """The operation that keeps the declaration once it is real."""
    if absent:
        return operation("declared.remove", topology=name)
    return operation("declared.write", topology=name, declared=declared.words(params))


def _tell_apart(
    view: View, params: Mapping[str, Any], absent: bool, result: Result
) -> Tuple[Tuple[str, ...], Tuple[str, ...]]:
    """Of a check's actions, which repair the host and which follow the inventory."""
    foreseen = view.declared(params["name"])
    last = declared.read(params["name"]) if foreseen is None else foreseen[0]
    if last is None or not result.actions:
        return (), result.actions
    if not absent and last == declared.words(params):
        return result.actions, ()
    with _leases(view, check_mode=True) as store:
        topology = _parse(params["name"], last, absent=False)
        prepared = _prepare(view, store, topology, False, last["firewall"] or WARN)
        needed = (*prepared.allocation.actions, *lines(prepared.planner.plan()))
    return declared.tell_apart(result.actions, needed)


def _prepare(
    view: View, store: Store, topology: Topology, absent: bool, firewall: str, consent: Optional[Consent] = None
) -> Prepared:
    """Lease and expand: from what is declared to what is to be on this host."""
    warn: Callable[[], Iterable[str]] = tuple
    if absent:
        allocation, desired = release_topology(store, topology.name), Desired(topology.name)
    else:
        reading = view.host_facts()
        topology = settle_default_bridge(topology, reading.links.values())
        around = surroundings(view.host, reading)
        requests = lease_requests(topology)
        requests = replace(requests, subnets=adopted(topology, requests.subnets, around))
        allocation = allocate(store, requests, host_facts(reading, around))
        refuse_strange_addresses(topology, allocation, around)
        desired = expand(topology, allocation, host_defaults(topology, reading))
        warn = functools.partial(cautions, topology, allocation, reading, around)
    described = functools.lru_cache(maxsize=None)(functools.partial(_describe, topology, allocation))
    return Prepared(topology, allocation, Planner(view, desired, firewall, described, consent), described, warn)
