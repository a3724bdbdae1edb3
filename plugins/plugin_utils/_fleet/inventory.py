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
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.fleet_words import parse_fleet_words
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.words import Problems
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.drivers.registry import parse_declaration
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.members import (
    OVERLAY,
    Member,
    groups,
    identity,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.plan import FleetPlan, fleet_plan
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.problems import FleetProblem
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError, FabricError

#: A host's variable → what the host says of itself in this run.
ANSWER = "topology_identity"
_DECLARED = re.compile(r"topology_(networks|containers)(_.+)?\Z")


def plan_of(variables: Mapping[str, Any], hosts: Iterable[str], asked: Iterable[str]) -> FleetPlan:
    """``variables``: inventory name → that host's. ``hosts``: all among whom networks are shared. ``asked``: those of
    this run, of which the ones that answered have their identity among their variables."""
    problems: list[FleetProblem] = []
    members: list[Member] = []
    for host in hosts:
        try:
            member = member_of(host, variables[host])
        except DeclarationError as error:
            problems.extend(FleetProblem(host, *problem) for problem in error.problems)
            continue
        if member is not None:
            members.append(member)
    identities = {}
    for host in asked:
        answer = variables[host].get(ANSWER)
        if answer:
            try:
                identities[host] = identity(host, answer)
            except FabricError as error:
                problems.append(FleetProblem(host, "", str(error)))
    members = list(_of_the_fleet(members, list(identities)))
    problems.extend(_outside(members, list(identities)))
    if problems:
        return FleetPlan(tuple(problems), asked=tuple(identities))
    return fleet_plan(
        members, {member.host: identities[member.host] for member in members if member.host in identities}
    )


def member_of(host: str, variables: Mapping[str, Any]) -> Member | None:
    """None for a host without a container on an overlay. DeclarationError with all that is wrong in its declaration."""
    own = {str(name): variables[name] for name in variables if str(name).startswith("topology_")}
    if own.get("topology_state") == "absent":
        return None
    declared = {word: _merged(own, word) for word in ("networks", "containers")}
    if not any(isinstance(each, Mapping) and each.get("driver") == OVERLAY for each in declared["networks"].values()):
        return None
    topology = parse_declaration(
        own.get("topology_name") or "default",
        declared["networks"],
        declared["containers"],
        own.get("topology_default_address_pools"),
        own.get("topology_port_range") or None,
    )
    problems = Problems()
    words = parse_fleet_words(own, topology.networks, problems)
    if problems:
        raise DeclarationError(problems)
    member = Member(host, topology, words)
    return member if any(member.overlays()) else None


def questions(host: str, variables: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a host is asked before a fleet can be planned; None for one that is on no overlay."""
    member = member_of(host, variables)
    if member is None:
        return None
    subnets = {str(group.subnet(pool)) for group in groups([member]) for pool in group.of(member).pools}
    return {"name": member.topology.name, "subnets": sorted(subnets)}


def _merged(own: Mapping[str, Any], word: str) -> dict[str, Any]:
    names = [name for name in own if (found := _DECLARED.match(name)) and found.group(1) == word]
    return merged({name: own[name] for name in names})


def _of_the_fleet(members: list[Member], asked: list[str]) -> Iterable[Member]:
    """Without the hosts that no host of this run shares networks with."""
    fleets = [member.words.fleet for member in members if member.host in asked]
    for member in members:
        if member.host in asked or any(fleet is None or member.host in fleet for fleet in fleets):
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
