# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long each stage of a run takes: what a user sees with ``-vv``."""

from __future__ import annotations

import time
from typing import Dict


class Stopwatch:
    """Started when made. ``lap`` gives what went by since the last one to a stage; a stage may come more than once."""

    def __init__(self) -> None:
        self._last = time.monotonic()
        self._seconds: Dict[str, float] = {}

    def lap(self, stage: str) -> None:
        now = time.monotonic()
        self._seconds[stage] = self._seconds.get(stage, 0.0) + now - self._last
        self._last = now

    def milliseconds(self) -> Dict[str, float]:
        """Stage → milliseconds, in the order in which the stages were first met."""
        return {stage: round(seconds * 1000, 1) for stage, seconds in self._seconds.items()}
