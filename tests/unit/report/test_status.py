# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a host, told from an answer."""

from __future__ import annotations

import pytest

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.report import in_short, report_of


@pytest.mark.parametrize(
    "name, status",
    [
        ("clean", "clean"),
        ("drifted", "drifted"),
        ("drifted_and_pending", "drifted"),
        ("never_applied", "pending"),
    ],
)
def test_status(answer, name, status):
    assert report_of(answer(name), "node1")["status"] == status


@pytest.mark.parametrize(
    "result, message",
    [
        ({"unreachable": True, "msg": "Task failed: no route", "changed": False}, "cannot be reached: no route"),
        ({"failed": True, "msg": "pyroute2 is missing", "changed": False}, "pyroute2 is missing"),
        ({"failed": True, "changes": [], "changed": False}, "the task gave no result"),
        ({"skipped": True, "changed": False}, "the task gave no result"),
        ({"failed": True, "module_stderr": "killed\n"}, "killed"),
        ({}, "the task gave no result"),
        (None, "the host was not asked"),
    ],
)
def test_a_host_without_an_answer_is_unknown_and_never_clean(result, message):
    report = report_of(result, "node1")
    assert (report["status"], report["changed"], report["drifted"]) == ("unknown", "unknown", "unknown")
    assert report["message"] == message


def test_changes_that_nobody_told_apart_count_as_drift(answer):
    given = answer("drifted")
    for change in given["changes"]:
        del change["kind"]
    report = report_of(given, "node1")
    assert report["drift"] == given["actions"]
    assert report["intended"] == []


def test_what_another_release_asks_is_pending_and_no_drift(answer):
    given = answer("drifted")
    for change in given["changes"]:
        change["kind"] = "release"
    report = report_of(given, "node1")
    assert (report["status"], report["drifted"]) == ("pending", False)
    assert report["release"] == given["actions"]
    assert in_short(report) == "5 to follow the collection"


def test_warnings_are_in_the_report_of_a_clean_host(answer):
    report = report_of(dict(answer("clean"), warnings=["another firewall drops\x1b[2J"]), "node1")
    assert report["status"] == "clean"
    assert report["warnings"] == ["another firewall drops\\x1b[2J"]
    assert in_short(report).endswith(", 1 warning")


@pytest.mark.parametrize(
    "odd",
    [
        {"changes": "none"},
        {"changes": [None]},
        {"changes": [{"subject": {"planet": "x"}, "text": "y"}]},
        {"changes": [], "networks": ["front"]},
        {"changes": [], "containers": {"web": None}},
        {"changes": [], "warnings": 3},
    ],
)
def test_an_odd_answer_is_unknown_and_says_why(odd):
    report = report_of(odd, "node1")
    assert report["status"] == "unknown"
    assert report["message"].startswith("the host gave an answer that is none: ")


def test_corrective_and_intended_are_told_apart_and_every_action_is_one_of_them(answer):
    given = answer("drifted_and_pending")
    report = report_of(given, "node1")
    assert report["drift"] == given["drift"]
    assert report["intended"] == given["intended"]
    assert sorted(report["drift"] + report["intended"]) == sorted(given["actions"])
