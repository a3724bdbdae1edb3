# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured: one trial is one contender that does one scenario at one size, on a host made for it."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from .storage import DISK, TMPFS

#: The size at which the bars stand, and of which both storages are measured.
USUAL = 1000
_SIZES = (5, 100, USUAL)
#: scenario → how many of what: in a usual run, and with --full.
GROWTH: Mapping[str, Tuple[Sequence[int], Sequence[int]]] = {
    "endpoints": ((100, 400, 1000, 4000), (100, 400, 1000, 2000, 4000)),
    "networks": ((1, 30, 300), (1, 10, 30, 100, 300)),
    "ports": ((10, 1000, 10000), (10, 100, 1000, 10000, 50000)),
    "peers": ((1, 100, 1000), (1, 10, 100, 300, 1000)),
    "links": ((10, 100, 1000), (10, 30, 100, 300, 1000)),
}
SCENARIOS = (*GROWTH, "demo", "tasks")
#: How a contender out of another tree is called (--against).
BEFORE = " before"
OURS = ("module", "playbook")
#: What a tree that is compared with may not know yet.
_NEW = ("peers", "tasks")


class Trial(NamedTuple):
    """``contender``: what the tables call it; ``runner``: a key of ``RUNNERS``; ``tree``: a checkout, empty for this
    one; ``seldom``: minutes say nothing new the second time."""

    contender: str
    runner: str
    scenario: str
    size: int
    storage: str = DISK
    tree: str = ""
    seldom: bool = False
    repetition: int = 0

    def row(self, step: str, **values: Any) -> Dict[str, Any]:
        """One line of what was measured, or of what went wrong."""
        return dict(self._asdict(), step=step, **values)


class Wanted(NamedTuple):
    """What the command line says. ``sizes``: of endpoints; None: the usual ones, and those of growth.
    ``limits``: runner → the most endpoints of it in a run without ``full``."""

    sizes: Optional[Sequence[int]]
    scenarios: Sequence[str]
    storages: Sequence[str]
    limits: Mapping[str, int]
    full: bool = False
    against: str = ""


def trials(wanted: Wanted) -> List[Trial]:
    """Each once, what is compared with each other side by side."""
    found: List[Trial] = []
    for trial in dict.fromkeys((*_endpoints(wanted), *_growth(wanted), *_plays(wanted))):
        found.append(trial)
        if wanted.against and trial.runner in OURS and trial.scenario not in _NEW and trial.size <= 10 * USUAL:
            found.append(trial._replace(contender=trial.contender + BEFORE, tree=wanted.against))
    return found


def _endpoints(wanted: Wanted) -> Iterator[Trial]:
    if "endpoints" not in wanted.scenarios:
        return
    sizes = _SIZES if wanted.sizes is None else wanted.sizes
    for size in sizes:
        for runner, limit in wanted.limits.items():
            if wanted.full or size <= limit:
                yield _trial(runner, "endpoints", size, wanted, seldom=_is_slow(size, limit))
    for storage in wanted.storages[1:]:
        if USUAL in sizes:
            for runner in ("floor", "module"):
                if runner in wanted.limits:
                    label = "{0} on {1}".format(runner, "tmpfs" if storage == TMPFS else "a disk")
                    yield Trial(label, runner, "endpoints", USUAL, storage)


def _is_slow(size: int, limit: int) -> bool:
    return size > USUAL or (limit < 4000 and size >= 100)


def _growth(wanted: Wanted) -> Iterator[Trial]:
    for scenario, (few, many) in GROWTH.items():
        if scenario in wanted.scenarios and (scenario != "endpoints" or wanted.sizes is None):
            for size in many if wanted.full else few:
                for runner in ("floor", "module"):
                    if runner in wanted.limits:
                        yield _trial(
                            runner, scenario, size, wanted, seldom=_is_slow(size, 4000) and scenario != "ports"
                        )


def _plays(wanted: Wanted) -> Iterator[Trial]:
    for scenario, size in (("demo", 5), ("tasks", 10)):
        if scenario in wanted.scenarios and "playbook" in wanted.limits:
            yield _trial("playbook", scenario, size, wanted)


def _trial(runner: str, scenario: str, size: int, wanted: Wanted, seldom: bool = False) -> Trial:
    return Trial(runner, runner, scenario, size, wanted.storages[0], seldom=seldom)
