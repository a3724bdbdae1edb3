# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work on two processors: a fork of this process shares it, as Python's threads could not.

What the other one does to its memory nobody sees, and where it fails its part is left to the caller. So what is shared
is reading; and what nobody else can see, such as namespaces without a name (ahead.py).
"""

from __future__ import annotations

import os
import signal
import struct
import threading
from typing import Any, Callable, Iterator, List, Optional, Sequence

from . import libc

_NUMBER = struct.Struct("=I")
_PR_SET_PDEATHSIG = 1


def is_worth_it() -> bool:
    """Whether there is another processor for it. Not where this process has threads: a fork has only one of them, and
    whatever lock another held is then held for ever."""
    return len(os.sched_getaffinity(0)) > 1 and threading.active_count() == 1


def fork(serve: Callable[[], None]) -> int:
    """The number of another process that does this and ends, or fails and ends. ``end`` takes it away.

    It does not outlive this one: it holds whatever lock this one does.
    """
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        try:
            libc.call("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() == parent:
                serve()
        finally:
            os._exit(1)
    return child


def end(child: int) -> None:
    """Whether or not it has ended by itself."""
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


class SecondProcess:
    """``function`` of each portion, by two processes that take the next one as they have done one."""

    def __init__(self, function: Callable[[Any], Any], portions: Sequence[Any], alone: bool = False) -> None:
        """Begins at once. ``alone``: there is to be no second process."""
        self._function, self._portions = function, portions
        self._child: Optional[int] = None
        self._queue = self._done = self._answer = -1
        if not alone and is_worth_it():
            self._begin()

    def work(self) -> List[Any]:
        """The results there are, in no order; of a process that died there is none. ``close`` is still to be called:
        its memory takes that process some milliseconds to give back, for which nobody waits here."""
        if self._child is None:
            return [self._function(portion) for portion in self._portions]
        return [*self._share(), *self._collect()]

    def close(self) -> None:
        """End the other process, if it still runs."""
        if self._child is None:
            return
        end(self._child)
        for descriptor in (self._queue, self._done, self._answer):
            os.close(descriptor)
        self._child = None

    def _begin(self) -> None:
        import pickle  # before there are two, who both need it, and only where there are

        self._pickle = pickle
        # Numbers in a pipe: each is read by one of the two, for the kernel lets one reader in at a time (pipe(7)).
        self._queue, numbers = os.pipe()
        os.write(numbers, b"".join(map(_NUMBER.pack, range(len(self._portions)))))
        os.close(numbers)
        # The answer waits in memory: through a pipe it would come in pieces, each when both have a moment for it.
        self._answer = os.memfd_create("answer")
        self._done, done = os.pipe()
        self._child = fork(lambda: self._serve(done))
        os.close(done)

    def _serve(self, done: int) -> None:
        """In the other process."""
        results = list(self._share())
        with os.fdopen(os.dup(self._answer), "wb") as file:
            self._pickle.dump(results, file, self._pickle.HIGHEST_PROTOCOL)
        os.close(done)

    def _share(self) -> Iterator[Any]:
        """The results of what falls to this one of the two."""
        for number in iter(lambda: os.read(self._queue, _NUMBER.size), b""):
            yield self._function(self._portions[_NUMBER.unpack(number)[0]])

    def _collect(self) -> List[Any]:
        os.read(self._done, 1)  # to the end of it: nothing comes
        with os.fdopen(os.dup(self._answer), "rb") as file:
            file.seek(0)
            try:
                results: List[Any] = self._pickle.load(file)
            except (EOFError, self._pickle.UnpicklingError):
                return []
        return results
