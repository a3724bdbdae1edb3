# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Promises between hosts where they do not hold: told by the host that calls, with what the other one heard."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

from tests.integration.overlay.test_reach import Made, verified
from tests.integration.verify.between import ON_THREE_HOSTS


def broken(report: Dict[str, Any]) -> Dict[str, Any]:
    return {cell["text"]: cell for cell in report["cells"] if cell["result"] == "broken"}


def test_all_of_it_holds_and_links_and_icc_are_tried_too(made: Made, tmp_path: Path) -> None:
    hosts = [made.fleet.host(name) for name in ON_THREE_HOSTS]
    listening = [host.run(["ss", "-Hlnaptux"]).stdout for host in hosts]
    ran, reports = verified(made, tmp_path)
    assert ran.changed == 0
    assert [host.run(["ss", "-Hlnaptux"]).stdout for host in hosts] == listening
    assert [cell for report in reports.values() for cell in report["cells"] if cell["result"] != "held"] == []
    told = {cell["text"] for cell in reports["node1"]["cells"]}
    address = made.address("node2/told", 4)
    assert "ask reaches told on node2 at {0}:5432/tcp: ask links told".format(address) in told
    assert "ask does not reach told on node2 at {0} (tcp): icc is off on apart".format(address) in told
    refused = "the host does not reach db on node2 at {0} (tcp): of other hosts only published ports are reached"
    call = "db reaches web on node1 at {0}:8080/tcp: web publishes 80/tcp".format(hosts[0].ipv4)
    for family in (4, 6):
        assert refused.format(made.address("node2/db", family)) in told
    assert call in {cell["text"] for cell in reports["node2"]["cells"]}
    assert "db on node2" in (tmp_path / "verify.html").read_text() + (tmp_path / "verify.xml").read_text()


def test_what_another_host_lets_arrive_against_a_promise_is_broken(made: Made, tmp_path: Path) -> None:
    node2 = made.fleet.host("node2")
    node2.run(["nft", "flush", "table", "bridge", "fabric-default"])
    node2.run(["nft", "flush", "table", "inet", "fabric-default"])
    made.fleet.host("node1").run(["nft", "flush", "table", "bridge", "fabric-default"])
    made.fleet.host("node1").run(["nft", "flush", "table", "inet", "fabric-default"])
    try:
        _ran, reports = verified(made, tmp_path, fail=True)
    finally:
        made.fleet.run()
    text = "ask does not reach told on node2 at {0} (udp): icc is off on apart".format(made.address("node2/told", 4))
    assert text in broken(reports["node1"])


def test_a_host_that_is_down_is_told_and_calls_to_it_are_not_tried(made: Made, tmp_path: Path) -> None:
    made.fleet.own["node3"]["ansible_lab_state"] = "/nowhere.json"
    try:
        _ran, reports = verified(made, tmp_path, fail=True)
    finally:
        del made.fleet.own["node3"]["ansible_lab_state"]
    assert reports["node3"]["status"] == "unknown"
    why = {cell["said"] for cell in reports["node1"]["cells"] if cell["target"]["host"] == "node3"}
    assert why == {"node3 is not in this run, or gave no answer: nothing listens there"}
    assert reports["node1"]["status"] == "held"
