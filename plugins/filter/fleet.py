# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters by which a controller plans a fleet. What they do is in plugin_utils; here they meet Ansible."""

from __future__ import annotations

# For one filter Ansible imports all of a collection, in the process of each task: so what they do is imported when they
# are called.
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError


def fleet_questions(hostvars: Mapping[str, Any], host: str) -> list[dict[str, Any]]:
    """Empty for a host that is on no overlay. AnsibleFilterError with all that is wrong in its declaration."""
    variables = hostvars[host]
    if not _has_overlays(variables):
        return []
    from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._fleet.inventory import questions

    try:
        return questions(str(host), variables)
    except DeclarationError as error:
        raise AnsibleFilterError(str(error)) from error


def _has_overlays(variables: Mapping[str, Any]) -> bool:
    """Whether there may be one. Of most hosts there is none, and all are asked: here nothing is read but drivers."""
    if variables.get("topology_compose_files"):
        return True
    projects = [variables[name] for name in variables if str(name).startswith("topology_projects")]
    networks = [variables[name] for name in variables if str(name).startswith("topology_networks")]
    for project in (each for said in projects for each in _values(said)):
        if not isinstance(project, Mapping) or project.get("compose_files"):
            return True
        networks.append(project.get("networks"))
    words = [each for said in networks for each in _values(said)]
    return any(isinstance(each, Mapping) and each.get("driver") == "overlay" for each in words)


def _values(said: Any) -> Iterable[Any]:
    return said.values() if isinstance(said, Mapping) else ()


def fleet_plan(
    hostvars: Mapping[str, Any], hosts: Iterable[str], asked: Iterable[str], rotation: str = ""
) -> dict[str, Any]:
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._fleet.inventory import plan_of

    return plan_of(hostvars, [str(host) for host in hosts], [str(host) for host in asked], str(rotation))


def fleet_store(hostvars: Mapping[str, Any], host: str) -> dict[str, Any] | None:
    """Where a host keeps the fleet's leases. AnsibleFilterError with all that is wrong in topology_lease_store."""
    from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._fleet.inventory import store_of

    try:
        return store_of(hostvars[host])
    except DeclarationError as error:
        raise AnsibleFilterError(str(error)) from error


def fleet_told(plan: Mapping[str, Any], host: str) -> dict[str, Any]:
    if not plan:  # of most runs, in each of their tasks
        return {}
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._fleet.inventory import told_of

    return told_of(plan, str(host))


class FilterModule:
    """Three filters for one story."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "fleet_questions": fleet_questions,
            "fleet_plan": fleet_plan,
            "fleet_told": fleet_told,
            "fleet_store": fleet_store,
        }
