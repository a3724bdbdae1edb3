# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The matrix's own logic: where packages come from, what a run came to, and the table that is written."""

from __future__ import annotations

import datetime
import json

import pytest

from tests.matrix import sources, support
from tests.matrix.releases import DEBIAN_13, SETS, TESTING
from tests.matrix.result import Result, read

DEB822 = """# a comment
Types: deb
URIs: http://mirror.example/debian
Suites: bookworm
 bookworm-updates
Components: main

Types: deb deb-src
URIs: http://mirror.example/security
Suites: bookworm-security
Components: main

Types: deb
Enabled: no
URIs: http://other.example/debian
Suites: trixie
"""
ONE_LINE = """deb [arch=amd64 signed-by=/etc/key.gpg] http://mirror.example/debian bookworm main # here
deb-src http://mirror.example/debian bookworm main
deb [ trusted=yes ] http://mirror.example/security bookworm-security main
#deb http://other.example/debian trixie main
"""
DAY = datetime.date(2026, 11, 29)


@pytest.mark.parametrize("name, text", [("debian.sources", DEB822), ("sources.list", ONE_LINE)])
def test_a_release_comes_from_where_the_machine_has_its_own(name, text):
    known = list(sources.entries(name, text))
    found = [line.split()[-3:] for line in sources.lines(DEBIAN_13, known)]
    assert found == [
        ["http://mirror.example/debian", "trixie", "main"],
        ["http://mirror.example/security", "trixie-security", "main"],
    ]
    assert [line.split()[-2] for line in sources.lines(TESTING, known)] == ["testing"]


def test_a_machine_without_debian_s_packages_cannot_make_a_root():
    known = list(sources.entries("sources.list", "deb http://mirror.example/ubuntu jammy main\n"))
    with pytest.raises(sources.Unavailable, match="no source of Debian's packages"):
        sources.lines(DEBIAN_13, known)


def told(*lines):
    return [json.dumps(line) for line in lines]


def test_a_run_is_what_its_steps_said():
    lines = told(
        {"versions": {"nft": "1.0.6"}},
        {"step": "apply", "passed": True},
        {"step": "check", "passed": False, "said": "drift"},
        {"unreached": "check"},
        {"done": True},
    )
    result = read("here", lines, "it ended with code 1")
    assert (result.passed, result.failed) == (("apply",), (("check", "drift"),))
    assert result.not_reached == ("check",)
    assert not result.good


def test_a_machine_that_dies_has_failed_whatever_its_steps_said():
    lines = [*told({"step": "apply", "passed": True}), '{"step": "chec']
    assert read("here", lines, "it ended with code 9").failed == (
        ("the smoke comes to its end", "it ended with code 9"),
    )


def page(tmp_path, *rows):
    path = tmp_path / "support.md"
    path.write_text("\n".join(["before", support.BEGIN, *rows, support.END, "after", ""]))
    return path


def test_rows_that_were_not_run_keep_what_they_said(tmp_path):
    path = page(tmp_path)
    order = ["one", "two", "three"]
    support.record(path, order, [Result("three", passed=("a",)), Result("one", passed=("a",))], DAY)
    later = DAY + datetime.timedelta(days=1)
    ran = [Result("two", passed=("a", "b")), Result("three", failed=(("a", "no"),)), Result("one", skipped="no root")]
    support.record(path, order, ran, later)
    text = path.read_text()
    assert text.startswith("before\n") and text.endswith("after\n")
    assert [line.split(" | ")[0::7] for line in text.splitlines() if line.startswith("| ")][2:] == [
        ["| one", "2026-11-29"],
        ["| two", "2026-11-30"],
        ["| three", "2026-11-30"],
    ]
    assert "all 2 pass" in text and "**1 of 1** fail: a" in text


def test_a_page_without_its_marks_is_left_alone(tmp_path):
    path = tmp_path / "support.md"
    path.write_text("no table")
    with pytest.raises(ValueError, match="has no lines"):
        support.record(path, [], [], DAY)
    assert path.read_text() == "no table"


def test_every_row_has_a_name_of_its_own_and_the_quick_ones_are_rows():
    names = [row.name for row in SETS["all"]]
    assert len(set(names)) == len(names)
    assert {row.name for row in SETS["quick"]} < set(names)
