# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal: the way back of a run, on disk before its first write, for the case that the process dies.

``journal.json`` holds the inverses of every action, fsynced; ``journal.json.reached`` how many actions have
begun. The counter is not fsynced: it outlives a killed process in the page cache, and a reboot, which could
lose it, takes the kernel's objects along, so that only files and leases are left to be put back, and their
inverses do no harm to what was not begun.
"""

from __future__ import annotations

import json
import os
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple

from .._kernel import files, gate, marks
from .._kernel.errors import FabricError
from .._kernel.marks import prepare_state_directory
from .._kernel.names import JOURNAL_FILE
from .._resources.action import Action
from . import before as images
from .operations import row_of

_REACHED = JOURNAL_FILE + ".reached"
_VERSION = 1

#: The keys of what each action touches → what all of that is like, to be kept as JSON.
Before = Callable[[Sequence[Sequence[str]]], Dict[str, Any]]

#: What ``reached`` says besides a number: all is verified, and waits for a confirmation, or needs none.
UNCONFIRMED, VERIFIED = "unconfirmed", "finish"


class Journal:
    """Of one run, while it is under way."""

    def __init__(self) -> None:
        self._reached: Optional[int] = None

    def begin(
        self,
        topology: str,
        first: Sequence[Dict[str, Any]],
        actions: Sequence[Action],
        finish: Sequence[Dict[str, Any]] = (),
        timer: Optional[Dict[str, Any]] = None,
        before: Optional[Before] = None,
    ) -> None:
        """``first`` is the way back of what is committed before any action: the leases. ``before`` says what the
        actions touch is like; no way back needs that, but a check that is to tell where the way back leads."""
        gate.writing("journal")
        prepare_state_directory()
        touched = [images.keys(action) for action in actions]
        words = {
            "version": _VERSION,
            "topology": topology,
            "boot_id": marks.boot_id(),
            "timer": timer,
            "first": list(first),
            "undo": [[step.as_json() for step in action.undo] for action in actions],
            "touched": touched,
            "before": before(touched) if before is not None else {},
            "finish": [step.as_json() for action in actions for step in action.finish] + list(finish),
        }
        self._reached = os.open(_REACHED, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        self.reached("0")
        _write_durably(JOURNAL_FILE, json.dumps(words))

    def reached(self, mark: str) -> None:
        """``mark``: how many actions have begun, then UNCONFIRMED or VERIFIED."""
        if self._reached is None:
            raise FabricError("the journal was not begun")
        _write_mark(self._reached, mark)

    def clear(self) -> None:
        gate.writing("journal")
        if self._reached is not None:
            os.close(self._reached)
            self._reached = None
        remove()


def read() -> Optional[Dict[str, Any]]:
    """What an interrupted run left behind, with ``reached``; None when there is nothing to finish."""
    try:
        with open(JOURNAL_FILE, encoding="utf-8") as file:
            words: Dict[str, Any] = json.load(file)
    except FileNotFoundError:
        return None
    try:
        with open(_REACHED, encoding="ascii") as file:
            words["reached"] = file.read().strip() or "0"
    except FileNotFoundError:
        words["reached"] = "0"
    return words


Step = Dict[str, Any]


def way_back(words: Dict[str, Any]) -> Iterator[Tuple[Optional[int], List[Step]]]:
    """How an interrupted run is taken back: the operations of one action after the other, the last one first.

    With each comes what ``reached`` is to say once they are done, for the way back may be interrupted, too, and
    must not be gone twice: an inverse undoes what its own action did, and not what stood there before. The leases
    come last, with None. After a reboot there are only files and leases left to put back.
    """
    same_boot = words["boot_id"] == marks.boot_id()
    all_of_them = not same_boot or words["reached"] in (UNCONFIRMED, VERIFIED)
    begun = words["undo"] if all_of_them else words["undo"][: int(words["reached"])]
    for number in reversed(range(len(begun))):
        yield number, [step for step in begun[number] if same_boot or row_of(step["name"]).survives_reboot]
    yield None, list(words["first"])


def awaits_confirmation(words: Dict[str, Any]) -> bool:
    """Somebody may still confirm the run, for its timer is running. One that was killed, or went with a reboot, takes
    nothing back, so the next run does."""
    timer = words.get("timer")
    if words["reached"] != UNCONFIRMED or words["boot_id"] != marks.boot_id() or timer is None:
        return False
    return bool(timer["started"] is not None and started(timer["pid"]) == timer["started"])


def started(pid: int) -> Optional[str]:
    """When a process was started, in ticks since the boot; None when it is not there, or only its remains are."""
    try:
        with open("/proc/{0}/stat".format(pid), encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[19] if fields[0] not in ("Z", "X") else None


def keep_only(failed: Sequence[Sequence[Step]]) -> None:
    """Leave the inverses of these actions, which failed, to the next run; the rest of the way back is done."""
    words = read()
    if words is not None:
        words.pop("reached")
        touched = [key for keys in words.get("touched", []) for key in keys]
        words.update(
            undo=[list(steps) for steps in reversed(failed)],
            touched=[touched] * len(failed),
            first=[],
            finish=[],
            timer=None,
        )
        _write_durably(JOURNAL_FILE, json.dumps(words))
        set_reached(str(len(failed)))


def set_reached(mark: str) -> None:
    """As ``Journal.reached``, for a journal that another process began."""
    descriptor = os.open(_REACHED, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _write_mark(descriptor, mark)
    finally:
        os.close(descriptor)


def _write_mark(descriptor: int, mark: str) -> None:
    """Over the last one, which is never longer than this field."""
    os.pwrite(descriptor, mark.ljust(12).encode("ascii"), 0)


def remove() -> None:
    for path in (JOURNAL_FILE, _REACHED):
        files.unlink(path)


def _write_durably(path: str, text: str) -> None:
    temporary = path + ".new"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    directory = os.open(os.path.dirname(path), os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
