# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reports of a fleet for programs: as data, and for CI servers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .changes import DRIFT, label, state_of
from .fold import Fold, Told, Variant, folds_of
from .junit import ERROR, FAILURE, SKIPPED, Case, xml_of
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
    return xml_of("linuxnet.fabric.drift", ((each, _cases(each, fail_pending)) for each in in_order(reports)))


def _cases(report: Mapping[str, Any], fail_pending: bool) -> Iterator[Case]:
    if report["status"] == "unknown":
        yield Case("the host answers", ERROR, in_short(report))
    elif report["status"] == "clean":
        yield Case("as declared")
    elif not report["changes"]:
        yield Case("as declared", FAILURE, "; ".join(report["warnings"]) or in_short(report))
    for change in report["changes"]:
        fails = change["kind"] == DRIFT or fail_pending
        yield Case(label(change["subject"]), FAILURE if fails else SKIPPED, change["text"], change["kind"])
