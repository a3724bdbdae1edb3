# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole host in one transaction: parse → lease → expand → run. What the module ``topology`` performs."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import replace
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Tuple

from .._declaration.topology import Topology, families
from .._engine import confirm, declared
from .._engine.desired import Desired
from .._engine.leases import PreparedLeases
from .._engine.lock import host_lock
from .._engine.observation import Planner
from .._engine.report import Result, lines
from .._engine.session import Work, session
from .._engine.stopwatch import Stopwatch
from .._engine.view import View
from .._expansion.addressing import HostDefaults
from .._expansion.describe import describe_containers, describe_networks
from .._expansion.drivers.driver import Surroundings
from .._expansion.drivers.registry import driver_of, parse_declaration
from .._expansion.expand import expand
from .._expansion.lease_requests import lease_requests
from .._expansion.projects import settle_default_bridge
from .._ipam.allocate import allocate, release_topology
from .._ipam.requests import Allocation, HostFacts, SubnetRequest
from .._ipam.store import Store, open_store
from .._kernel import dependencies, facts, rare, sysctl
from .._kernel.errors import DeclarationError, FabricError, Problem
from .._kernel.host import Host
from .._kernel.rtnl import read as rtnetlink
from .._resources.action import Operation, operation
from .._resources.firewalls.accept import WARN


def perform_topology(params: Mapping[str, Any], check_mode: bool) -> Result:
    """Make the host match the declaration, or say what that would take."""
    if params["state"] == "confirmed":
        return _confirm(params, check_mode)
    absent = params["state"] == "absent"
    watch = Stopwatch()
    topology = _parse(params["name"], declared.words(params), absent)
    dependencies.require_all()
    watch.lap("parse")
    with session(check_mode, params["lock_timeout"], params.get("confirm_timeout"), watch) as run:
        with _leases(run.view, check_mode) as store:
            quarantine = params.get("quarantine", True)
            prepared = _prepare(run.view, store, topology, absent, params.get("firewall") or WARN, quarantine)
            planner = prepared.planner
            watch.lap("lease and expand")
            leases = PreparedLeases(store, prepared.allocation)
            finish = (_remember(topology.name, params, absent),)
            work = Work(topology.name, planner.plan, leases, planner.left_after, finish, planner.quarantine)
            result = run.carry_out(work)
        drift, intended = _tell_apart(run.view, params, absent, result) if check_mode else ((), ())
        watch.lap("tell drift from intent" if check_mode else "finish")
    result = replace(result, warnings=tuple(planner.firewall.warnings(_forwarding(prepared.topology))))
    watch.lap("look at other firewalls")
    result = run.first.then(replace(result, timings=watch.milliseconds()))
    facts_of_check = {"drift": list(drift), "intended": list(intended)} if check_mode else {}
    if result.quarantined:
        raise _left_out(result, check_mode)
    return result.with_facts(**prepared.described(), **facts_of_check)


def _left_out(result: Result, check_mode: bool) -> FabricError:
    """A run that made the rest is no success: somebody has to look at these containers."""
    whose = "; ".join("{0}: {1}".format(name, why) for name, why in sorted(result.quarantined.items()))
    rest = "would be made and verified" if check_mode else "was made and verified"
    return FabricError(
        "left out because of what is inside, and as before: {0}. Everything else {1}. With quarantine: false the whole "
        "run goes back instead".format(whose, rest),
        quarantined=dict(result.quarantined),
        actions=list(result.actions),
        changed=result.changed,
    )


class Prepared(NamedTuple):
    """A declaration, leased and expanded. ``described``: computed when it is first asked for."""

    topology: Topology
    allocation: Allocation
    planner: Planner
    described: Callable[[], Dict[str, Any]]


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
        prepared = _prepare(view, store, topology, False, last["firewall"] or WARN, True)
        needed = (*prepared.allocation.actions, *lines(prepared.planner.plan()))
    return declared.tell_apart(result.actions, needed)


def _prepare(view: View, store: Store, topology: Topology, absent: bool, firewall: str, quarantine: bool) -> Prepared:
    """Lease and expand: from what is declared to what is to be on this host."""
    if absent:
        allocation, desired = release_topology(store, topology.name), Desired(topology.name)
    else:
        reading = view.host_facts()
        topology = settle_default_bridge(topology, reading.links.values())
        requests = lease_requests(topology)
        requests = replace(requests, subnets=_adopted(topology, requests.subnets, _surroundings(view.host, reading)))
        allocation = allocate(store, requests, _host_facts(reading))
        desired = expand(topology, allocation, _host_defaults(topology, reading))
    described = functools.lru_cache(maxsize=None)(functools.partial(_describe, topology, allocation))
    return Prepared(topology, allocation, Planner(view, desired, firewall, described, quarantine), described)


def _host_defaults(topology: Topology, reading: facts.Reading) -> HostDefaults:
    ipv6 = any(network.enable_ipv6 for network in topology.networks.values())
    return HostDefaults(
        mtu=facts.uplink_mtu(reading),
        resolv_conf=tuple(facts.resolv_conf_lines()),
        advertised_interfaces=facts.advertised_interfaces(reading) if ipv6 else (),
    )


def _host_facts(reading: facts.Reading) -> HostFacts:
    """What an allocation must respect."""
    return HostFacts(
        routes=facts.routes(reading),
        nameservers=facts.nameservers(),
        ip_local_port_range=facts.local_port_range(),
        ip_local_reserved_ports=facts.reserved_ports(),
        machine_id=facts.machine_id(),
    )


def _adopted(topology: Topology, subnets: Iterable[SubnetRequest], host: Surroundings) -> Tuple[SubnetRequest, ...]:
    """The same, once each network's driver has seen the host."""
    problems: List[Problem] = []
    found: List[SubnetRequest] = []
    for request in subnets:
        network = topology.networks[request.network]
        found.append(driver_of(network).adopt(network, request, host, problems))
    if problems:
        raise DeclarationError(problems)
    return tuple(found)


def _surroundings(host: Host, reading: facts.Reading) -> Surroundings:
    return Surroundings(
        links={link.ifname: link for link in reading.links.values()},
        routes=reading.routes,
        addresses=functools.lru_cache(maxsize=None)(functools.partial(rtnetlink.read_addresses, host.socket)),
        supports=functools.partial(rare.supports, host),
    )
