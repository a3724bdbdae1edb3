# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second process that stays, for what comes after the work that it shares: what takes long, and errands."""

from __future__ import annotations

import atexit
import contextlib
import functools
import itertools
import os
import signal
import socket
from typing import Any, Callable, Iterable, Iterator, List, Optional, Sequence, Tuple

from .data import NamedTuple
from .parcel import Parcel, is_readable
from .second_process import SecondProcess, end

_AT_ONCE = 65536
#: What one that lasts is told, beside errands; and what it says of one.
_THEN, _DONE = b"then", b"done"
_PATIENCE = 10.0  # seconds, for errands
#: Portions that one leaves to the other who is asked for something else.
_LAST = 3
#: Behind all that is done besides.
_END = ("all of it",)


class _Left(NamedTuple):
    """A process that nobody waited for: it gives back its memory, or has yet to tell of so many errands."""

    child: int
    errands: int = 0
    told: Optional[socket.socket] = None


_left: List[_Left] = []


def reap() -> None:
    """Wait for those that nobody waited for."""
    while _left:
        each = _left.pop()
        with contextlib.suppress(ChildProcessError), each.told or contextlib.nullcontext():
            if os.waitpid(each.child, os.WNOHANG) == (0, 0):  # or it is one of the process that this is a fork of
                if each.told is not None:
                    _await_errands(each.told, each.errands)
                end(each.child)


def _await_errands(told: socket.socket, errands: int) -> None:
    told.settimeout(_PATIENCE)
    with contextlib.suppress(OSError):
        while errands and told.recv(_AT_ONCE):
            errands -= 1


@functools.lru_cache(maxsize=None)
def _reap_at_the_end() -> None:
    """What comes after this process may take none of them away (``sleep infinity`` in a container). Registered late, so
    it comes before what ends a module at once (``_module/frame.py``)."""
    atexit.register(reap)


class Lasting(SecondProcess):
    """One that, once the portions are done, does ``also``, some at a time, and waits for whether something else is to
    be done, which takes long and comes first, and for errands.

    It has nothing open but what it is asked by: what a run takes away meanwhile does not live on in it.
    """

    def __init__(
        self,
        function: Callable[[Any], Any],
        portions: Sequence[Any],
        then: Callable[..., Iterable[Any]],
        also: Callable[[], Iterable[Any]] = tuple,
        alone: bool = False,
    ) -> None:
        self._then, self._also_of = then, also
        self._arguments: Tuple[Any, ...] = ()
        self._errands = 0
        self._put_off: List[Callable[[], object]] = []  # in the other process: nobody waits for an errand
        self._ask: Optional[socket.socket] = None
        super().__init__(function, portions, alone)

    def ask(self, *arguments: Any) -> None:
        """Have it done, with these: while this process goes on, if there is another one."""
        self._arguments = arguments
        if self._ask is not None:
            import pickle

            with contextlib.suppress(OSError):
                self._ask.send(_THEN + pickle.dumps(arguments))

    def errand(self, function: Callable[..., object], descriptor: int, *arguments: Any) -> bool:
        """Have the other process call a function with a descriptor and these, which it does before this process ends,
        or has another one that lasts. False: there is none, or it died."""
        if self._ask is None:
            return False
        import pickle

        try:
            socket.send_fds(self._ask, [pickle.dumps((function, arguments))], [descriptor])
        except OSError:
            return False
        self._errands += 1
        return True

    def spare(self) -> None:
        """Nothing is asked for any more: the other process ends as soon as all else is done, for its memory takes some
        milliseconds to give back, which ``close`` would wait for."""
        if self._ask is not None:
            with contextlib.suppress(OSError):
                self._ask.shutdown(socket.SHUT_WR)

    def answers(self) -> Iterator[Any]:
        """What comes of what it was asked for, as it comes. Where the other one died, the rest is done here."""
        count = 0
        for value in self._later.receive() if self._child is not None else ():
            if value == _END:
                return
            count += 1
            yield value
        yield from itertools.islice(self._then(*self._arguments), count, None)

    def also(self) -> Optional[List[Any]]:
        """What it did besides. None where there is no other process, or it died."""
        found = list(self._besides.receive()) if self._child is not None else []
        return found[:-1] if found[-1:] == [_END] else None

    def close(self) -> None:
        self.spare()
        if self._ask is not None:
            self._later.close()
            self._besides.close()
        super().close()

    def _end(self, child: int) -> None:
        """It holds no lock: nobody has to wait here until its errands are done and its memory is given back."""
        _reap_at_the_end()
        reap()
        told, self._ask = self._ask, None
        if told is not None and self._errands:
            _left.append(_Left(child, self._errands, told))
            return
        os.kill(child, signal.SIGKILL)
        _left.append(_Left(child))
        if told is not None:
            told.close()

    def _begin(self) -> None:
        self._asked, self._ask = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._later, self._besides = Parcel(), Parcel()
        super()._begin()
        self._later.receiver()
        self._besides.receiver()
        self._asked.close()

    def _serve(self, numbers: int) -> None:
        parcels = (self._answer, self._later, self._besides)
        _close_all_but(
            numbers, self._queue, self._asked.fileno(), *(each for parcel in parcels for each in parcel.sender())
        )
        super()._serve(numbers)
        with contextlib.suppress(BrokenPipeError):  # nobody wants it any more
            self._besides.send(self._all_of_it())
        self._run_errands()
        while self._serve_one():
            pass

    def _leaves(self, left: int) -> bool:
        """In the other process: it is asked for what takes long, and nobody is to wait for that in the end."""
        return self._child is None and left <= _LAST and is_readable(self._asked.fileno())

    def _all_of_it(self) -> Iterator[Any]:
        values = iter(self._also_of())
        value = None
        while value is not _END:
            if is_readable(self._asked.fileno()):
                self._serve_one(errands_too=False)
            value = next(values, _END)
            yield value

    def _serve_one(self, errands_too: bool = True) -> bool:
        """To the next thing that is asked for, once there is one. False: there will be none."""
        asked, descriptors, _flags, _address = socket.recv_fds(self._asked, _AT_ONCE, 1)
        import pickle

        if asked.startswith(_THEN):
            arguments = pickle.loads(asked[len(_THEN) :])
            self._later.send(itertools.chain(self._then(*arguments), (_END,)))
        elif asked:
            function, arguments = pickle.loads(asked)
            self._put_off.append(functools.partial(function, *descriptors, *arguments))
        if errands_too:
            self._run_errands()
        return bool(asked)

    def _run_errands(self) -> None:
        while self._put_off:
            self._put_off.pop(0)()
            with contextlib.suppress(OSError):  # of one who does not wait for it
                self._asked.send(_DONE)


def _close_all_but(*descriptors: int) -> None:
    kept = sorted((0, 1, 2, *descriptors))
    for one, following in zip(kept, [*kept[1:], os.sysconf("SC_OPEN_MAX")]):
        os.closerange(one + 1, following)
