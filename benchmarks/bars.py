# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bars that this collection sets itself, as ratios within one run on one machine.

What is measured in every repetition is compared within each, for a machine is not equally fast all the time. The median
of that is held against the limit; where other repetitions fell on the other side of it, the bar is inside the noise.
"""

from __future__ import annotations

from operator import sub, truediv
from statistics import median
from typing import Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence

from .report import Key, Measured, Summary
from .trials import USUAL

#: Those that do a runtime's work. ``ip -batch`` stands in the table only: it is the floor by other means.
_PEERS = ("cni", "cni of Debian 13", "netavark", "netavark of Debian 13", "dockerd")
#: The size at which growth is looked at, beside the usual one.
_FEW, _MANY = 400, 4000

Values = List[float]  # one for each repetition; empty when it was not measured


class Bar(NamedTuple):
    """``limit``: what it must not be above. ``aim``: what we would like it to be, where that is another thing."""

    text: str
    limit: Optional[float]
    unit: str
    measure: Callable[[Summary], Values]
    aim: Optional[float] = None


class Result(NamedTuple):
    bar: Bar
    values: Values

    @property
    def middle(self) -> float:
        return median(self.values)

    def verdict(self) -> str:
        if not self.values:
            return "not measured"
        if self.bar.limit is None:
            return ""
        words = "met" if self.middle <= self.bar.limit else "MISSED"
        if min(self.values) <= self.bar.limit < max(self.values):
            words += ", inside the noise"
        if self.bar.aim is not None:
            words += "; the aim " + ("too" if self.middle <= self.bar.aim else "not yet")
        return words

    def cells(self) -> Sequence[str]:
        """Text, limit, aim, median, from - to, verdict."""
        show = self.show
        seen = (show(self.middle), self._spread()) if self.values else ("-", "")
        return (self.bar.text, show(self.bar.limit), show(self.bar.aim), *seen, self.verdict())

    def _spread(self) -> str:
        if len(self.values) < 2:
            return "once"
        return "{0} - {1}".format(self.show(min(self.values)), self.show(max(self.values)))

    def show(self, value: Optional[float]) -> str:
        if value is None:
            return ""
        digits = 2 if self.bar.unit == "×" else int(0 < value < 1)
        return "{0:.{1}f} {2}".format(value, digits, self.bar.unit)


def results(summary: Summary) -> List[Result]:
    return [Result(bar, bar.measure(summary)) for bar in BARS]


HEADS = ("bar", "limit", "aim", "measured", "from - to", "")
_ROW = "{0:<66}{1:>9}{2:>9}{3:>10}{4:>22}  {5}"


def table(summary: Summary) -> str:
    return "\n".join(_ROW.format(*cells) for cells in (HEADS, *(one.cells() for one in results(summary)))) + "\n"


def paired(
    summary: Summary, one: Key, other: Key, compare: Callable[[float, float], float], processor: bool = False
) -> Values:
    """One value for each repetition in which both were measured."""
    first, second = (_by(summary.get(key), processor) for key in (one, other))
    return [compare(first[each], second[each]) for each in sorted(set(first) & set(second)) if second[each] > 0]


def _by(found: Optional[Measured], processor: bool) -> Mapping[int, float]:
    if found is None:
        return {}
    return found.by_processor if processor else found.by_clock


def _ours(step: str, size: int = USUAL) -> Key:
    return ("module", "endpoints", size, step)


def _floor(step: str, size: int = USUAL) -> Key:
    return ("floor", "endpoints", size, step)


def _against_floor(step: str, processor: bool = False) -> Callable[[Summary], Values]:
    return lambda summary: paired(summary, _ours(step), _floor(step), truediv, processor)


def _on_disk(step: str, processor: bool = False) -> Callable[[Summary], Values]:
    memory = ("module on tmpfs", "endpoints", USUAL, step)
    return lambda summary: paired(summary, _ours(step), memory, truediv, processor)


def _peer(summary: Summary, name: str, size: int) -> Optional[float]:
    """Measured; else ten times a tenth of it, which flatters the peer: what one more costs grows with their number."""
    found = summary.get((name, "endpoints", size, "build"))
    if found is None and size > 100:
        tenth = _peer(summary, name, size // 10)
        return None if tenth is None else tenth * 10
    return found.seconds if found else None


def _against_peer(size: int) -> Callable[[Summary], Values]:
    def measure(summary: Summary) -> Values:
        times = [_peer(summary, name, size) for name in _PEERS]
        fastest = min((time for time in times if time is not None), default=None)
        ours = summary.get(("playbook", "endpoints", size, "build"))
        return [each / fastest for each in ours.by_clock.values()] if ours and fastest else []

    return measure


def _nothing_to_do(summary: Summary) -> Values:
    return paired(summary, _ours("again"), _ours("build"), truediv)


def _one_more(contender: str) -> Callable[[Summary], Values]:
    added, again = ((contender, "endpoints", USUAL, step) for step in ("add one", "again"))
    return lambda summary: [value * 1000 for value in paired(summary, added, again, sub)]


def _transaction(summary: Summary) -> Values:
    found = summary.get(("module", "ports", 10000, "nft transaction"))
    return [value * 1000 for value in found.by_clock.values()] if found else []


def _growth(summary: Summary) -> Values:
    """Of processor time, for one of the two is measured once."""
    found = [summary.get(key("build", size)) for key in (_ours, _floor) for size in (_FEW, _MANY)]
    few, many, its_few, its_many = (each.cpu if each else 0.0 for each in found)
    return [(many / few) / (its_many / its_few)] if few and its_few and its_many else []


def _memory(size: int) -> Callable[[Summary], Values]:
    """The largest of any step."""

    def measure(summary: Summary) -> Values:
        steps = [each.rss_mib for key, each in summary.items() if key[:3] == ("module", "endpoints", size)]
        return [max(steps)] if steps else []

    return measure


def _demo(summary: Summary) -> Values:
    return paired(summary, ("playbook", "demo", 5, "demo"), ("playbook", "demo", 5, "ping"), truediv)


def _task(summary: Summary) -> Values:
    """What a task takes above the play that it is in."""
    none, empty, netns = (
        _by(summary.get(("playbook", "tasks", 10, step)), False) for step in ("none", "empty", "netns")
    )
    each: Dict[int, float] = {}
    for number in set(none) & set(empty) & set(netns):
        if empty[number] > none[number]:
            each[number] = (netns[number] - none[number]) / (empty[number] - none[number])
    return list(each.values())


def _sent(summary: Summary) -> Values:
    found = summary.get(("playbook", "demo", 5, "sent"))
    return [found.sent_kib] if found else []


BARS: List[Bar] = [
    Bar("module, build 1,000 / floor", 2.0, "×", _against_floor("build"), aim=1.3),
    Bar("the same by processor time", None, "×", _against_floor("build", processor=True)),
    Bar("module, teardown of 1,000 / floor", 2.0, "×", _against_floor("teardown"), aim=1.5),
    Bar("the same by processor time", None, "×", _against_floor("teardown", processor=True)),
    Bar("module, nothing to do at 1,000 / building it", 0.35, "×", _nothing_to_do, aim=0.2),
    Bar("module, one added to 1,000, above nothing to do", 50, "ms", _one_more("module"), aim=25),
    Bar("the same on tmpfs, where nobody waits for a disk", 50, "ms", _one_more("module on tmpfs"), aim=25),
    Bar("one port added to 10,000: the nft transaction", 10, "ms", _transaction),
    Bar("module, build 1,000 on a disk / on tmpfs", 1.25, "×", _on_disk("build")),
    Bar("the same by processor time", None, "×", _on_disk("build", processor=True)),
    Bar("module, peak memory at 1,000", 60, "MiB", _memory(USUAL)),
    Bar("module, peak memory at 4,000", 200, "MiB", _memory(_MANY)),
    Bar("cost per endpoint, 4,000 / 400, relative to the floor's", 1.5, "×", _growth),
    Bar("playbook, build 100 / fastest peer", 1.0, "×", _against_peer(100)),
    Bar("playbook, build 1,000 / fastest peer", 1 / 3, "×", _against_peer(1000)),
    Bar("demo topology's play / an empty play with one ping", 1.5, "×", _demo),
    Bar("a task of netns / a task of an empty module", 1.4, "×", _task),
    Bar("what Ansible sends for a run of the demo topology", 371, "KiB", _sent),
]
