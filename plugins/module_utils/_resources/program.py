# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program ``linuxnet-fabric`` of a host, its completion for bash and its page of the manual, of this release."""

from __future__ import annotations

import os
from typing import Dict, Mapping, Optional, Tuple

from .._kernel import files, program_texts
from .._kernel.changes import Subject
from .._kernel.names import FORMER_PROGRAM_DIRECTORY, PROGRAM, PROGRAM_FILES
from .._kernel.operations.program import former_of
from .action import Action, Operation, operation

SUBJECT = Subject(host="program linuxnet-fabric")

#: Path → whether it is what this release makes; None: there is no such file.
ProgramState = Mapping[str, Optional[bool]]


def read(taken_back: bool = False) -> ProgramState:
    """``taken_back``: as it will be once an interrupted run has been."""
    former = taken_back and os.path.isdir(FORMER_PROGRAM_DIRECTORY)
    found: Dict[str, Optional[bool]] = {}
    for path in PROGRAM_FILES:
        place = former_of(path) if former else path
        found[path] = _is_current(path, place) if os.path.lexists(place) else None
    return found


def _is_current(path: str, place: str) -> bool:
    if path != PROGRAM:
        return files.read(place) == program_texts.TEXTS[path]
    from .._kernel import archive  # only where it is installed

    return archive.is_current(place)


def compare(wanted: Optional[bool], now: ProgramState) -> Tuple[Action, ...]:
    """``wanted``: as ``Desired.program``."""
    there = [path for path, current in now.items() if current is not None]
    if wanted is None or (wanted and all(now.values())) or (not wanted and not there):
        return ()
    if not wanted:
        return (_action("remove {0}".format(PROGRAM), operation("program.remove"), {"program": "installed"}, {}),)
    if now[PROGRAM] is None:
        return (_action("install {0}".format(PROGRAM), operation("program.install"), {}, {"program": "installed"}),)
    odd = " and ".join(path for path, current in now.items() if not current)
    text = "install {0} again".format(odd)
    return (_action(text, operation("program.install"), {"program": "another"}, {"program": "installed"}),)


def _action(text: str, do: Operation, before: Mapping[str, str], after: Mapping[str, str]) -> Action:
    return Action(
        text,
        SUBJECT,
        do=(do,),
        undo=(operation("program.revert"),),
        finish=(operation("program.forget"),),
        before=dict(before),
        after=dict(after),
    )
