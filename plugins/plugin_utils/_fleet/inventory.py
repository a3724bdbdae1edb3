# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the variables of an inventory's hosts to the members of a fleet, on the controller."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.linuxnet.fabric.plugins.filter.merged import merged
from ansible_collections.linuxnet.fabric.plugins.filter.projects import projects
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.fleet_words import parse_fleet_words
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.lease_store_words import (
    PATH,
    parse_lease_store,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.words import Problems
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.drivers.registry import parse_declaration
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.checks import check_vnis
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.encryption import with_ports
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.handing import Carried, handed_out, told_to
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.members import (
    OVERLAY,
    Identity,
    Member,
    groups,
    identity,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.plan import FleetPlan, fleet_plan
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.problems import FleetProblem, FleetProblems
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError, FabricError
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._compose.project import project_of

#: The variable of a host that has its answers in this run, one for each of its projects: results[].identity.
ANSWERS = "__topology_introduced"
_DECLARED = re.compile(r"topology_(networks|containers)(_.+)?\Z")
_NUMBERS = re.compile("([0-9]+)")
_PROJECTS = re.compile(r"topology_projects(_.+)?\Z")


def plan_of(
    variables: Mapping[str, Any], hosts: Iterable[str], asked: Iterable[str], rotation: str = ""
) -> dict[str, Any]:
    """``variables``: inventory name → that host's. ``hosts``: all among whom networks are shared; those that have no
    block yet get theirs in the order of their names. ``asked``: those of this run, of which the ones that answered have
    their identity among their variables. ``rotation``: the step of keys that change, as ``_fleet.rotation`` has them.

    ``problems``, a line for each; ``hosts``, from an inventory name to the name of a topology to what is to be told,
    but for ``peers``, from a topology to a network to its hosts (``told_of`` has both together);
    ``asked`` and ``known``, the hosts that answered, and those that are peers as they were known before; ``claims``, as
    ``hosts``, what those that share a store of leases are to hold in it; ``behind``, those that others still
    know by a former key; ``chosen``, from a topology to each address that nobody wrote down and no container had to
    whose it is to be; ``whole``, from a topology to the hosts that share a store, where no host of their networks is
    missing.
    """
    hosts, asked = sorted(hosts, key=_by_name), list(asked)
    # Once each: behind them is Ansible, which puts a host's variables together whenever it is asked.
    variables = {host: variables[host] for host in dict.fromkeys((*hosts, *asked))}
    problems: list[FleetProblem] = []
    members: list[Member] = []
    for host in hosts:
        try:
            members.extend(members_of(host, variables[host]))
        except DeclarationError as error:
            problems.extend(FleetProblem(host, *problem) for problem in error.problems)
    identities = with_ports(_identities(variables, asked, problems))
    answered = {host: identity for each in identities.values() for host, identity in each.items()}
    members = list(_of_the_fleet(members, list(answered)))
    problems.extend(_outside(members, list(answered)))
    plans: dict[str, FleetPlan] = {}
    if not problems:
        across = FleetProblems()
        check_vnis(groups(members), answered, across)
        for topology in dict.fromkeys(member.topology.name for member in members):
            mine = [member for member in members if member.topology.name == topology]
            taking_part = {member.host for member in mine}
            told = {host: each for host, each in identities.get(topology, {}).items() if host in taking_part}
            plans[topology] = fleet_plan(mine, told, rotation)
        problems = [*across, *(problem for plan in plans.values() for problem in plan.problems)]
    return _as_data(dict.fromkeys(problems), plans)


def _by_name(host: str) -> list[str | int]:
    """``node2`` before ``node10``: whatever the order of the inventory, who gets a free block first is the same."""
    return [int(part) if number % 2 else part for number, part in enumerate(_NUMBERS.split(host))]


def _as_data(problems: Iterable[FleetProblem], plans: Mapping[str, FleetPlan]) -> dict[str, Any]:
    lines = [str(problem) for problem in problems]
    hosts, peers = handed_out({} if lines else {topology: plan.hosts for topology, plan in plans.items()})
    claims: dict[str, dict[str, Any]] = {}
    for topology, plan in plans.items() if not lines else ():
        for host, rows in plan.claims.items():
            claims.setdefault(host, {})[topology] = list(rows)
    asked = {host for plan in plans.values() for host in plan.asked}
    known = {host for plan in plans.values() for host in plan.known} - asked
    found = {"problems": lines, "hosts": hosts, "peers": peers, "claims": claims}
    found["chosen"] = {topology: dict(plan.chosen) for topology, plan in plans.items() if plan.chosen}
    found["whole"] = {topology: list(plan.whole) for topology, plan in plans.items() if not lines}
    behind = {host for plan in plans.values() for host in plan.behind}
    return {**found, "asked": sorted(asked), "known": sorted(known), "behind": sorted(behind)}


def told_of(plan: Mapping[str, Any], host: str) -> dict[str, Any]:
    """What one host is told by ``plan_of``: topology → the option of the module ``fleet_member``. It is a table of all
    hosts but this one, and so not a part of the plan for each of them."""
    return told_to(host, plan.get("hosts") or {}, plan.get("peers") or {})


def _identities(
    variables: Mapping[str, Any], asked: Iterable[str], problems: list[FleetProblem]
) -> dict[str, dict[str, Identity]]:
    """Topology → inventory name → who answered."""
    found: dict[str, dict[str, Identity]] = {}
    carried: dict[str, Carried] = {}
    for host in asked:
        for answer in (variables[host].get(ANSWERS) or {}).get("results") or ():
            data = answer.get("identity")
            try:
                if data:
                    topology = str(data["topology"])
                    found.setdefault(topology, {})[host] = identity(host, data, carried.setdefault(topology, Carried()))
            except FabricError as error:
                problems.append(FleetProblem(host, "", str(error)))
    return found


def members_of(host: str, variables: Mapping[str, Any]) -> Iterable[Member]:
    """One for each project of a host that has a container on an overlay. DeclarationError with all that is wrong in its
    declaration."""
    own = {str(name): variables[name] for name in variables if str(name).startswith("topology_")}
    for project in _projects(own):
        declared = project["networks"].values()
        if not any(isinstance(each, Mapping) and each.get("driver") == OVERLAY for each in declared):
            continue
        topology = parse_declaration(
            project["name"],
            project["networks"],
            project["containers"],
            project.get("default_address_pools"),
            project.get("port_range") or None,
            bool(project.get("docker_runtime", own.get("topology_docker_runtime"))),
        )
        problems = Problems()
        words = parse_fleet_words({**own, "topology_blocks": project.get("blocks")}, topology.networks, problems)
        if problems:
            raise DeclarationError(problems)
        member = Member(host, topology, words)
        if any(member.overlays()):
            yield member


def store_of(variables: Mapping[str, Any]) -> dict[str, Any] | None:
    """``topology_lease_store`` as the module ``fleet_member`` takes it; None for the hosts' own memory. User and
    password are one word there: Ansible hides it in all answers, and would hide whatever else is the same as one."""
    problems = Problems()
    access = parse_lease_store(variables.get(PATH), problems)
    if problems:
        raise DeclarationError(problems)
    if access is None:
        return None
    words = {name: getattr(access, name) for name in ("prefix", "ca", "cert", "key")}
    login = f"{access.user}:{access.password}" if access.user else None
    return {"etcd": {**words, "endpoints": list(access.endpoints), "login": login}}


def questions(host: str, variables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a host is asked before a fleet can be planned, for each of its projects that is on an overlay."""
    return [
        {
            "name": member.topology.name,
            "subnets": sorted(
                {str(group.subnet(pool)) for group in groups([member]) for pool in group.of(member).pools}
            ),
            "host_id": member.words.host_id,
            "underlay_address": str(member.words.underlay_address) if member.words.underlay_address else None,
            "tunnel_port": member.words.encryption.port if _is_encrypted(member) else None,
            "encryption": member.words.encryption.kind if _is_encrypted(member) else None,
        }
        for member in members_of(host, variables)
    ]


def _is_encrypted(member: Member) -> bool:
    return any(network.options.encrypted for network in member.overlays())


def _projects(own: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """The host's own one and its further ones, without those that are to go."""
    name = str(own.get("topology_name") or "default")
    said = {variable: own[variable] for variable in own if _PROJECTS.match(variable)}
    words = {word for each in said.values() for project in (each or {}).values() for word in project or {}}
    usual = {word: own.get("topology_" + word) for word in ("state", "default_address_pools", "port_range", "blocks")}
    files = project_of(
        own.get("topology_compose_files") or (),
        bool(own.get("topology_compose_prefix")),
        own.get("topology_compose_profiles") or (),
        declared=_merged(own, "networks", {}),
    )
    first = {
        "name": name,
        "networks": _merged(own, "networks", files.networks),
        "containers": _merged(own, "containers", files.containers),
    }
    for project in (first, *projects(said, words, name)):
        found = {**usual, **project}
        if own.get("topology_state") != "absent" and found["state"] != "absent":
            yield found


def _merged(own: Mapping[str, Any], word: str, of_files: Mapping[str, Any]) -> dict[str, Any]:
    names = [name for name in own if (found := _DECLARED.match(name)) and found.group(1) == word]
    return merged({**{name: own[name] for name in names}, "topology_compose_files": of_files})


def _of_the_fleet(members: list[Member], asked: list[str]) -> Iterable[Member]:
    """Without the hosts that no host of this run shares networks with."""
    here = set(asked)
    fleets = [member.words.fleet for member in members if member.host in here]
    named = {host for fleet in fleets for host in fleet or ()}
    for member in members:
        if member.host in here or member.host in named or None in fleets:
            yield member


def _outside(members: Iterable[Member], asked: list[str]) -> Iterable[FleetProblem]:
    """A host whose own ``topology_fleet`` leaves out another one of its networks."""
    for group in groups(list(members)):
        for member in group.members:
            fleet = member.words.fleet
            for other in group.members if fleet is not None and member.host in asked else ():
                if other.host not in (fleet or ()):
                    text = f"the network {group.network} is on {other.host} too, which is not in it"
                    yield FleetProblem(member.host, "topology_fleet", text)
