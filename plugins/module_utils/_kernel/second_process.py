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
from typing import Any, Callable, Iterator, List, Optional, Sequence, Tuple

from . import libc
from .parcel import Parcel

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
        if not alone and is_worth_it():
            self._begin()

    def work(self) -> List[Any]:
        """The results there are, in no order; of a process that died some are not. ``close`` is still to be called: its
        memory takes that process some milliseconds to give back, for which nobody waits here."""
        if self._child is None:
            return [self._function(portion) for portion in self._portions]
        found = []
        for result in self._share():
            found.append(result)
            found.extend(self._answer.receive(wait=False))
        found.extend(self._answer.receive())
        return found

    def close(self) -> None:
        """End the other process, if it still runs."""
        if self._child is None:
            return
        self._end(self._child)
        os.close(self._queue)
        self._answer.close()
        self._child = None

    def _end(self, child: int) -> None:
        end(child)

    def _begin(self) -> None:
        # Numbers in a pipe: each is read by one of the two, for the kernel lets one reader in at a time (pipe(7)).
        self._queue, numbers = os.pipe()
        self._answer = Parcel()
        self._child = fork(lambda: self._serve(numbers))
        self._answer.receiver()
        os.close(numbers)

    def _serve(self, numbers: int) -> None:
        """In the other process."""
        os.write(numbers, b"".join(map(_NUMBER.pack, range(len(self._portions)))))
        os.close(numbers)
        self._answer.send(self._share())

    def _share(self) -> Iterator[Any]:
        """The results of what falls to this one of the two."""
        left = len(self._portions)
        while not self._leaves(left):
            read = os.read(self._queue, _NUMBER.size)
            if not read:
                return
            (number,) = _NUMBER.unpack(read)
            left = len(self._portions) - number - 1
            yield self._function(self._portions[number])

    def _leaves(self, left: int) -> bool:
        """Whether these last portions, or what is left of them by now, fall to the other one."""
        return False


class Finding(SecondProcess):
    """One in which the other process finds out the portions, while this one goes on with something else."""

    def __init__(self, function: Callable[[Any], Any], find: Callable[[], Tuple[Any, Sequence[Any]]]) -> None:
        """``find``: what is to be told, and the portions. Where no second process is worth it, there are none."""
        self._find = find
        self._told = Parcel()
        super().__init__(function, ())
        self._told.receiver()

    def told(self) -> Any:
        """What was found out, to be asked for before ``work``. None where nothing will come of it: the other process
        died."""
        found = list(self._told.receive())
        told, self._portions = found[0] if found else (None, ())
        return told

    def close(self) -> None:
        if self._child is not None:
            self._told.close()
        super().close()

    def _serve(self, numbers: int) -> None:
        told, self._portions = self._find()
        self._told.send([(told, self._portions)])
        super()._serve(numbers)
