# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``restore --heal`` did last, kept for ``ls`` until the next boot."""

from __future__ import annotations

import datetime
import json
import os
from typing import Any, Dict, Optional

from .._engine import journal as journals
from .._engine.report import Result
from .._kernel import files, marks
from .._kernel.errors import FabricError
from .._kernel.names import HEAL_DIRECTORY
from .._module import restore
from . import keeping


def heal(topology: str) -> Result:
    record = journals.read()
    if record is not None and journals.awaits_confirmation(record):
        waits = "the last run (topology {0}) waits for its confirmation, so nothing is repaired until then"
        return Result(warnings=(waits.format(record.topology),))
    try:
        result = restore.heal(topology)
    except FabricError as error:
        _keep(topology, {"at": _now(), "repaired": [], "error": str(error)})
        keeping.keep_failure(topology, error)
        raise
    _keep(topology, {"at": _now(), "repaired": list(result.actions), "error": ""})
    keeping.keep(topology, result, repaired=True)
    return result


def last(topology: str) -> Optional[Dict[str, Any]]:
    """``at`` (ISO 8601, UTC), ``repaired`` (lines), ``error``; None where nothing was healed since the boot."""
    try:
        found: Dict[str, Any] = json.loads(files.read(_path(topology)) or "null")
        return found
    except ValueError:
        return None


def _keep(topology: str, words: Dict[str, Any]) -> None:
    marks.prepare_run_directory()
    os.makedirs(HEAL_DIRECTORY, mode=0o755, exist_ok=True)
    files.write(_path(topology), json.dumps(words))


def _path(topology: str) -> str:
    return "{0}/{1}.json".format(HEAL_DIRECTORY, topology)


def _now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
