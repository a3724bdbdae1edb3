# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kernel settings under /proc/sys. Keys are paths below it with slashes, for an interface name may hold dots.

A write goes to the namespace that the thread is in (/proc/sys/net shows the reader's own). ``directory``: a
descriptor of a /proc/sys of one's own (procfs.py), for those who go through many namespaces.
"""

from __future__ import annotations

import os
from errno import EACCES, EPERM
from typing import Dict, Optional, Sequence

from . import gate

_ROOT = "/proc/sys/"


def path(key: str) -> str:
    """``net.ipv4.ip_forward`` or ``net/ipv4/conf/br-x.1/route_localnet`` → the file."""
    return _ROOT + (key if "/" in key else key.replace(".", "/"))


def read(key: str, directory: Optional[int] = None) -> Optional[str]:
    """The value with single blanks between its fields; None when the kernel has no such setting."""
    try:
        descriptor = os.open(_place(key, directory), os.O_RDONLY | os.O_CLOEXEC, dir_fd=directory)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        return " ".join(os.read(descriptor, 4096).decode("ascii", "replace").split())
    finally:
        os.close(descriptor)


def read_all(keys: Sequence[str], directory: Optional[int] = None) -> Dict[str, Optional[str]]:
    """Key → value, as ``read``."""
    return {key: read(key, directory) for key in keys}


def write(key: str, value: str, directory: Optional[int] = None) -> None:
    """Raises OSError when the kernel has no such setting or refuses the value."""
    gate.writing("sysctl " + key)
    descriptor = os.open(_place(key, directory), os.O_WRONLY | os.O_CLOEXEC, dir_fd=directory)
    try:
        os.write(descriptor, value.encode("ascii"))
    finally:
        os.close(descriptor)


def refusal(key: str, value: str) -> Optional[str]:
    """Why the kernel does not take a value in the namespace that the thread is in; None when it does.

    For a scratch namespace. The former value is written back, for some kernels have a setting once for all namespaces.
    """
    former = read(key)
    if former is None:
        return "this kernel has no such setting in a namespace of its own"
    try:
        _put(key, value)
        taken = read(key)
        _put(key, former)
    except OSError as error:
        why = "a setting of the whole host" if error.errno in (EACCES, EPERM) else error.strerror
        return "the kernel refuses it in a namespace of its own ({0})".format(why)
    wanted = " ".join(value.split())
    return None if taken == wanted else "the kernel makes {0} of it; write that".format(taken)


def _put(key: str, value: str) -> None:
    with open(path(key), "w", encoding="ascii") as file:
        file.write(value)


def _place(key: str, directory: Optional[int]) -> str:
    return path(key) if directory is None else path(key)[len(_ROOT) :]
