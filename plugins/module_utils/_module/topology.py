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
from .._declaration.restore import Wanted, parse_restore
from .._declaration.topology import Topology, families
from .._engine import confirm, declared, forwarding
from .._engine.asked import Digests, digests, kinds, kinds_by_change
from .._engine.declared import Kept
from .._engine.desired import Desired
from .._engine.leases import PreparedLeases
from .._engine.lock import host_lock
from .._engine.observation import Planner
from .._engine.possession import possession, refuse_to_lose
from .._engine.report import DRIFT, INTENDED, RELEASE, Result, changes
from .._engine.session import Finish, Work, session
from .._engine.stopwatch import Stopwatch
from .._engine.view import View
from .._expansion.addressing import HostDefaults
from .._expansion.describe import describe_containers, describe_networks
from .._expansion.drivers.driver import Surroundings
from .._expansion.drivers.registry import driver_of, parse_declaration
from .._expansion.expand import claim_of, expand, forwarded
from .._expansion.lease_requests import lease_requests
from .._expansion.projects import settle_default_bridge
from .._expansion.units import units
from .._fleet.join import join
from .._ipam.allocate import allocate, release_topology
from .._ipam.requests import Allocation, HostFacts, SubnetRequest
from .._ipam.store import Store, leases, open_store
from .._kernel import dependencies, facts, rare, sysctl, systemd, vxlan
from .._kernel.errors import DeclarationError, FabricError, Problem
from .._kernel.host import Host
from .._kernel.names import RELEASE as RELEASE_NAME
from .._kernel.observe import Observed
from .._kernel.rtnl import read as rtnetlink
from .._resources import ownership
from .._resources.action import Operation, operation
from .._resources.firewalls.accept import WARN
from .._resources.forwarding import DROP, KEYS, MANAGE, Forwarding, decide, warnings
from .._resources.units import Unit

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
        if topology.networks:
            dependencies.require_kinds(run.host)
        with _leases(run.view, check_mode) as store:
            consent = None if absent else _consent(store, topology, limit)
            quarantine = bool(params.get("quarantine", True))
            prepared = _prepare(run.view, store, topology, absent, params, consent, quarantine)
            planner = prepared.planner
            watch.lap("lease and expand")
            granted = PreparedLeases(store, prepared.allocation)
            kept = run.view.declared(topology.name)
            finish = functools.partial(_finish, params, absent, prepared, kept)
            work = Work(topology.name, planner.plan, granted, planner.left_after, finish, planner.quarantine)
            result = run.carry_out(work)
        result = replace(result, kinds=_kinds(run.view, params, absent, prepared, kept, result, check_mode))
        watch.lap("tell drift from intent" if check_mode else "finish")
    told_apart = {"drift": result.of_kinds(DRIFT), "intended": result.of_kinds(INTENDED, RELEASE)}
    needing = {family: forwarded(prepared.topology, family) for family in KEYS}
    beside = planner.firewall.warnings(_forwarding(prepared.topology))
    result = replace(result, warnings=(*warnings(prepared.forwarding, needing), *beside))
    watch.lap("look at other firewalls")
    result = run.first.then(replace(result, timings=watch.milliseconds()))
    if result.quarantined:
        raise _left_out(result, check_mode)
    return result.with_facts(**prepared.described(), **(told_apart if check_mode else {}))


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
    """A declaration, leased and expanded. The last two are computed when they are first asked for."""

    topology: Topology
    allocation: Allocation
    planner: Planner
    forwarding: Forwarding
    described: Callable[[], Dict[str, Any]]
    asked: Callable[[], Digests]


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
    bridged = _bridge_netfilter()
    with_rules = [network for network in topology.networks.values() if driver_of(network).publishes]
    networks = [network for network in with_rules if bridged or not network.internal]
    return {family: [each.bridge for each in networks if family in families(each)] for family in (4, 6)}


def _parse(name: str, words: Mapping[str, Any], absent: bool) -> Topology:
    topology = parse_declaration(
        name,
        {} if absent else words["networks"],
        {} if absent else words["containers"],
        words["default_address_pools"],
        words["port_range"],
    )
    return join(topology, words.get("fleet"))


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


def _finish(params: Mapping[str, Any], absent: bool, prepared: Prepared, kept: Optional[Kept], changes: bool) -> Finish:
    """What is kept in files once all is real."""
    remembered = forwarding.remembering(prepared.forwarding.record)
    on_overlays = any(driver_of(network).has_blocks for network in prepared.topology.networks.values())
    forgotten = () if on_overlays else (operation("fleet.forget", topology=prepared.topology.name),)
    return Finish((remembered, *forgotten), _remember(params, absent, prepared, kept, changes))


def _remember(
    params: Mapping[str, Any], absent: bool, prepared: Prepared, kept: Optional[Kept], changes: bool
) -> Tuple[Operation, ...]:
    """The operation that keeps the declaration once it is real: none where it is what was kept, and was real."""
    name = prepared.topology.name
    if absent:
        return (operation("declared.remove", topology=name),)
    words = declared.words(params)
    if not changes and kept is not None and kept.asked and (kept.words, kept.release) == (words, RELEASE_NAME):
        return ()  # to find out that nothing else is asked either would take a tenth of such a run
    asked = prepared.asked()
    return (operation("declared.write", topology=name, declared=words, release=RELEASE_NAME, asked=asked),)


