# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run takes of etcd and gives back there is in its plan, line by line, and nothing else is done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List

import pytest

from tests.integration.overlay.conftest import new_fleet
from tests.integration.overlay.fleet import Fleet
from tests.lab import etcd

PLAN = "linuxnet.fabric.plan"
SHOP = {"driver": "overlay", "ipam": {"config": [{"subnet": "10.88.0.0/16", "block_size": 24}]}}


def planned(fleet: Fleet) -> str:
    """The file of the plan."""
    fleet.run(PLAN)
    return str(fleet.directory / "reports" / "plan.json")


def in_etcd(texts: List[str]) -> List[str]:
    return [text for text in texts if text.endswith(" in etcd")]


def of_plan(path: str, host: str) -> List[str]:
    changes: List[Dict[str, Any]] = json.loads(Path(path).read_text())["hosts"][host]["default"]
    return in_etcd([change["text"] for change in changes])


def of_run(ran: Any, host: str) -> List[str]:
    """What was done, after it was compared: a run that has a plan says each line twice."""
    answers = [one for each in ran.results if each["host"] == host for one in (*each.get("results", ()), each)]
    members = [each for each in answers if "lost" in each]  # of what is held, each once
    lines = in_etcd([change["text"] for each in members for change in each.get("changes", ())])
    compared, done = lines[: len(lines) // 2], lines[len(lines) // 2 :]
    assert compared == done
    return done


def test_what_is_held_and_given_back_in_etcd_is_what_the_plan_says(tmp_path: Path) -> None:
    lack = etcd.missing()
    if lack:
        pytest.skip("these tests need " + lack)
    with new_fleet(tmp_path, ("node1", "node2")) as fleet:
        cluster = etcd.Cluster([fleet.host("node1")], tmp_path / "etcd")

        def declare(address: str, **more: Any) -> None:
            web = {"web": {"networks": {"shop": {"ipv4_address": address}}}}
            words = {"topology_report_directory": str(tmp_path / "reports"), "topology_lease_store": cluster.store()}
            fleet.declare({"shop": SHOP}, {"node1": web, "node2": {"db": {"networks": ["shop"]}, **more}}, **words)

        declare("10.88.0.9")
        plan = planned(fleet)
        assert cluster.keys() == {}
        assert of_plan(plan, "node1") == ["hold 10.88.0.0/24 of shop in etcd", "hold 10.88.0.9 of web on shop in etcd"]

        # Somebody asks for an address more since: nobody takes anything.
        declare("10.88.0.9", mq={"networks": {"shop": {"ipv4_address": "10.88.1.9"}}})
        ran = fleet.run(topology_approved_plan=plan, fail=True)
        assert "not in the approved plan" in ran.told and "hold 10.88.1.9 of mq on shop in etcd" in ran.told
        assert cluster.keys() == {}

        declare("10.88.0.9")
        ran = fleet.run(topology_approved_plan=plan)
        assert [of_run(ran, host) for host in fleet.own] == [of_plan(plan, host) for host in fleet.own]

        # Another address: what is given back comes last, and is in the plan too.
        declare("10.88.0.77")
        plan = planned(fleet)
        lines = ["hold 10.88.0.77 of web on shop in etcd", "give 10.88.0.9 of web on shop back in etcd"]
        assert of_plan(plan, "node1") == lines
        assert of_run(fleet.run(topology_approved_plan=plan), "node1") == lines
        assert not [key for key in cluster.keys() if key.endswith("/10.88.0.9")]
        assert of_plan(planned(fleet), "node1") == []
