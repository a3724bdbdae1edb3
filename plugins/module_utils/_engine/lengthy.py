# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kernel takes long for, done by a thread: a system call lets others go on.

Of little it is not worth it, and everything is done in its turn. All that is begun is counted by the journal before, as
ever, so who is killed while two go on is taken back as who is killed in either: an inverse may run after its action was
done, half done, or not begun.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Optional, Sequence

from .._kernel.host import Host
from .._resources.action import Action, Operation
from .effects import Pace
from .operations import perform, row_of

#: From so many changes on.
MANY = 64


class Failed(Exception):
    """What went on beside others failed, and ``__cause__`` says how."""

    def __init__(self, action: Action) -> None:
        super().__init__(action.text)
        self.action = action


class Lengthy:
    """The one action that goes on beside those that follow it. At the end of the block it is over, however it ended."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.action: Optional[Action] = None

    def __enter__(self) -> "Lengthy":
        return self

    def __exit__(self, *_exception: object) -> None:
        if self.action is not None:
            self._threads.shutdown()

    def lets(self, action: Action) -> bool:
        """Whether this one may go on, too; False as well where the lengthy one has failed."""
        if self.action is None:
            return True
        beside = all(row_of(step.name).pace is Pace.BESIDE for step in action.do)
        return beside and not (self._end.done() and self._end.exception() is not None)

    def begin(self, action: Action) -> None:
        self.action, self._threads = action, ThreadPoolExecutor(1)
        self._end = self._threads.submit(_perform_each, self._host, action.do)

    def wait(self) -> Action:
        """The one that was begun, when it is over. ``Failed`` where it failed."""
        if self.action is None:
            raise LookupError("none was begun")
        self._threads.shutdown()
        action, self.action = self.action, None
        try:
            self._end.result()
        except Exception as error:
            raise Failed(action) from error
        return action


def is_lengthy(action: Action) -> bool:
    return len(action.changes) >= MANY and any(row_of(step.name).pace is Pace.LENGTHY for step in action.do)


def _perform_each(host: Host, steps: Sequence[Operation]) -> None:
    for step in steps:
        perform(host, step)
