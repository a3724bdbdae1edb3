# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""This tree beside another one (``--against``): every ratio of both, measured in turns in one run."""

from __future__ import annotations

from statistics import median
from typing import Callable, List, NamedTuple, Sequence

from .bars import BARS, Bar, Values
from .report import Summary
from .trials import BEFORE, OURS, USUAL

#: By how much a ratio may become worse.
LIMIT = 1.05
HEADS = ("ratio", "before", "after", "after / before", "from - to", "")
_ROW = "{0:<66}{1:>14}{2:>14}{3:>16}{4:>16}  {5}"


class Compared(NamedTuple):
    bar: Bar
    before: Values
    after: Values

    def ratios(self) -> Values:
        return [after / before for before, after in zip(self.before, self.after) if before > 0]

    def verdict(self) -> str:
        ratios = self.ratios()
        if not ratios:
            return "not measured"
        words = "no worse" if median(ratios) <= LIMIT else "WORSE"
        return words + (", inside the noise" if min(ratios) <= LIMIT < max(ratios) else "")

    def cells(self) -> Sequence[str]:
        ratios = self.ratios()
        if not ratios:
            return (self.bar.text, "-", "-", "-", "", self.verdict())
        spread = "{0:.2f} - {1:.2f}".format(min(ratios), max(ratios)) if len(ratios) > 1 else "once"
        told = ["{0:.2f} {1}".format(median(values), self.bar.unit) for values in (self.before, self.after)]
        return (self.bar.text, *told, "{0:.3f}".format(median(ratios)), spread, self.verdict())


def compare(summary: Summary) -> List[Compared]:
    before = {(key[0][: -len(BEFORE)], *key[1:]): found for key, found in summary.items() if key[0].endswith(BEFORE)}
    before.update({key: found for key, found in summary.items() if not key[0].startswith(OURS)})
    found = [Compared(bar, bar.measure(before), bar.measure(summary)) for bar in (*BARS, *_TIMES)]
    return [each for each in found if each.before and each.after]


def table(summary: Summary) -> str:
    return "\n".join(_ROW.format(*cells) for cells in (HEADS, *(each.cells() for each in compare(summary)))) + "\n"


def _milliseconds(step: str, processor: bool) -> Callable[[Summary], Values]:
    def measure(summary: Summary) -> Values:
        found = summary.get(("module", "endpoints", USUAL, step))
        if found is None:
            return []
        return [value * 1000 for value in (found.by_processor if processor else found.by_clock).values()]

    return measure


def _steps() -> List[Bar]:
    found = []
    for step in ("build", "again", "check", "add one", "remove one", "teardown"):
        for how, processor in (("by the clock", False), ("by processor time", True)):
            text = "{0}, {1:,} endpoints, {2}".format(step, USUAL, how)
            found.append(Bar(text, None, "ms", _milliseconds(step, processor)))
    return found


_TIMES = _steps()
