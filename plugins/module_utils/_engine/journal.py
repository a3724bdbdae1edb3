# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal: the way back of a run, written before its first write, for the case that the process or the host dies.

It has two halves. The one in /var/lib holds the way back of what outlives a boot: leases, and files on disk. It is
fsynced, and while it is there a run is not over. The one in /run holds the inverse of every action, and beside it how
many of them have begun; it needs no fsync, for it outlives a killed process, and whatever takes it takes what it is
about too. Where only the first half is left, the host was booted since: the way back is what that half holds, all of
it, for the inverses of files and leases do no harm to what was not begun.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from typing import Any, Callable, Dict, Iterator, List, Mapping, NoReturn, Optional, Sequence, Tuple, Union

from .._kernel import files, gate, marks, names, process, state
from .._kernel.errors import FabricError
from .._kernel.json_pieces import AT_A_TIME, Row, pieces
from .._kernel.marks import prepare_run_directory, prepare_state_directory
from .._kernel.names import JOURNAL_FILE, RUN_JOURNAL_FILE
from .._resources.action import Action, Operation
from . import before as images
from .interrupted import UNCONFIRMED, VERIFIED, Record, Timer, as_json, check, lasting, record_of, steps_of

#: Of the form of both halves, and of what their operations mean. A release that changes either counts it up. Up to
#: 0.2.0 (version 1) both halves were one file in /var/lib, with the boot that it was of.
_VERSION, _FORMER_VERSION = 2, 1

#: What comes of reading JSON as what it is not.
NONSENSE = (ValueError, LookupError, TypeError, AttributeError)

#: The keys of what each action touches → of each key, what that is like, to be kept as JSON.
Before = Callable[[Sequence[Sequence[str]]], Iterator[Tuple[str, Any]]]

_FIELD = 12  # bytes, of what ``reached`` says


class Journal:
    """Of one run, while it is under way."""

    def __init__(self) -> None:
        self._reached: Optional[int] = None
        self._run, self._lasts = "", False

    def begin(
        self,
        topology: str,
        first: Sequence[Operation],
        actions: Sequence[Action],
        finish: Sequence[Operation] = (),
        timer: Optional[Timer] = None,
        before: Optional[Before] = None,
    ) -> None:
        """``first`` is the way back of what is committed before any action: the leases. ``before`` says what the
        actions touch is like; no way back needs that, but a check that is to tell where the way back leads."""
        gate.writing("journal")
        prepare_state_directory()
        prepare_run_directory()
        touched = [images.keys(action) for action in actions]
        last = [*(step for action in actions for step in action.finish), *finish]
        words: Dict[str, Any] = {
            "version": _VERSION,
            "run": os.urandom(8).hex(),
            "topology": topology,
            "timer": asdict(timer) if timer is not None else None,
            "first": as_json(first),
            "undo": Row(_steps(action.undo) for action in actions),
            "touched": touched,
            "before": before(touched) if before is not None else {},  # made as it is written
            "finish": as_json(last),
        }
        remove_former()
        state.remove(names.PREPARED_FILE)  # of a run that was killed before it had a journal
        state.write(_reached_file(), "")
        self._reached = os.open(_reached_file(), os.O_WRONLY | os.O_CLOEXEC)
        self.reached("0")
        what_lasts = lasting(words, (action.undo for action in actions), last)
        self._run, self._lasts = words["run"], bool(what_lasts["first"] or what_lasts["undo"])
        _write(words, what_lasts)

    def reached(self, mark: str) -> None:
        """``mark``: how many actions have begun, then UNCONFIRMED or VERIFIED."""
        if self._reached is None:
            raise FabricError("the journal was not begun")
        if mark == VERIFIED:
            _write_verified(self._run, self._lasts)
        _write_mark(self._reached, mark)

    def forget(self, numbers: Sequence[int]) -> None:
        """The inverses of these actions, counted from 0, which are done."""
        words = state.read_json(RUN_JOURNAL_FILE) or {}
        undo = [[] if number in set(numbers) else steps for number, steps in enumerate(words["undo"])]
        gate.writing("journal")
        words.update(undo=undo)
        _write(words, lasting(words, map(steps_of, undo), steps_of(words["finish"])))

    def clear(self) -> None:
        gate.writing("journal")
        if self._reached is not None:
            os.close(self._reached)
            self._reached = None
        remove()


def _reached_file() -> str:
    return _former_reached_file() if os.path.exists(_former_reached_file()) else RUN_JOURNAL_FILE + ".reached"


def _former_reached_file() -> str:
    return JOURNAL_FILE + ".reached"


def _verified_file() -> str:
    """Where it is said of a run that there is no way back from it any more, whatever boots: another name of its
    journal."""
    return JOURNAL_FILE + ".verified"


def _write_verified(run: str, durable: bool) -> None:
    """A name alone is on the disk by one sync. Where files have one name each, it is a file with the run's number."""
    try:
        state.link(JOURNAL_FILE, _verified_file(), durable)
    except OSError:
        state.write(_verified_file(), run, durable)


def _is_verified(run: str) -> bool:
    text = state.read(_verified_file())
    return text is not None and text in (run, state.read(JOURNAL_FILE))


def read() -> Optional[Record]:
    """What an interrupted run left behind; None when there is nothing to finish. FabricError when it cannot be read."""
    try:
        half = state.read_json(JOURNAL_FILE)
        return None if half is None else _understood(half)
    except (OSError, state.Damaged) as error:
        _refuse(error)


