# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the plan of a run where Ansible runs: one task, whatever the number of hosts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.files import as_json, facts, write_all
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._rollout.plan import plan_of, text_of

_ARGUMENTS = {
    "directory": {"type": "path", "required": True},
    "hosts": {"type": "list", "elements": "str", "required": True},
    "when": {"type": "str", "default": ""},
}
#: What the playbook leaves behind of each host: its reports, and what it holds and reserves before it is made.
_FACTS = ("drift_reports_of_host", "__topology_fleet", "__topology_held", "__topology_reserved")


class ActionModule(ActionBase):
    """Nothing is asked of a host, so it works in check mode too."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validated, given = self.validate_argument_spec(argument_spec=_ARGUMENTS)
        reports: list[Any] = []
        before: tuple[dict[str, Any], ...] = ({}, {})
        across: dict[str, Any] = {}
        for host, (told, fleet, *answers) in facts(_FACTS, given["hosts"], task_vars):
            reports.extend(told or ())
            across = across or (fleet or {}).get("chosen") or {}  # the same for all, or nothing
            for known, answer in zip(before, answers):
                known[host] = answer or {}
        plan = plan_of(reports, *before, across=across)
        text = text_of(plan, given["when"])
        directory = Path(given["directory"])
        write_all(directory, [("plan.json", as_json(plan)), ("plan.txt", text + "\n")])
        told_of = {"digest": plan["digest"], "unknown": plan["unknown"], "summary": text.splitlines()[1]}
        return {**result, "changed": False, "directory": str(directory), **told_of}
