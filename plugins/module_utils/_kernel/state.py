# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our own files under /var/lib/linuxnet-fabric, whatever has become of them.

A disk that was full, a restored backup or a person can leave anything in the place of one. Reading never waits (a FIFO
without a writer would for ever) and never follows a link; what no run has written is ``Damaged``, in words that say
what is there. Writing puts a whole new file in the place of whatever is there.
"""

from __future__ import annotations

import json
import os
import stat
from typing import Any, Dict, Iterable, Optional, Union

from . import files
from .errors import FabricError

#: More than the journal of a host that is full: what is longer is not read into memory.
_LONGEST = 1 << 30


class Damaged(FabricError):
    """What is at a path is nothing that a run has written there."""


def what_else(path: str) -> Optional[str]:
    """What is there instead of a file, in words; None for a file, or for nothing."""
    try:
        mode = os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    return None if stat.S_ISREG(mode) else files.called(mode)


def refuse_other(path: str) -> None:
    """For who opens it in another way, and would wait for a FIFO or follow a link."""
    other = what_else(path)
    if other is not None:
        raise Damaged(_not_a_file(other))


def read(path: str) -> Optional[str]:
    """The content of a file of ours; None when there is none."""
    data = read_bytes(path)
    try:
        return data.decode("utf-8") if data is not None else None
    except UnicodeDecodeError as error:
        raise Damaged("it is no text: {0}".format(error)) from error


def read_bytes(path: str) -> Optional[bytes]:
    """As ``read``, of a file that is no text."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Damaged(_not_a_file(what_else(path) or str(error))) from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Damaged(_not_a_file(files.called(status.st_mode)))
        if status.st_size > _LONGEST:
            raise Damaged("it is longer than anything that a run has written")
        return files.read_all(descriptor, status.st_size)
    finally:
        os.close(descriptor)


def _not_a_file(what: str) -> str:
    return "it is {0}, not a file".format(what)


def read_json(path: str) -> Optional[Dict[str, Any]]:
    """The dictionary in a file of ours; None when there is no file."""
    text = read(path)
    if text is None:
        return None
    try:
        words = json.loads(text)
    except (ValueError, RecursionError) as error:  # too deep, or a number of 4,300 digits
        raise Damaged(str(error)) from error
    if not isinstance(words, dict):
        raise Damaged("it holds no dictionary")
    return words


def write(path: str, text: Union[str, bytes, Iterable[str]], durable: bool = False, name_later: bool = False) -> None:
    """A whole new file, mode 0600, in the place of whatever is there. ``text``: at once, or in pieces.

    ``durable``: on the disk when this returns; with ``name_later`` what it says is, and its name is once something
    else in its directory is, or it was moved.
    """
    temporary = path + ".new"
    make_way(temporary)
    files.unlink(temporary)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(temporary, flags, 0o600)
    try:
        os.fchmod(descriptor, 0o600)  # whatever the umask is
        for piece in (text,) if isinstance(text, (str, bytes)) else text:
            files.write_all(descriptor, piece if isinstance(piece, bytes) else piece.encode("utf-8"))
        if durable:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
    make_way(path)
    os.replace(temporary, path)
    if durable and not name_later:
        sync(os.path.dirname(path))


def link(path: str, name: str, durable: bool) -> None:
    """Another name for a file of ours, in its directory, in the place of whatever is there. OSError where files have
    one name each (link(2))."""
    remove(name)
    os.link(path, name)
    if durable:
        sync(os.path.dirname(name))


def move(path: str, place: str) -> None:
    """In the place of whatever is there, and on the disk when this returns."""
    make_way(place)
    os.replace(path, place)
    sync(os.path.dirname(place))


def remove(path: str) -> None:
    """Whatever is there. No error when there is nothing."""
    try:
        files.unlink(path)
    except IsADirectoryError:
        make_way(path)


def make_way(path: str) -> None:
    """What is no file, and so cannot be ours, is set aside under another name: it may be somebody's."""
    if what_else(path) != "a directory":
        return
    number = 1
    while os.path.lexists("{0}.damaged-{1}".format(path, number)):
        number += 1
    os.rename(path, "{0}.damaged-{1}".format(path, number))


def sync(path: str) -> None:
    """A file, or the names in a directory: they are on the disk when this returns."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
