# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How costs grow with the number of endpoints, networks, ports, peers and links, beside how the floor's grow.

By processor time. What one more costs is the line from the smallest size to this one, so that what a run costs before
it does anything is none of it. It is worse than linear where that is dearer at the largest size than at the middle one
by more than a quarter, and by more than a quarter dearer than the floor's growth.
"""

from __future__ import annotations

from typing import Dict, List, NamedTuple, Optional, Sequence

from .report import Summary
from .trials import GROWTH

_WORSE = 1.25
HEADS = ("what", "N", "module ms", "one more µs", "again ms", "MiB", "floor ms", "one more µs", "MiB", "module / floor")
_ROW = "{0:<11}{1:>7}{2:>11}{3:>13}{4:>10}{5:>6}{6:>11}{7:>13}{8:>6}{9:>16}"
_OURS, _FLOOR = "module", "floor"


class Growth(NamedTuple):
    """``ours``, ``floor``: what one more costs at the largest size, in multiples of what it costs at the middle one."""

    scenario: str
    step: str
    ours: Optional[float]
    floor: Optional[float]

    def words(self) -> str:
        if self.ours is None:
            return "{0}, {1}: less than the noise, or not measured at three sizes".format(self.scenario, self.step)
        beside = " (the floor: {0:.2f} ×)".format(self.floor) if self.floor is not None else ""
        worse = self.ours > _WORSE and self.ours > _WORSE * (self.floor or 1.0)
        verdict = "WORSE THAN LINEAR" if worse else "no worse than linear"
        return "{0}, {1}: one more costs {2:.2f} × at the largest size{3}, {4}".format(
            self.scenario, self.step, self.ours, beside, verdict
        )


def rows(summary: Summary) -> List[Sequence[str]]:
    """Cells for each scenario and size that was measured."""
    found: List[Sequence[str]] = []
    for scenario in GROWTH:
        costs = {who: _costs(summary, who, scenario, "build") for who in (_OURS, _FLOOR)}
        again = _costs(summary, _OURS, scenario, "again")
        for size in sorted(costs[_OURS]):
            ours, floor = costs[_OURS][size], costs[_FLOOR].get(size)
            found.append((
                scenario, "{0:,}".format(size), _ms(ours), _us(_one_more(costs[_OURS], size)), _ms(again.get(size)),
                _mib(summary, _OURS, scenario, size),
                _ms(floor), _us(_one_more(costs[_FLOOR], size)), _mib(summary, _FLOOR, scenario, size),
                "{0:.2f}".format(ours / floor) if floor else "",
            ))  # fmt: skip
    return found


def verdicts(summary: Summary) -> List[Growth]:
    found = []
    for scenario in GROWTH:
        for step in ("build", "again", "teardown"):
            ours, floor = (_costs(summary, who, scenario, step) for who in (_OURS, _FLOOR))
            if ours:
                found.append(Growth(scenario, step, _growth(ours), _growth(floor)))
    return found


def table(summary: Summary) -> str:
    lines = ["Growth, milliseconds of the processor; one more: on average from the smallest size on", ""]
    lines += [_ROW.format(*cells) for cells in (HEADS, *rows(summary))]
    return "\n".join([*lines, "", *(each.words() for each in verdicts(summary))]) + "\n"


def _costs(summary: Summary, contender: str, scenario: str, step: str) -> Dict[int, float]:
    return {
        key[2]: each.cpu for key, each in summary.items() if (key[0], key[1], key[3]) == (contender, scenario, step)
    }


def _one_more(costs: Dict[int, float], size: int) -> Optional[float]:
    """None of the smallest size, and where it is less than the noise."""
    smallest = min(costs, default=size)
    if size <= smallest or costs.get(size, 0.0) <= costs[smallest]:
        return None
    return (costs[size] - costs[smallest]) / (size - smallest)


def _growth(costs: Dict[int, float]) -> Optional[float]:
    sizes = sorted(costs)
    if len(sizes) < 3:
        return None
    middle, largest = (_one_more(costs, sizes[place]) or 0.0 for place in (len(sizes) // 2, -1))
    return largest / middle if middle > 0 else None


def _ms(value: Optional[float]) -> str:
    return "" if value is None else "{0:,.0f}".format(value * 1e3)


def _us(value: Optional[float]) -> str:
    return "" if value is None else "{0:,.1f}".format(value * 1e6)


def _mib(summary: Summary, contender: str, scenario: str, size: int) -> str:
    """The peak of its memory."""
    found = summary.get((contender, scenario, size, "build"))
    return "" if found is None else "{0:.0f}".format(found.rss_mib)
