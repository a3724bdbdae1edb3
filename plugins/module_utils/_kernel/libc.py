# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""System calls that Python has no name for, by the C library."""

from __future__ import annotations

import ctypes
import functools
import os

_M_ARENA_MAX = -8


def call(name: str, *arguments: object) -> int:
    """What the function of the C library returns; OSError where it fails."""
    result: int = getattr(_library(), name)(*arguments)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, "{0}: {1}".format(name, os.strerror(number)))
    return result


def one_heap() -> None:
    """From now on a thread gets no heap of its own (mallopt(3)): what one has let go of, another may take. Nothing
    where the C library knows no such thing."""
    mallopt = getattr(_library(), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)


@functools.lru_cache(maxsize=None)
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
