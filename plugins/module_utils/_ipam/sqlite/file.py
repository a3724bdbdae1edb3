# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file behind the lease store: opened for one run, or read without a trace; and what its errors mean."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
import urllib.parse
from contextlib import contextmanager
from typing import Callable, Iterator, List, Optional, Tuple

from ..._kernel import gate, state
from ..._kernel.errors import FabricError
from ..store import DamagedStore
from . import schema

#: How long to wait for another run that holds the store.
PATIENCE = 30.0


def connect(path: str) -> sqlite3.Connection:
    _refuse_others(path)
    directory = os.path.dirname(path)
    os.makedirs(directory, mode=0o700, exist_ok=True)
    _private(directory, 0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))
    _private(path, 0o600)
    # SQLite's own waiting does not cover the change to WAL, so that one is ours.
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        _patiently(lambda: _use_wal(connection), time.monotonic() + PATIENCE)
        connection.execute("PRAGMA synchronous = NORMAL")  # for ``store.SqliteStore.commit`` does the rest
        _refuse_foreign(connection, path)
        connection.execute("PRAGMA busy_timeout = {0:d}".format(int(PATIENCE * 1000)))
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_others(path: str) -> None:
    """A FIFO in the place of a file would be waited for, a link followed."""
    for name in (path, path + "-wal", path + "-shm"):
        try:
            state.refuse_other(name)
        except state.Damaged as error:
            raise DamagedStore(
                "The lease store {0} cannot be opened: of {1}, {2}; nothing was changed. Restore it from a backup, or "
                "move it away (linuxnet-fabric repair does) and run again: addresses that interfaces have are leased "
                "to them again".format(path, name, error)
            ) from error


def _use_wal(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        connection.execute("PRAGMA journal_mode = WAL")


def _private(path: str, mode: int) -> None:
    if os.stat(path).st_mode & 0o777 != mode:
        os.chmod(path, mode)


def _refuse_foreign(connection: sqlite3.Connection, path: str) -> None:
    empty = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not empty and connection.execute("PRAGMA application_id").fetchone()[0] != schema.APPLICATION_ID:
        raise FabricError(
            "{0} is a database of another program, not a lease store; move it away and run again.".format(path)
        )


def copy_to_memory(path: str) -> sqlite3.Connection:
    """The committed content of the store in memory, read without SQLite's locks: those are writes to -shm.

    A writer that works meanwhile could tear what is read, so it is read until the files stood still.
    """
    _refuse_others(path)
    for _attempt in range(100):
        before = _stamps(path)
        memory = sqlite3.connect(":memory:", isolation_level=None)
        try:
            if before[0] is not None:
                _read_into(memory, path, has_wal=bool(before[1] and before[1][1]))
        except (sqlite3.Error, OSError):
            memory.close()
            if _stamps(path) == before:
                raise
        else:
            if _stamps(path) == before:
                return memory
            memory.close()
        time.sleep(0.01)
    raise FabricError("The lease store {0} is written all the time; run again when other runs are done.".format(path))


def _read_into(memory: sqlite3.Connection, path: str, has_wal: bool) -> None:
    """The write-ahead log is only there while a run works, or after one was killed; SQLite cannot read it in place
    without writing, so then a private copy of both files is read instead."""
    if not has_wal:
        _backup("file:{0}?mode=ro&immutable=1".format(urllib.parse.quote(path)), memory, path)
        return
    with tempfile.TemporaryDirectory(prefix="fabric-check-") as private:
        copy = os.path.join(private, "leases.db")
        for suffix in ("", "-wal"):
            shutil.copyfile(path + suffix, copy + suffix)
        _backup("file:" + urllib.parse.quote(copy), memory, path)


def _backup(uri: str, memory: sqlite3.Connection, path: str) -> None:
    source = sqlite3.connect(uri, uri=True, isolation_level=None)
    try:
        _refuse_foreign(source, path)
        source.backup(memory)
    finally:
        source.close()


def _stamps(path: str) -> List[Optional[Tuple[int, int, int]]]:
    found: List[Optional[Tuple[int, int, int]]] = []
    for name in (path, path + "-wal"):
        try:
            status = os.stat(name)
            found.append((status.st_ino, status.st_size, status.st_mtime_ns))
        except FileNotFoundError:
            found.append(None)
    return found


def set_aside(path: str) -> str:
    """Away with it, under the first name that is free: what is left of it may be wanted. Returns that name.

    The write-ahead log goes first: a store without its log is older, a log without its store is nothing.
    """
    number = 1
    while any(os.path.lexists("{0}.damaged-{1}{2}".format(path, number, suffix)) for suffix in ("", "-wal", "-shm")):
        number += 1
    new = "{0}.damaged-{1}".format(path, number)
    for suffix in ("-shm", "-wal", ""):
        if os.path.lexists(path + suffix):
            gate.writing("lease store")
            os.rename(path + suffix, new + suffix)
    return new


# -- waiting and explaining


def _patiently(attempt: Callable[[], None], deadline: float) -> None:
    pause = 0.001
    while True:
        try:
            attempt()
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
        time.sleep(pause)
        pause = min(pause * 1.5, 0.02)


@contextmanager
def explained(path: str) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise explanation(path, error) from error


_DAMAGED = ("malformed", "not a database", "no such table", "no such column")
#: What SQLite or the kernel says → what to do about it.
_ADVICE: Tuple[Tuple[Tuple[str, ...], str], ...] = (
    (("locked",), "another run has held it for {patience:.0f} s; wait for it, or end it (fuser -v {path} names it)"),
    (("is full", "No space left"), "its file system is full; make room and run again, nothing was changed"),
    (
        ("readonly", "Read-only", "Permission denied", "unable to open"),
        "it cannot be written; run as root (become) and see that its file system is mounted read-write",
    ),
    (
        _DAMAGED,
        "it is damaged; restore it from a backup, or move {path} with its -wal and -shm files away "
        "(linuxnet-fabric repair does) and run again: what interfaces and packet rules have is leased to them again, "
        "the rest is chosen anew",
    ),
)


def explanation(path: str, error: Exception) -> FabricError:
    text = str(error)
    for signs, advice in _ADVICE:
        if any(sign in text for sign in signs):
            advice = advice.format(path=path, patience=PATIENCE)
            kind = DamagedStore if signs is _DAMAGED else FabricError
            return kind("The lease store {0}: {1} ({2})".format(path, advice, text))
    return FabricError("The lease store {0} does not work: {1}".format(path, text))
