# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The promises of a fleet as a text, and as JUnit's XML for whatever reads that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree

from .report import BROKEN, HELD, PLANNED, STATUSES, UNKNOWN, in_order, in_short, name_of, of_result, told, why

#: Longer lists are cut; the JSON has all of them.
MANY = 40


def text_of(reports: Iterable[Mapping[str, Any]], when: str = "") -> str:
    """The summary, without a newline at its end."""
    ordered = in_order(reports)
    statuses = [report["status"] for report in ordered]
    counted = [f"{statuses.count(status)} {status}" for status in STATUSES if status in statuses]
    lines = [(", ".join(counted) or "nothing to tell") + (f" ({when})" if when else "")]
    width = max([len(name_of(report)) for report in ordered], default=0)
    for report in ordered:
        status = report["status"] if report["status"] in (HELD, PLANNED) else report["status"].upper()
        lines.append(f"{name_of(report):{width}}  {status:7}  {in_short(report)}")
        lines += [f"  {line}" for line in _cut([told(cell) for cell in of_result(report, BROKEN)])]
        if of_result(report, BROKEN) and report["differs"]:
            lines += ["  not as declared on the host:", *(f"    {line}" for line in _cut(report["differs"]))]
        lines += [f"  {line}" for line in report["planned"]]
    return "\n".join(lines)


def _cut(lines: list[str]) -> list[str]:
    more = [f"and {len(lines) - MANY} more"] if len(lines) > MANY else []
    return [*lines[:MANY], *more]


def junit_of(reports: Iterable[Mapping[str, Any]]) -> str:
    """A suite for each project on a host, and a case for each promise, with a newline at the end.

    The shape is the one that CI servers read: testsuites, testsuite, testcase with failure, error or skipped.
    """
    root = ElementTree.Element("testsuites", name="linuxnet.fabric.verify")
    for report in in_order(reports):
        _suite(root, report)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _suite(root: ElementTree.Element, report: Mapping[str, Any]) -> None:
    suite = ElementTree.SubElement(root, "testsuite", name=name_of(report))
    for cell in report["cells"]:
        case = _case(suite, report, cell["text"])
        if cell["result"] == BROKEN:
            ElementTree.SubElement(case, "failure", message=why(cell))
        elif cell["result"] != HELD:
            ElementTree.SubElement(case, "skipped", message=cell["said"])
    for line in report["planned"]:
        ElementTree.SubElement(_case(suite, report, line), "skipped", message="check mode")
    if report["status"] == UNKNOWN:
        case = _case(suite, report, "the host answers")
        ElementTree.SubElement(case, "error", message=in_short(report))
    for word, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(word, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("tests", str(len(suite)))


def _case(suite: ElementTree.Element, report: Mapping[str, Any], name: str) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", classname=f"{report['host']}.{report['topology']}", name=name)
