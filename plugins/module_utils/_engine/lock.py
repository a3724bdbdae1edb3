# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run at a time on a host: flock(2) on a file, with a wait, and the holder's pid in the message."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time
from typing import Iterator, Optional

from .._kernel import program, state
from .._kernel.errors import FabricError
from .._kernel.marks import prepare_state_directory
from .._kernel.names import LOCK_FILE

_POLL = 0.05  # seconds


@contextlib.contextmanager
def host_lock(timeout: float, check_mode: bool) -> Iterator[None]:
    """Hold the host for the body. A check on a host that never had a run makes no file, so it needs no lock."""
    descriptor = _open(check_mode)
    if descriptor is None:
        yield
        return
    try:
        _wait(descriptor, timeout)
        _say_who(descriptor, check_mode)
        with program.holding(descriptor):
            yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def free_lock(check_mode: bool) -> Iterator[bool]:
    """The same without waiting: whether it is held. False where the host never had a run, too."""
    try:
        state.refuse_other(LOCK_FILE)
        descriptor = os.open(LOCK_FILE, _flags(check_mode))
    except (OSError, state.Damaged):
        yield False
        return
    try:
        held = _take(descriptor)
        if not held:
            yield False
            return
        _say_who(descriptor, check_mode)
        with program.holding(descriptor):
            yield True
    finally:
        os.close(descriptor)


def _flags(check_mode: bool) -> int:
    return (os.O_RDONLY if check_mode else os.O_RDWR) | os.O_CLOEXEC | os.O_NOFOLLOW


def _say_who(descriptor: int, check_mode: bool) -> None:
    if not check_mode:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)


def _open(check_mode: bool) -> Optional[int]:
    """What is there in place of a file is left alone: who holds it, nobody knows."""
    try:
        state.refuse_other(LOCK_FILE)
    except state.Damaged as error:
        raise FabricError(
            "{0}, by which runs on this host wait for each other, cannot be locked: {1}; nothing was changed. Move it "
            "away and run again".format(LOCK_FILE, error)
        ) from error
    if check_mode:
        try:
            return os.open(LOCK_FILE, _flags(check_mode))
        except FileNotFoundError:
            return None
    prepare_state_directory()
    return os.open(LOCK_FILE, _flags(check_mode) | os.O_CREAT, 0o600)


def _wait(descriptor: int, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while not _take(descriptor):
        if time.monotonic() >= deadline:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
            raise FabricError(
                "another run holds {0} (pid {1}); waited {2:g} s. Wait for it to end, or raise lock_timeout".format(
                    LOCK_FILE, holder, timeout
                ),
                holder_pid=holder,
            )
        time.sleep(_POLL)


def _take(descriptor: int) -> bool:
    """False: another run has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except OSError as error:
        if error.errno not in (errno.EAGAIN, errno.EACCES):
            raise
    return False
