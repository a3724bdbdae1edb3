# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts of a page, each with its drawing and its changes; of many, as far as there is room. Markup."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any

from .changes import DRIFT, INTENDED, RELEASE, by_weight
from .drawing import draw
from .fold import Told
from .report import MEANING, how_many, in_short, plural
from .room import Room
from .scene import scene_of
from .search import Facets
from .shapes import SIGNS
from .told import LOOKS, changes_list

Report = Mapping[str, Any]

#: Of a larger fleet, hosts are closed until somebody opens them, and do not tell again what several hosts need.
FEW = 8
#: Bytes of the page, over all hosts: for those that are told whole, and for those that are told without a drawing.
WHOLE, BRIEF = 1_200_000, 700_000
#: A longer answer of a host that could not be asked is cut, and so are more changes of a host; its JSON has all.
LONG, MOST_CHANGES = 2000, 500

_TITLES = {
    DRIFT: "Changed on the host: an apply repairs it",
    INTENDED: "Changed in the inventory: an apply follows it",
    RELEASE: "Asked otherwise by this release, or on this host now: an apply follows it",
}
_ELSEWHERE = "There is no room here for more; the JSON of this host has all of it."
#: What a change of this reading may raise on an answer that nobody foresaw.
_ODD = (AttributeError, IndexError, KeyError, TypeError, ValueError)


class Hosts:
    """Sections of hosts. ``places``: names → the number by which a section can be linked to."""

    def __init__(self, reports: Sequence[Report], told: Told, facets: Facets, many: bool) -> None:
        self._told, self._facets, self._many = told, facets, many
        self._whole, self._brief = Room(WHOLE), Room(BRIEF)
        self.places = {report["name"]: number for number, report in enumerate(reports)}

    def section(self, report: Report) -> str:
        """What there is to say of a host: all, or without the drawing, or its line alone."""
        told = escape(in_short(report)) if report["status"] != "unknown" else MEANING["unknown"]
        head = f'<h3 class="host">{escape(report["name"])}</h3>{badge(report)}<span class="soft">{told}</span>'
        classes = f'class="card of {report["status"]}" id="host-{self.places[report["name"]]}" {self.found_by(report)}'
        inside = self._inside(report)
        if not inside:
            return f'<div {classes}><div class="line">{head}<span class="soft">{_ELSEWHERE}</span></div></div>'
        open_ = "" if self._many else " open"
        return f"<details {classes}{open_}><summary>{head}</summary>\n{inside}\n</details>"

    def found_by(self, report: Report) -> str:
        """The attributes that the search reads."""
        about = self._facets.of((change, report) for change in report["changes"])
        folds = " ".join(map(str, self._told.numbers(report)))
        return f'data-name="{escape(report["name"])}" data-of="{about}" data-in="{folds}"'

    def _inside(self, report: Report) -> str:
        if report["status"] == "unknown":
            said = escape(str(report["message"])[:LONG])
            return self._brief.take(f'<p>Nothing is known about this host. It said:</p><p class="mono">{said}</p>')
        parts = [f'<p class="warning">Warning: {escape(warning)}</p>' for warning in report["warnings"]]
        changes = "\n".join(self._changes(report))
        return self._whole.take("\n".join([*parts, _drawing(report), changes])) or self._brief.take(
            "\n".join([*parts, changes])
        )

    def _changes(self, report: Report) -> Iterable[str]:
        shown = self._told.own(report) if self._many else report["changes"]
        for kind, title in _TITLES.items():
            changes = by_weight(change for change in shown if change["kind"] == kind)
            if changes:
                looks = LOOKS[kind]
                yield f'<h4 class="{looks}-ink">{SIGNS[looks]}{title}</h4>\n{changes_list(changes[:MOST_CHANGES])}'
            if len(changes) > MOST_CHANGES:
                yield f"<p>and {len(changes) - MOST_CHANGES} more, which the JSON of this host has</p>"
        if len(shown) < len(report["changes"]):
            links = ", ".join(f'<a href="#fold-{each}">{each + 1}</a>' for each in self._told.numbers(report)[:100])
            yield f"<p>And what several hosts need, told above: {links}</p>"


def _drawing(report: Report) -> str:
    """An answer that cannot be drawn is told all the same, and the other hosts with it."""
    try:
        picture = draw(f"{report['host']} ({report['topology']})", scene_of(report))
    except _ODD as error:
        return f'<p class="warning">This host cannot be drawn: {escape(type(error).__name__)}: {escape(str(error))}</p>'
    return f'<div class="drawing" tabindex="0">{picture}</div>'


def badge(report: Report) -> str:
    return f'<span class="badge {report["status"]}">{report["status"]}</span>'


def table(told: Sequence[Report], clean: Sequence[Report], places: Mapping[str, int]) -> str:
    """A small fleet at a glance."""

    def link(report: Report) -> str:
        name = escape(report["name"])
        return f'<a href="#host-{places[report["name"]]}">{name}</a>' if report["name"] in places else name

    rows = "".join(
        f'<tr class="of {report["status"]}"><td>{link(report)}</td><td>{escape(report["topology"])}</td>'
        f"<td>{badge(report)}</td><td>{escape(in_short(report))}</td></tr>\n"
        for report in told
    )
    if clean:
        count = f"{how_many(clean)} as declared" if len(clean) > 1 else escape(in_short(clean[0]))
        listed = ", ".join(map(link, clean))
        rows += f'<tr class="of clean"><td>{listed}</td><td></td><td>{badge(clean[0])}</td><td>{count}</td></tr>\n'
    head = "<tr><th>host</th><th>topology</th><th>state</th><th>in short</th></tr>"
    return f'<div class="card"><table class="fleet">{head}\n{rows}</table></div>'


def clean_card(clean: Sequence[Report], found_by: Callable[[Report], str]) -> str:
    """The names of those of which there is no more to say."""
    listed = " ".join(f"<span {found_by(report)}>{escape(report['name'])}</span>" for report in clean)
    title = f"<h3>{plural(len(clean), 'host')} as declared</h3>" if clean else ""
    return f'<div class="card of clean">{title}<p class="names mono">{listed}</p></div>' if clean else ""
