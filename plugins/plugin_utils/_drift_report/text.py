# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reports of a fleet as a text that a person reads at a glance: what many hosts need, then each by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from .changes import DONE, DRIFT, INTENDED, RELEASE, by_weight, state_of
from .fold import Fold, Told, folds_of, names, reasons
from .lines import in_lines
from .report import STATUSES, TO_DO, counts, how_many, in_order, in_short, several_hosts

#: Longer lists are cut; the page and the host's JSON have all of them.
MANY = 20
#: Of a fold, so many of the ways in which its hosts differ are told.
WAYS = 3
#: Of more hosts than this, those of which there is nothing more to tell are told together.
FEW = 8


@dataclass(frozen=True)
class Wording:
    """``titles``: of each kind of changes. ``statuses``: how those of reports are called here. ``short``: kind → what
    becomes of so many of its changes."""

    titles: Mapping[str, str]
    statuses: Mapping[str, str]
    short: Mapping[str, str]


#: Of a check.
FOUND = Wording(
    {
        DRIFT: "changed on the host, to repair:",
        INTENDED: "changed in the inventory, to apply:",
        RELEASE: "asked otherwise by this release or on this host now, to apply:",
    },
    {status: status for status in STATUSES},
    TO_DO,
)
#: Of an apply.
DONE_SO = Wording(
    {
        DRIFT: "had been changed on the host, repaired:",
        INTENDED: "followed the inventory:",
        RELEASE: "followed this release, or what is otherwise on this host now:",
    },
    {"drifted": "repaired", "unknown": "failed", "pending": "changed", "clean": "unchanged"},
    {DRIFT: "repaired", INTENDED: "applied", RELEASE: "applied for the release"},
)


def text_of(reports: Iterable[Mapping[str, Any]], when: str = "", wording: Wording = FOUND) -> str:
    """The summary, without a newline at its end."""
    ordered = in_order(reports)
    counted = counts(ordered).items()
    told = ", ".join(f"{count} {wording.statuses[status]}" for status, count in counted) or "nothing to tell"
    lines = [f"{how_many(ordered)}: {told}" + (f" ({when})" if when else "")]
    folds = folds_of(ordered)
    if folds:
        lines += ["on several hosts" if several_hosts(ordered) else "in several projects", *_folds(folds, wording)]
    return "\n".join([*lines, *_hosts(ordered, Told(folds), wording)])


def _hosts(ordered: Sequence[Mapping[str, Any]], told: Told, wording: Wording) -> Iterable[str]:
    """A line for each, but for those of which there are many with nothing of their own."""
    quiet = [report for report in ordered if not report["warnings"]]
    unknown = [report for report in quiet if report["status"] == "unknown"]
    told_above = [report for report in quiet if report["changes"] and not told.own(report)]
    clean = [report for report in quiet if report["status"] == "clean"]
    folded = [
        *(unknown if len(unknown) > FEW else ()),
        *(told_above if len(told_above) > FEW else ()),
        *(clean if len(clean) > 1 else ()),
    ]
    together = {report["name"] for report in folded}
    alone = [report for report in ordered if report["name"] not in together]
    shown = alone[:MANY] if len(alone) > MANY + FEW else alone
    width = max([len(report["name"]) for report in shown], default=0)
    for report in shown:
        yield from _host(report, width, told, wording)
    if len(alone) > len(shown):
        yield f"and {len(alone) - len(shown)} more hosts with something of their own: {names(_named(alone[MANY:]))}"
    if len(told_above) > FEW:
        yield f"nothing but what is told above: {names(_named(told_above))}"
    if len(unknown) > FEW:
        for message, alike in reasons(unknown):
            yield f"{wording.statuses['unknown'].upper()}: {names(_named(alike))}"
            yield f"  {message}"
    if len(clean) > 1:
        yield f"{wording.statuses['clean']}: {names(_named(clean))}"


def _named(reports: Iterable[Mapping[str, Any]]) -> list[str]:
    return [report["name"] for report in reports]


def _host(report: Mapping[str, Any], width: int, told: Told, wording: Wording) -> list[str]:
    said = wording.statuses[report["status"]]
    status = said if report["status"] == "clean" else said.upper()
    lines = [f"{report['name']:{width}}  {status:7}  {in_short(report, wording.short)}"]
    lines += [f"  warning: {warning}" for warning in report["warnings"]]
    own = told.own(report)
    for kind, title in wording.titles.items():
        found = by_weight(change for change in own if change["kind"] == kind)
        if found:
            lines += ["  " + title, *("    " + line for line in in_lines(found, MANY))]
    above = len(report["changes"]) - len(own)
    if above:
        lines.append(f"  and {above} that {'is' if above == 1 else 'are'} told above")
    return lines


def _folds(folds: Sequence[Fold], wording: Wording) -> Iterable[str]:
    """The hosts stand under all that just these need."""
    for kind, title in wording.titles.items():
        found = [fold for fold in folds if fold.change["kind"] == kind]
        if found:
            yield "  " + title
        for hosts, alike in groupby(found[:MANY], key=lambda fold: fold.names):
            told = list(alike)
            for fold in told:
                yield f"    {DONE[state_of(fold.change)]} {fold.title}"
                yield from _ways(fold)
            yield f"        {how_many(told[0].reports)}: {names(hosts)}"
        if len(found) > MANY:
            yield f"    and {len(found) - MANY} more"


def _ways(fold: Fold) -> Iterable[str]:
    """Where it is another text on some of the hosts."""
    if len(fold.variants) > 1:
        for variant in fold.variants[:WAYS]:
            yield f"          {variant.text} ({names(_named(variant.reports), WAYS)})"
        if len(fold.variants) > WAYS:
            yield f"          and {len(fold.variants) - WAYS} more"
