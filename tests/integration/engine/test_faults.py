# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever write of a run fails, the host is as before; wherever it is killed, the next run makes it as declared.

Every third write is tried, and the last; each of them with ``FABRIC_STEP=1`` (tests/long).
"""

from __future__ import annotations

import functools
import os
from typing import Any, Callable, Dict, List, Optional, Tuple

import pytest
from faults import before_each_write, fail_at, fail_then_kill, kill_at, nothing
from labhost import in_child
from scenarios import (
    DEMO,
    EDITED,
    LAN,
    LAN_EDITED,
    NOTHING,
    OVERLAY,
    OVERLAY_EDITED,
    Declaration,
    run,
    settle,
)
from world import World, difference, world

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError

STEP = int(os.environ.get("FABRIC_STEP", "3"))
#: From nothing, or from one state, to another one and back.
BUILDS, EDITS = (NOTHING, DEMO), (DEMO, EDITED)
LAN_BUILDS, LAN_EDITS = (NOTHING, LAN), (LAN, LAN_EDITED)
OVERLAY_BUILDS, OVERLAY_EDITS = (NOTHING, OVERLAY), (OVERLAY, OVERLAY_EDITED)


@pytest.mark.parametrize("job", ["fail: build", "fail: edit", "fail: edit back", "fail: removal"])
def test_a_failed_write_is_rolled_back_whichever_it_is(outcome: Callable[[str], int], job: str) -> None:
    assert outcome(job) > 20


@pytest.mark.parametrize("job", ["kill: build and removal", "kill: edit and back"])
def test_a_kill_before_any_write_is_made_good_by_the_next_run(outcome: Callable[[str], int], job: str) -> None:
    assert outcome(job) > 40


@pytest.mark.parametrize(
    "job", ["fail: {0} on a LAN".format(what) for what in ("build", "edit", "edit back", "removal")]
)
def test_a_failed_write_is_rolled_back_on_a_lan(outcome: Callable[[str], int], job: str) -> None:
    assert outcome(job) > 20


@pytest.mark.parametrize("job", ["kill: build and removal on a LAN", "kill: edit and back on a LAN"])
def test_a_kill_before_any_write_is_made_good_on_a_lan(outcome: Callable[[str], int], job: str) -> None:
    assert outcome(job) > 40


_OVERLAY_JOBS = ["kill: edit of an overlay and back", *(["fail: edit of an overlay"] if STEP == 1 else [])]


@pytest.mark.parametrize("job", _OVERLAY_JOBS)
def test_a_host_of_an_overlay_that_fails_or_dies_in_the_middle_is_made_good(
    outcome: Callable[[str], int], job: str
) -> None:
    assert outcome(job) > 10


@pytest.mark.parametrize("job", ["kill on the way back: build", "kill on the way back: edit"])
def test_a_kill_on_the_way_back_is_made_good_by_the_next_run(outcome: Callable[[str], int], job: str) -> None:
    assert outcome(job) > 5


def _fail_everywhere(start: Optional[Declaration], end: Optional[Declaration]) -> int:
    settle(start)
    before = world()
    total = _rehearse(start, end)
    problems: List[str] = []
    for number in _tried(total):
        message = _run_failing(end, number)
        now = world()
        if message is None or "the host matches the declaration" in message:
            # None: a write that may fail, such as an announcement, or one that this run did not come to.
            # The other: past the verification there is only tidying up, which never turns a run back.
            _converge(end, problems, number)
            settle(start)
            continue
        if "the host is as before" not in message:
            problems.append("{0}: {1}".format(number, message))
        odd = difference(before, now)
        if odd:
            problems.append("{0}: {1}: {2}".format(number, message, odd))
            settle(start)
    assert not problems, _shown(problems)
    run(NOTHING)
    return total


def _tried(total: int) -> List[int]:
    return sorted({*range(1, total + 1, STEP), total})


def _run_failing(end: Optional[Declaration], number: int) -> Optional[str]:
    with before_each_write(fail_at(number)):
        try:
            run(end)
        except FabricError as error:
            return str(error)
    return None


def _kill_everywhere(start: Optional[Declaration], end: Optional[Declaration]) -> int:
    """There and back again, killed before each write of both ways in turn."""
    for declared in (start, end, start):  # leases are where they settle
        run(declared)
    before = world()
    there = _writes(end)
    after = world()
    back = _writes(start)
    assert not difference(before, world())
    problems: List[str] = []
    # Half as many on an overlay, where each run has twice as much to read: all of them in tests/long, as elsewhere.
    sparse = 2 if STEP > 1 and OVERLAY in (start, end) else 1
    for number in _tried(max(there, back))[::sparse]:
        for declared, total, wanted in ((end, there, after), (start, back, before)):
            status = in_child(functools.partial(_run_hooked, declared, kill_at(min(number, total))))
            # 0: this run came to fewer writes than the one that was counted.
            if status != -9 and not (status == 0 and number > total * 0.9):
                problems.append("{0}: the run was not killed: {1}".format(number, status))
            _converge(declared, problems, number, wanted)
    assert not problems, _shown(problems)
    run(NOTHING)
    return there + back


def _writes(end: Optional[Declaration]) -> int:
    with before_each_write(nothing) as writes:
        run(end)
    return len(writes)


def _kill_on_the_way_back(start: Optional[Declaration], end: Optional[Declaration]) -> int:
    """A sample: the way back from late failures, killed at several places, and the run that takes it up killed too."""
    settle(start)
    run(end)  # from there, for an owner keeps the lease that it has
    wanted = world()
    settle(start)
    total = _rehearse(start, end)
    problems: List[str] = []
    tried = 0
    for failing in (total - 6, total // 2):
        for further in (1, 2, 4, 7, 11, 16, 22, 29, 37):
            in_child(functools.partial(_run_hooked, end, fail_then_kill(failing, failing + further)))
            in_child(functools.partial(_run_hooked, end, kill_at(further + 1)))
            _converge(end, problems, "{0}+{1}".format(failing, further), wanted)
            settle(start)
            tried += 1
    assert not problems, _shown(problems)
    run(NOTHING)
    return tried


def _run_hooked(end: Optional[Declaration], hook: object) -> None:
    with before_each_write(hook):  # type: ignore[arg-type]
        try:
            run(end)
        except FabricError:
            pass


def _converge(end: Optional[Declaration], problems: List[str], number: object, wanted: Optional[World] = None) -> None:
    """One plain run makes the host as declared, and the one after it has nothing to do."""
    try:
        run(end)
        again = run(end)
    except FabricError as error:
        problems.append("{0}: the next run failed: {1}".format(number, error))
        return
    if again.changed:
        problems.append("{0}: the run after the next still did: {1}".format(number, again.actions))
    odd = difference(wanted, world()) if wanted is not None else {}
    if odd:
        problems.append("{0}: not as declared: {1}".format(number, odd))


def _rehearse(start: Optional[Declaration], end: Optional[Declaration]) -> int:
    """How many writes the way takes; the host is at its start again afterwards."""
    writes = _writes(end)
    settle(start)
    return writes


def _shown(problems: List[str]) -> str:
    return "{0} problems:\n{1}".format(len(problems), "\n".join(problem[:1500] for problem in problems[:6]))


#: What runs, from where, to where.
JOBS: Dict[str, Tuple[Any, ...]] = {
    "fail: build": (_fail_everywhere, *BUILDS),
    "fail: edit": (_fail_everywhere, *EDITS),
    "fail: edit back": (_fail_everywhere, *reversed(EDITS)),
    "fail: removal": (_fail_everywhere, *reversed(BUILDS)),
    "fail: build on a LAN": (_fail_everywhere, *LAN_BUILDS),
    "fail: edit on a LAN": (_fail_everywhere, *LAN_EDITS),
    "fail: edit back on a LAN": (_fail_everywhere, *reversed(LAN_EDITS)),
    "fail: removal on a LAN": (_fail_everywhere, *reversed(LAN_BUILDS)),
    "kill: build and removal on a LAN": (_kill_everywhere, *LAN_BUILDS),
    "kill: edit and back on a LAN": (_kill_everywhere, *LAN_EDITS),
    "fail: edit of an overlay": (_fail_everywhere, *OVERLAY_EDITS),
    "kill: edit of an overlay and back": (_kill_everywhere, *OVERLAY_EDITS),
    "kill: build and removal": (_kill_everywhere, *BUILDS),
    "kill: edit and back": (_kill_everywhere, *EDITS),
    "kill on the way back: build": (_kill_on_the_way_back, *BUILDS),
    "kill on the way back: edit": (_kill_on_the_way_back, *EDITS),
}