def _understood(words: Mapping[str, Any]) -> Record:
    try:
        version = words["version"]
        if version in (_VERSION, _FORMER_VERSION):
            record = _both_halves(words) if version == _VERSION else _former(words)
            check(record)
            return record
    except NONSENSE as error:
        _refuse(error)
    raise FabricError(
        "{0} was written by another release of linuxnet.fabric (its version is {1}, this one knows {2}): a run of the "
        "topology {3} did not come to its end. Let that release take it back, with any run of it on this host; "
        "nothing was changed".format(JOURNAL_FILE, version, _VERSION, words.get("topology"))
    )


def _both_halves(half: Mapping[str, Any]) -> Record:
    """Of the half that lasts, and of the other one if it is of the same run: that of a boot that is over is gone."""
    words = state.read_json(RUN_JOURNAL_FILE) or {}
    verified = _is_verified(half["run"])
    if words.get("run") != half["run"]:  # nobody counted in this boot; and a timer that waited is gone
        return record_of(half, VERIFIED if verified else "0", False)
    return record_of(words, VERIFIED if verified else _counted(), True)


def _former(words: Mapping[str, Any]) -> Record:
    """One of a release up to 0.2.0."""
    of_this_boot = words["boot_id"] == marks.boot_id()
    try:
        return record_of(words, _counted(), of_this_boot)
    except (ValueError, OSError, state.Damaged):
        if of_this_boot:
            raise
        return record_of(words, "0", False)  # a reboot may lose it, and then nobody needs to know


def _counted() -> str:
    """How far the run had come: without it nobody knows the way back."""
    text = state.read(_reached_file()) or ""
    reached = text.strip() if len(text) == _FIELD else ""
    if reached in (UNCONFIRMED, VERIFIED) or (reached.isascii() and reached.isdigit()):
        return reached
    raise ValueError("{0} does not say how far the run had come".format(_reached_file()))


def _refuse(error: Exception) -> NoReturn:
    raise FabricError(
        "{0}, which a run that did not come to its end has left, cannot be read ({1}); nothing was changed. "
        "Restore it, or move it and {2} away and run again: then nothing of that run is taken back, and this host is "
        "compared with the declaration as it is".format(JOURNAL_FILE, error or type(error).__name__, _reached_file())
    ) from error


def awaits_confirmation(record: Record) -> bool:
    """Somebody may still confirm the run, for its timer is running. One that was killed, or went with a reboot, takes
    nothing back, so the next run does."""
    timer = record.timer
    if record.reached != UNCONFIRMED or not record.is_of_this_boot or timer is None:
        return False
    return timer.started is not None and process.started(timer.pid) == timer.started


def keep_only(failed: Sequence[Sequence[Operation]]) -> None:
    """Leave the inverses of these actions, which failed, to the next run; the rest of the way back is done."""
    words = state.read_json(RUN_JOURNAL_FILE) if state.read(JOURNAL_FILE) else None
    words = words or state.read_json(JOURNAL_FILE)
    if words is None:  # the run failed before it was written
        return
    touched = [key for keys in words.get("touched", []) for key in keys]
    words.update(
        undo=[as_json(steps) for steps in reversed(failed)],
        touched=[touched] * len(failed),
        first=[],
        finish=[],
        timer=None,
        version=_VERSION,
        run=os.urandom(8).hex(),
    )
    remove_former()
    _write(words, lasting(words, reversed(failed), ()))
    set_reached(str(len(failed)))


def set_reached(mark: str) -> None:
    """As ``Journal.reached``, for a journal that another process began."""
    if mark == VERIFIED:
        _verify_another()
    prepare_run_directory()
    flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(_reached_file(), flags, 0o600)
    try:
        _write_mark(descriptor, mark)
    finally:
        os.close(descriptor)


def _write_mark(descriptor: int, mark: str) -> None:
    """Over the last one, which is never longer than this field: a file system that is full has room for it."""
    os.pwrite(descriptor, mark.ljust(_FIELD).encode("ascii"), 0)


def remove() -> None:
    """First the half that says that there is a run which is not over."""
    for path in (JOURNAL_FILE, _verified_file(), RUN_JOURNAL_FILE, _reached_file(), RUN_JOURNAL_FILE + ".reached"):
        files.unlink(path)
    state.remove(names.PREPARED_FILE)


def remove_former() -> None:
    """What a release up to 0.2.0 left beside a journal that is over."""
    files.unlink(_former_reached_file())


def _write(words: Mapping[str, Any], what_lasts: Mapping[str, Any]) -> None:
    """Both halves, that which says that there is a run the last."""
    state.write(RUN_JOURNAL_FILE, pieces(words, _encode))
    durable = any(what_lasts[word] for word in ("first", "undo", "finish"))
    state.write(JOURNAL_FILE, pieces(what_lasts, _encode), durable=durable)


def _steps(steps: Sequence[Operation]) -> Union[Row, List[Any]]:
    """Those of an action that takes many links away are made as they are written."""
    return as_json(steps) if len(steps) <= AT_A_TIME else Row(step for each in steps for step in as_json((each,)))


_encode = json.JSONEncoder(check_circular=False).encode


def _verify_another() -> None:
    """A run that another process began. On the disk, before the leases of what is real now are all that tells of
    it."""
    words = state.read_json(JOURNAL_FILE) or {}
    if "run" in words:  # one of a release up to 0.2.0 has its counter on the disk
        _write_verified(words["run"], durable=bool(words["first"] or words["undo"]))
