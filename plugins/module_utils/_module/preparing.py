# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a declaration to what is to be on this host: parse → lease → expand. What a run does with it is the engine's."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import replace
from typing import AbstractSet, Any, Callable, Dict, Iterable, Iterator, Mapping, Optional, Sequence, Tuple

from .._declaration.limits import Limit
from .._declaration.restore import UNBOUND
from .._declaration.topology import Topology
from .._engine import declared
from .._engine.asked import Digests, digests
from .._engine.asked_since import digests_of
from .._engine.beside import foreseen
from .._engine.declared import Kept
from .._engine.desired import Desired
from .._engine.observation import Planner
from .._engine.possession import possession, refuse_to_lose
from .._engine.report import Result
from .._engine.view import View
from .._expansion.describe import describe_containers, describe_networks
from .._expansion.drivers.driver import Surroundings
from .._expansion.drivers.registry import parse_declaration
from .._expansion.expand import claim_of, expand
from .._expansion.lease_requests import lease_requests
from .._expansion.projects import settle_default_bridge
from .._fleet.join import join
from .._ipam.allocate import allocate, release_topology
from .._ipam.requests import Allocation
from .._ipam.store import Store, leases, open_store
from .._kernel import dependencies, docker, facts, unbound
from .._kernel.data import NamedTuple
from .._kernel.errors import FabricError
from .._kernel.observe import Observed
from .._resources.action import Action
from .._resources.firewalls.accept import WARN
from .._resources.forwarding import DROP, KEEP, KEYS, MANAGE, Forwarding, decide
from . import around, by_itself, lost_leases
from . import workloads as programs
from .around import Around
from .cautions import cautions
from .encryption import needs_program
from .surroundings import refuse_strange_addresses, surroundings

Consent = Callable[[Observed], None]


class Again(NamedTuple):
    """How a declaration that was kept is made real again (``restore.py``). It is the last one, and so stays.

    ``around``: what it took from its surroundings then; None: what they are now. ``early``: what stands on links that
    the host does not have yet is left out. ``only``: of all that is left to do, this alone is done. ``kept``: the
    record that is to be the last one still when the host is held; None: whatever is.
    """

    around: Optional[Around] = None
    early: bool = False
    only: Optional[Callable[[Action], bool]] = None
    kept: Optional[Kept] = None


class DeclaredAnewError(FabricError):
    """Another run has kept another declaration since this one was read, or none any more. ``first``: what was done
    for an interrupted one by the time that this is known."""

    def __init__(self, topology: str, first: Result) -> None:
        self.first = first
        text = "what is declared of the topology {0} changed again and again while this run waited for the host"
        super().__init__(text.format(topology))


def require_the_last(again: Optional[Again], topology: str, first: Result) -> None:
    """Called while the host is held, with nothing left of an interrupted run: what that has kept counts, too."""
    if again is not None and again.kept is not None and declared.read(topology) != again.kept:
        raise DeclaredAnewError(topology, first)


class Prepared(NamedTuple):
    """A declaration, leased and expanded. ``described``, ``asked`` (and ``asked_of``, of some containers) and
    ``foreseen``, what the next topology of a check is told (``_engine/beside.py``), are computed when they are asked
    for; ``cautions``, what to warn of, when the run is over; and ``unmended``, what of the host is not as declared
    then.

    ``keep``: once it is real, it is the last declaration. ``around``: None where nothing is declared.
    """

    topology: Topology
    allocation: Allocation
    planner: Planner
    forwarding: Forwarding
    around: Optional[Around]
    keep: bool
    described: Callable[[], Dict[str, Any]]
    asked: Callable[[], Digests]
    asked_of: Callable[[AbstractSet[str]], Digests]
    foreseen: Callable[[], Dict[str, Any]]
    cautions: Callable[[], Iterable[str]] = tuple
    unmended: Callable[[], Tuple[str, ...]] = tuple


@contextlib.contextmanager
def leased(view: View, check_mode: bool) -> Iterator[Store]:
    """The store in a transaction, as it is without the interrupted run. In check mode it is a copy."""
    with open_store(check_mode) as store:
        view.leases(store)
        store.begin()
        yield store


def parse(name: str, words: Mapping[str, Any], absent: bool) -> Topology:
    topology = parse_declaration(
        name,
        {} if absent else words["networks"],
        {} if absent else words["containers"],
        words["default_address_pools"],
        words["port_range"],
        bool(words.get("docker_runtime")),
    )
    return join(topology, words.get("fleet"))


