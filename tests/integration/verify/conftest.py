# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The generators of random topologies, and the lab host that they are made on, are the engine's tests'."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.extend(str(Path(__file__).resolve().parents[1] / room) for room in ("verify", "engine"))


@pytest.fixture(scope="module")
def host():
    """One on which a network is declared that faults can be put on."""
    import placing
    from labhost import LabHost

    made = LabHost()
    made.run(placing.prepare)
    yield made
    made.close()
