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
import shlex
import subprocess
from typing import IO, Callable, Sequence, Tuple, Union

from . import libc
from .errors import FabricError

#: Seconds. What takes longest, a hundred thousand elements for nft, takes a few of them.
PATIENCE = 300.0


def start(
    command: Sequence[str], output: int = subprocess.PIPE, script: Union[int, IO[str]] = subprocess.PIPE
) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        list(command),
        stdin=script,
        stdout=output,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="surrogateescape",
        env=dict(os.environ, LC_ALL="C"),
    )


def start_aside(command: Sequence[str], script: str = "") -> "Tuple[subprocess.Popen[str], IO[str]]":
    """As ``start``, with files in memory that feed it and take what it prints: so it comes to its end though nobody
    writes or reads."""
    printed = _in_memory("printed")
    if not script:
        return start(command, printed.fileno()), printed
    with _in_memory("script") as fed:
        fed.write(script)
        fed.seek(0)
        return start(command, printed.fileno(), fed), printed


def _in_memory(name: str) -> IO[str]:
    return open(os.memfd_create(name), "r+", encoding="utf-8", errors="surrogateescape")


def finish(process: "subprocess.Popen[str]", script: str = "") -> "subprocess.CompletedProcess[str]":
    """Feed it ``script`` and wait for its end; FabricError where that does not come in time."""
    with process:
        try:
            output, errors = process.communicate(script, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            command = " ".join(map(shlex.quote, process.args))  # type: ignore[arg-type]
            text = "{0}: no end after {1:g} s, so it was killed; see why it hangs, and run again"
            raise FabricError(text.format(command, PATIENCE)) from None
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def run(command: Sequence[str], script: str = "") -> "subprocess.CompletedProcess[str]":
    return finish(_on_this_processor(lambda: start(command)), script)


def _on_this_processor(begin: "Callable[[], subprocess.Popen[str]]") -> "subprocess.Popen[str]":
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
            os.sched_setaffinity(started.pid, allowed)
        return started
    finally:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, allowed)


def end(process: "subprocess.Popen[str]") -> None:
    """Of a program that ends where nothing more comes in, wait for it."""
    finish(process)