def prepare(
    view: View,
    store: Store,
    topology: Topology,
    absent: bool,
    words: Mapping[str, Any],
    consent: Optional[Consent] = None,
    quarantine: bool = False,
    again: Optional[Again] = None,
) -> Prepared:
    """Lease and expand: from what is declared to what is to be on this host."""
    seen: Optional[Surroundings] = None
    unmended: Callable[[], Tuple[str, ...]] = tuple
    program = False
    if absent:
        allocation, desired = release_topology(store, topology.name), Desired(topology.name)
        reading, taken = None, None
    else:
        reading = view.host_facts()
        topology = settle_default_bridge(topology, reading.links.values())
        requests = lease_requests(topology)
        taken = again.around if again else None
        missing = around.not_there(requests.subnets, reading) if taken else frozenset()
        if again and not again.early:
            around.require_there(missing)
        if taken is not None:
            requests = requests._replace(subnets=around.adopted_then(requests.subnets, taken))
        else:
            seen = surroundings(view.host, reading)
            subnets = around.adopted_now(topology, requests.subnets, seen)
            requests = requests._replace(subnets=subnets)
            taken = around.now(reading, subnets)
        first = lost_leases.lease_again(view, store, topology, reading, parse)
        allocation = lost_leases.after(first, allocate(store, requests, around.host_facts(reading, seen)))
        if seen is not None:
            refuse_strange_addresses(topology, allocation, seen)
        defaults = around.host_defaults(taken, reading, _forwards_ipv4(view, words))
        program = needs_program(view.host, topology)
        defaults = replace(defaults, name_server=words.get("dns") == UNBOUND, tunnel_program=program)
        ask = again is None or not (again.early or again.only)
        found = programs.with_programs(view.host, expand(topology, allocation, defaults), again is not None, ask)
        desired = found.desired.without(missing)
        unmended = functools.partial(_unmended, topology, words, found.told) if ask else tuple
        if desired.limited_ifnames():
            dependencies.require_library("pyroute2", "to limit traffic of containers")
    decided = _decide(view, topology, desired, words, reading)
    if again is None or not (again.early or again.only):  # those run while systemd is at its work
        wanted = by_itself.wanted(words, absent, topology.name, program)
        if desired.name_server:
            unbound.require(desired.name_server)
        desired = replace(
            desired,
            units=by_itself.units_of(topology, wanted, bool(words.get("docker_runtime")), program),
            drop_ins=programs.services_of(topology),
            program=by_itself.program_for(topology.name, wanted.program),
            docker_runtime=by_itself.docker_runtime_for(topology.name, words, absent),
        )
    desired = replace(desired, sysctls=decided.settings, given_back=decided.given_back, transit=decided.transit)
    described = functools.lru_cache(maxsize=None)(functools.partial(_describe, topology, allocation))
    asked = functools.lru_cache(maxsize=None)(functools.partial(digests, desired))
    asked_of = functools.partial(digests_of, desired)
    left = functools.partial(foreseen, desired, allocation, decided.record)
    planner = Planner(view, desired, words.get("firewall") or WARN, described, consent, quarantine)
    warn: Callable[[], Iterable[str]] = tuple
    if reading is not None and seen is not None:
        warn = functools.partial(cautions, topology, allocation, reading, seen, planner.firewall.in_front)
    return Prepared(
        topology, allocation, planner, decided, taken, again is None, described, asked, asked_of, left, warn, unmended
    )


def _describe(topology: Topology, allocation: Allocation) -> Dict[str, Any]:
    return {
        "networks": describe_networks(topology, allocation),
        "containers": describe_containers(topology, allocation),
    }


def consent_of(store: Store, topology: Topology, limit: Optional[Limit]) -> Consent:
    """Refuses to remove by an empty declaration, or more than the limit. Called before anything is leased."""
    held = leases(store, topology.name)

    def ask(observed: Observed) -> None:
        has = possession(topology.name, observed, held)
        refuse_to_lose(topology.name, has, topology.networks, topology.containers, limit)

    return ask


def _unmended(topology: Topology, words: Mapping[str, Any], told: Sequence[str]) -> Tuple[str, ...]:
    without = docker.without_runtime() if words.get("docker_runtime") else ""
    return (*told, *programs.elsewhere(topology), *filter(None, (without,)))


def _forwards_ipv4(view: View, words: Mapping[str, Any]) -> bool:
    return words.get("forwarding") != KEEP or view.setting(KEYS[4]) == "1"


def _decide(
    view: View, topology: Topology, desired: Desired, words: Mapping[str, Any], reading: Optional[facts.Reading]
) -> Forwarding:
    """What becomes of the host's forwarding."""
    claim, mode = claim_of(topology, desired, words.get("transit") or DROP), words.get("forwarding") or MANAGE
    advertised = facts.advertised_interfaces(reading) if reading is not None else ()
    interfaces = tuple(link.ifname for link in reading.links.values()) if reading is not None else ()
    return decide(view.forwarding(), topology.name, claim, mode, view.setting, advertised, interfaces)
