# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of others, which may not be there: found beside what a module's own environment names, asked for, run."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Optional

from .errors import MissingProgramError

#: A module may be started without the directories of programs that are for root.
_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"))


def find(name: str) -> Optional[str]:
    return shutil.which(name, path=_PATH)


def require(name: str, reason: str, url: str) -> None:
    """Raise MissingProgramError where there is no such program. ``reason``: "to do what", "for what"."""
    if find(name) is None:
        raise MissingProgramError(name, reason, url)


def run(name: str, *words: str) -> "subprocess.CompletedProcess[str]":
    """What it says, and with which status it ends: 127 where it is not there, as a shell has it."""
    try:
        return subprocess.run(
            [find(name) or name, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return subprocess.CompletedProcess([name, *words], 127, "", "there is no program {0}".format(name))
