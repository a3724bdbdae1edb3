# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JUnit's XML as CI servers read it: testsuites, testsuite, testcase with failure, error or skipped. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

FAILURE, ERROR, SKIPPED = "failure", "error", "skipped"
#: How a suite counts each.
_COUNTED = {"failures": FAILURE, "errors": ERROR, "skipped": SKIPPED}


@dataclass(frozen=True)
class Case:
    """``outcome`` is empty where all is well."""

    name: str
    outcome: str = ""
    message: str = ""
    type: str = ""


def xml_of(name: str, suites: Iterable[tuple[Mapping[str, Any], Iterable[Case]]]) -> str:
    """A suite for each report, which is of a project (``topology``) on a ``host``. With a newline at the end."""
    root = ElementTree.Element("testsuites", name=name)
    for report, cases in suites:
        _suite(root, report, cases)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _suite(root: ElementTree.Element, report: Mapping[str, Any], cases: Iterable[Case]) -> None:
    host, topology = report["host"], report["topology"]
    suite = ElementTree.SubElement(root, "testsuite", name=f"{host}/{topology}")
    for case in cases:
        element = ElementTree.SubElement(suite, "testcase", classname=f"{host}.{topology}", name=case.name)
        if case.outcome:
            more = {"type": case.type} if case.type else {}
            ElementTree.SubElement(element, case.outcome, message=case.message, **more)
    for word, outcome in _COUNTED.items():
        suite.set(word, str(len(suite.findall(f"testcase/{outcome}"))))
    suite.set("tests", str(len(suite)))
