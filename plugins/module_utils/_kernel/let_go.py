# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets whose closing takes long, closed by the kernel itself while this process goes on, or ends.

A packet socket (packet(7)) is not closed before every processor has been out of the kernel for a moment
(packet_release() in net/packet/af_packet.c), which is some 10 ms, and a process is not at its end before. So a ring of
io_uring(7) has it, too, which does nothing else: what a ring has is put away by a worker of the kernel's
(io_ring_exit_work() in io_uring/io_uring.c). System calls since 5.1 have the same number on every architecture.
"""

from __future__ import annotations

import ctypes
import os
from typing import Optional

from . import libc

_SETUP, _REGISTER = 425, 427
_REGISTER_FILES, _REGISTER_FILES_UPDATE = 2, 6
#: struct io_uring_params of include/uapi/linux/io_uring.h, all of it zero.
_PARAMS_SIZE = 120
_NOTHING = -1
_SLOTS = 64


class _Update(ctypes.Structure):
    """struct io_uring_files_update."""

    _fields_ = (("offset", ctypes.c_uint32), ("resv", ctypes.c_uint32), ("fds", ctypes.c_uint64))


class LetGo:
    """Has what it takes until it is closed."""

    def __init__(self) -> None:
        self._ring: Optional[int] = None
        self._left = _SLOTS

    def take(self, descriptor: int) -> bool:
        """From now on closing it is not the last one. False where this kernel has no such ring, or lets nobody use it,
        or all places are taken: it is as it was, and whoever closes it waits."""
        try:
            if self._left == _SLOTS:
                self._open()
            if self._left and self._ring is not None:
                self._put(descriptor, _SLOTS - self._left)
                self._left -= 1
                return True
        except OSError:
            self._left = 0
        return False

    def close(self) -> None:
        if self._ring is not None:
            os.close(self._ring)
        self._ring, self._left = None, _SLOTS

    def _open(self) -> None:
        self._ring = libc.call("syscall", _SETUP, 1, ctypes.create_string_buffer(_PARAMS_SIZE))
        places = (ctypes.c_int * _SLOTS)(*([_NOTHING] * _SLOTS))
        libc.call("syscall", _REGISTER, self._ring, _REGISTER_FILES, places, _SLOTS)

    def _put(self, descriptor: int, place: int) -> None:
        held = (ctypes.c_int * 1)(descriptor)
        update = _Update(place, 0, ctypes.addressof(held))
        libc.call("syscall", _REGISTER, self._ring, _REGISTER_FILES_UPDATE, ctypes.byref(update), 1)
