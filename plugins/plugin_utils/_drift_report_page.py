# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reports of a fleet as one page that needs nothing else: no script, no font, no picture from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from ._drift_report import MEANING, counts, in_order, in_short, plural
from ._drift_report_drawing import SIGNS, draw
from ._drift_report_scene import scene_of
from ._drift_report_style import STYLE
from ._drift_report_subjects import DRIFT, INTENDED, differences, kind_of, lines_by_subject

#: In a larger fleet, the hosts that are as declared are folded.
FEW = 8
#: Longer values are cut; the host's JSON has all of them.
MANY = 15

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_TITLES = {
    DRIFT: "Changed on the host: an apply repairs it",
    INTENDED: "Changed in the inventory: an apply follows it",
}


def page_of(reports: Iterable[Mapping[str, Any]], when: str = "", title: str = "Drift report") -> str:
    """The page, with a newline at its end."""
    ordered = in_order(reports)
    body = [_head(ordered, when, title), _fleet(ordered)]
    body += [_host(report, index, len(ordered) <= FEW) for index, report in enumerate(ordered)]
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        "<body>\n" + "\n".join(body) + "\n</body>\n</html>\n"
    )


def _head(reports: list[Mapping[str, Any]], when: str, title: str) -> str:
    badges = "".join(
        f'<span class="badge {status}">{count} {status}</span><span class="soft">{MEANING[status]}</span>'
        for status, count in counts(reports).items()
    )
    told = plural(len(reports), "host") + (", " + when if when else "")
    legend = (
        f'<p class="soft"><span class="drift-ink">{SIGNS[DRIFT]}changed on the host</span> &nbsp; '
        f'<span class="intended-ink">{SIGNS[INTENDED]}changed in the inventory</span></p>'
    )
    head = f'<h1>{escape(title)}</h1>\n<p class="soft">{escape(told)}</p>'
    return f'<header>{head}\n<div class="counts">{badges}</div>\n{legend}</header>'


def _fleet(reports: list[Mapping[str, Any]]) -> str:
    rows = "".join(
        f'<tr><td><a href="#host-{index}">{escape(report["host"])}</a></td><td>{escape(report["topology"])}</td>'
        f"<td>{_badge(report)}</td><td>{escape(in_short(report))}</td></tr>\n"
        for index, report in enumerate(reports)
    )
    head = "<tr><th>host</th><th>topology</th><th>state</th><th></th></tr>"
    return f'<div class="card"><table class="fleet">{head}\n{rows}</table></div>'


def _badge(report: Mapping[str, Any]) -> str:
    return f'<span class="badge {report["status"]}">{report["status"]}</span>'


def _host(report: Mapping[str, Any], index: int, few: bool) -> str:
    open_ = " open" if few or report["status"] != "clean" else ""
    told = escape(in_short(report)) if report["status"] != "unknown" else MEANING["unknown"]
    summary = f'<summary><h2>{escape(report["host"])}</h2>{_badge(report)}<span class="soft">{told}</span></summary>'
    return f'<details class="card" id="host-{index}"{open_}>{summary}\n{_inside(report)}\n</details>'


def _inside(report: Mapping[str, Any]) -> str:
    if report["status"] == "unknown":
        return f'<p>Nothing is known about this host. It said:</p><p class="mono">{escape(str(report["message"]))}</p>'
    title = f"{report['host']} ({report['topology']})"
    parts = [f'<div class="drawing">{draw(title, scene_of(report))}</div>']
    parts += [_actions(kind, report[kind]) for kind in (DRIFT, INTENDED) if report[kind]]
    changes = _changes(report)
    return "\n".join(parts + ([changes] if changes else []))


def _actions(kind: str, lines: list[str]) -> str:
    items = "".join(f'<li class="{kind} mono">{escape(line)}</li>\n' for line in lines)
    return f'<h3 class="{kind}-ink">{SIGNS[kind]}{_TITLES[kind]}</h3>\n<ul>{items}</ul>'


def _changes(report: Mapping[str, Any]) -> str:
    lines = lines_by_subject(report)
    rows = []
    for subject, words in differences(report):
        if subject == "leases":  # its lines are the actions above
            continue
        kind = kind_of(subject, lines, report)
        for index, (word, before, after) in enumerate(_together(words)):
            cells = (subject if index == 0 else "", word, _shown(before), _shown(after))
            rows.append(f'<tr class="{kind}">' + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>\n")
    if not rows:
        return ""
    head = "<tr><th>what</th><th></th><th>on the host now</th><th>as declared</th></tr>\n"
    return f'<h3>Before and after</h3>\n<table class="changes">{head}{"".join(rows)}</table>'


def _together(words: list[tuple[str, Any, Any]]) -> list[tuple[str, Any, Any]]:
    """What is made or removed as a whole is one row."""
    for side in (1, 2):
        if len(words) > 1 and all(row[side] is None for row in words):
            told = [row[0] + ": " + _shown(row[3 - side]).replace("\n", " ") for row in words]
            return [("", None, told) if side == 1 else ("", told, None)]
    return words


def _shown(value: Any) -> str:
    if value is None or value == []:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    lines = [str(item) for item in value] if isinstance(value, list) else str(value).splitlines()
    more = [f"and {len(lines) - MANY} more"] if len(lines) > MANY else []
    return "\n".join(lines[:MANY] + more)
