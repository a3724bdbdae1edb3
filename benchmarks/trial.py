# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside the lab host: one contender, one size, its steps one after another; measurements as JSON."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict, List

from .runners import RUNNERS
from .sample import BenchmarkError
from .trials import Trial


def main() -> None:
    trial = Trial(**json.load(sys.stdin))
    runner = RUNNERS[trial.runner]
    rows: List[Dict[str, Any]] = []
    with tempfile.TemporaryDirectory(dir="/run") as folder:
        try:
            for step, sample in runner.steps(trial, Path(folder)):
                values = {name: value for name, value in sample._asdict().items() if name != "output"}
                rows.append(trial.row(step, **values))
        except BenchmarkError as error:
            rows.append(trial.row("", error=str(error)))
    json.dump(rows, sys.stdout)


if __name__ == "__main__":
    main()
