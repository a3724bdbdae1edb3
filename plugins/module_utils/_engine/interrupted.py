# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An interrupted run, as its journal tells of it: how far it had come, and the way back. Pure; ``journal.py`` reads and
writes the files.
"""

from __future__ import annotations

from dataclasses import field
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple

from .._kernel.data import dataclass
from .._resources.action import Operation
from . import before as images
from .effects import Outlook
from .operations import OPERATIONS, row_of

Steps = Tuple[Operation, ...]
#: What ``reached`` says besides a number: all is verified, and waits for a confirmation, or needs none.
UNCONFIRMED, VERIFIED = "unconfirmed", "finish"


@dataclass(frozen=True)
class Timer:
    """The process that takes a run back unless it is confirmed in time."""

    nonce: str
    pid: int
    started: Optional[str]  # as ``process.started`` says, for a pid comes back as another process'


@dataclass(frozen=True)
class Record:
    """A journal as it is read again: of a run that did not come to its end, or waits for its confirmation."""

    topology: str
    is_of_this_boot: bool
    undo: Tuple[Steps, ...]  # the inverses of each action, in the order of the actions
    first: Steps = ()  # the way back of the leases, which are committed before any action
    finish: Steps = ()
    reached: str = "0"  # how many actions have begun, or UNCONFIRMED, or VERIFIED
    timer: Optional[Timer] = None
    touched: Tuple[Sequence[str], ...] = ()  # the keys of each action
    before: Mapping[str, Any] = field(default_factory=dict)  # key → what it was like before the run

    @property
    def begun(self) -> Optional[int]:
        """How many actions have begun; None: all of them, or, after a reboot, nobody knows how many."""
        return int(self.reached) if self.is_of_this_boot and self.reached.isdigit() else None


def record_of(words: Mapping[str, Any], reached: str, is_of_this_boot: bool) -> Record:
    return Record(
        topology=words["topology"],
        is_of_this_boot=is_of_this_boot,
        undo=tuple(steps_of(each) for each in words["undo"]),
        first=steps_of(words["first"]),
        finish=steps_of(words["finish"]),
        reached=reached,
        timer=Timer(**words["timer"]) if words.get("timer") is not None else None,
        touched=tuple(words.get("touched", ())),
        before=dict(words.get("before", {})),
    )


def steps_of(words: Sequence[Mapping[str, Any]]) -> Steps:
    return tuple(Operation(str(step["name"]), dict(step["arguments"])) for step in words)


def as_json(steps: Sequence[Operation]) -> List[Dict[str, Any]]:
    return [{"name": name, "arguments": arguments} for name, arguments in steps]


def check(record: Record) -> None:
    """ValueError, or another of ``journal.NONSENSE``, for what no run has written."""
    if record.reached not in (UNCONFIRMED, VERIFIED):
        if not 0 <= int(record.reached) <= len(record.undo):
            raise ValueError("{0} actions have begun, of {1}".format(record.reached, len(record.undo)))
    for step in (*record.first, *record.finish, *(step for steps in record.undo for step in steps)):
        if step.name not in OPERATIONS:
            raise ValueError('there is no operation "{0}"'.format(step.name))
        row_of(step.name).foresee(Outlook(), step.arguments)
        list(row_of(step.name).touches(step.arguments))
    images.check(record.before)


def way_back(record: Record) -> Iterator[Tuple[Optional[int], Steps]]:
    """How an interrupted run is taken back: the operations of one action after the other, the last one first.

    With each comes what ``reached`` is to say once they are done, for the way back may be interrupted, too, and
    must not be gone twice: an inverse undoes what its own action did, and not what stood there before. The leases
    come last, with None. After a reboot there are only files and leases left to put back.
    """
    begun = record.undo[: record.begun]
    for number in reversed(range(len(begun))):
        yield number, tuple(step for step in begun[number] if record.is_of_this_boot or _survives_reboot(step))
    yield None, record.first


def _survives_reboot(step: Operation) -> bool:
    return row_of(step.name).survives_reboot


def lasting(
    words: Mapping[str, Any], undo: Iterable[Sequence[Operation]], finish: Sequence[Operation]
) -> Dict[str, Any]:
    """The half that lasts, of the other one and its operations."""
    found = {word: words[word] for word in ("version", "run", "topology", "first")}
    kept = (as_json([step for step in steps if _survives_reboot(step)]) for steps in undo)
    found.update(
        undo=[steps for steps in kept if steps],
        finish=as_json([step for step in finish if _survives_reboot(step)]),
    )
    return found