def _kinds(
    view: View,
    params: Mapping[str, Any],
    absent: bool,
    prepared: Prepared,
    kept: Optional[Kept],
    result: Result,
    check_mode: bool,
) -> Tuple[str, ...]:
    """Which of the changes repair the host, and which follow the inventory or another release.

    ``kept``: what was declared last. Where that is something else, a check asks it what it would need, change by
    change; a run that did its work has another host before it, and goes by the object.
    """
    if kept is None or not result.changes:
        return (INTENDED,) * len(result.changes)
    same = not absent and kept.words == declared.words(params)
    if same or not check_mode:
        return kinds(result.changes, kept.asked, prepared.asked(), same)
    with _leases(view, check_mode=True) as store:
        try:
            topology = _parse(params["name"], kept.words, absent=False)
            last = _prepare(view, store, topology, False, kept.words, quarantine=True)
        except DeclarationError:  # the host has not what it took, such as an interface: so this is another declaration
            return kinds(result.changes, kept.asked, prepared.asked(), same)
        corrective = (*last.allocation.changes, *changes(last.planner.plan()))
    return kinds_by_change(result.changes, corrective, kept.asked, last.asked())


def _prepare(
    view: View,
    store: Store,
    topology: Topology,
    absent: bool,
    words: Mapping[str, Any],
    consent: Optional[Consent] = None,
    quarantine: bool = False,
) -> Prepared:
    """Lease and expand: from what is declared to what is to be on this host."""
    if absent:
        allocation, desired = release_topology(store, topology.name), Desired(topology.name)
        reading = None
    else:
        reading = view.host_facts()
        topology = settle_default_bridge(topology, reading.links.values())
        requests = lease_requests(topology)
        requests = replace(requests, subnets=_adopted(topology, requests.subnets, _surroundings(view.host, reading)))
        allocation = allocate(store, requests, _host_facts(reading))
        desired = expand(topology, allocation, _host_defaults(reading))
        if desired.limited_ifnames():
            dependencies.require_library("pyroute2", "to limit traffic of containers")
    decided = _decide(view, topology, desired, words, reading)
    desired = replace(desired, units=_units(topology, wanted(words, absent)))
    desired = replace(desired, sysctls=decided.settings, given_back=decided.given_back, transit=decided.transit)
    described = functools.lru_cache(maxsize=None)(functools.partial(_describe, topology, allocation))
    asked = functools.lru_cache(maxsize=None)(functools.partial(digests, desired))
    planner = Planner(view, desired, words.get("firewall") or WARN, described, consent, quarantine)
    return Prepared(topology, allocation, planner, decided, described, asked)


def wanted(words: Mapping[str, Any], absent: bool) -> Wanted:
    """What this host is to do for its networks by itself."""
    why_not, at_home = systemd.why_not(), systemd.at_home()
    if absent:
        return Wanted(units=not why_not, program=False if at_home else None)
    return parse_restore(words).on(why_not, at_home)


def _units(topology: Topology, asked: Wanted) -> Optional[Tuple[Unit, ...]]:
    """None where nobody looks at them."""
    if not asked.units:
        return None
    late = any(driver_of(network).stands_on_others(network) for network in topology.networks.values())
    return units(topology.name, asked.restore, late, asked.heal)


def _decide(
    view: View, topology: Topology, desired: Desired, words: Mapping[str, Any], reading: Optional[facts.Reading]
) -> Forwarding:
    """What becomes of the host's forwarding."""
    claim, mode = claim_of(topology, desired, words.get("transit") or DROP), words.get("forwarding") or MANAGE
    advertised = facts.advertised_interfaces(reading) if reading is not None else ()
    interfaces = tuple(link.ifname for link in reading.links.values()) if reading is not None else ()
    return decide(view.forwarding(), topology.name, claim, mode, view.setting, advertised, interfaces)


def _host_defaults(reading: facts.Reading) -> HostDefaults:
    return HostDefaults(
        mtu=facts.uplink_mtu(reading),
        links={link.ifname: link for link in reading.links.values()},
        resolv_conf=tuple(facts.resolv_conf_lines()),
        bridge_netfilter=_bridge_netfilter(),
    )


def _bridge_netfilter() -> bool:
    return sysctl.read("net/bridge/bridge-nf-call-iptables") == "1"


def _host_facts(reading: facts.Reading) -> HostFacts:
    """What an allocation must respect. Over tunnels of overlays are blocks of other hosts, which the fleet knows."""
    links = reading.links.values()
    tunnels = {link.ifname for link in links if link.kind == vxlan.KIND and ownership.is_marked(link)}
    return HostFacts(
        routes=tuple(route for route in facts.routes(reading) if route[1] not in tunnels),
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
        raise DeclarationError(dict.fromkeys(problems))
    return tuple(found)


def _surroundings(host: Host, reading: facts.Reading) -> Surroundings:
    return Surroundings(
        links={link.ifname: link for link in reading.links.values()},
        routes=reading.routes,
        addresses=functools.lru_cache(maxsize=None)(functools.partial(rtnetlink.read_addresses, host.socket)),
        supports=functools.partial(rare.supports, host),
        nameservers=facts.nameservers(),
    )
