# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run on one page: all else is called from here, in this order.

```
lock → finish what an interrupted run left → read and plan → journal → leases → apply → read again → tidy up
                                                  │             │                  │        │
                                                  └ a check     └──────────────────┴────────┴→ on failure: back
                                                    ends here
```

A check is the same run up to the plan. The comparison that made the plan verifies the outcome too: after the last
action it must find nothing left to do, and after a way back what it had found before the first.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from .._kernel import gate, mounts
from .._kernel.data import NamedTuple, dataclass
from .._kernel.errors import FabricError
from .._kernel.host import Host
from .._resources.action import Action, Operation
from . import confirm, housekeeping, recovery, way_back
from .approval import Approve, whatever
from .early import Early
from .effects import Turn
from .interrupted import UNCONFIRMED, VERIFIED, Timer
from .journal import Journal
from .leases import NO_LEASES, Leases
from .lengthy import Lengthy, is_lengthy
from .lock import host_lock
from .operations import perform, perform_all, row_of
from .quarantine import Quarantine, blamed, by_container
from .report import Result, report
from .report import changes as changes_of
from .stopwatch import Stopwatch
from .view import View


class Finish(NamedTuple):
    """What is left for the end, once all is verified. ``declared`` says that the declaration was made real, and so is
    left away where a container was left out. ``prepare`` writes what that keeps, before there is no way back any more:
    while the outcome is awaited. It may be called twice."""

    always: Tuple[Operation, ...] = ()
    declared: Tuple[Operation, ...] = ()
    prepare: Callable[[], object] = lambda: None


@dataclass(frozen=True)
class Work:
    """What a module wants of a host.

    ``plan``: reads the host and compares; no actions where it is as wanted. ``left_after``: of what these actions
    touched, what is left to do, and calls what comes with them while it waits; where it is None, everything is planned
    again to find out.
    ``finish`` is told what is to be done, beside the leases, and is not asked by a check.
    ``quarantine``: which containers are left out; None: all or nothing.
    ``tell``: the result of a run that goes as planned, and whatever of it can be made before it is over. Asked where
    the run waits for the kernel.
    """

    topology: str
    plan: Callable[[], Tuple[Action, ...]]
    leases: Leases = NO_LEASES
    left_after: Optional[Callable[[Sequence[Action], Callable[[], object]], Tuple[Action, ...]]] = None
    finish: Callable[[Sequence[Action]], Finish] = lambda actions: Finish()
    quarantine: Optional[Quarantine] = None
    tell: Callable[[Result], Result] = lambda result: result


@contextlib.contextmanager
def session(
    check_mode: bool,
    lock_timeout: float,
    confirm_timeout: Optional[float] = None,
    watch: Optional[Stopwatch] = None,
    approve: Approve = whatever,
    beside: Sequence[Mapping[str, Any]] = (),
    early: Optional[Early] = None,
) -> Iterator["Session"]:
    """Hold the host for the body, with nothing left of an interrupted run. Times in seconds.

    A check leaves that run as it is, and its view shows the host as it will be without it, and with what the
    topologies ``beside`` will have left (``View``). With ``confirm_timeout`` the run is taken back unless it is
    confirmed by then. ``approve`` is asked before anything is changed. ``early``: the host is held already.
    """
    mounts.require_the_hosts()
    watch = watch or Stopwatch()
    with contextlib.ExitStack() as stack:
        if early is None:
            stack.enter_context(host_lock(lock_timeout, check_mode))
        host = stack.enter_context(Host()) if early is None else early.host
        interrupted = recovery.interrupted()
        first = recovery.foretell(interrupted)
        approve(first.changes)
        if not check_mode:
            housekeeping.tidy()
            first = recovery.finish_interrupted(host)
        watch.lap("lock")
        timer = confirm.arm(confirm_timeout) if confirm_timeout and not check_mode else None
        view = View(host, interrupted, beside, early) if check_mode else View(host, early=early)
        stack.enter_context(contextlib.closing(view))
        yield Session(host, view, check_mode, first, watch, timer, approve)


