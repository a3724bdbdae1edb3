# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mark beside a handle: which topology a name under /run/netns belongs to.

A file for each handle in ``names.HANDLE_MARK_DIRECTORY``. It holds the boot it was written in (handles do
not outlive a boot, marks do) and the namespace's inode, so that a replaced namespace is noticed.
"""

from __future__ import annotations

import functools
import json
import os
from dataclasses import dataclass
from typing import Dict, FrozenSet, Optional

from . import files, gate, sysctl
from .names import HANDLE_MARK_DIRECTORY, STATE_DIRECTORY


@dataclass(frozen=True)
class HandleMark:
    topology: str
    inode: int
    attach: Optional[str] = None  # as in Netns.attach


@functools.lru_cache(maxsize=None)
def boot_id() -> str:
    return sysctl.read("kernel/random/boot_id") or ""


def names() -> FrozenSet[str]:
    """The handles that have a mark, of whatever boot."""
    try:
        return frozenset(os.listdir(HANDLE_MARK_DIRECTORY))
    except FileNotFoundError:
        return frozenset()


def read_all(only: Optional[FrozenSet[str]] = None) -> Dict[str, HandleMark]:
    """Handle name → mark, of this boot only; of all handles or ``only`` of these."""
    boot = boot_id()
    marks = {}
    for name in sorted(names() if only is None else only):
        try:
            words = json.loads(files.read(path(name)) or "{}")
        except (OSError, ValueError):
            continue
        if words.get("boot_id") == boot:
            marks[name] = HandleMark(words["topology"], words["inode"], words.get("attach"))
    return marks


def write(name: str, mark: HandleMark) -> None:
    gate.writing("mark " + name)
    _prepare_mark_directory()
    words = {"topology": mark.topology, "inode": mark.inode, "attach": mark.attach, "boot_id": boot_id()}
    descriptor = os.open(path(name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        files.write_all(descriptor, json.dumps(words).encode("utf-8"))
    finally:
        os.close(descriptor)


@functools.lru_cache(maxsize=None)
def _prepare_mark_directory() -> None:
    prepare_state_directory()
    os.makedirs(HANDLE_MARK_DIRECTORY, mode=0o700, exist_ok=True)


def remove(name: str) -> None:
    gate.writing("mark " + name)
    files.unlink(path(name))


def path(name: str) -> str:
    return HANDLE_MARK_DIRECTORY + "/" + name


def prepare_state_directory() -> None:
    os.makedirs(STATE_DIRECTORY, mode=0o700, exist_ok=True)
