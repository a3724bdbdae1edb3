# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reports of a fleet as one page that needs nothing else: no script, no font, no picture from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from .changes import DRIFT, INTENDED, MISSING, RELEASE, SAID, TO_COME, Change, by_weight, differences, state_of
from .drawing import draw
from .fold import Shared, names, shared_changes, without
from .report import MEANING, counts, how_many, in_order, in_short, several_hosts
from .scene import scene_of
from .shapes import HOLLOW, SIGNS
from .style import STYLE

#: Of a larger fleet, the hosts that are as declared are one line, without a drawing each.
FEW = 8
#: Longer values are cut; the host's JSON has all of them.
MANY = 15

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_TITLES = {
    DRIFT: "Changed on the host: an apply repairs it",
    INTENDED: "Changed in the inventory: an apply follows it",
    RELEASE: "Asked otherwise by this release, or on this host now: an apply follows it",
}
#: Kind → how it looks: what follows the collection looks like what follows the inventory.
_LOOKS = {DRIFT: DRIFT, INTENDED: INTENDED, RELEASE: INTENDED}
#: What a change of this reading may raise on an answer that nobody foresaw.
_ODD = (AttributeError, IndexError, KeyError, TypeError, ValueError)


def page_of(reports: Iterable[Mapping[str, Any]], when: str = "", title: str = "Drift report") -> str:
    """The page, with a newline at its end."""
    ordered = in_order(reports)
    told = [report for report in ordered if report["status"] != "clean" or report["warnings"]]
    clean = [report for report in ordered if report not in told]
    drawn = [*told, *clean] if len(clean) <= FEW else told
    places = {id(report): index for index, report in enumerate(drawn)}
    shared = shared_changes(ordered)
    head = [*_filter(ordered), _head(ordered, when, title)]
    body = ["<main>", *head, '<div class="hosts">', _fleet(told, clean, places), _shared(shared)]
    for report in drawn:
        is_open = len(ordered) <= FEW or report["status"] == "unknown" or bool(without(report, shared))
        body.append(_host(report, places[id(report)], is_open))
    return document(title, [*body, "</div>", "</main>"])


def document(title: str, body: Iterable[str]) -> str:
    """A page that loads nothing, with a newline at its end."""
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        "<body>\n" + "\n".join(part for part in body if part) + "\n</body>\n</html>\n"
    )


def _filter(reports: Sequence[Mapping[str, Any]]) -> list[str]:
    """The switches that the badges of the head work: which hosts are shown. The style does the rest."""
    return [
        f'<input type="radio" name="show" id="show-{status}" class="switch"{" checked" if status == "all" else ""}>'
        for status in ("all", *counts(reports))
    ]


def _head(reports: Sequence[Mapping[str, Any]], when: str, title: str) -> str:
    badges = "".join(
        f'<label for="show-{status}" class="badge {status}">{count} {status}</label>'
        f'<span class="soft">{MEANING[status]}</span>'
        for status, count in counts(reports).items()
    )
    everything = '<label for="show-all" class="badge everything">all</label>' if len(counts(reports)) > 1 else ""
    told = how_many(reports) + (", " + when if when else "")
    legend = (
        f'<p class="soft"><span class="drift-ink">{SIGNS[DRIFT]}changed on the host</span> &nbsp; '
        f'<span class="intended-ink">{SIGNS[INTENDED]}changed in the inventory or the collection</span> &nbsp; '
        f"{HOLLOW[DRIFT]}{HOLLOW[INTENDED]}missing as a whole</p>"
    )
    head = f'<h1>{escape(title)}</h1>\n<p class="soft">{escape(told)}</p>'
    return f'<header>{head}\n<div class="counts">{everything}{badges}</div>\n{legend}</header>'


def _fleet(told: Sequence[Mapping[str, Any]], clean: Sequence[Mapping[str, Any]], places: Mapping[int, int]) -> str:
    rows = "".join(
        f'<tr class="of {report["status"]}"><td>{_link(report, places)}</td><td>{escape(report["topology"])}</td>'
        f"<td>{_badge(report)}</td><td>{escape(in_short(report))}</td></tr>\n"
        for report in told
    )
    if clean:
        listed = ", ".join(_link(report, places) for report in clean)
        count = f"{how_many(clean)} as declared" if len(clean) > 1 else escape(in_short(clean[0]))
        rows += f'<tr class="of clean"><td>{listed}</td><td></td><td>{_badge(clean[0])}</td><td>{count}</td></tr>\n'
    head = "<tr><th>host</th><th>topology</th><th>state</th><th>in short</th></tr>"
    return f'<div class="card"><table class="fleet">{head}\n{rows}</table></div>'


