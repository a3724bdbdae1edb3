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
from dataclasses import dataclass
from typing import Callable, Iterator, List, Optional, Sequence, Tuple

from .._kernel import gate, mounts
from .._kernel.errors import FabricError
from .._kernel.host import Host
from .._resources.action import Action, Operation
from . import confirm, housekeeping, recovery, way_back
from .journal import UNCONFIRMED, VERIFIED, Journal, Timer
from .leases import NO_LEASES, Leases
from .lock import host_lock
from .operations import perform
from .report import Result, lines, report
from .stopwatch import Stopwatch
from .view import View


@dataclass(frozen=True)
class Work:
    """What a module wants of a host.

    ``plan``: reads the host and compares; no actions where it is as wanted. ``left_after``: of what these actions
    touched, the lines that say what does not match; where it is None, everything is planned again to find out.
    ``finish``: given whether anything is to change, what is left for the end, once all is verified. No check asks.
    """

    topology: str
    plan: Callable[[], Tuple[Action, ...]]
    leases: Leases = NO_LEASES
    left_after: Optional[Callable[[Sequence[Action]], Tuple[str, ...]]] = None
    finish: Callable[[bool], Tuple[Operation, ...]] = lambda changes: ()


@contextlib.contextmanager
def session(
    check_mode: bool, lock_timeout: float, confirm_timeout: Optional[float] = None, watch: Optional[Stopwatch] = None
) -> Iterator["Session"]:
    """Hold the host for the body, with nothing left of an interrupted run. Times in seconds.

    A check leaves that run as it is, and its view shows the host as it will be without it. With ``confirm_timeout``
    the run is taken back unless it is confirmed by then.
    """
    mounts.require_the_hosts()
    watch = watch or Stopwatch()
    with host_lock(lock_timeout, check_mode), Host() as host:
        interrupted = recovery.interrupted() if check_mode else None
        if not check_mode:
            housekeeping.tidy()
        first = recovery.foretell(interrupted) if check_mode else recovery.finish_interrupted(host)
        watch.lap("lock")
        timer = confirm.arm(confirm_timeout) if confirm_timeout and not check_mode else None
        yield Session(host, View(host, interrupted), check_mode, first, watch, timer)


@dataclass(frozen=True)
class Session:
    """A host that is held. ``first``: what came before any work, for the interrupted run."""

    host: Host
    view: View
    check_mode: bool
    first: Result
    watch: Stopwatch
    timer: Optional[Timer] = None

    def carry_out(self, work: Work) -> Result:
        """Make the host match, or in check mode say what that would take."""
        actions = work.plan()
        self.watch.lap("read and plan")
        told = report(work.leases.changes, actions)
        if self.check_mode:
            return told
        finish = work.finish(told.changed)
        if not told.changed:
            self._tidy_up(finish)
            return told
        journal, begun = Journal(), []  # type: Journal, List[Action]
        try:
            self._write_down(journal, work, actions, finish)
            self._apply(journal, actions, begun)
            self._verify(work, actions)
        except BaseException as failure:
            raise way_back.go(self.host, work.plan, actions, begun, work.leases, failure) from failure
        if self.timer is not None:
            journal.reached(UNCONFIRMED)
            return told
        self._tidy_up([*(step for action in actions for step in action.finish), *finish], journal)
        self.watch.lap("finish")
        return told

    def _write_down(self, journal: Journal, work: Work, actions: Sequence[Action], finish: Sequence[Operation]) -> None:
        """The journal is on the disk before anything else is; the leases before an address is used."""
        journal.begin(work.topology, work.leases.way_back, actions, finish, self.timer, self.view.before)
        gate.writing("leases")
        work.leases.commit()
        self.watch.lap("journal and leases")

    def _apply(self, journal: Journal, actions: Sequence[Action], begun: List[Action]) -> None:
        for action in actions:
            begun.append(action)
            journal.reached(str(len(begun)))
            for step in action.do:
                perform(self.host, step)
            self.watch.lap("apply " + action.do[0].family)

    def _verify(self, work: Work, actions: Sequence[Action]) -> None:
        left = work.left_after(actions) if work.left_after is not None else lines(work.plan())
        self.watch.lap("verify")
        if left:
            raise FabricError(
                "the host does not match after the last action; still to do: " + "; ".join(left[:10]),
                still_to_do=list(left),
            )

    def _tidy_up(self, steps: Sequence[Operation], journal: Optional[Journal] = None) -> None:
        """Past the verification there is no way back, and none is needed."""
        try:
            if journal is not None:
                journal.reached(VERIFIED)
            for step in steps:
                perform(self.host, step)
            if journal is not None:
                journal.clear()
        except Exception as error:
            text = "the host matches the declaration, but tidying up failed: {0}. The next run will go on with it"
            raise FabricError(text.format(error or type(error).__name__), rolled_back=False) from error