@dataclass(frozen=True)
class Session:
    """A host that is held. ``first``: what came before any work, for the interrupted run."""

    host: Host
    view: View
    check_mode: bool
    first: Result
    watch: Stopwatch
    timer: Optional[Timer] = None
    approve: Approve = whatever

    def carry_out(self, work: Work) -> Result:
        """Make the host match, or in check mode say what that would take."""
        actions = work.plan()
        self.watch.lap("read and plan")
        if self.approve is not whatever:  # of thousands of actions the changes are told later, while the kernel works
            self.approve((*work.leases.changes, *changes_of(actions)))
        if self.check_mode:
            return _told(work, actions)
        finish = work.finish(actions)
        if not (work.leases.changes or actions):
            self._tidy_up(_finish(work, (), finish))
            return _told(work, actions)
        journal, begun = Journal(), []  # type: Journal, List[Action]
        planned_without = dict(work.quarantine.why) if work.quarantine is not None else {}
        try:
            self._write_down(journal, work, actions, finish)
            ahead = self._apply(journal, work, actions, begun)
            self._verify(journal, work, begun, finish.prepare)
        except BaseException as failure:
            if work.quarantine is not None:
                work.quarantine.why = planned_without  # the host is compared with what it was before the first action
            raise way_back.go(self.host, work.plan, actions, begun, work.leases, failure) from failure
        done = [action for action in begun if work.quarantine is None or not work.quarantine.has(action)]
        as_planned = len(done) == len(actions) and (ahead is None or ahead.quarantined == _left_out(work))
        told = ahead if ahead is not None and as_planned else _told(work, done)
        if self.timer is not None:
            journal.reached(UNCONFIRMED)
            return told
        self._tidy_up(_finish(work, done, finish), journal)
        self.watch.lap("finish")
        return told

    def _write_down(self, journal: Journal, work: Work, actions: Sequence[Action], finish: Finish) -> None:
        """The journal is on the disk before anything else is; the leases before an address is used."""
        journal.begin(
            work.topology,
            work.leases.way_back,
            actions,
            [*finish.always, *finish.declared],
            self.timer,
            self.view.before,
        )
        gate.writing("leases")
        work.leases.commit()
        self.watch.lap("journal and leases")

    def _apply(self, journal: Journal, work: Work, actions: Sequence[Action], begun: List[Action]) -> Optional[Result]:
        """What there was time for is the result, if nothing was left out."""
        told: Optional[Result] = None
        with Lengthy(self.host) as lengthy:
            for action in actions:
                if work.quarantine is not None and work.quarantine.has(action):
                    begun.append(replace(action, undo=()))  # not begun at all, but the journal counts it
                    continue
                if not lengthy.lets(action):
                    told = self._wait(lengthy, work, actions)
                begun.append(action)
                journal.reached(str(len(begun)))
                if is_lengthy(action):
                    lengthy.begin(action)
                    continue
                self._do(journal, work, action, begun)
                self.watch.lap("apply " + action.do[0].family)
            return self._wait(lengthy, work, actions) or told

    def _wait(self, lengthy: Lengthy, work: Work, actions: Sequence[Action]) -> Optional[Result]:
        """For the action that goes on beside others; None where there is none."""
        if lengthy.action is None:
            return None
        told = work.tell(_told(work, actions))
        self.watch.lap("apply " + lengthy.wait().do[0].family)
        return told

    def _do(self, journal: Journal, work: Work, action: Action, begun: List[Action]) -> None:
        for step in action.do:
            try:
                perform(self.host, step)
            except Exception as failure:
                container = blamed(action, step, failure)
                if container is None or not self._take_out(journal, work, begun, container, failure):
                    raise
                break

    def _take_out(
        self, journal: Journal, work: Work, begun: List[Action], container: str, failure: BaseException
    ) -> bool:
        """Undo what was begun of a container, and of those that share its namespace. False: the whole run goes back."""
        why = str(failure) or type(failure).__name__
        if work.quarantine is None or not work.quarantine.take_out(container, why):
            return False
        failed: List[way_back.Steps] = []
        trouble: List[str] = []
        its = [number for number, action in enumerate(begun) if work.quarantine.has(action)]
        for number in reversed(its):
            way_back.undo(self.host, begun[number].undo, failed, trouble)
        if trouble:
            return False
        journal.forget(its)
        for number in its:
            begun[number] = replace(begun[number], undo=())
        return True

    def _verify(self, journal: Journal, work: Work, begun: List[Action], prepare: Callable[[], object]) -> None:
        """What is left inside one container takes that one out, and the others are verified without it. ``prepare`` is
        called where none was taken out."""
        while True:
            out = work.quarantine
            actions = [action for action in begun if out is None or not out.has(action)]
            meanwhile = prepare if out is None or not out.why else _nothing
            left = by_container(work.left_after(actions, meanwhile) if work.left_after is not None else work.plan())
            if not left:
                meanwhile()
            self.watch.lap("verify")
            if not left:
                return
            told = [line for whose in left.values() for line in whose]
            mismatch = FabricError(
                "the host does not match after the last action; still to do: " + "; ".join(told[:10]),
                still_to_do=told,
            )
            if None in left:
                raise mismatch
            for container, whose in left.items():
                why = FabricError("it does not match after the last action; still to do: " + "; ".join(whose[:10]))
                if not self._take_out(journal, work, begun, str(container), why):
                    raise mismatch

    def _tidy_up(self, steps: Sequence[Operation], journal: Optional[Journal] = None) -> None:
        """Past the verification there is no way back, and none is needed."""
        try:
            if journal is not None:
                journal.reached(VERIFIED)
            perform_all(self.host, steps)
            if journal is not None:
                journal.clear()
        except Exception as error:
            text = "the host matches the declaration, but tidying up failed: {0}. The next run will go on with it"
            raise FabricError(text.format(error or type(error).__name__), rolled_back=False) from error


def _nothing() -> None:
    """Of a run that keeps nothing."""


def _told(work: Work, actions: Sequence[Action]) -> Result:
    """What was done, or is to be, and what was left out."""
    return replace(report(work.leases.changes, actions), quarantined=_left_out(work))


def _left_out(work: Work) -> Dict[str, str]:
    return dict(work.quarantine.why) if work.quarantine is not None else {}


def _finish(work: Work, done: Sequence[Action], finish: Finish) -> List[Operation]:
    steps = [*(step for action in done for step in action.finish), *finish.always]
    if work.quarantine is None or not work.quarantine.why:
        steps.extend(finish.declared)
    return sorted(steps, key=lambda step: row_of(step.name).turn(step.arguments) is Turn.LAST)
