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
from typing import Dict, FrozenSet, Optional, Tuple

from . import gate, state, sysctl
from .names import HANDLE_MARK_DIRECTORY, STATE_DIRECTORY


@dataclass(frozen=True)
class HandleMark:
    topology: str
    inode: int
    attach: Optional[str] = None  # as in Netns.attach
    lost: bool = False  # it is to be put back: the file is damaged or gone


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
    """Handle name → mark, of this boot only; of all handles or ``only`` of these. A damaged one is none."""
    boot = boot_id()
    found = {name: _read(name) for name in sorted(names() if only is None else only)}
    return {name: mark[1] for name, mark in found.items() if mark is not None and mark[0] == boot}


def is_lost(name: str) -> bool:
    """Whether there is no mark that can be read, of whatever boot."""
    return _read(name) is None


def _read(name: str) -> Optional[Tuple[str, HandleMark]]:
    """The boot, and the mark."""
    try:
        words = state.read_json(path(name)) or {}
    except (OSError, state.Damaged):
        return None
    boot, topology, inode, attach = (words.get(word) for word in ("boot_id", "topology", "inode", "attach"))
    if isinstance(boot, str) and isinstance(topology, str) and isinstance(inode, int):
        if attach is None or isinstance(attach, str):
            return boot, HandleMark(topology, inode, attach)
    return None


def write(name: str, mark: HandleMark) -> None:
    gate.writing("mark " + name)
    _prepare_mark_directory()
    words = {"topology": mark.topology, "inode": mark.inode, "attach": mark.attach, "boot_id": boot_id()}
    state.write(path(name), json.dumps(words))


def _prepare_mark_directory() -> None:
    prepare_state_directory()
    os.makedirs(HANDLE_MARK_DIRECTORY, mode=0o700, exist_ok=True)


def remove(name: str) -> None:
    gate.writing("mark " + name)
    state.remove(path(name))


def path(name: str) -> str:
    return HANDLE_MARK_DIRECTORY + "/" + name


def prepare_state_directory() -> None:
    os.makedirs(STATE_DIRECTORY, mode=0o700, exist_ok=True)
