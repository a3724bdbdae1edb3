# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reports of a fleet as one page that needs nothing else: no font, no picture, no script from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from .changes import DRIFT, INTENDED
from .fold import Told, folds_of
from .hosts import FEW, Hosts, clean_card, table
from .report import MEANING, counts, how_many, in_order, several_hosts
from .room import Room
from .search import SCRIPT, Facets, policy_of
from .shapes import HOLLOW, SIGNS
from .style import STYLE
from .told import FOLDS, folds_cards

#: Bytes of the page for the names of hosts that need the same.
NAMES = 500_000

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page_of(reports: Iterable[Mapping[str, Any]], when: str = "", title: str = "Drift report") -> str:
    """The page, with a newline at its end. Of a thousand hosts it has at most 3 MB."""
    ordered = in_order(reports)
    clean = [report for report in ordered if report["status"] == "clean" and not report["warnings"]]
    quiet = {report["name"] for report in clean}
    told = [report for report in ordered if report["name"] not in quiet]
    drawn = [*told, *clean] if len(clean) <= FEW else told
    many, folds, facets = len(ordered) > FEW, folds_of(ordered), Facets(ordered)
    hosts = Hosts(drawn, Told(folds[:FOLDS]), facets, many)
    form = facets.form() if many else ""
    several = any(several_hosts(fold.reports) for fold in folds)
    body = [
        "<main>",
        *_switches(ordered),
        _head(ordered, when, title),
        form,
        f'<div class="hosts{" many" if many else ""}">',
        "" if many else table(told, clean, hosts.places),
        *folds_cards(folds, facets, "On several hosts" if several else "In several projects", Room(NAMES)),
        "<h2>Each host</h2>" if drawn else "",
        *map(hosts.section, drawn),
        clean_card([] if len(clean) <= FEW else clean, hosts.found_by),
        "</div>",
        "</main>",
    ]
    return document(title, body, SCRIPT if form else "")


def document(title: str, body: Iterable[str], script: str = "") -> str:
    """A page that loads nothing, and runs no other script than this, with a newline at its end."""
    policy = _POLICY + (f"; script-src {policy_of(script)}" if script else "")
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        "<body>\n" + "\n".join(part for part in body if part) + "\n"
        f"{f'<script>{script}</script>' if script else ''}</body>\n</html>\n"
    )


def _switches(reports: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the badges of the head work: which hosts are shown. The style does the rest."""
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
