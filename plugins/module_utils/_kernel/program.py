# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other programs, each with a time limit: one that hangs must not keep the host's lock for ever.

What they print is text in UTF-8, with every other byte kept, so that what is written back to them is the same again.
"""

from __future__ import annotations

import contextlib
import os
import select
import shlex
import subprocess
from typing import IO, Callable, Iterator, List, Sequence, Union

from . import libc
from .errors import FabricError

#: Seconds. What takes longest, a hundred thousand elements for nft, takes a few of them.
PATIENCE = 300.0

_Stream = Union[int, IO[str]]


class Aside:
    """A program that comes to its end though nobody writes or reads: files in memory feed it, and take what it prints.

    So is one that is waited for: a pipe would wake whoever waits once for each piece, and its end is not yet that of
    the program.
    """

    def __init__(self, command: Sequence[str], script: str = "", keeps: Sequence[int] = ()) -> None:
        """``keeps``: descriptors that it has open, too."""
        self._printed, self._said = _in_memory("printed"), _in_memory("said")
        with _in_memory("script") as fed:
            fed.write(script)
            fed.seek(0)
            self.process = _popen(command, fed, self._printed, self._said, keeps)

    def finish(self) -> "subprocess.CompletedProcess[str]":
        """Wait for its end, and tell what it printed; to be asked for once. FabricError where that does not come in
        time."""
        with self._printed, self._said:
            try:
                _wait(self.process)
            except subprocess.TimeoutExpired:
                raise _killed(self.process) from None
            for file in (self._printed, self._said):
                file.seek(0)
            output, errors = self._printed.read(), self._said.read()
        return subprocess.CompletedProcess(self.process.args, self.process.returncode, output, errors)

    def give_up(self) -> None:
        """End it, if it still runs: nobody is to read it. Nothing where it was finished."""
        if self.process.returncode is None:
            self.process.kill()
            self.process.wait()
        self._printed.close()
        self._said.close()


def run(command: Sequence[str], script: str = "", keeps: Sequence[int] = ()) -> "subprocess.CompletedProcess[str]":
    return _on_this_processor(lambda: Aside(command, script, keeps)).finish()


def write(command: Sequence[str], script: str = "") -> "subprocess.CompletedProcess[str]":
    """``run`` one that changes the host. Of a run that is killed meanwhile it goes on, and until its end holds the host
    for that run: the next one could not take back what is not there yet."""
    return run(command, script, tuple(_held))


#: By what runs of this process hold the host.
_held: List[int] = []


@contextlib.contextmanager
def holding(descriptor: int) -> Iterator[None]:
    """In the body the host is held by an open file that is locked, by flock(2): so as long as anybody has it open."""
    _held.append(descriptor)
    try:
        yield
    finally:
        _held.remove(descriptor)


def start(command: Sequence[str], output: int = subprocess.PIPE) -> "subprocess.Popen[str]":
    """One that is talked to."""
    return _popen(command, subprocess.PIPE, output, subprocess.PIPE)


def end(process: "subprocess.Popen[str]") -> None:
    """Of a program that ends where nothing more comes in, wait for it."""
    with process:
        try:
            process.communicate("", timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            raise _killed(process) from None


def _popen(
    command: Sequence[str], fed: _Stream, printed: _Stream, said: _Stream, keeps: Sequence[int] = ()
) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        list(command),
        stdin=fed,
        stdout=printed,
        stderr=said,
        encoding="utf-8",
        errors="surrogateescape",
        env=dict(os.environ, LC_ALL="C"),
        pass_fds=keeps,
    )


def _in_memory(name: str) -> IO[str]:
    return open(os.memfd_create(name), "r+", encoding="utf-8", errors="surrogateescape")


def _wait(process: "subprocess.Popen[str]") -> None:
    """As its own ``wait``, which looks again each millisecond, and later less often."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except OSError:  # Linux before 5.3
        process.wait(PATIENCE)
        return
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        if not poll.poll(PATIENCE * 1000):
            raise subprocess.TimeoutExpired(process.args, PATIENCE)
    finally:
        os.close(descriptor)
    process.wait()


def _killed(process: "subprocess.Popen[str]") -> FabricError:
    process.kill()
    process.wait()
    command = " ".join(map(shlex.quote, process.args))  # type: ignore[arg-type]
    text = "{0}: no end after {1:g} s, so it was killed; see why it hangs, and run again"
    return FabricError(text.format(command, PATIENCE))


def _on_this_processor(begin: Callable[[], Aside]) -> Aside:
    """A program that begins on the processor of this thread, and may go to others from then on.

    This thread waits for a program to begin (vfork(2)), and then for its end. The kernel rather puts what is new on
    another processor: if something of ours is at work there, it has to wait for its turn, and this one has nothing to
    do. Where nobody may choose, it begins where the kernel says.
    """
    allowed = os.sched_getaffinity(0)
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, {libc.call("sched_getcpu")})
    try:
        started = begin()
        with contextlib.suppress(OSError):  # or it has ended
            os.sched_setaffinity(started.process.pid, allowed)
        return started
    finally:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, allowed)
