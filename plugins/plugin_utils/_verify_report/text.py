# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The promises of a fleet as a text, and as JUnit's XML for whatever reads that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .._drift_report.junit import ERROR, FAILURE, SKIPPED, Case, xml_of
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
    """A suite for each project on a host, and a case for each promise, with a newline at the end."""
    return xml_of("linuxnet.fabric.verify", ((report, _cases(report)) for report in in_order(reports)))


def _cases(report: Mapping[str, Any]) -> Iterator[Case]:
    for cell in report["cells"]:
        if cell["result"] == BROKEN:
            yield Case(cell["text"], FAILURE, why(cell))
        elif cell["result"] == HELD:
            yield Case(cell["text"])
        else:
            yield Case(cell["text"], SKIPPED, cell["said"])
    for line in report["planned"]:
        yield Case(line, SKIPPED, "check mode")
    if report["status"] == UNKNOWN:
        yield Case("the host answers", ERROR, in_short(report))
