# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mark beside a handle: which topology a name under /run/netns belongs to.

A file for each handle in ``names.HANDLE_MARK_DIRECTORY``, which goes with the boot as the handles do. It holds the
namespace's inode, so that a replaced namespace is noticed. Releases up to 0.2.0 kept the marks on disk, with the boot
that they were of: those are read too, until a run has moved them (``_engine/housekeeping.py``).
"""

from __future__ import annotations

import functools
import json
import os
from typing import Any, Dict, FrozenSet, Mapping, Optional

from . import files, gate, state, sysctl
from .data import NamedTuple
from .names import FORMER_MARK_DIRECTORY, HANDLE_MARK_DIRECTORY, RUN_DIRECTORY, STATE_DIRECTORY


class HandleMark(NamedTuple):
    topology: str
    inode: int
    attach: Optional[str] = None  # as in Netns.attach
    lost: bool = False  # it is to be put back: the file is damaged or gone
    started: Optional[int] = None  # of attach: pid:N, when that process was started (proc(5), starttime)

    @property
    def is_second(self) -> bool:
        """Whether it is of a second handle, of what another handle or the host stands for already."""
        return self.attach is not None and (self.attach == "host" or self.attach.startswith("netns:"))


@functools.lru_cache(maxsize=None)
def boot_id() -> str:
    return sysctl.read("kernel/random/boot_id") or ""


def names() -> FrozenSet[str]:
    """The handles that have a mark."""
    return _listed(HANDLE_MARK_DIRECTORY).union(former())


def _listed(directory: str) -> FrozenSet[str]:
    try:
        return frozenset(os.listdir(directory))
    except FileNotFoundError:
        return frozenset()


def read_all(only: Optional[FrozenSet[str]] = None) -> Dict[str, HandleMark]:
    """Handle name → mark, of all handles or ``only`` of these. A damaged one is none."""
    found = former()
    for name in sorted(_listed(HANDLE_MARK_DIRECTORY) if only is None else only):
        mark = _mark(_words(path(name)))
        if mark is not None:
            found[name] = mark
    return found if only is None else {name: mark for name, mark in found.items() if name in only}


def is_lost(name: str) -> bool:
    """Whether there is no mark that can be read, of whatever boot."""
    return all(_mark(_words(place)) is None for place in (path(name), FORMER_MARK_DIRECTORY + "/" + name))


def former() -> Dict[str, HandleMark]:
    """Handle name → mark, of this boot, where 0.2.0 and before kept them."""
    found = {}
    for name in sorted(_listed(FORMER_MARK_DIRECTORY)):
        words = _words(FORMER_MARK_DIRECTORY + "/" + name)
        mark = _mark(words)
        if mark is not None and words.get("boot_id") == boot_id():
            found[name] = mark
    return found


def _mark(words: Mapping[str, Any]) -> Optional[HandleMark]:
    topology, inode, attach, started = (words.get(word) for word in ("topology", "inode", "attach", "started"))
    if not isinstance(topology, str) or not isinstance(inode, int) or not isinstance(attach, (str, type(None))):
        return None
    return HandleMark(topology, inode, attach, started=started if isinstance(started, int) else None)


def _words(path: str) -> Dict[str, Any]:
    try:
        return state.read_json(path) or {}
    except (OSError, state.Damaged):
        return {}


def write(name: str, mark: HandleMark) -> None:
    gate.writing("mark " + name)
    words = {"topology": mark.topology, "inode": mark.inode, "attach": mark.attach}
    text = json.dumps(words if mark.started is None else dict(words, started=mark.started))
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        descriptor = os.open(path(name), flags, 0o600)
    except FileNotFoundError:
        prepare_run_directory()
        os.makedirs(HANDLE_MARK_DIRECTORY, mode=0o700, exist_ok=True)
        descriptor = os.open(path(name), flags, 0o600)
    except OSError:  # what is there is no file
        state.write(path(name), text)
        return
    try:
        files.write_all(descriptor, text.encode("utf-8"))
    finally:
        os.close(descriptor)


def remove(name: str) -> None:
    gate.writing("mark " + name)
    state.remove(path(name))
    files.unlink(FORMER_MARK_DIRECTORY + "/" + name)


def path(name: str) -> str:
    return HANDLE_MARK_DIRECTORY + "/" + name


def prepare_state_directory() -> None:
    os.makedirs(STATE_DIRECTORY, mode=0o700, exist_ok=True)


def prepare_run_directory() -> None:
    os.makedirs(RUN_DIRECTORY, mode=0o755, exist_ok=True)
