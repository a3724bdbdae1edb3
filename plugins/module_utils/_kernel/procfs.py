# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A /proc/sys of our own, for the settings of many namespaces.

The kernel remembers what was looked up below /proc/sys/net under one name for all namespaces, and goes through these
memories one by one (proc_sys_compare() in fs/proc/proc_sysctl.c): with a thousand namespaces that takes longer than all
else of a visit. Each instance of procfs has its own memory (Linux 5.8), and lets go of it where it is configured anew
(reconfigure_super() in fs/super.c), which nobody else sees: ours is mounted nowhere, only this process has it, and it
goes with its descriptor. To close that one waits for all processors (namespace_unlock() in fs/namespace.c), some ms
where they are at work, so there is one for all, and for a few visits there is none. fsopen(2), fsmount(2), fspick(2).
"""

from __future__ import annotations

import os
from typing import Optional

from . import libc

# System calls since 5.1 have the same number on every architecture.
_FSOPEN, _FSCONFIG, _FSMOUNT, _FSPICK = 430, 431, 432, 433
_CLOEXEC = 1  # FSOPEN_CLOEXEC, FSMOUNT_CLOEXEC and FSPICK_CLOEXEC
_EMPTY_PATH = 8  # FSPICK_EMPTY_PATH
_CREATE, _RECONFIGURE = 6, 7  # FSCONFIG_CMD_*
_NOSUID_NODEV_NOEXEC = 0x2 | 0x4 | 0x8  # MOUNT_ATTR_*

#: To let go of the memory takes as long as a look-up, and among the names of so many visits one is still short.
_VISITS = 16


#: Visits that the one of the host is good for.
FEW = 8


class OwnProc:
    """Forgets as it is used. Of one thread."""

    def __init__(self) -> None:
        self._mount: Optional[int] = None
        self._sys: Optional[int] = None
        self._left = 0
        self._few = FEW

    def directory(self) -> Optional[int]:
        """A descriptor of /proc/sys, good until the next call; None where there can be no own one, or need not be."""
        if self._few:
            self._few -= 1
            return None
        if self._left == 0:
            self._forget()
            self._left = _VISITS
        self._left -= 1
        return self._sys

    def close(self) -> None:
        for descriptor in (self._sys, self._mount):
            if descriptor is not None:
                os.close(descriptor)
        self._mount, self._sys, self._left = None, None, 0

    def _forget(self) -> None:
        try:
            if self._mount is None:
                self._open()
            else:
                _reconfigure(self._mount)
        except OSError:  # a kernel before 5.2, or one that may not mount
            self.close()

    def _open(self) -> None:
        self._mount = _mount()
        self._sys = os.open("sys", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=self._mount)


def _mount() -> int:
    """A descriptor of a new instance's root."""
    context = libc.call("syscall", _FSOPEN, b"proc", _CLOEXEC)
    try:
        libc.call("syscall", _FSCONFIG, context, _CREATE, None, None, 0)
        return libc.call("syscall", _FSMOUNT, context, _CLOEXEC, _NOSUID_NODEV_NOEXEC)
    finally:
        os.close(context)


def _reconfigure(mount: int) -> None:
    """With what it has."""
    context = libc.call("syscall", _FSPICK, mount, b"", _CLOEXEC | _EMPTY_PATH)
    try:
        libc.call("syscall", _FSCONFIG, context, _RECONFIGURE, None, None, 0)
    finally:
        os.close(context)
