# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters by which a controller plans a fleet. What they do is in plugin_utils; here they meet Ansible."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._fleet.inventory import (
    plan_of,
    questions,
    store_of,
    told_of,
)


def fleet_questions(hostvars: Mapping[str, Any], host: str) -> list[dict[str, Any]]:
    """Empty for a host that is on no overlay. AnsibleFilterError with all that is wrong in its declaration."""
    try:
        return questions(str(host), hostvars[host])
    except DeclarationError as error:
        raise AnsibleFilterError(str(error)) from error


def fleet_plan(
    hostvars: Mapping[str, Any], hosts: Iterable[str], asked: Iterable[str], rotation: str = ""
) -> dict[str, Any]:
    return plan_of(hostvars, [str(host) for host in hosts], [str(host) for host in asked], str(rotation))


def fleet_store(hostvars: Mapping[str, Any], host: str) -> dict[str, Any] | None:
    """Where a host keeps the fleet's leases. AnsibleFilterError with all that is wrong in topology_lease_store."""
    try:
        return store_of(hostvars[host])
    except DeclarationError as error:
        raise AnsibleFilterError(str(error)) from error


def fleet_told(plan: Mapping[str, Any], host: str) -> dict[str, Any]:
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
