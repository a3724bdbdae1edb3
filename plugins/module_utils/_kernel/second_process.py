# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work on two processors: a fork of this process shares it, as Python's threads could not.

What the other one does to its memory nobody sees, and where it fails its part is left to the caller. So what is shared
is reading; and what nobody else can see, such as namespaces without a name (ahead.py).
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import itertools
import os
import select
import signal
import socket
import struct
import threading
from typing import IO, Any, Callable, Iterable, Iterator, List, Optional, Sequence, Tuple

from . import libc
from .data import NamedTuple

_NUMBER = struct.Struct("=I")
_PR_SET_PDEATHSIG = 1
_AT_ONCE = 65536
#: What one that lasts is told, beside errands; and what it says of one.
_THEN, _DONE = b"then", b"done"
_PATIENCE = 10.0  # seconds, for errands
#: Portions that one leaves to the other who is asked for something else.
_LAST = 3
#: Behind all that is done besides.
_END = ("all of it",)


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


def _is_readable(descriptor: int) -> bool:
    """Whether there is something, or will be nothing more."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


def end(child: int) -> None:
    """Whether or not it has ended by itself."""
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


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


class _Parcel:
    """What the other process tells, as it goes on. It waits in memory: through a pipe it would come in pieces, each
    when both have a moment for it. The pipe tells of each value that it is there, and by its end that it was the last.
    """

    def __init__(self) -> None:
        import pickle  # before there are two, who both need it, and only where there are

        self._pickle = pickle
        self._memory = os.memfd_create("parcel")
        self._sent, self._unsent = os.pipe()
        self._file: Optional[IO[bytes]] = None

    def send(self, values: Iterable[Any]) -> None:
        """What several of them share is sent once."""
        with os.fdopen(os.dup(self._memory), "wb") as file:
            pickler = self._pickle.Pickler(file, self._pickle.HIGHEST_PROTOCOL)
            for value in values:
                pickler.dump(value)
                file.flush()
                os.write(self._unsent, b"!")
        os.close(self._unsent)

    def sender(self) -> Tuple[int, int]:
        """The descriptors that it is sent by."""
        return self._memory, self._unsent

    def receiver(self) -> None:
        """To be called by the one who receives, when there are two."""
        os.close(self._unsent)

    def receive(self, wait: bool = True) -> Iterator[Any]:
        """What came since it was asked for last, until all is there; where the other one died, what there is. Without
        ``wait``: what came until now."""
        while wait or _is_readable(self._sent):
            told = os.read(self._sent, _AT_ONCE)
            if not told:
                return
            yield from self._load(len(told))

    def _load(self, count: int) -> Iterator[Any]:
        if self._file is None:  # opened anew, for the other one writes at a place of its own
            self._file = open("/proc/self/fd/{0}".format(self._memory), "rb")
            self._unpickler = self._pickle.Unpickler(self._file)
        for _value in range(count):
            yield self._unpickler.load()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        os.close(self._memory)
        os.close(self._sent)


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
        self._answer = _Parcel()
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
        self._told = _Parcel()
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


class Lasting(SecondProcess):
    """One that, once the portions are done, does ``also``, some at a time, and waits for whether something else is to
    be done, which takes long and comes first, and for errands.

    It has nothing open but what it is asked by: what a run takes away meanwhile does not live on in it.
    """

    def __init__(
        self,
        function: Callable[[Any], Any],
        portions: Sequence[Any],
        then: Callable[[], Iterable[Any]],
        also: Callable[[], Iterable[Any]] = tuple,
        alone: bool = False,
    ) -> None:
        self._then, self._also_of = then, also
        self._errands = 0
        self._put_off: List[Callable[[], object]] = []  # in the other process: nobody waits for an errand
        self._ask: Optional[socket.socket] = None
        super().__init__(function, portions, alone)

    def ask(self) -> None:
        """Have it done: while this process goes on, if there is another one."""
        if self._ask is not None:
            with contextlib.suppress(OSError):
                self._ask.send(_THEN)

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
        yield from itertools.islice(self._then(), count, None)

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
        self._later, self._besides = _Parcel(), _Parcel()
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
        return self._child is None and left <= _LAST and _is_readable(self._asked.fileno())

    def _all_of_it(self) -> Iterator[Any]:
        values = iter(self._also_of())
        value = None
        while value is not _END:
            if _is_readable(self._asked.fileno()):
                self._serve_one(errands_too=False)
            value = next(values, _END)
            yield value

    def _serve_one(self, errands_too: bool = True) -> bool:
        """To the next thing that is asked for, once there is one. False: there will be none."""
        asked, descriptors, _flags, _address = socket.recv_fds(self._asked, _AT_ONCE, 1)
        if asked == _THEN:
            self._later.send(itertools.chain(self._then(), (_END,)))
        elif asked:
            import pickle

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
