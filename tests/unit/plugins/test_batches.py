# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of topology_serial."""

from __future__ import annotations

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._rollout.batches import batches

EXPECTED = ': expected a number of hosts from 1, or a percentage of them from 1% to 100%, such as "10%"'


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("100%", ["100%"]),
        (3, [3]),
        ("3", [3]),
        ([1, "10%", "100%"], [1, "10%", "100%"]),
        ("1,10%,100%", [1, "10%", "100%"]),
        ("1, 10%", [1, "10%"]),
    ],
)
def test_sizes_of_batches(written: object, read: list[object]) -> None:
    assert batches(written) == read


@pytest.mark.parametrize(
    ("written", "problems"),
    [
        ("ten", ['topology_serial: "ten"']),
        (0, ["topology_serial: 0"]),
        ("0%", ['topology_serial: "0%"']),
        ("101%", ['topology_serial: "101%"']),
        (-1, ["topology_serial: -1"]),
        (1.5, ["topology_serial: 1.5"]),
        (True, ["topology_serial: true"]),
        (None, ["topology_serial: nothing"]),
        ([], ["topology_serial: []"]),
        ("1,,100%", ['topology_serial[1]: ""']),
        ([1, "all", 0], ['topology_serial[1]: "all"', "topology_serial[2]: 0"]),
    ],
)
def test_what_ansible_would_take_for_all_hosts_at_once_is_an_error(written: object, problems: list[str]) -> None:
    with pytest.raises(DeclarationError) as failure:
        batches(written)
    assert str(failure.value).splitlines() == [problem + EXPECTED for problem in problems]
