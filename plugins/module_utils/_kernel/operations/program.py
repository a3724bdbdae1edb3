# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations on the program of the host. See ``_engine/operations.py`` for what an operation is.

What was there before is kept aside until the run is over: a file that was not there has no copy.
"""

from __future__ import annotations

import os
import shutil

from .. import files, gate, marks, program_texts
from ..host import Host
from ..names import FORMER_PROGRAM_DIRECTORY, PROGRAM, PROGRAM_FILES


def program_install(host: Host) -> None:
    _keep_aside()
    from .. import archive

    archive.install(PROGRAM)
    for path, text in program_texts.TEXTS.items():
        gate.writing("file " + path)
        files.write(path, text)


def program_remove(host: Host) -> None:
    _keep_aside()
    for path in PROGRAM_FILES:
        gate.writing("file " + path)
        files.unlink(path)


def program_revert(host: Host) -> None:
    """The way back from both. Nothing was begun where nothing is kept aside."""
    if not os.path.isdir(FORMER_PROGRAM_DIRECTORY):
        return
    for path in PROGRAM_FILES:
        gate.writing("file " + path)
        former = former_of(path)
        if os.path.exists(former):
            os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
            shutil.copy2(former, path + ".new")
            os.replace(path + ".new", path)
        else:
            files.unlink(path)
    program_forget(host)


def program_forget(host: Host) -> None:
    shutil.rmtree(FORMER_PROGRAM_DIRECTORY, ignore_errors=True)


def former_of(path: str) -> str:
    return FORMER_PROGRAM_DIRECTORY + "/" + os.path.basename(path)


def _keep_aside() -> None:
    """Whole or not at all: a directory that is there has all that there was."""
    gate.writing("program")
    marks.prepare_state_directory()
    unfinished = FORMER_PROGRAM_DIRECTORY + ".new"
    for path in (FORMER_PROGRAM_DIRECTORY, unfinished):
        shutil.rmtree(path, ignore_errors=True)
    os.mkdir(unfinished, 0o700)
    for path in PROGRAM_FILES:
        if os.path.exists(path):
            shutil.copy2(path, unfinished + "/" + os.path.basename(path))
    os.rename(unfinished, FORMER_PROGRAM_DIRECTORY)
