# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests that are tried with a few cases at every change, with all of them."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any, Dict, List

import pytest

from tests.paths import ROOT

_ENGINE = "tests/integration/engine/test_"
_KILLED = _ENGINE + "interrupted.py::test_a_check_after_a_kill_announces_what_the_apply_does[{0}, then the same]"
FULL: Dict[str, Dict[str, Any]] = {
    "20,000 fuzzed declarations, none over a second, or one for each 65,535 ports": {
        "tests": ["tests/unit/declaration/test_fuzzed.py"],
        "environment": {"FABRIC_EXAMPLES": "20000", "FABRIC_SECONDS": "1"},
    },
    "a failure of each write, and a kill before it, of builds, edits and removals": {
        "tests": [_ENGINE + "faults.py"],
        "environment": {"FABRIC_STEP": "1"},
    },
    "every mutation of what stands on a LAN or between hosts": {
        "tests": [_ENGINE + "drift.py"],
        "environment": {"FABRIC_STEP": "1"},
    },
    "a check after a kill at every write of a build, an edit and a removal": {
        "tests": [_KILLED.format(run) for run in ("a build", "an edit", "a removal")],
        "environment": {"FABRIC_PLACES": "9999"},
    },
    "a check beside a container of 100,000 routes and 10,000 addresses, in two seconds": {
        "tests": [_ENGINE + "quarantine.py::test_a_container_full_of_routes_and_addresses_costs_a_check_little"],
        "environment": {"FABRIC_SECONDS": "2"},
    },
}


@pytest.mark.parametrize("what", FULL)
def test_at_full_size(what: str) -> None:
    case = FULL[what]
    command: List[str] = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rP", *case["tests"]]
    ran = subprocess.run(command, cwd=ROOT, env=dict(_plain(), **case["environment"]), check=False)
    assert ran.returncode == 0


def _plain() -> Dict[str, str]:
    """Without what says that this test itself is one of several workers."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
