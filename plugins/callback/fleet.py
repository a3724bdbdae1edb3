# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run came to on many hosts, at its end: what was done on several of them once, and who failed."""

from __future__ import annotations

DOCUMENTATION = r"""
name: fleet
type: aggregate
short_description: Shows at the end of a run what it came to on all hosts
version_added: 0.2.0
description:
  - After the recap, how many hosts were repaired, changed, left as they are, or failed; what was done on several hosts,
    once, with the list of them; and what was done on one host alone. In check mode, what would be done.
  - It costs no task. It is about M(linuxnet.fabric.topology), and shows nothing where fewer hosts than O(least) were in
    the run.
requirements:
  - Enabling it, as in C(ANSIBLE_CALLBACKS_ENABLED=linuxnet.fabric.fleet).
options:
  least:
    description: The number of hosts from which on it shows anything.
    type: int
    default: 2
    env:
      - name: LINUXNET_FABRIC_FLEET_LEAST
    ini:
      - section: callback_linuxnet_fabric_fleet
        key: least
author:
  - linuxnet.fabric contributors (@linuxnet)
"""

from typing import Any

from ansible.plugins.callback import CallbackBase

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.report import report_of
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.text import DONE_SO, FOUND, text_of

ACTIONS = ("linuxnet.fabric.topology",)


class CallbackModule(CallbackBase):
    """Remembers what the module answered, and why a host failed."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "linuxnet.fabric.fleet"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._answers: dict[str, dict[str, Any]] = {}  # host → project → what the module answered last
        self._failures: dict[str, Any] = {}  # host → what its last failure said
        self._checked = False

    def v2_runner_on_ok(self, result: Any) -> None:
        host, task, told = _parts(result)
        if task.action in ACTIONS:
            self._checked = self._checked or bool(task.check_mode)
            words = (told.get("invocation") or {}).get("module_args") or {}
            self._answers.setdefault(host, {})[str(words.get("name") or "default")] = told

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        host, _task, told = _parts(result)
        self._failures[host] = {**told, "failed": True}

    def v2_runner_on_unreachable(self, result: Any) -> None:
        host, _task, told = _parts(result)
        self._failures[host] = {**told, "unreachable": True}

    def v2_playbook_on_stats(self, stats: Any) -> None:
        failed = {host for host in self._failures if _has_failed(stats.summarize(host))}
        reports = [
            *(report_of(self._failures[host], host) for host in failed),
            *(
                report_of(answer, host, project)
                for host, answers in self._answers.items()
                for project, answer in answers.items()
                if host not in failed
            ),
        ]
        if len({report["host"] for report in reports}) >= self.get_option("least"):
            wording = FOUND if self._checked else DONE_SO
            self._display.display("\n" + text_of(reports, wording=wording))


def _parts(result: Any) -> tuple[str, Any, dict[str, Any]]:
    """Host, task and answer; newer releases of ansible-core have them by other names."""
    host, task = (getattr(result, "_" + word, None) or getattr(result, word) for word in ("host", "task"))
    told = getattr(result, "_result", None)
    return host.get_name(), task, dict(result.result if told is None else told)


def _has_failed(counted: Any) -> bool:
    """What was rescued has not."""
    return bool(counted["failures"] or counted["unreachable"])
