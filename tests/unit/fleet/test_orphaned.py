# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host is called orphaned when two runs found it gone, however often one of them comes by."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.exchange import ORPHANED
from ansible_collections.linuxnet.fabric.plugins.module_utils._module.fleet_member import count_runs

GONE = {"host_id": "id-of-node2", "networks": {"shop": ["10.88.1.0/24"]}}


def kept_after(*runs: Optional[str]) -> List[Dict[str, Any]]:
    """What is kept of the host after each time that another one is told of it."""
    found: List[Dict[str, Any]] = []
    for run in runs:
        told: Dict[str, Any] = {"left": {"node2": dict(GONE, runs=1)}}
        count_runs(told, {"left": {"node2": found[-1]}} if found else None, run)
        found.append(told["left"]["node2"])
    return found


@pytest.mark.parametrize(
    ("runs", "counted"),
    [
        (["a"], [1]),
        (["a", "a", "a"], [1, 1, 1]),
        (["a", "b"], [1, ORPHANED]),
        (["a", "a", "b", "b", "c"], [1, 1, ORPHANED, ORPHANED, ORPHANED]),
        ([None, None], [1, ORPHANED]),  # by hand: each is another
    ],
)
def test_a_run_counts_once(runs: List[Optional[str]], counted: List[int]) -> None:
    assert [each["runs"] for each in kept_after(*runs)] == counted


def test_once_they_are_enough_nothing_is_written_anew() -> None:
    *_before, second, third, fourth = kept_after("a", "b", "c", "d")
    assert second == third == fourth


def test_another_machine_of_that_name_is_another_host() -> None:
    told = {"left": {"node2": dict(GONE, host_id="id-of-another", runs=1)}}
    count_runs(told, {"left": {"node2": kept_after("a", "b")[-1]}}, "c")
    assert told["left"]["node2"]["runs"] == 1


def test_what_an_earlier_release_kept_names_no_run() -> None:
    told = {"left": {"node2": dict(GONE, runs=1)}}
    count_runs(told, {"left": {"node2": dict(GONE, runs=1)}}, "b")
    assert told["left"]["node2"]["runs"] == ORPHANED
