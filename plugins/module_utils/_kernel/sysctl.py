# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kernel settings under /proc/sys. Keys are paths below it with slashes, for an interface name may hold dots.

A write goes to the namespace that the thread is in (/proc/sys/net shows the reader's own).
"""

from __future__ import annotations

import os
from typing import Optional

from . import gate


def path(key: str) -> str:
    """``net.ipv4.ip_forward`` or ``net/ipv4/conf/br-x.1/route_localnet`` → the file."""
    return "/proc/sys/" + (key if "/" in key else key.replace(".", "/"))


def read(key: str) -> Optional[str]:
    """The value with single blanks between its fields; None when the kernel has no such setting."""
    try:
        descriptor = os.open(path(key), os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        return " ".join(os.read(descriptor, 4096).decode("ascii", "replace").split())
    finally:
        os.close(descriptor)


def write(key: str, value: str) -> None:
    """Raises OSError when the kernel has no such setting or refuses the value."""
    gate.writing("sysctl " + key)
    descriptor = os.open(path(key), os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, value.encode("ascii"))
    finally:
        os.close(descriptor)
