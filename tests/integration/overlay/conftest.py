# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three hosts on one wire, with a client and an attacker."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, Sequence

import pytest

from tests.integration.overlay.fleet import Fleet
from tests.lab import Lab, missing


@contextmanager
def new_fleet(directory: Path, hosts: Sequence[str] = ("node1", "node2", "node3")) -> Iterator[Fleet]:
    lack = missing()
    if lack:
        pytest.skip("a lab needs " + lack)
    with Lab(hosts) as lab:
        made = Fleet(lab, directory)
        try:
            yield made
        finally:
            made.close()


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with new_fleet(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shared_fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """The same for all tests of a file that do not mind each other's traces."""
    with new_fleet(tmp_path_factory.mktemp("fleet")) as made:
        yield made
