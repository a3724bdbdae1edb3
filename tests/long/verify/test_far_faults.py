# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever breaks a call on the other host is named there, in both kinds of overlay. Sealed ones: test_sealed."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from tests.integration.overlay.conftest import new_fleet
from tests.integration.verify.between import Pair, declared, told_of, wrong
from tests.integration.verify.far_faults import APART, CONTAINERS, TOGETHER, Fault

TABLES = "for t in 'inet other' 'ip other' 'ip front' 'bridge other' 'netdev other'; do nft delete table $t; done; true"


@pytest.fixture(scope="module", params=["routed", "bridged"])
def pair(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Pair]:
    with new_fleet(tmp_path_factory.mktemp("fleet"), ("node1", "node2")) as fleet:
        yield declared(fleet, str(request.param), CONTAINERS)


def test_each_of_many_faults_at_once_is_named(pair: Pair, tmp_path: Path) -> None:
    before = pair.left()
    faults = [each for each in APART if pair.mode in each.modes]
    told = told_of(pair, faults, tmp_path)
    pair.fleet.host("node2").run(["sh", "-c", TABLES])
    pair.fleet.run()
    assert wrong(pair, faults, told) == {}
    assert pair.left() == before


@pytest.mark.parametrize("fault", TOGETHER, ids=lambda fault: fault.name)
def test_what_breaks_all_calls_is_named(pair: Pair, fault: Fault, tmp_path: Path) -> None:
    if pair.mode not in fault.modes:
        pytest.skip("breaks nothing there")
    told = told_of(pair, [fault], tmp_path)
    pair.fleet.host("node2").run(["sh", "-c", TABLES])
    pair.fleet.run()
    assert wrong(pair, [fault], told) == {}
