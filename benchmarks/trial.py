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


def main() -> None:
    trial = json.load(sys.stdin)
    runner = RUNNERS[trial["contender"]]
    rows: List[Dict[str, Any]] = []
    with tempfile.TemporaryDirectory(dir="/run") as folder:
        try:
            for step, sample in runner.steps(trial["scenario"], trial["size"], Path(folder)):
                values = {"seconds": sample.seconds, "cpu": sample.cpu, "rss_mib": sample.rss_mib}
                rows.append(dict(trial, step=step, **values))
        except BenchmarkError as error:
            rows.append(dict(trial, step="", error=str(error)))
    json.dump(rows, sys.stdout)


if __name__ == "__main__":
    main()
