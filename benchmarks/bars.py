# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bars that this collection sets itself, as ratios within one run on one machine.

What is measured in every repetition is compared within each, and the median taken of that: a machine is not equally
fast all the time.
"""

from __future__ import annotations

from operator import sub, truediv
from statistics import median
from typing import Callable, List, NamedTuple, Optional

from .report import Key, Summary, seconds

#: Those that do a runtime's work. ``ip -batch`` stands in the table only: it is the floor by other means.
_PEERS = ("cni", "netavark", "dockerd")


class Bar(NamedTuple):
    text: str
    limit: float
    unit: str
    measure: Callable[[Summary], Optional[float]]


def table(summary: Summary) -> str:
    """A bar is about the clock on an idle machine; the last lines say the same of processor time."""
    lines = ["{0:<64}{1:>12}{2:>12}".format("bar", "limit", "measured")]
    for bar in BARS:
        value = bar.measure(summary)
        if value is None:
            lines.append("{0:<64}{1:>12}{2:>12}  not measured".format(bar.text, _show(bar.limit, bar.unit), "-"))
            continue
        verdict = "met" if value <= bar.limit else "MISSED"
        lines.append("{0:<64}{1:>12}{2:>12}  {3}".format(
            bar.text, _show(bar.limit, bar.unit), _show(value, bar.unit), verdict))  # fmt: skip
    return "\n".join(lines + _processor(summary)) + "\n"


def _processor(summary: Summary) -> List[str]:
    lines = []
    for step in ("build", "teardown"):
        ours, floor = (summary.get((name, "endpoints", 1000, step)) for name in ("module", "floor"))
        if ours and floor and floor.cpu:
            text = "module, {0} 1,000 / floor, processor time".format(step)
            lines.append("{0:<64}{1:>12}{2:>12}".format(text, "", _show(ours.cpu / floor.cpu, "x")))
    return lines


def _show(value: float, unit: str) -> str:
    return "{0:.2f} {1}".format(value, unit) if unit == "x" else "{0:.0f} {1}".format(value, unit)


def _ratio(one: Optional[float], other: Optional[float]) -> Optional[float]:
    return None if one is None or other is None or other <= 0 else one / other


def _paired(summary: Summary, one: Key, other: Key, compare: Callable[[float, float], float]) -> Optional[float]:
    first, second = summary.get(one), summary.get(other)
    if first is None or second is None or len(first.samples) != len(second.samples):
        return None
    return median(compare(*pair) for pair in zip(first.samples, second.samples))


def _ours(step: str) -> Key:
    return ("module", "endpoints", 1000, step)


def _fastest_peer(summary: Summary, size: int) -> Optional[float]:
    times = [_peer(summary, name, size) for name in _PEERS]
    return min((time for time in times if time is not None), default=None)


def _peer(summary: Summary, name: str, size: int) -> Optional[float]:
    """Measured; else ten times a tenth of it, which flatters the peer: what one more costs grows with their number."""
    measured = seconds(summary, name, size, "build")
    if measured is None and size > 100:
        tenth = _peer(summary, name, size // 10)
        return None if tenth is None else tenth * 10
    return measured


def _against_floor(step: str) -> Callable[[Summary], Optional[float]]:
    floor = ("floor", "endpoints", 1000, step)
    return lambda summary: _paired(summary, _ours(step), floor, truediv)


def _against_peer(size: int) -> Callable[[Summary], Optional[float]]:
    return lambda summary: _ratio(seconds(summary, "playbook", size, "build"), _fastest_peer(summary, size))


def _nothing_to_do(summary: Summary) -> Optional[float]:
    return _paired(summary, _ours("again"), _ours("build"), truediv)


def _one_more(summary: Summary) -> Optional[float]:
    value = _paired(summary, _ours("add one"), _ours("again"), sub)
    return None if value is None else value * 1000


def _transaction(summary: Summary) -> Optional[float]:
    value = seconds(summary, "module", 10000, "nft transaction", "ports")
    return None if value is None else value * 1000


def _growth(summary: Summary) -> Optional[float]:
    return _ratio(_growth_of(summary, "module"), _growth_of(summary, "floor"))


def _growth_of(summary: Summary, name: str) -> Optional[float]:
    few, many = seconds(summary, name, 400, "build"), seconds(summary, name, 4000, "build")
    return None if few is None or many is None else (many / 4000) / (few / 400)


def _memory(summary: Summary) -> Optional[float]:
    found = summary.get(("module", "endpoints", 1000, "build"))
    return found.rss_mib if found else None


def _demo(summary: Summary) -> Optional[float]:
    return _ratio(seconds(summary, "playbook", 5, "demo", "demo"), seconds(summary, "playbook", 5, "ping", "demo"))


BARS: List[Bar] = [
    Bar("module, build 1,000 / floor", 2.0, "x", _against_floor("build")),
    Bar("playbook, build 100 / fastest peer", 1.0, "x", _against_peer(100)),
    Bar("playbook, build 1,000 / fastest peer", 1 / 3, "x", _against_peer(1000)),
    Bar("module, nothing to do at 1,000 / building it", 0.35, "x", _nothing_to_do),
    Bar("module, one added to 1,000, above nothing to do", 50, "ms", _one_more),
    Bar("one port added to 10,000: the nft transaction", 10, "ms", _transaction),
    Bar("module, teardown of 1,000 / floor", 2.0, "x", _against_floor("teardown")),
    Bar("cost per endpoint, 4,000 / 400, relative to the floor's", 1.5, "x", _growth),
    Bar("module, peak memory at 1,000", 150, "MiB", _memory),
    Bar("demo topology's play / an empty play with one ping", 2.0, "x", _demo),
]
