# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What topology_info tells of a host, fed back to topology, is what is there already."""

from __future__ import annotations

import os
from typing import Any, List

import scenarios
from hypothesis import HealthCheck, Phase, given, settings
from labhost import LabHost
from random_topologies import topologies
from walking import _clean

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError
from ansible_collections.linuxnet.fabric.plugins.module_utils._module.topology_info import perform_topology_info

#: At least two hundred before a release: FABRIC_INFO_EXAMPLES=200.
EXAMPLES = int(os.environ.get("FABRIC_INFO_EXAMPLES", "12"))


def fed_back(declared: Any) -> Any:
    """What applying the answer would do, once the declaration is real; None where what was drawn is no declaration."""
    try:
        scenarios.settle(declared)
    except DeclarationError:
        return None
    told = dict(perform_topology_info({"name": "default"}, True).facts)
    again = {"networks": told["networks"], "containers": told["containers"]}
    try:
        return list(scenarios.run(again, check=True).actions), again
    except Exception as error:
        return ["{0}: {1}".format(type(error).__name__, error)], again


def test_what_is_told_is_what_is_there(engine_host: LabHost) -> None:
    engine_host.run(_clean)
    told: List[Any] = []

    @settings(
        max_examples=EXAMPLES * 2,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(topologies())
    def every(declared: Any) -> None:
        answer = engine_host.run(fed_back, declared) if len(told) < EXAMPLES else None
        told.extend([answer] if answer is not None else [])
        assert answer is None or answer[0] == [], (declared, answer[1])

    every()
    assert len(told) == EXAMPLES
