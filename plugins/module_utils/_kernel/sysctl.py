# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kernel settings under /proc/sys. Keys are paths below it with slashes, for an interface name may hold dots.

A write goes to the namespace that the thread is in (/proc/sys/net shows the reader's own).
"""

from __future__ import annotations

import os
from typing import Dict, Optional, Sequence

from . import gate


def path(key: str) -> str:
    """``net.ipv4.ip_forward`` or ``net/ipv4/conf/br-x.1/route_localnet`` → the file."""
    return "/proc/sys/" + (key if "/" in key else key.replace(".", "/"))


def read(key: str) -> Optional[str]:
    """The value with single blanks between its fields; None when the kernel has no such setting."""
    return _read(path(key))


def _read(name: str, directory: Optional[int] = None) -> Optional[str]:
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=directory)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        return " ".join(os.read(descriptor, 4096).decode("ascii", "replace").split())
    finally:
        os.close(descriptor)


def read_all(keys: Sequence[str]) -> Dict[str, Optional[str]]:
    """Key → value, as ``read``.

    The directory they have in common is looked up once: below /proc/sys/net the kernel looks a name up among the
    entries of every namespace there is, which at a thousand of them takes longer than all else of a reading.
    """
    common = os.path.commonpath(keys) if len(keys) > 1 else ""
    if not common or not all(key.startswith(common + "/") for key in keys):
        return {key: read(key) for key in keys}
    try:
        directory = os.open(path(common + "/"), os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return dict.fromkeys(keys)
    try:
        return {key: _read(key[len(common) + 1 :], directory) for key in keys}
    finally:
        os.close(directory)


def write(key: str, value: str) -> None:
    """Raises OSError when the kernel has no such setting or refuses the value."""
    gate.writing("sysctl " + key)
    descriptor = os.open(path(key), os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, value.encode("ascii"))
    finally:
        os.close(descriptor)
