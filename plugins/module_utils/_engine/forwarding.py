# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of the host's forwarding (``_resources/forwarding.py``), in a file: a flush of all rules leaves it, and
so do runs of other topologies. Of another boot it says nothing, for the settings went with that.
"""

from __future__ import annotations

import json
import os
from typing import Any, Mapping, Optional

from .._kernel import files, gate, marks
from .._kernel.names import FORWARDING_FILE
from .._resources.action import Operation, operation
from .._resources.forwarding import ForwardingRecord, from_words


def read() -> ForwardingRecord:
    """Of this boot; nothing where there is none, or it cannot be read."""
    try:
        words = json.loads(files.read(FORWARDING_FILE) or "{}")
        return from_words(words) if words.get("boot_id") == marks.boot_id() else ForwardingRecord()
    except (KeyError, TypeError, ValueError, AttributeError):
        return ForwardingRecord()


def remembering(known: ForwardingRecord) -> Operation:
    """For the end of a run: keep what is known then."""
    return operation("forwarding.write", known=known.words())


def write(words: Optional[Mapping[str, Any]]) -> None:
    """No write when nothing changed. None, or nothing in it: no file."""
    if not words or not (words["found"] or words["claims"]):
        if os.path.exists(FORWARDING_FILE):
            gate.writing("forwarding")
            files.unlink(FORWARDING_FILE)
        return
    if read().words() == words:
        return
    gate.writing("forwarding")
    marks.prepare_state_directory()
    temporary = FORWARDING_FILE + ".new"
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(dict(words, boot_id=marks.boot_id()), file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, FORWARDING_FILE)
