# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run left that did not come to its end, because it was killed or nobody confirmed it: taken back, or, if it
had been verified, finished."""

from __future__ import annotations

from typing import List, Optional, Tuple

from .._kernel.changes import RUN, Change, Subject
from .._kernel.errors import FabricError
from .._kernel.host import Host
from . import journal as journals
from .interrupted import UNCONFIRMED, VERIFIED, Record, way_back
from .report import DRIFT, Result
from .way_back import Steps, undo


def interrupted() -> Optional[Record]:
    """The journal of a run that is to be taken back or finished before another one; an error when it may not be."""
    record = journals.read()
    if record is not None and journals.awaits_confirmation(record):
        raise FabricError(
            "the last run (topology {0}) waits for its confirmation; confirm it (state: confirmed), or wait until the "
            "host has gone back by itself".format(record.topology)
        )
    return record


def foretell(record: Optional[Record]) -> Result:
    """What ``finish_interrupted`` will say of it."""
    if record is None:
        return Result()
    what = {VERIFIED: "finish the interrupted", UNCONFIRMED: "take back the unconfirmed"}
    verb = what.get(record.reached, "take back the interrupted")
    change = Change(
        "{0} run of topology {1}".format(verb, record.topology), Subject(topology=record.topology, part=RUN)
    )
    return Result((change,), kinds=(DRIFT,))


def finish_interrupted(host: Host) -> Result:
    """Take an interrupted run back, or to its end, before another run.

    One that waits for its confirmation is left alone, which is an error. What cannot be undone, now or ever, must not
    stand in the way of all runs to come: it is told, and the run that follows makes the best of what is there.
    """
    record = interrupted()
    if record is None:
        return Result()
    trouble = _finish(host, record)[1]
    journals.remove()
    told = "of what the interrupted run of topology {0} had left, this could not be done: {1}"
    warnings = (told.format(record.topology, "; ".join(trouble)),) if trouble else ()
    return foretell(record).then(Result(warnings=warnings))


def take_back(host: Host) -> None:
    """Of a run that was not confirmed in time. What cannot be undone is left to the next run."""
    record = journals.read()
    if record is not None:
        failed = _finish(host, record)[0]
        if failed:
            journals.keep_only(failed)
        else:
            journals.remove()


def _finish(host: Host, record: Record) -> Tuple[List[Steps], List[str]]:
    """What failed of it, action by action, and why."""
    failed: List[Steps] = []
    trouble: List[str] = []
    if record.reached == VERIFIED:
        undo(host, record.finish, failed, trouble)
        return failed, trouble
    for left, steps in way_back(record):
        undo(host, steps, failed, trouble)
        if left is not None:
            journals.set_reached(str(left))
    return failed, trouble
