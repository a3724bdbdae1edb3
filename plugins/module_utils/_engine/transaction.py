# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of a run: lock → finish what was interrupted → plan → journal → apply → verify → commit, or back.

A check is the same run up to the plan. The comparison that made the plan verifies the outcome too: after the
last action it must find nothing left to do, and after a way back what it had found before the first.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from .._kernel import gate
from .._kernel.errors import FabricError
from .._kernel.host import Host
from .._resources.action import Action
from . import journal as journals
from .operations import perform
from .report import Result, report
from .stopwatch import Stopwatch

Plan = Callable[[], Tuple[Action, ...]]
Steps = Sequence[Dict[str, Any]]
LeftAfter = Callable[[Sequence[Action]], Tuple[str, ...]]


class Leases:
    """What a run does to the lease store: nothing, for a resource that holds no lease."""

    actions: Tuple[str, ...] = ()
    way_back: Tuple[Dict[str, Any], ...] = ()

    def commit(self) -> None:
        """Make them durable."""

    def rollback(self) -> None:
        """Let go of a transaction that was not committed."""


def run(
    host: Host,
    topology: str,
    plan: Plan,
    leases: Leases,
    check_mode: bool,
    finish: Sequence[Dict[str, Any]] = (),
    timer: Optional[Dict[str, Any]] = None,
    left_after: Optional[LeftAfter] = None,
    watch: Optional[Stopwatch] = None,
    before: Optional[journals.Before] = None,
) -> Result:
    """Make the host match, or in check mode say what that would take. Called with the host's lock held.

    ``finish``: operations for the end, once all is verified. ``timer``: the one that takes the run
    back unless it is confirmed; the end then waits for that. ``left_after``: what the actions did not reach, where
    that is cheaper to find out than by the plan of everything. ``watch``: what the stages are timed with.
    ``before``: what the actions touch, as the plan found it.
    """
    watch = watch or Stopwatch()
    actions = plan()
    watch.lap("read and plan")
    if check_mode:
        return report(leases.actions, actions)
    if not (actions or leases.actions):
        try:
            _perform_all(host, finish)
        except Exception as error:
            raise _untidy(error) from error
        return report((), ())
    journal = journals.Journal()
    begun: List[Action] = []
    try:
        journal.begin(topology, leases.way_back, actions, finish, timer, before)
        gate.writing("leases")
        leases.commit()
        watch.lap("journal and leases")
        for action in actions:
            begun.append(action)
            journal.reached(str(len(begun)))
            for step in action.do:
                perform(host, step.as_json())
            watch.lap("apply " + action.do[0].name.partition(".")[0])
        _verify(left_after(actions) if left_after is not None else _lines(plan()))
        watch.lap("verify")
    except BaseException as failure:
        raise _way_back(host, plan, actions, begun, leases, failure) from failure
    if timer is not None:
        journal.reached(journals.UNCONFIRMED)
        return report(leases.actions, actions)
    try:
        journal.reached(journals.VERIFIED)
        _perform_all(host, [step.as_json() for action in actions for step in action.finish])
        _perform_all(host, finish)
        journal.clear()
    except Exception as error:
        raise _untidy(error) from error
    watch.lap("finish")
    return report(leases.actions, actions)


def finish_interrupted(host: Host) -> Result:
    """Take an interrupted run back, or, if it had been verified, to its end, before another run.

    One that waits for its confirmation is left alone, which is an error. What cannot be undone, now or ever, must not
    stand in the way of all runs to come: it is told, and the run that follows makes the best of what is there.
    """
    words = interrupted()
    if words is None:
        return Result()
    trouble = _finish(host, words)[1]
    journals.remove()
    told = "of what the interrupted run of topology {0} had left, this could not be done: {1}"
    return Result(
        what_comes_first(words), warnings=(told.format(words["topology"], "; ".join(trouble)),) if trouble else ()
    )


def take_back(host: Host) -> None:
    """Of a run that was not confirmed in time. What cannot be undone is left to the next run."""
    words = journals.read()
    if words is not None:
        failed = _finish(host, words)[0]
        if failed:
            journals.keep_only(failed)
        else:
            journals.remove()


