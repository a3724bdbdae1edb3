# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entering, making and naming network namespaces: setns(2), unshare(2), mount(2), namespaces(7)."""

from __future__ import annotations

import contextlib
import functools
import os
import stat
from typing import Iterator, List, Optional, Sequence, Union

from . import files, gate, libc
from .errors import FabricError
from .names import NETNS_DIRECTORY

CLONE_NEWNET = 0x40000000
MS_BIND, MS_REC, MS_SHARED = 4096, 16384, 1 << 20
MNT_DETACH = 2
_SELF = "/proc/thread-self/ns/net"
#: From so many on threads are worth it, and how many then.
_MANY, _AT_ONCE = 64, 8


def handle(name: str) -> str:
    return NETNS_DIRECTORY + "/" + name


def open_own() -> int:
    """A descriptor of the namespace this thread is in; the caller closes it."""
    return os.open(_SELF, os.O_RDONLY | os.O_CLOEXEC)


def open_handle(name: str) -> int:
    """A descriptor of a named namespace. Never makes one: FileNotFoundError when there is none."""
    return os.open(handle(name), os.O_RDONLY | os.O_CLOEXEC)


def enter(descriptor: int) -> None:
    libc.call("setns", descriptor, CLONE_NEWNET)


def identity(path: Union[str, int]) -> Optional[int]:
    """The inode of the namespace behind a handle, or an open one; None when that is no namespace (or not there)."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_ino if status.st_dev == _namespace_device() else None


@functools.lru_cache(maxsize=None)
def _namespace_device() -> int:
    """The device number of nsfs, on which every namespace is and nothing else."""
    return os.stat(_SELF).st_dev


def exists(name: str) -> bool:
    return os.path.lexists(handle(name))


def obstacle(path: str) -> Optional[str]:
    """What stands at a handle's path and is neither a namespace nor what is left of one, an empty file: somebody
    else's. None when there is nothing of the kind."""
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode):
            return _KINDS.get(stat.S_IFMT(status.st_mode), "a device")
        if status.st_dev == _namespace_device():
            return None
        if status.st_dev != os.stat(os.path.dirname(path)).st_dev:
            return "a mount of something else"
        return "a file with something in it" if status.st_size else None
    except OSError:  # it is gone
        return None


_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
}


def names() -> List[str]:
    try:
        return sorted(os.listdir(NETNS_DIRECTORY))
    except FileNotFoundError:
        return []


def unshare() -> None:
    """Move this thread into a new, empty network namespace."""
    gate.writing("unshare")
    libc.call("unshare", CLONE_NEWNET)


@contextlib.contextmanager
def scratch() -> Iterator[None]:
    """This thread in an empty network namespace that ends with the block. Nothing of the host is written.

    FabricError when the kernel makes none.
    """
    own = open_own()
    try:
        _unshare_scratch()
        try:
            yield
        finally:
            enter(own)
    finally:
        os.close(own)


def open_new() -> int:
    """A descriptor of a new, empty network namespace that nobody else knows; it ends with the descriptor, which the
    caller closes. FabricError when the kernel makes none."""
    with scratch():
        return open_own()


def _unshare_scratch() -> None:
    try:
        libc.call("unshare", CLONE_NEWNET)
    except OSError as error:
        text = "this kernel makes no network namespace ({0}): see network_namespaces(7) and user.max_net_namespaces"
        raise FabricError(text.format(error.strerror)) from error


@functools.lru_cache(maxsize=None)
def prepare_directory() -> None:
    """``/run/netns`` as ip-netns(8) leaves it: a shared mount, so that handles reach other mount namespaces.

    Once in a process: the call visits every handle there is.
    """
    os.makedirs(NETNS_DIRECTORY, mode=0o755, exist_ok=True)
    target = NETNS_DIRECTORY.encode()
    try:
        libc.call("mount", b"", target, b"none", MS_SHARED | MS_REC, None)
    except OSError:
        libc.call("mount", target, target, b"none", MS_BIND | MS_REC, None)
        libc.call("mount", b"", target, b"none", MS_SHARED | MS_REC, None)


def bind(source: str, target: str) -> None:
    """Give the namespace behind ``source`` a second name."""
    gate.writing("mount")
    os.close(os.open(target, os.O_RDONLY | os.O_CREAT | os.O_EXCL, 0o444))
    try:
        libc.call("mount", source.encode(), target.encode(), b"none", MS_BIND, None)
    except OSError:
        os.unlink(target)
        raise


def unbind(path: str) -> None:
    """Take a handle away; a namespace that nothing else holds ends. No error when there is none."""
    gate.writing("umount")
    try:
        libc.call("umount2", path.encode(), MNT_DETACH)
    except OSError as error:
        if error.errno not in (2, 22):  # ENOENT; EINVAL: a file, not a mount
            raise
    files.unlink(path)


def unbind_all(paths: Sequence[str]) -> None:
    """``unbind`` of each; of many several at once, for an umount waits for a grace period of the kernel's
    (namespace_unlock() in fs/namespace.c), and one that is over serves all who waited for it."""
    if len(paths) < _MANY:
        _unbind_each(paths)
        return
    from concurrent.futures import ThreadPoolExecutor  # only where many go: it takes as long as visiting twenty of them

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        parts = [threads.submit(_unbind_each, paths[number::_AT_ONCE]) for number in range(_AT_ONCE)]
    for part in parts:
        part.result()


def _unbind_each(paths: Sequence[str]) -> None:
    for path in paths:
        unbind(path)
