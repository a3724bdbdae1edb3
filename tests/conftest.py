# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the checkout importable as the collection, and hands out lab hosts."""

from __future__ import annotations

import os
import sys
from typing import Iterator

import pytest

from tests.paths import importable

importable()


def _new_lab() -> "object":
    from tests.lab import Lab, missing

    lack = missing()
    if lack:
        pytest.skip("a lab needs " + lack)
    return Lab()


@pytest.fixture
def lab() -> Iterator[object]:
    """One fresh host on a wire with a client and an attacker; gone after the test."""
    with _new_lab() as made:
        yield made


@pytest.fixture(scope="module")
def shared_lab() -> Iterator[object]:
    """The same for all tests of a file that do not mind each other's traces."""
    with _new_lab() as made:
        yield made


@pytest.fixture
def booted() -> Iterator[object]:
    """A lab of one host with systemd as process 1 (tests/lab/booted.py); gone after the test."""
    from tests.lab.booted import BootedLab, missing

    lack = missing()
    if lack:
        pytest.skip("a lab host that boots needs " + lack)
    with BootedLab() as made:
        yield made


def pytest_report_header() -> str:
    return "lab targets run " + os.environ.get("FABRIC_TARGET_PYTHON", sys.executable)
