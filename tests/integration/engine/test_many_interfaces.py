# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drift among many interfaces: two processes find where it is, and the plan is the one that a single process makes."""

from __future__ import annotations

import subprocess
from typing import List, Tuple

from labhost import LabHost
from scenarios import Declaration, run

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine import unlike
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import second_process
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.visits import MANY
from ansible_collections.linuxnet.fabric.plugins.module_utils._module.restore import check

_ROUTE = {"destination": "198.51.100.0/24", "gateway": "10.77.0.250"}
DECLARED: Declaration = {
    "networks": {"front": {"ipam": {"config": [{"subnet": "10.77.0.0/24"}]}}, "back": {}},
    "containers": {
        "web": {"networks": ["front", "back"], "routes": [_ROUTE]},
        **{"box{0}".format(number): {"networks": ["front"]} for number in range(MANY)},
    },
}
_DRIFT = """
ip -n box7 link set eth0 mtu 1400
ip -n box50 address flush dev eth0
ip -n box50 link set eth0 address 02:00:00:00:00:01
ip -n web route delete 198.51.100.0/24
ip -n web link set eth1 down
ip netns exec box9 ip route replace default via 10.77.0.99
"""


def test_two_processes_find_what_one_finds_in_the_same_order(fresh_host: LabHost) -> None:
    alone, together, asked, left = fresh_host.run(_plans)
    assert len(alone) >= 6
    assert together == alone
    assert asked == [{"web", "box7", "box9", "box50"}]
    assert left == ()


def test_what_the_host_itself_checks_is_told_container_by_container(fresh_host: LabHost) -> None:
    told = fresh_host.run(_told_on_the_host)
    assert told == sorted(DECLARED["containers"])


# --- in the lab host


def _told_on_the_host() -> List[str]:
    run(DECLARED)
    return sorted(dict(check("default").facts["containers"]))


def _plans() -> Tuple[Tuple[str, ...], Tuple[str, ...], List[object], Tuple[str, ...]]:
    run(DECLARED)
    subprocess.run(["sh", "-ec", _DRIFT], check=True)
    second_process.os.sched_getaffinity = lambda _pid: {0}  # type: ignore[attr-defined]
    alone = run(DECLARED, check=True).actions
    second_process.os.sched_getaffinity = lambda _pid: {0, 1}  # type: ignore[attr-defined]
    asked: List[object] = []
    ask = unlike.Unlike.namespaces

    def noted(*arguments: object) -> object:
        asked.append(ask(*arguments))  # type: ignore[arg-type]
        return asked[-1]

    unlike.Unlike.namespaces = noted  # type: ignore[assignment, method-assign]
    together = run(DECLARED, check=True).actions
    found = [set(each) for each in asked if isinstance(each, frozenset)]
    run(DECLARED)
    return alone, together, list(found), run(DECLARED).actions
