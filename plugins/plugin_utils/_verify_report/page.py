# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The promises of a fleet as one page that needs nothing else: what is broken first, then a matrix for each project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from .._drift_report.page import document
from .report import BROKEN, HELD, MEANING, PLANNED, STATUSES, UNKNOWN, in_order, in_short, name_of, of_result, told

#: A wider matrix is told by its broken promises alone.
WIDE = 40
#: Status → whose colours it has.
_LOOKS = {BROKEN: "drifted", UNKNOWN: "unknown", HELD: "clean", PLANNED: "pending"}
_SIGNS = {HELD: "✓", BROKEN: "✗", "unprobed": "–"}


def page_of(reports: Iterable[Mapping[str, Any]], when: str = "", title: str = "What is declared, proven") -> str:
    """The page, with a newline at its end."""
    ordered = in_order(reports)
    statuses = [report["status"] for report in ordered]
    badges = "".join(
        f'<span class="badge {_LOOKS[status]}">{statuses.count(status)} {status}</span>'
        f'<span class="soft">{MEANING[status]}</span>'
        for status in STATUSES
        if status in statuses
    )
    legend = "✓ as promised &nbsp; ✗ broken &nbsp; – not tried; what is promised not to reach is in brackets"
    head = (
        f'<header><h1>{escape(title)}</h1>\n<p class="soft">{escape(when)}</p>\n'
        f'<div class="counts">{badges}</div>\n<p class="soft">{legend}</p></header>'
    )
    return document(title, [head, "<main>", *map(_project, ordered), "</main>"])


def _project(report: Mapping[str, Any]) -> str:
    badge = f'<span class="badge {_LOOKS[report["status"]]}">{report["status"]}</span>'
    short = f'<span class="soft">{escape(in_short(report))}</span>'
    summary = f"<summary><h2>{escape(name_of(report))}</h2>{badge}{short}</summary>"
    return f'<details class="card" open>{summary}\n{_inside(report)}\n</details>'


def _inside(report: Mapping[str, Any]) -> str:
    parts = []
    broken = [told(cell) for cell in of_result(report, BROKEN)]
    if broken:
        parts.append(f'<h3 class="drift-ink">Promises that do not hold</h3>\n{_list(broken, "drift")}')
        if report["differs"]:
            parts.append(f"<h3>Not as declared on the host</h3>\n{_list(report['differs'], 'intended')}")
    if report["planned"]:
        parts.append(f"<h3>Would be tried</h3>\n{_list(report['planned'], 'intended')}")
    parts.append(_matrix(report["cells"]))
    return "\n".join(parts)


def _list(lines: Iterable[str], looks: str) -> str:
    return "<ul>" + "".join(f'<li class="{looks} mono">{escape(line)}</li>\n' for line in lines) + "</ul>"


def _matrix(cells: Iterable[Mapping[str, Any]]) -> str:
    """Who calls, by line; who is called, by column; in each cell what was tried there."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for cell in cells:
        found.setdefault((_party(cell["source"]), _party(cell["target"])), []).append(cell)
    lines, columns = (sorted({key[side] for key in found}) for side in (0, 1))
    if not found or len(columns) > WIDE:
        return ""
    head = "".join(f"<th>{escape(name)}</th>" for name in ["from \\ to", *columns])
    rows = "".join(
        f"<tr><th>{escape(line)}</th>"
        + "".join(f"<td>{_tried(found.get((line, column), ()))}</td>" for column in columns)
        + "</tr>\n"
        for line in lines
    )
    return f'<h3>Who reaches whom</h3>\n<div class="drawing" tabindex="0"><table><tr>{head}</tr>\n{rows}</table></div>'


def _tried(cells: Iterable[Mapping[str, Any]]) -> str:
    told_of = []
    for cell in cells:
        what = f"{cell['protocol']}{cell['family']}" + (f":{cell['port']}" if cell["port"] else "")
        text = f"{_SIGNS[cell['result']]} {what if cell['promised'] else '(' + what + ')'}"
        looks = ' class="drift-ink"' if cell["result"] == BROKEN else ""
        told_of.append(f'<span{looks} title="{escape(told(cell))}">{escape(text)}</span>')
    return "<br>".join(told_of)


def _party(party: Mapping[str, Any]) -> str:
    name = ", ".join(party["names"]) or {"host": "the host", "outside": "the wire"}.get(party["kind"], "?")
    return f"{name} on {party['host']}" if party["host"] else name
