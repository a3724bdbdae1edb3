# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host that boots, with docker and podman, for the files that import it."""

from __future__ import annotations

from typing import Iterator

import pytest

from tests.lab import engines
from tests.lab.booted import BootedLab


@pytest.fixture(scope="module")
def lab() -> Iterator[BootedLab]:
    with BootedLab() as made:
        engines.install(made.host)
        yield made
