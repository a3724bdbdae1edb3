# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What many hosts need is told once, as cases a user can read: what is found on which host, and what is told of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.fold import Told, folds_of, reasons
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.report import in_order, report_of

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "folding.yml").read_text(encoding="utf-8"))
_WORDS = ("kind", "subject", "before", "after", "text")


def _reports(case: dict[str, Any]) -> list[Any]:
    found = {name: dict(zip(_WORDS, words)) for name, words in case["changes"].items()}
    return in_order(report_of({"changes": [found[each] for each in has]}, host) for host, has in case["hosts"].items())


@pytest.mark.parametrize("case", [pytest.param(case, id=case["case"]) for case in CASES])
def test_folding(case: dict[str, Any]) -> None:
    reports = _reports(case)
    folds = folds_of(reports)
    by_title = {fold.title: fold for fold in folds}
    assert [[fold.title, fold.change["kind"], fold.names] for fold in folds] == case["folds"]
    for title, ways in case.get("ways", {}).items():
        told = [(each.text, [report["name"] for report in each.reports]) for each in by_title[title].variants]
        assert told == list(ways.items())
    for title, rows in case.get("rows", {}).items():
        assert [list(row) for row in by_title[title].variants[0].rows()] == rows
    told_above = Told(folds)
    for host, texts in case.get("own", {}).items():
        (report,) = (each for each in reports if each["host"] == host)
        assert [change["text"] for change in told_above.own(report)] == texts


@pytest.mark.parametrize("case", [pytest.param(case, id=case["case"]) for case in CASES])
def test_nothing_is_lost_or_told_twice(case: dict[str, Any]) -> None:
    reports = _reports(case)
    folds = folds_of(reports)
    told_above = Told(folds)
    told = [
        (report["host"], variant.text, fold.change["kind"])
        for fold in folds
        for variant in fold.variants
        for report in variant.reports
    ]
    told += [
        (report["host"], change["text"], change["kind"]) for report in reports for change in told_above.own(report)
    ]
    found = [(report["host"], change["text"], change["kind"]) for report in reports for change in report["changes"]]
    assert sorted(told) == sorted(found)


def test_the_order_of_the_hosts_changes_nothing() -> None:
    for case in CASES:
        turned = dict(case, hosts=dict(reversed(list(case["hosts"].items()))))
        assert [(f.title, f.names) for f in folds_of(_reports(turned))] == [
            (f.title, f.names) for f in folds_of(_reports(case))
        ]


def test_reasons_that_differ_by_the_host_alone_are_one() -> None:
    away = [
        report_of({"unreachable": True, "msg": f"node{n}: connect to host 192.0.2.{n} port 22: timed out"}, f"node{n}")
        for n in range(3)
    ]
    other = report_of({"failed": True, "msg": "pyroute2 is missing"}, "old")
    told = [(message, [each["host"] for each in alike]) for message, alike in reasons([other, *away])]
    assert told == [
        ("cannot be reached: node0: connect to host 192.0.2.0 port 22: timed out", ["node0", "node1", "node2"]),
        ("pyroute2 is missing", ["old"]),
    ]