def _link(report: Mapping[str, Any], places: Mapping[int, int]) -> str:
    name = escape(report["name"])
    return f'<a href="#host-{places[id(report)]}">{name}</a>' if id(report) in places else name


def _badge(report: Mapping[str, Any]) -> str:
    return f'<span class="badge {report["status"]}">{report["status"]}</span>'


def _shared(shared: Sequence[Shared]) -> str:
    """What several hosts need, once."""
    items = "".join(
        f'<li class="{_LOOKS[each.change["kind"]]}"><div class="mono">{escape(each.change["text"])}</div>'
        f'<div class="soft">{how_many(each.reports)}: {escape(names(each.names, 40))}</div></li>\n'
        for each in shared[: 3 * MANY]
    )
    title = "On several hosts" if any(several_hosts(each.reports) for each in shared) else "In several projects"
    return f'<div class="card"><h2>{title}</h2>\n<ul>{items}</ul></div>' if shared else ""


def _host(report: Mapping[str, Any], index: int, is_open: bool) -> str:
    open_ = " open" if is_open else ""
    told = escape(in_short(report)) if report["status"] != "unknown" else MEANING["unknown"]
    summary = f'<summary><h2>{escape(report["name"])}</h2>{_badge(report)}<span class="soft">{told}</span></summary>'
    inside = _inside(report)
    return f'<details class="card of {report["status"]}" id="host-{index}"{open_}>{summary}\n{inside}\n</details>'


def _inside(report: Mapping[str, Any]) -> str:
    if report["status"] == "unknown":
        return f'<p>Nothing is known about this host. It said:</p><p class="mono">{escape(str(report["message"]))}</p>'
    parts = [f'<p class="warning">Warning: {escape(warning)}</p>' for warning in report["warnings"]]
    parts.append(_drawing(report))
    for kind, title in _TITLES.items():
        changes = by_weight(change for change in report["changes"] if change["kind"] == kind)
        if changes:
            items = "".join(map(_change, changes))
            looks = _LOOKS[kind]
            parts.append(f'<h3 class="{looks}-ink">{SIGNS[looks]}{title}</h3>\n<ul>{items}</ul>')
    return "\n".join(parts)


def _drawing(report: Mapping[str, Any]) -> str:
    """An answer that cannot be drawn is told all the same, and the other hosts with it."""
    try:
        picture = draw(f"{report['host']} ({report['topology']})", scene_of(report))
    except _ODD as error:
        return f'<p class="warning">This host cannot be drawn: {escape(type(error).__name__)}: {escape(str(error))}</p>'
    return f'<div class="drawing" tabindex="0">{picture}</div>'


def _change(change: Change) -> str:
    """What to do, and right under it what it does: before and after."""
    looks, state = _LOOKS[change["kind"]], state_of(change)
    signs = HOLLOW if state == MISSING else SIGNS
    words = SAID if change["kind"] == DRIFT else TO_COME
    said = f'<span class="state">{words[state]}</span>' if change["before"] or change["after"] else ""
    rows = "".join(map(_row, differences(change)))
    sides = f'<div class="sides">{rows}</div>' if rows else ""
    text = f'<div class="mono">{signs[looks]}{escape(change["text"])} {said}</div>'
    return f'<li class="{looks} {state}">{text}{sides}</li>\n'


def _row(row: tuple[str, Any, Any]) -> str:
    word, before, after = escape(row[0]), escape(_shown(row[1])), escape(_shown(row[2]))
    return (
        f'<div class="row"><span class="word">{word}</span><span class="cell before">{before}</span>'
        f'<span class="to">→</span><span class="cell after">{after}</span></div>'
    )


def _shown(value: Any) -> str:
    if value is None or value == []:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    lines = [str(item) for item in value] if isinstance(value, list) else str(value).splitlines()
    more = [f"and {len(lines) - MANY} more"] if len(lines) > MANY else []
    return "\n".join(lines[:MANY] + more)
