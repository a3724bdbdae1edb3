# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reports of a fleet as a text that a person reads at a glance: what many hosts need, then a line for each host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .changes import DONE, DRIFT, INTENDED, RELEASE, Change, by_weight, state_of
from .fold import Shared, names, shared_changes, without
from .report import counts, how_many, in_order, in_short, several_hosts

#: Longer lists are cut; the page and the host's JSON have all of them.
MANY = 20
_TITLES = {
    DRIFT: "changed on the host, to repair:",
    INTENDED: "changed in the inventory, to apply:",
    RELEASE: "asked otherwise by this release or on this host now, to apply:",
}


def text_of(reports: Iterable[Mapping[str, Any]], when: str = "") -> str:
    """The summary, without a newline at its end."""
    ordered = in_order(reports)
    told = ", ".join(f"{count} {status}" for status, count in counts(ordered).items()) or "nothing to tell"
    lines = [f"{how_many(ordered)}: {told}" + (f" ({when})" if when else "")]
    shared = shared_changes(ordered)
    if shared:
        lines += ["on several hosts" if several_hosts(ordered) else "in several projects", *_shared(shared)]
    clean = [report for report in ordered if report["status"] == "clean" and not report["warnings"]]
    folded = clean if len(clean) > 1 else []
    alone = [report for report in ordered if report not in folded]
    width = max([len(report["name"]) for report in alone], default=0)
    for report in alone:
        lines += _host(report, width, shared)
    if folded:
        lines.append(f"clean: {names(report['name'] for report in folded)}")
    return "\n".join(lines)


def lines_of(result: Mapping[str, Any], many: int = MANY) -> list[str]:
    """The changes of one answer, what matters first: what was done, or would be in check mode."""
    changes = by_weight(result.get("changes") or ())
    return _lines(changes, many)


def _host(report: Mapping[str, Any], width: int, shared: Sequence[Shared]) -> list[str]:
    status = report["status"] if report["status"] == "clean" else report["status"].upper()
    lines = [f"{report['name']:{width}}  {status:7}  {in_short(report)}"]
    lines += [f"  warning: {warning}" for warning in report["warnings"]]
    own = without(report, shared)
    for kind, title in _TITLES.items():
        found = by_weight(change for change in own if change["kind"] == kind)
        if found:
            lines += ["  " + title, *("    " + line for line in _lines(found, MANY))]
    told = len(report["changes"]) - len(own)
    if told:
        lines.append(f"  and {told} that {'is' if told == 1 else 'are'} told above")
    return lines


def _shared(shared: Sequence[Shared]) -> Iterable[str]:
    for kind, title in _TITLES.items():
        found = [each for each in shared if each.change["kind"] == kind]
        if found:
            yield "  " + title
        for each in found[:MANY]:
            yield f"    {_line(each.change)}"
            yield f"        {how_many(each.reports)}: {names(each.names)}"
        if len(found) > MANY:
            yield f"    and {len(found) - MANY} more"


def _lines(changes: Sequence[Change], many: int) -> list[str]:
    more = [f"and {len(changes) - many} more"] if len(changes) > many else []
    return [*map(_line, changes[:many]), *more]


def _line(change: Change) -> str:
    return f"{DONE[state_of(change)]} {change['text']}"
