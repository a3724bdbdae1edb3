# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the files of a drift report where Ansible runs: all of them in one task, whatever the number of hosts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.linuxnet.fabric.plugins.filter.drift import drift_fleet, drift_html, drift_junit, drift_text
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.files import as_json, facts, write_all

_ARGUMENTS = {
    "directory": {"type": "path", "required": True},
    "reports": {"type": "list", "elements": "dict"},
    "fact": {"type": "str"},
    "hosts": {"type": "list", "elements": "str"},
    "when": {"type": "str", "default": ""},
    "fail_pending": {"type": "bool", "default": True},
}


class ActionModule(ActionBase):
    """Nothing is asked of a host, so it works in check mode too."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validated, given = self.validate_argument_spec(
            argument_spec=_ARGUMENTS,
            mutually_exclusive=[["reports", "fact"]],
            required_one_of=[["reports", "fact"]],
            required_by={"fact": ["hosts"]},
        )
        directory = Path(given["directory"])
        reports = given["reports"] if given["fact"] is None else list(_facts(given["fact"], given["hosts"], task_vars))
        summary = drift_text(reports, given["when"])
        write_all(directory, _files(reports, summary, given["when"], given["fail_pending"]))
        return {**result, "changed": False, "directory": str(directory), "summary": summary.splitlines()}


def _facts(name: str, hosts: list[str], task_vars: Any) -> Iterator[Any]:
    for _host, (reports,) in facts([name], hosts, task_vars):
        yield from reports or ()


def _files(reports: list[dict[str, Any]], summary: str, when: str, fail_pending: bool) -> Any:
    """(name, text), what leads to the others last."""
    for report in reports:
        yield f"{report['host']}.{report['topology']}.json".replace("/", "_"), as_json(report)
    yield "fleet.json", as_json(drift_fleet(reports, when))
    yield "junit.xml", drift_junit(reports, fail_pending)
    yield "summary.txt", summary + "\n"
    yield "index.html", drift_html(reports, when)
