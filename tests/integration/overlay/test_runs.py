# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that see a part of the fleet, hosts that come, go or fail: who is a peer then, and who holds what."""

from __future__ import annotations

import json
import os
import signal

from tests.integration.overlay.fleet import RECLAIM, TEARDOWN, Fleet
from tests.lab.waiting import wait_for

SHOP = {"driver": "overlay", "ipam": {"config": [{"subnet": "10.88.0.0/16"}]}}
CONTAINERS = {
    "node1": {"web": {"networks": ["shop"]}},
    "node2": {"db": {"networks": ["shop"]}},
    "node3": {"mq": {"networks": ["shop"]}},
}


def test_a_limited_run_forgets_nobody_and_a_host_that_fails_or_is_not_there_spoils_no_other(fleet: Fleet) -> None:
    fleet.declare({"shop": SHOP}, CONTAINERS)
    # A stranger stands where node2's bridge is to be.
    fleet.host("node2").run(["ip", "link", "add", "br-shop", "type", "bridge"])
    dying, tunnels = fleet.begin(), ["ip", "-o", "link", "show", "type", "vxlan"]
    wait_for(lambda: fleet.host("node1").run(tunnels).stdout, 120, "a first tunnel")
    os.killpg(dying.pid, signal.SIGKILL)
    ran = fleet.run(fail=True)
    (wrong,) = (each for each in ran.results if each.get("failed"))
    assert (wrong["host"], "br-shop" in wrong["msg"]) == ("node2", True)
    mq = fleet.address(ran, "node3/mq")
    assert fleet.seen("node1/web", "node3/mq", mq, 80) == fleet.address(ran, "node1/web")

    fleet.host("node2").run(["ip", "link", "delete", "br-shop"])
    alone = fleet.run(limit="node2")
    assert {each["host"] for each in alone.results} == {"node2"}, "nobody outside the limit is asked"
    facts = [each.get("ansible_facts", {}).get("topology_result", {}) for each in alone.results]
    assert [fact["fleet"] for fact in facts if fact] == [{"asked": ["node2"], "known": ["node1", "node3"]}]
    db = fleet.address(alone, "node2/db")
    assert fleet.seen("node1/web", "node2/db", db, 80) == fleet.address(ran, "node1/web")
    fleet.own["node3"]["ansible_lab_state"] = "/nonexistent"
    without = fleet.run(fail=True)
    facts = [each.get("ansible_facts", {}).get("topology_result", {}) for each in without.results]
    assert [fact["fleet"] for fact in facts if fact] == 2 * [{"asked": ["node1", "node2"], "known": ["node3"]}]
    assert without.changed == 0 and without.stats["node3"]["unreachable"] == 1


def test_a_host_that_left_holds_its_block_until_it_is_reclaimed(fleet: Fleet) -> None:
    fleet.declare({"shop": SHOP}, CONTAINERS)
    fleet.run()
    gone = fleet.own.pop("node1")
    assert any("no longer reach" in line for line in fleet.actions(fleet.run(), "node2"))
    kept = json.loads(fleet.host("node2").run(["cat", "/var/lib/linuxnet-fabric/fleet/default.json"]).stdout)
    assert kept["left"]["node1"]["run"], "by which it is known whether another run finds it gone"
    shown = fleet.run(RECLAIM)
    assert "still held: 10.88.0.0/24" in shown.told and shown.changed == 0
    assert any(
        "take back 10.88.0.0/24 of shop from node1" in line
        for line in _lines(fleet.run(RECLAIM, topology_reclaim=["node1"]))
    )
    assert "10.88.0.0/24" not in fleet.run(RECLAIM).told
    fleet.own["node1"] = gone
    fleet.run(TEARDOWN)
    assert fleet.host("node1").run(["ip", "-br", "link", "show", "type", "vxlan"]).stdout == ""


def _lines(ran: object) -> list[str]:
    results = ran.results
    return [line for each in results for one in each.get("results", ()) for line in one.get("actions", ())]
