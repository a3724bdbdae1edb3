# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import sys
from typing import Iterator

import pytest

sys.path.insert(0, os.path.dirname(__file__))

from labhost import LabHost  # noqa: E402


@pytest.fixture(scope="module")
def engine_host() -> Iterator[LabHost]:
    """A lab host for the tests of one file, which leave it as they found it."""
    if os.geteuid() != 0:
        pytest.skip("needs root, for namespaces of its own")
    host = LabHost()
    yield host
    host.close()


@pytest.fixture
def fresh_host() -> Iterator[LabHost]:
    """A lab host for one test."""
    if os.geteuid() != 0:
        pytest.skip("needs root, for namespaces of its own")
    host = LabHost()
    yield host
    host.close()
