# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Once after each boot, and once after a release that kept them elsewhere: our files are put where this release keeps
them, and what a boot left without its other half goes.

Nothing of it is a difference: what is declared is the same before and after. A check reads both places and moves
nothing; the first run does, before all else. Each step may be killed, and is then done by the next run.
"""

from __future__ import annotations

import os
from typing import Iterator

from .._kernel import files, marks, namespaces
from .._kernel.names import (
    FORMER_MARK_DIRECTORY,
    FORMER_STASH_DIRECTORY,
    HANDLE_MARK_DIRECTORY,
    NAMES_DIRECTORY,
    NETNS_ETC_DIRECTORY,
    STASH_DIRECTORY,
)
from .._resources.file_states import MARK, NAMES, is_shared


def tidy() -> None:
    """The caller holds the host's lock."""
    if is_tidy():
        return
    marked = marks.names()
    for directory in list(_entries(NETNS_ETC_DIRECTORY)):
        if os.path.islink(directory):
            if files.is_link_of_ours(directory) and not os.path.isdir(directory):
                files.unlink(directory)
        elif os.path.isdir(directory) and _is_ours(directory, os.path.basename(directory) in marked):
            _move_files(directory)
    _move_stash()
    _move_marks()
    os.makedirs(NAMES_DIRECTORY, mode=0o755, exist_ok=True)


def is_tidy() -> bool:
    return os.path.isdir(NAMES_DIRECTORY) and not os.path.isdir(FORMER_MARK_DIRECTORY)


def _entries(directory: str) -> Iterator[str]:
    try:
        yield from sorted(entry.path for entry in os.scandir(directory))
    except FileNotFoundError:
        return


def _is_ours(directory: str, marked: bool) -> bool:
    """Whether it holds files of ours alone: beside those of somebody else's it stays."""
    if is_shared(directory):
        return True
    found = {os.path.basename(path) for path in _entries(directory)}
    return bool(found) and found.issubset(NAMES) and (marked or files.starts_with(directory + "/hosts", MARK))


def _move_files(directory: str) -> None:
    home = files.home_of(directory)
    os.makedirs(home, mode=0o755, exist_ok=True)
    for path in list(_entries(directory)):
        copy, target = home + "/" + os.path.basename(path), files.read_link(path)
        if target is not None:
            files.link(copy, target)
        else:
            files.write(copy, files.read(path) or "")
        os.unlink(path)
    os.rmdir(directory)
    os.symlink(home, directory)


def _move_stash() -> None:
    """Namespaces that an interrupted run put aside, and their marks. Of another boot there are only files."""
    for path in list(_entries(FORMER_STASH_DIRECTORY)):
        marks.prepare_run_directory()
        os.makedirs(STASH_DIRECTORY, mode=0o700, exist_ok=True)
        here = STASH_DIRECTORY + "/" + os.path.basename(path)
        if namespaces.identity(path) is not None:
            if not os.path.exists(here):
                namespaces.bind(path, here)
            namespaces.unbind(path)
        elif path.endswith(".mark"):
            files.write(here, files.read(path) or "")
            files.unlink(path)
        else:
            files.unlink(path)
    _remove_directory(FORMER_STASH_DIRECTORY)


def _move_marks() -> None:
    """Those of this boot; the others are of handles that are gone."""
    for name, mark in marks.former().items():
        if not os.path.exists(HANDLE_MARK_DIRECTORY + "/" + name):
            marks.write(name, mark)
    for path in list(_entries(FORMER_MARK_DIRECTORY)):
        files.unlink(path)
    _remove_directory(FORMER_MARK_DIRECTORY)


def _remove_directory(path: str) -> None:
    try:
        os.rmdir(path)
    except FileNotFoundError:
        pass
