# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A /proc/sys of our own, for the settings of many namespaces.

The kernel remembers what was looked up below /proc/sys/net under one name for all namespaces, and goes through these
memories one by one (proc_sys_compare() in fs/proc/proc_sysctl.c): with a thousand namespaces that takes longer than all
else of a visit. Each instance of procfs has its own memory (Linux 5.8), so a new one now and then keeps it short. The
instance is mounted nowhere: only this process has it, and it goes with its descriptor. fsopen(2), fsmount(2).
"""

from __future__ import annotations

import os
from typing import Optional

from . import libc

# System calls since 5.1 have the same number on every architecture.
_FSOPEN, _FSCONFIG, _FSMOUNT = 430, 431, 432
_CLOEXEC = 1  # FSOPEN_CLOEXEC and FSMOUNT_CLOEXEC
_CREATE = 6  # FSCONFIG_CMD_CREATE
_NOSUID_NODEV_NOEXEC = 0x2 | 0x4 | 0x8  # MOUNT_ATTR_*

#: Making an instance takes as long as one visit, and among this many names a look-up is still short.
_VISITS = 32


class OwnProc:
    """Renewed as it is used. Of one thread."""

    def __init__(self) -> None:
        self._sys: Optional[int] = None
        self._left = 0

    def directory(self) -> Optional[int]:
        """A descriptor of /proc/sys, good until the next call; None where there can be no own one."""
        if self._left == 0:
            self.close()
            self._sys = _open_sys()
            self._left = _VISITS
        self._left -= 1
        return self._sys

    def close(self) -> None:
        if self._sys is not None:
            os.close(self._sys)
        self._sys, self._left = None, 0


def _open_sys() -> Optional[int]:
    try:
        mount = _mount()
    except OSError:  # a kernel before 5.2, or one that may not mount
        return None
    try:
        return os.open("sys", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=mount)
    except OSError:
        return None
    finally:
        os.close(mount)


def _mount() -> int:
    """A descriptor of a new instance's root."""
    context = libc.call("syscall", _FSOPEN, b"proc", _CLOEXEC)
    try:
        libc.call("syscall", _FSCONFIG, context, _CREATE, None, None, 0)
        return libc.call("syscall", _FSMOUNT, context, _CLOEXEC, _NOSUID_NODEV_NOEXEC)
    finally:
        os.close(context)
