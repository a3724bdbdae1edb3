# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters that write a plan and read an approved one. What they do is in plugin_utils; here they meet Ansible."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._rollout import plan as plans


def plan_of(
    reports: Iterable[Mapping[str, Any]],
    held: Mapping[str, Any] | None = None,
    reserved: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    return plans.plan_of(reports, held or {}, reserved or {})


def plan_text(plan: Mapping[str, Any], when: str = "") -> str:
    return plans.text_of(plan, str(when))


def approved(text: Any, host: str, topology: str = "default") -> dict[str, str]:
    """``text``: of the file plan.json, which ansible-core 2.16 hands on read. AnsibleFilterError where it is none."""
    try:
        plan = text if isinstance(text, Mapping) else json.loads(text)
        return plans.approved(plan, str(host), str(topology))
    except ValueError as error:
        raise AnsibleFilterError(f"topology_approved_plan: this is no plan.json: {error}") from error
    except FabricError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """Three filters for one story."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"plan": plan_of, "plan_text": plan_text, "approved": approved}
