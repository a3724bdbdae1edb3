# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The second round of a verification where it is cut off, limited, lacks a host or has much to do."""

from __future__ import annotations

import copy
import os
import signal
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.names import TRACE_TABLE, watch_table
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._verify_report.again import MANY
from tests.integration.overlay.fleet import VERIFY
from tests.integration.overlay.test_reach import Made, verified
from tests.integration.verify.between import LEFT, ON_THREE_HOSTS
from tests.lab.waiting import wait_for

RULE = "inet other c: udp dport 4789 drop"


def left(made: Made) -> List[str]:
    """Tables, listeners and the processes behind both, of each host."""
    return [
        made.fleet.host(name).run(["sh", "-c", LEFT + "; cat /proc/net/unix | grep -c linuxnet"], check=False).stdout
        for name in ON_THREE_HOSTS
    ]


@contextmanager
def dropping(made: Made, name: str = "node2") -> Iterator[None]:
    """What comes to a host from the others."""
    host = made.fleet.host(name)
    host.run(["nft", "add table inet other; add chain inet other c { type filter hook input priority 5; }"])
    host.run(["nft", "add rule inet other c udp dport 4789 drop"])
    try:
        yield
    finally:
        host.run(["nft", "delete table inet other"])


def tables(made: Made, name: str) -> List[str]:
    listed: List[str] = made.fleet.host(name).run(["nft", "list", "tables"]).stdout.split()
    return listed


def places(report: Dict[str, Any], target: str) -> Counter[str]:
    """Of the broken promises to a host: the host that the place is on, and the text."""
    cells = [each for each in report["cells"] if each["result"] == "broken" and each["target"]["host"] == target]
    found = [each["place"] or {"text": "was not looked for"} for each in cells]
    return Counter("{0}: {1}".format(each.get("host", ""), each["text"]) for each in found)


@pytest.mark.parametrize("when", ["while it listens", "while it calls"])
def test_a_run_that_is_killed_in_it_leaves_nothing_behind_the_next_run(made: Made, tmp_path: Path, when: str) -> None:
    before = left(made)
    with dropping(made):
        made.fleet.variables["topology_report_directory"] = str(tmp_path)
        running = made.fleet.begin(VERIFY)
        wait_for(lambda: watch_table("default") in tables(made, "node2"), 300, "the second round")
        if when == "while it calls":
            wait_for(lambda: TRACE_TABLE in tables(made, "node1"), 300, "the calls")
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        del made.fleet.variables["topology_report_directory"]
        wait_for(lambda: TRACE_TABLE not in tables(made, "node1"), 60, "what followed the calls to end with them")
    ran, reports = verified(made, tmp_path)
    assert ran.changed == 0
    assert {report["status"] for report in reports.values()} == {"held"}
    assert left(made) == before


def test_a_limited_run_asks_no_host_outside_of_its_limit(made: Made, tmp_path: Path) -> None:
    before = left(made)
    with dropping(made):
        ran = made.fleet.run(VERIFY, limit="node1,node3", topology_report_directory=str(tmp_path))
    assert {each["host"] for each in ran.results if not each.get("skipped")} == {"node1", "node3"}
    assert left(made) == before


def test_where_a_host_is_down_the_others_are_followed_all_the_same(made: Made, tmp_path: Path) -> None:
    before = left(made)
    made.fleet.own["node3"]["ansible_lab_state"] = "/nowhere.json"
    try:
        with dropping(made):
            _ran, reports = verified(made, tmp_path, fail=True)
    finally:
        del made.fleet.own["node3"]["ansible_lab_state"]
    assert reports["node3"]["status"] == "unknown"
    told = places(reports["node1"], "node2")
    assert told and all(each.startswith("node2: ") and RULE in each for each in told)
    assert left(made) == before


def test_of_many_broken_promises_so_many_are_followed_and_all_are_told(made: Made, tmp_path: Path) -> None:
    crowded = copy.deepcopy(ON_THREE_HOSTS)
    for name in ("node1", "node2"):
        crowded[name].update({"%s-%d" % (name, number): {"networks": ["shop"]} for number in range(12)})
    made.fleet.declare(made.fleet.variables["topology_networks"], crowded)
    made.fleet.run()
    before = left(made)
    with dropping(made):
        ran, reports = verified(made, tmp_path, fail=True)
    told = places(reports["node1"], "node2") + places(reports["node3"], "node2")
    assert ran.changed == 0
    assert sum(told.values()) > 10 * MANY
    assert sum(number for each, number in told.items() if RULE in each) == MANY
    assert left(made) == before
