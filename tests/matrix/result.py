# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a row's run came to, read from the lines that the smoke has written."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, List, Tuple


@dataclass(frozen=True)
class Result:
    """``skipped``: why the row was not run at all. ``failed`` holds (step, why), ``not_reached`` those of them whose
    failure kept others from being tried."""

    name: str
    versions: Dict[str, str] = field(default_factory=dict)
    passed: Tuple[str, ...] = ()
    failed: Tuple[Tuple[str, str], ...] = ()
    not_reached: Tuple[str, ...] = ()
    skipped: str = ""
    seconds: float = 0.0
    refused: bool = False

    @property
    def good(self) -> bool:
        return not self.failed


def read(name: str, lines: Iterable[str], ended: str, **more: Any) -> Result:
    """``ended`` says how the machine ended, for a run that did not come to its end."""
    versions: Dict[str, str] = {}
    passed: List[str] = []
    failed: List[Tuple[str, str]] = []
    not_reached: List[str] = []
    done = False
    for line in lines:
        try:
            words = json.loads(line)
        except ValueError:
            continue
        versions = words.get("versions", versions)
        done = done or words.get("done", False)
        if words.get("passed"):
            passed.append(words["step"])
        elif "unreached" in words:
            not_reached.append(words["unreached"])
        elif "step" in words:
            failed.append((words["step"], words["said"]))
    if not done:
        failed.append(("the smoke comes to its end", ended))
    return Result(name, versions, tuple(passed), tuple(failed), tuple(not_reached), **more)
