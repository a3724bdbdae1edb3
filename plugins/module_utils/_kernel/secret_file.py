# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files with the private half of a key in them: readable for root alone from their first byte on."""

from __future__ import annotations

import os
from typing import List

from . import files, gate, marks


def write(path: str, text: str, what: str) -> None:
    """On the disk when it returns. ``what``: what a gate is told of."""
    gate.writing(what)
    marks.prepare_state_directory()
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    temporary = path + ".new"
    files.unlink(temporary)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
        files.write_all(descriptor, text.encode("utf-8"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    os.replace(temporary, path)


def is_ours_alone(path: str) -> bool:
    """Whether root alone can read it, and it is root's. What others could write is none of ours."""
    status = os.stat(path)
    return (status.st_mode & 0o7777, status.st_uid) == (0o600, 0)


def tunnels(directory: str, end: str, topology: str) -> List[str]:
    """Of which ends of a topology's tunnel (``names.tunnel_name``) there is a file in a directory. ``end``: of its
    name."""
    try:
        found = [name[: -len(end)] for name in os.listdir(directory) if name.endswith(end)]
    except FileNotFoundError:
        return []
    return sorted(name for name in found if name.partition(":")[0] == topology)
