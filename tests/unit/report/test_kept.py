# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host found by itself, as a report: never cleaner than what is known."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._host_program import keeping
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report import kept
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.kept import reports_of

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=timezone.utc)


def line(answer, minutes=5, **more):
    at = (NOW - timedelta(minutes=minutes)).isoformat(timespec="seconds")
    words = {"version": 1, "release": "x", "topology": "shop", "at": at, "changes": answer["changes"], "repaired": []}
    return json.dumps({**words, "networks": answer["networks"], "containers": answer["containers"], **more})


def told(stdout, expected=("shop",), longest=60):
    return reports_of({"rc": 0, "stdout": stdout}, "node1", expected, longest, NOW)


def test_what_a_host_found_is_told_as_a_check_from_here_is(answer):
    (report,) = told(line(answer("drifted")))
    assert report["status"] == "drifted"
    assert report["drift"] == answer("drifted")["actions"]
    (report,) = told(line(answer("clean")))
    assert (report["status"], report["warnings"]) == ("clean", [])


def test_what_a_host_repaired_is_clean_with_a_warning(answer):
    (report,) = told(line(answer("clean"), repaired=["set mtu of br-front from 1400 to 1500"]))
    assert report["status"] == "clean"
    assert report["warnings"] == [
        "repaired by the host itself at 2026-01-02 02:59 UTC: set mtu of br-front from 1400 to 1500"
    ]


@pytest.mark.parametrize(
    "stdout, message",
    [
        ("", "the host keeps no check of shop: "),
        ("{", "what the host kept cannot be read: "),
        ('{"version": 2}', "version 2 of it is another release's, this one reads 1"),
        ("[]", "what the host kept cannot be read: "),
    ],
)
def test_what_is_not_there_or_cannot_be_read_is_unknown(stdout, message):
    (report,) = told(stdout)
    assert report["status"] == "unknown"
    assert message in report["message"]


def test_a_check_that_is_too_old_is_unknown(answer):
    (report,) = told(line(answer("clean"), minutes=61))
    assert report["status"] == "unknown"
    assert (
        report["message"] == "the last check of the host is of 2026-01-02 02:03 UTC, which is more than 60 minutes ago"
    )
    assert told(line(answer("clean"), minutes=61), longest=120)[0]["status"] == "clean"


def test_a_host_that_could_not_compare_itself_is_unknown_and_says_why():
    at = NOW.isoformat()
    (report,) = told(json.dumps({"version": 1, "topology": "shop", "at": at, "error": "nft is missing"}))
    assert (report["status"], report["message"]) == ("unknown", "nft is missing (at 2026-01-02 03:04 UTC)")


def test_a_host_that_cannot_be_reached_is_unknown():
    (report,) = reports_of({"unreachable": True, "msg": "no route"}, "node1", ["shop"], 60, NOW)
    assert report["message"] == "cannot be reached: no route"


def test_each_project_that_is_expected_and_each_that_is_there_has_a_report(answer):
    lines = [line(answer("clean"), topology=name) for name in ("shop", "farm")]
    reports = told("\n".join(lines), expected=["shop", "blog"])
    assert [(each["topology"], each["status"]) for each in reports] == [
        ("shop", "clean"),
        ("blog", "unknown"),
        ("farm", "clean"),
    ]


def test_hosts_write_what_the_controller_reads():
    assert keeping.VERSION == kept.VERSION
