# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the callback progress reads out of a run's journal."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace

import pytest

from ansible_collections.linuxnet.fabric.plugins.callback.progress import CallbackModule, Steps


def test_steps_of_a_run(tmp_path):
    journal = tmp_path / "journal.json"
    steps = Steps(str(journal))
    assert steps.told() == ""
    (tmp_path / "journal.json.reached").write_text("0           ")
    assert steps.told() == ""
    journal.write_text(json.dumps({"undo": [[]] * 300}))
    (tmp_path / "journal.json.reached").write_text("100         ")
    assert steps.told() == "100 of 300 steps"
    (tmp_path / "journal.json.reached").write_text("300         ")
    assert steps.told() == "all of 300 steps, verifying"
    (tmp_path / "journal.json.reached").write_text("finish      ")
    assert steps.told() == "applied and verified"


def test_a_journal_that_is_being_written_is_no_error(tmp_path):
    (tmp_path / "journal.json").write_text('{"undo": [[')
    (tmp_path / "journal.json.reached").write_text("1           ")
    assert Steps(str(tmp_path / "journal.json")).told() == ""


def test_a_journal_of_an_older_run_tells_nothing(tmp_path):
    (tmp_path / "journal.json").write_text(json.dumps({"undo": [[]]}))
    (tmp_path / "journal.json.reached").write_text("0           ")
    assert Steps(str(tmp_path / "journal.json"), since=time.time() + 60).told() == ""


@pytest.mark.parametrize("end", ["ok", "failed", "unreachable", "skipped"])
def test_lines_come_while_the_task_runs_and_only_for_our_module(monkeypatch, end):
    callback, lines = CallbackModule(), []
    monkeypatch.setattr(callback, "get_option", lambda _name: 0.001)
    monkeypatch.setattr(callback, "_display", SimpleNamespace(display=lines.append))
    variables = SimpleNamespace(get_vars=lambda **_what: {"ansible_connection": "ssh"})
    callback.v2_playbook_on_play_start(SimpleNamespace(get_variable_manager=lambda: variables))
    host = SimpleNamespace(get_name=lambda: "node1")
    callback.v2_runner_on_start(host, SimpleNamespace(action="ansible.builtin.ping"))
    assert callback._ended == {}
    task = SimpleNamespace(action="linuxnet.fabric.topology", connection="ssh", delegate_to=None)
    callback.v2_runner_on_start(host, task)
    ended = callback._ended["node1"]
    deadline = time.monotonic() + 60
    while not lines and time.monotonic() < deadline:
        time.sleep(0.001)
    assert lines[0].startswith("[node1] at work, ")
    getattr(callback, "v2_runner_on_" + end)(SimpleNamespace(_host=host))
    assert ended.is_set()
