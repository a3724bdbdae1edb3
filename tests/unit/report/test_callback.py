# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the callback ``fleet`` says at the end of a run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible.plugins.callback import CallbackBase

from ansible_collections.linuxnet.fabric.plugins.callback.fleet import CallbackModule
from tests.unit.report.simulated import fleet


class Stats:
    def __init__(self, failed: set[str]) -> None:
        self._failed = failed

    def summarize(self, host: str) -> dict[str, int]:
        return {"failures": int(host in self._failed), "unreachable": 0}


@pytest.fixture
def said(monkeypatch):
    """Shows the end of a run, in which hosts answered, failed, and are counted as failed."""

    def show(answers, failures=None, counted=(), check=False, least=2) -> list[str]:
        lines: list[str] = []
        display = SimpleNamespace(display=lambda text, **_more: lines.extend(text.splitlines()), verbosity=0)
        monkeypatch.setattr(CallbackBase, "__init__", lambda self, *_args, **_more: None)
        callback = CallbackModule()
        callback._display, callback.get_option = display, {"least": least}.get
        for host, answer in answers.items():
            callback.v2_runner_on_ok(_result(host, "linuxnet.fabric.topology", answer, check))
            callback.v2_runner_on_ok(_result(host, "ansible.builtin.debug", {"changes": []}))
        for host, message in (failures or {}).items():
            callback.v2_runner_on_failed(_result(host, "ansible.builtin.assert", {"msg": message}))
        callback.v2_playbook_on_stats(Stats(set(counted)))
        return lines

    return show


def _result(host: str, action: str, answer: dict[str, Any], check: bool = False) -> Any:
    return SimpleNamespace(
        _host=SimpleNamespace(get_name=lambda: host),
        _task=SimpleNamespace(action=action, check_mode=check),
        _result=answer,
    )


def _answers(count: int) -> dict[str, Any]:
    mtu = [report for report in fleet(400) if len(report["changes"]) == 1][: count - 1]
    clean = [report for report in fleet(1000) if report["status"] == "clean"][:1]
    return {report["host"]: report for report in [*mtu, *clean]}


def test_what_was_done_on_many_hosts_is_told_once_with_the_list_of_them(said):
    assert said(_answers(12)) == [
        "",
        "12 hosts: 11 repaired, 1 unchanged",
        "on several hosts",
        "  had been changed on the host, repaired:",
        "    ~ set mtu of br-front from 1400 to 1500",
        "        11 hosts: node0070, node0071, node0072, node0073, node0074, node0075, node0076, node0077 and 3 more",
        "node0422  unchanged  2 networks, 5 containers as declared",
        "nothing but what is told above: node0070, node0071, node0072, node0073, node0074, node0075, node0076, node0077"
        " and 3 more",
    ]


def test_a_check_says_what_would_be_done(said):
    lines = said(_answers(12), check=True)
    assert lines[1] == "12 hosts: 11 drifted, 1 clean"
    assert lines[3] == "  changed on the host, to repair:"


def test_a_host_that_failed_is_told_with_the_reason_and_one_that_was_rescued_is_not(said):
    lines = said(_answers(3), {"node0070": "the probes do not hold", "node0071": "was rescued"}, counted=["node0070"])
    assert lines[1] == "3 hosts: 1 repaired, 1 failed, 1 unchanged"
    assert "node0070  FAILED   the probes do not hold" in lines
    assert "was rescued" not in "\n".join(lines)


def test_of_few_hosts_nothing_is_shown(said):
    assert said(_answers(3), least=5) == []
    assert said({}) == []
