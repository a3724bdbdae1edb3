# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmarks measure what they say, at a size at which figures mean nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks.places import CHECKOUT, environment, program
from tests.lab import missing


def test_a_run_measures_floor_and_module_on_a_disk_and_says_what_a_disk_is() -> None:
    lack = missing() or (None if program("gcc") else "gcc")
    if lack:
        pytest.skip("the benchmarks need " + lack)
    words = "--sizes 5 --contenders floor,module --scenarios endpoints --storages disk --repetitions 1".split()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *words], cwd=CHECKOUT, env=environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAILED" not in done.stdout
    assert done.stdout.startswith("a disk is here: ")
    measured = [line.split()[:4] for line in done.stdout.splitlines() if line.startswith(("floor  ", "module  "))]
    for step in ("build", "again", "check", "add", "remove", "teardown"):
        assert ["module", "endpoints", "5", step] in measured
    assert ["floor", "endpoints", "5", "teardown"] in measured
