# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A thousand hosts: what a page may weigh, what is on it and in the text, and what programs read."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from xml.etree import ElementTree

import pytest

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.page import page_of
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.programs import fleet_of, junit_of
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.report import report_of
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.room import Room
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.text import text_of
from tests.unit.report.simulated import answer, fleet

LARGEST = 3_000_000


@pytest.fixture(scope="module")
def thousand():
    return fleet(1000)


@pytest.fixture(scope="module")
def page(thousand):
    return page_of(thousand, "now")


def unlike(number: int) -> dict:
    """A host that has nothing in common with any other."""
    text = json.dumps(answer("never_applied", number))
    return json.loads(re.sub(r"\b(web|db|cache|batch|sidecar|agent|front|back|shop)\b", rf"\1-{number}", text))


@pytest.mark.parametrize(
    "found", ["as one finds it", "each waits for its first apply", "no two have anything in common"]
)
def test_the_page_of_a_thousand_hosts_has_three_megabytes_at_most(found, thousand, page):
    if found == "each waits for its first apply":
        page = page_of(fleet(1000, lambda number: "never_applied"))
    elif found != "as one finds it":
        page = page_of([report_of(unlike(number), f"node{number:04}.example.org") for number in range(1000)])
    assert len(page.encode("utf-8")) <= LARGEST
    assert len(re.findall(' data-name="', page)) == 1000  # each is found by its name


def test_equal_differences_stand_first_with_the_list_of_their_hosts(page):
    first = page[page.index('<div class="card folds">') : page.index("</details>", page.index('class="card folds"'))]
    assert "<b>342 hosts</b>" in first
    assert "node0040, " in first and ", node0381" in first
    assert page.index("set mtu of br-front from 1400 to 1500") < page.index("<h2>Each host</h2>")


def test_only_the_script_of_the_search_may_run(page):
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert len(scripts) == page.count("<script") == 1
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in page
    assert set(re.findall(r"https?://[^\s\"'<]+", page)) <= {"http://www.w3.org/2000/svg"}


def test_what_many_hosts_say_is_text_and_never_markup():
    evil = "</script><script>alert('x')</script>&\"'"
    given = json.loads(json.dumps(answer("drifted", 1)).replace("web", json.dumps(evil)[1:-1]))
    page = page_of([report_of(given, f"node{number}{evil}") for number in range(20)])
    assert page.count("<script") == page.count("</script>") == 1
    (facets,) = re.findall(r"data-facets='([^']*)'", page)
    assert "<" not in facets


def test_without_a_script_nothing_of_the_page_is_hidden_but_the_search(page):
    assert re.findall(r"<(\w+)[^>]* hidden", page) == ["form"]


def test_the_text_of_a_thousand_hosts_is_read_on_a_screen(thousand):
    lines = text_of(thousand, "now").splitlines()
    assert lines[0] == "1000 hosts: 382 drifted, 10 unknown, 30 pending, 578 clean (now)"
    assert lines[3:5] == [
        "    ~ set mtu of br-front from 1400 to 1500",
        "        342 hosts: " + ", ".join(f"node{number:04}" for number in range(40, 48)) + " and 334 more",
    ]
    assert lines[-3].startswith("UNKNOWN: node0000, node0001, ")
    assert lines[-1].startswith("clean: node0422, ")
    assert len(lines) < 100


def test_the_text_of_many_hosts_that_have_nothing_in_common_is_cut():
    reports = [report_of(unlike(number), f"node{number:03}") for number in range(200)]
    lines = text_of(reports).splitlines()
    assert "and 180 more hosts with something of their own: node020, node021, " in "\n".join(lines)
    assert len([line for line in lines if "PENDING" in line]) == 20


def test_programs_read_what_is_shared_once_and_a_line_for_each_host(thousand):
    data = json.loads(json.dumps(fleet_of(thousand, "now")))
    assert (data["version"], data["when"], data["hosts"]) == (1, "now", 1000)
    assert data["status"] == {"drifted": 382, "unknown": 10, "pending": 30, "clean": 578}
    first = data["shared"][0]
    assert (first["subject"], first["kind"], first["state"]) == ({"network": "front"}, "drift", "differs")
    assert first["variants"][0]["before"] == {"mtu": 1400} and first["variants"][0]["after"] == {"mtu": 1500}
    assert len(first["names"]) == 342
    by_host = {report["host"]: report for report in data["reports"]}
    assert (by_host["node0381"]["shared"], by_host["node0381"]["own"]) == ([0], [])
    assert by_host["node0000"]["message"].startswith("cannot be reached: ")
    assert by_host["node0999"]["in_short"] == "2 networks, 5 containers as declared"


def test_a_ci_server_reads_a_suite_for_each_host(thousand):
    root = ElementTree.fromstring(junit_of(thousand))
    suites = {suite.get("name"): suite for suite in root}
    assert len(suites) == 1000
    counted = {name: (suites[name].get("failures"), suites[name].get("errors")) for name in suites}
    assert counted["node0000/shop"] == ("0", "1")
    assert counted["node0381/shop"] == ("1", "0")
    assert counted["node0999/shop"] == ("0", "0")
    (case,) = suites["node0381/shop"]
    assert (case.get("classname"), case.get("name")) == ("node0381.shop", "network front")
    (failure,) = case
    assert (failure.get("type"), failure.get("message")) == ("drift", "set mtu of br-front from 1400 to 1500")


def test_what_waits_for_an_apply_is_skipped_in_a_ci_that_wants_it_so(answer):
    reports = [report_of(answer("drifted_and_pending"), "node1", "shop")]
    (suite,) = ElementTree.fromstring(junit_of(reports, fail_pending=False))
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("13", "5", "8")
    (suite,) = ElementTree.fromstring(junit_of(reports))
    assert (suite.get("failures"), suite.get("skipped")) == ("13", "0")


def test_what_is_unmended_without_a_change_fails_in_a_ci_too(answer):
    report = report_of(dict(answer("clean"), unmended=True, warnings=["the service runs elsewhere"]), "node1")
    assert report["status"] == "drifted"
    (suite,) = ElementTree.fromstring(junit_of([report]))
    assert suite.find("testcase/failure").get("message") == "the service runs elsewhere"


def test_room_is_taken_in_bytes_by_what_fits():
    room = Room(4)
    assert [room.take(text) for text in ("▲", "ab", "c", "d")] == ["▲", "", "c", ""]
