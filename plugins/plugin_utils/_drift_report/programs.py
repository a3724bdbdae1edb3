# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reports of a fleet for programs: as data, and as the XML of JUnit that CI servers read. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree

from .changes import label, state_of
from .fold import Fold, Told, Variant, folds_of
from .report import counts, in_order, in_short

#: Of the shape of ``fleet_of``. It grows when a word changes its meaning or goes, not when one comes.
VERSION = 1


def fleet_of(reports: Iterable[Mapping[str, Any]], when: str = "") -> dict[str, Any]:
    """What many hosts need, each thing once, and a line for each host; its own report has the rest."""
    ordered = in_order(reports)
    folds = folds_of(ordered)
    told = Told(folds)
    return {
        "version": VERSION,
        "when": when,
        "hosts": len({report["host"] for report in ordered}),
        "status": counts(ordered),
        "shared": [_shared(fold) for fold in folds],
        "reports": [
            {
                **{word: report[word] for word in ("host", "topology", "status", "message", "warnings")},
                "in_short": in_short(report),
                "shared": told.numbers(report),
                "own": [change["text"] for change in told.own(report)],
            }
            for report in ordered
        ],
    }


def _shared(fold: Fold) -> dict[str, Any]:
    return {
        "subject": fold.change["subject"],
        "kind": fold.change["kind"],
        "state": state_of(fold.change),
        "title": fold.title,
        "names": fold.names,
        "variants": [_variant(variant) for variant in fold.variants],
    }


def _variant(variant: Variant) -> dict[str, Any]:
    """``before`` and ``after`` have the words that are the same on all of its hosts."""
    rows = variant.rows()
    return {
        "text": variant.text,
        "before": {word: before for word, before, _after in rows},
        "after": {word: after for word, _before, after in rows},
        "names": [report["name"] for report in variant.reports],
    }


def junit_of(reports: Iterable[Mapping[str, Any]], fail_pending: bool = True) -> str:
    """A suite for each project on a host, and in it a case for each thing that is not as declared, with a newline at
    the end. ``fail_pending``: what was not applied yet is a failure; else it is skipped.
    """
    root = ElementTree.Element("testsuites", name="linuxnet.fabric.drift")
    for report in in_order(reports):
        _suite(root, report, fail_pending)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _suite(root: ElementTree.Element, report: Mapping[str, Any], fail_pending: bool) -> None:
    suite = ElementTree.SubElement(root, "testsuite", name=f"{report['host']}/{report['topology']}")
    if report["status"] == "unknown":
        ElementTree.SubElement(_case(suite, report, "the host answers"), "error", message=in_short(report))
    elif not report["changes"]:
        case = _case(suite, report, "as declared")
        if report["status"] != "clean":
            ElementTree.SubElement(case, "failure", message="; ".join(report["warnings"]) or in_short(report))
    for change in report["changes"]:
        fails = change["kind"] == "drift" or fail_pending
        case = _case(suite, report, label(change["subject"]))
        ElementTree.SubElement(case, "failure" if fails else "skipped", message=change["text"], type=change["kind"])
    _count(suite)


def _case(suite: ElementTree.Element, report: Mapping[str, Any], name: str) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", classname=f"{report['host']}.{report['topology']}", name=name)


def _count(suite: ElementTree.Element) -> None:
    for word, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(word, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("tests", str(len(suite)))
