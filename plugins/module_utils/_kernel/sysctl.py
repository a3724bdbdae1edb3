# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kernel settings under /proc/sys. Keys are paths below it with slashes, for an interface name may hold dots.

A write goes to the namespace that the thread is in (/proc/sys/net shows the reader's own).
"""

from __future__ import annotations

from typing import Optional

from . import gate


def path(key: str) -> str:
    """``net.ipv4.ip_forward`` or ``net/ipv4/conf/br-x.1/route_localnet`` → the file."""
    return "/proc/sys/" + (key if "/" in key else key.replace(".", "/"))


def read(key: str) -> Optional[str]:
    """The value with single blanks between its fields; None when the kernel has no such setting."""
    try:
        with open(path(key), encoding="ascii") as file:
            return " ".join(file.read().split())
    except (FileNotFoundError, NotADirectoryError):
        return None


def write(key: str, value: str) -> None:
    """Raises OSError when the kernel has no such setting or refuses the value."""
    gate.writing("sysctl " + key)
    with open(path(key), "w", encoding="ascii") as file:
        file.write(value)
