# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One measured run of one program: wall clock, processor time, peak memory, what it printed."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Mapping, NamedTuple, Optional, Sequence

from .places import CHECKOUT, OUTPUT, program


class BenchmarkError(Exception):
    """A contender did not do its work: its time would mean nothing."""


class Sample(NamedTuple):
    seconds: float
    rss_mib: float
    output: str = ""
    cpu: float = 0.0  # seconds, user and system; tells more than the clock on a machine that others use
    sent_kib: float = 0.0  # what Ansible sent for it, where that is measured


def run(argv: Sequence[str], stdin: str = "", environment: Optional[Mapping[str, str]] = None) -> Sample:
    """Run to the end; peak memory is that of the process and of every descendant it waited for (see launcher.c)."""
    with tempfile.TemporaryDirectory(dir="/run") as folder:
        told = Path(folder) / "told"
        process = subprocess.run(
            [str(OUTPUT / "launcher"), str(told), *argv], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=environment, cwd="/", universal_newlines=True, check=False,
        )  # fmt: skip
        if process.returncode:
            output = process.stdout[-1500:].strip()
            raise BenchmarkError("{0} ended with {1}: {2}".format(argv[0], process.returncode, output))
        seconds, cpu, peak = map(float, told.read_text().split())
    return Sample(seconds, peak / 1024, process.stdout, cpu)


def compile_program(source: str) -> Path:
    """``benchmarks/NAME.c`` → ``build/bench/NAME``, when it is not there or older than its source."""
    path = CHECKOUT / "benchmarks" / source
    binary = OUTPUT / path.stem
    OUTPUT.mkdir(parents=True, exist_ok=True)
    if not binary.exists() or binary.stat().st_mtime < path.stat().st_mtime:
        subprocess.run([str(program("gcc")), "-O2", "-Wall", "-Wextra", "-o", str(binary), str(path)], check=True)
    return binary
