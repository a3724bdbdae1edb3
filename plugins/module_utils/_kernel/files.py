# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small text files that others read: ours are written in place, so that one who has it bound over /etc sees the change;
those of another program, in which we have some lines, are replaced as a whole.

The files of a container are under ``/etc/netns/NAME``, which is a link to a directory of the running boot: on a disk
three files for each of a thousand containers take longer than all that the kernel does for them. Where there is a
directory already, as somebody made it for more files, they are in there.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import Dict, Optional, Sequence, Tuple

from . import gate
from .data import NamedTuple
from .errors import FabricError
from .names import NAMES_DIRECTORY, NETNS_ETC_DIRECTORY

_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK  # a FIFO would not return from open(2)
_Access = Tuple[int, int, int]  # mode, owner, group
#: Of a file that we write, and of its directory.
ACCESS = (0o644, 0, 0, 0o755, 0, 0)


class There(NamedTuple):
    """What is at a path; all None when there is nothing. ``access``: as ``ACCESS``, of a file where it is not that."""

    content: Optional[str] = None
    target: Optional[str] = None  # of a link, which is not followed
    access: Optional[Tuple[int, ...]] = None


def read(path: str) -> Optional[str]:
    """The content; None when there is no such file. A link is followed. FabricError for what is no file.

    By system calls, for there are three files for each container, and Python's own take twice as long.
    """
    try:
        return _content(path, os.open(path, _READ))[0]
    except (FileNotFoundError, NotADirectoryError):
        return None


def look(path: str, directories: Dict[str, _Access], may_be_link: bool = False) -> There:
    """What is there. ``directories``: what this reading knows of some already, and is told of others.
    ``may_be_link``: to ask for that first costs less than to be refused."""
    target = read_link(path) if may_be_link else None
    if target is not None:
        return There(target=target)
    try:
        content, status = _content(path, os.open(path, _READ | os.O_NOFOLLOW))
    except (FileNotFoundError, NotADirectoryError):
        return There()
    except OSError as error:
        target = read_link(path) if error.errno == errno.ELOOP else None
        if target is None:
            raise
        return There(target=target)
    directory = path.rpartition("/")[0]
    if directory not in directories:
        directories[directory] = _access(os.stat(directory))
    access = (*_access(status), *directories[directory])
    return There(content, access=None if access == ACCESS else access)


def _access(status: os.stat_result) -> _Access:
    return stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid


def _content(path: str, descriptor: int) -> Tuple[str, os.stat_result]:
    """Of an open file, which is then closed, and what fstat(2) says of it."""
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise FabricError(
                "{0} is {1}, not a file: it stands in the way; nothing was changed. Move it away".format(
                    path, called(status.st_mode)
                )
            )
        return read_all(descriptor, status.st_size).decode("utf-8", "replace"), status
    finally:
        os.close(descriptor)


def set_access(path: str, wanted: Sequence[int]) -> None:
    gate.writing("access of " + path)
    for place, (mode, uid, gid) in ((path, wanted[:3]), (os.path.dirname(path), wanted[3:])):
        os.chown(place, uid, gid)
        os.chmod(place, mode)


_OTHERS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISLNK, "a link"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISREG, "a file"),
)


def called(mode: int) -> str:
    """What is there, by its ``st_mode``, for a person."""
    return next((words for is_one, words in _OTHERS if is_one(mode)), "a device")


def read_all(descriptor: int, size: int) -> bytes:
    """To the end, in one call of a file that is as long as fstat(2) said."""
    data = os.read(descriptor, size + 1)
    if len(data) == size:  # less than was asked for, and so all
        return data
    return data + b"".join(iter(lambda: os.read(descriptor, 1 << 16), b""))


def read_exactly(path: str) -> Optional[str]:
    """As ``read``, with every byte kept: what ``replace`` writes of it is the same file again."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


def replace(path: str, content: Optional[str]) -> None:
    """Put a file with this content in the place of another's, mode and owner kept; None: no file."""
    gate.writing("file " + path)
    path = os.path.realpath(path)
    if content is None:
        unlink(path)
        return
    temporary = path + ".linuxnet-fabric"
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    with open(temporary, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        file.write(content)
        _dress_as(path, file.fileno())
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def _dress_as(path: str, descriptor: int) -> None:
    try:
        status = os.stat(path)
    except FileNotFoundError:
        os.fchmod(descriptor, 0o644)
        return
    os.fchmod(descriptor, stat.S_IMODE(status.st_mode))
    os.fchown(descriptor, status.st_uid, status.st_gid)


def starts_with(path: str, line: str) -> bool:
    """Whether a file begins so; False when there is none."""
    try:
        with open(path, "rb") as file:
            return file.read(len(line.encode("utf-8"))) == line.encode("utf-8")
    except OSError:
        return False


def read_link(path: str) -> Optional[str]:
    try:
        return os.readlink(path)
    except OSError:
        return None


def write(path: str, content: str) -> None:
    gate.writing("file " + path)
    flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        descriptor = os.open(path, flags, 0o644)
    except FileNotFoundError:
        _make_directory(os.path.dirname(path))
        descriptor = os.open(path, flags, 0o644)
    except OSError as error:
        if error.errno != errno.ELOOP:  # a link, which is not to be followed
            raise
        os.unlink(path)
        descriptor = os.open(path, flags, 0o644)
    try:
        data = content.encode("utf-8")
        write_all(descriptor, data)
        os.ftruncate(descriptor, len(data))
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Every byte: write(2) may take fewer, where there is room for fewer or a signal comes."""
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


def link(path: str, target: str) -> None:
    gate.writing("link " + path)
    try:
        os.symlink(target, path)
    except FileNotFoundError:
        _make_directory(os.path.dirname(path))
        os.symlink(target, path)
    except FileExistsError:
        unlink(path)
        os.symlink(target, path)


def home_of(directory: str) -> str:
    """Where the link ``/etc/netns/NAME`` leads."""
    return NAMES_DIRECTORY + "/" + os.path.basename(directory)


def is_link_of_ours(directory: str) -> bool:
    """Whether or not it leads somewhere."""
    return read_link(directory) == home_of(directory)


def _make_directory(directory: str) -> None:
    """That is not there. Tried before anything is asked: a thousand containers have one each."""
    if os.path.dirname(directory) != NETNS_ETC_DIRECTORY:
        os.makedirs(directory, mode=0o755, exist_ok=True)
        return
    home = home_of(directory)
    try:
        os.mkdir(home, 0o755)
    except FileExistsError:
        pass
    except FileNotFoundError:
        os.makedirs(home, mode=0o755, exist_ok=True)
    try:
        os.symlink(home, directory)
    except FileNotFoundError:
        os.makedirs(NETNS_ETC_DIRECTORY, mode=0o755, exist_ok=True)
        os.symlink(home, directory)
    except FileExistsError:
        if not is_link_of_ours(directory):
            raise


def unlink(path: str) -> None:
    """Whether or not there is one."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


def remove(path: str) -> None:
    """Remove a file, and its directory when that is empty now."""
    gate.writing("file " + path)
    unlink(path)
    directory = os.path.dirname(path)
    target = read_link(directory)  # that of a name is a link of ours: realpath(3) would look at every part of both
    try:
        if target is None:
            os.rmdir(directory)
        elif target == home_of(directory):
            os.rmdir(target)
            os.unlink(directory)
        else:
            os.rmdir(os.path.realpath(directory))
    except OSError:
        pass
