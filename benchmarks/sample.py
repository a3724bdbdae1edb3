# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One measured run of one program: wall clock, processor time, peak memory, what it printed."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from typing import Mapping, NamedTuple, Optional, Sequence, Tuple


class BenchmarkError(Exception):
    """A contender did not do its work: its time would mean nothing."""


class Sample(NamedTuple):
    seconds: float
    rss_mib: float
    output: str = ""
    cpu: float = 0.0  # seconds, user and system; tells more than the clock on a machine that others use


def run(argv: Sequence[str], stdin: str = "", environment: Optional[Mapping[str, str]] = None) -> Sample:
    """Run to the end; peak memory is that of the process and of every descendant it waited for."""
    with tempfile.TemporaryFile("w+") as source, tempfile.TemporaryFile("w+") as answer:
        source.write(stdin)
        source.seek(0)
        begin = time.perf_counter()
        process = subprocess.Popen(
            list(argv), stdin=source, stdout=answer, stderr=subprocess.STDOUT, env=environment, cwd="/"
        )
        status, usage = _wait(process)
        seconds = time.perf_counter() - begin
        answer.seek(0)
        output = answer.read()
    if status:
        raise BenchmarkError("{0} ended with {1}: {2}".format(argv[0], status, output[-1500:].strip()))
    return Sample(seconds, usage.ru_maxrss / 1024, output, usage.ru_utime + usage.ru_stime)


def _wait(process: "subprocess.Popen[bytes]") -> Tuple[int, "os.struct_rusage"]:  # type: ignore[name-defined]
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
    return process.returncode, usage
