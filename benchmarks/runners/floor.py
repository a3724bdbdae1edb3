# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""floor.c: the fewest messages that give the same result."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from ..places import CHECKOUT, OUTPUT, program
from ..sample import run
from . import Runner, Steps

_BINARY = OUTPUT / "floor"


def compile_program(source: str) -> Path:
    """``benchmarks/NAME.c`` → ``build/bench/NAME``, when it is not there or older than its source."""
    path = CHECKOUT / "benchmarks" / source
    binary = OUTPUT / path.stem
    OUTPUT.mkdir(parents=True, exist_ok=True)
    if not binary.exists() or binary.stat().st_mtime < path.stat().st_mtime:
        run([str(program("gcc")), "-O2", "-Wall", "-Wextra", "-o", str(binary), str(path)])
    return binary


class Floor(Runner):
    name = "floor"

    def missing(self) -> Optional[str]:
        if program("gcc") is None or program("nft") is None:
            return "gcc and nft"
        compile_program("floor.c")
        return None

    def steps(self, scenario: str, size: int, folder: Path) -> Steps:
        yield "build", run([str(_BINARY), "build", str(size)])
        yield "teardown", run([str(_BINARY), "teardown", str(size)])
