# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the host's last check of itself found, kept until the next boot, for who gathers it from many hosts.

A file for each topology, a line of JSON, which everybody may read: a fleet's controller need not be root for it.
"""

from __future__ import annotations

import datetime
import json
import os
from typing import Any, Dict

from .._engine.report import Result
from .._kernel import files, marks
from .._kernel.names import CHECKED_DIRECTORY, RELEASE
from .._kernel.printable import line

#: Of the shape of a file. It grows when a word changes its meaning or goes, not when one comes.
VERSION = 1


def keep(topology: str, result: Result, repaired: bool = False) -> None:
    """``repaired``: what the result tells was found, and was done."""
    found = result.as_data()
    words = {
        "changes": [] if repaired else found,
        "repaired": [each["text"] for each in found] if repaired else [],
        "warnings": list(map(line, result.warnings)),
        "unmended": bool(result.unmended or result.quarantined),
        "networks": dict(result.facts.get("networks") or {}),
        "containers": dict(result.facts.get("containers") or {}),
    }
    _write(topology, words)


def keep_failure(topology: str, error: Exception) -> None:
    """The host could not compare itself, or not repair."""
    _write(topology, {"error": line(str(error))})


def _write(topology: str, words: Dict[str, Any]) -> None:
    """Whole or not at all: somebody may be reading it."""
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    head = {"version": VERSION, "release": RELEASE, "topology": topology, "at": now}
    marks.prepare_run_directory()
    os.makedirs(CHECKED_DIRECTORY, mode=0o755, exist_ok=True)
    path = "{0}/{1}.json".format(CHECKED_DIRECTORY, topology)
    files.write(path + ".new", json.dumps(dict(head, **words)) + "\n")
    os.replace(path + ".new", path)