def _finish(host: Host, words: Dict[str, Any]) -> Tuple[List[Steps], List[str]]:
    """What failed of it, action by action, and why."""
    failed: List[Steps] = []
    trouble: List[str] = []
    if words["reached"] == journals.VERIFIED:
        _undo(host, words["finish"], failed, trouble)
        return failed, trouble
    for left, steps in journals.way_back(words):
        _undo(host, steps, failed, trouble)
        if left is not None:
            journals.set_reached(str(left))
    return failed, trouble


def interrupted() -> Optional[Dict[str, Any]]:
    """The journal of a run that is to be taken back or finished before another one; an error when it may not be."""
    words = journals.read()
    if words is not None and journals.awaits_confirmation(words):
        raise FabricError(
            "the last run (topology {0}) waits for its confirmation; confirm it (state: confirmed), or wait until the "
            "host has gone back by itself".format(words["topology"])
        )
    return words


def what_comes_first(words: Optional[Mapping[str, Any]]) -> Tuple[str, ...]:
    """The line for it, the same before and after."""
    if words is None:
        return ()
    what = {journals.VERIFIED: "finish the interrupted", journals.UNCONFIRMED: "take back the unconfirmed"}
    verb = what.get(words["reached"], "take back the interrupted")
    return ("{0} run of topology {1}".format(verb, words["topology"]),)


def _perform_all(host: Host, steps: Sequence[Mapping[str, Any]]) -> None:
    for step in steps:
        perform(host, step)


def _lines(actions: Sequence[Action]) -> Tuple[str, ...]:
    return tuple(line for action in actions for line in action.lines)


def _verify(left: Sequence[str]) -> None:
    if left:
        raise FabricError(
            "the host does not match after the last action; still to do: " + "; ".join(left[:10]),
            still_to_do=list(left),
        )


def _untidy(error: Exception) -> FabricError:
    """Past the verification there is no way back, and none is needed."""
    text = "the host matches the declaration, but tidying up failed: {0}. The next run will go on with it"
    return FabricError(text.format(error or type(error).__name__), rolled_back=False)


def _way_back(
    host: Host, plan: Plan, actions: Sequence[Action], begun: Sequence[Action], leases: Leases, failure: BaseException
) -> FabricError:
    """Undo what was begun, in reverse; the error to raise says what failed and how the way back went."""
    leases.rollback()
    failed: List[Steps] = []
    trouble: List[str] = []
    for left in reversed(range(len(begun))):
        _undo(host, [step.as_json() for step in begun[left].undo], failed, trouble)
        journals.set_reached(str(left))
    _undo(host, leases.way_back, failed, trouble)
    difference = _difference(plan, actions)
    if difference is not None:
        trouble.append(difference)
    if failed:
        journals.keep_only(failed)
    else:
        journals.remove()
    return _failure(begun, failure, trouble)


def _undo(host: Host, steps: Steps, failed: List[Steps], trouble: List[str]) -> None:
    """The inverses of one action. Where one fails all are tried once more, for only the whole of them may follow on
    half of it. What fails again is noted, for the rest of the way back matters more."""
    if steps and _attempt(host, steps):
        errors = _attempt(host, steps)
        if errors:
            failed.append(steps)
            trouble.extend(errors)


def _attempt(host: Host, steps: Steps) -> List[str]:
    errors = []
    for step in steps:
        try:
            perform(host, step)
        except Exception as error:
            errors.append("{0}: {1}".format(step["name"], error))
    return errors


def _difference(plan: Plan, actions: Sequence[Action]) -> Optional[str]:
    before = sorted(_lines(actions))
    try:
        after = sorted(_lines(plan()))
    except Exception as error:
        return "the host could not be read again: {0}".format(error)
    if after == before:
        return None
    odd = sorted(set(after).symmetric_difference(before))
    return "the host is not as it was: " + "; ".join(odd[:10])


def _failure(begun: Sequence[Action], failure: BaseException, trouble: List[str]) -> FabricError:
    what = "at: {0}: ".format(begun[-1].text) if begun else ""
    text = "failed {0}{1}".format(what, failure or type(failure).__name__)
    undone = [line for action in reversed(begun) for line in action.lines]
    if trouble:
        text += ". The way back was not complete ({0}); the next run will go on with it".format("; ".join(trouble))
    else:
        text += ". What the run had done was undone; the host is as before"
    details = getattr(failure, "details", {})
    return FabricError(text, undone=undone, rolled_back=not trouble, rollback_problems=trouble, **details)
