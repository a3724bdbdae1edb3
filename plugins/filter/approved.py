# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter that reads an approved plan. What it does is in plugin_utils; here it meets Ansible."""

from __future__ import annotations

# For one filter Ansible imports all of a collection, in the process of each task: so what they do is imported when they
# are called.
import json
from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError


def approved(text: Any, host: str, topology: str = "default") -> dict[str, str]:
    """``text``: of the file plan.json, which ansible-core 2.16 hands on read. AnsibleFilterError where it is none."""
    from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._rollout import plan as plans

    try:
        plan = text if isinstance(text, Mapping) else json.loads(text)
        return plans.approved(plan, str(host), str(topology))
    except ValueError as error:
        raise AnsibleFilterError(f"topology_approved_plan: this is no plan.json: {error}") from error
    except FabricError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """One filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"approved": approved}
