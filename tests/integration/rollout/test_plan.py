# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook plan, and a run that does what was approved or nothing, over hosts with a network across them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

from tests.integration.overlay.conftest import new_fleet
from tests.integration.overlay.fleet import Fleet

PLAN = "linuxnet.fabric.plan"
NETWORKS = {
    "shop": {"driver": "overlay", "ipam": {"config": [{"subnet": "10.88.0.0/16"}]}},
    "own": {"ipam": {"config": [{"subnet": "10.1.0.0/24"}]}},
}
CONTAINERS = {
    "node1": {
        "web": {"networks": ["shop"], "ports": ["80:80", "81"]},
        "job": {"networks": ["shop"], "ports": ["81"]},
        "app": {"networks": {"own": {"ipv4_address": "10.1.0.2"}}},
        "db": {"networks": {"own": {"ipv4_address": "10.1.0.3"}}},
    },
    "node2": {"mq": {"networks": ["shop"]}},
}
#: A further one of node1, which shares the table of all topologies and chooses out of the same ports.
PROJECTS = {"blog": {"networks": {"pages": {}}, "containers": {"page": {"networks": ["pages"], "ports": ["82"]}}}}


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with new_fleet(tmp_path, ("node1", "node2")) as made:
        made.declare(NETWORKS, CONTAINERS, topology_report_directory=str(tmp_path / "reports"))
        made.own["node1"]["topology_projects"] = copy.deepcopy(PROJECTS)
        made.host("node1").run(["sysctl", "-qw", "net.ipv4.ip_forward=0"])
        yield made


def planned(fleet: Fleet, **more: Any) -> Dict[str, Any]:
    ran = fleet.run(PLAN, **more)
    plan: Dict[str, Any] = json.loads((fleet.directory / "reports" / "plan.json").read_text())
    assert "digest: " + plan["digest"] in ran.told
    return plan


def lines(plan: Dict[str, Any], host: str) -> List[str]:
    """Of all its projects."""
    return [change["text"] for changes in plan["hosts"][host].values() for change in changes]


def told(ran: Any, host: str) -> List[str]:
    """What was done on a host, in order; of what it reserved, too."""
    answers = [one for each in ran.results if each["host"] == host for one in (*each.get("results", ()), each)]
    return [change["text"] for answer in answers for change in answer.get("changes", ())]


def backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: backwards(value[key]) for key in reversed(list(value))}
    return value


def refused(ran: Any) -> Dict[str, str]:
    return {each["host"]: each["msg"] for each in ran.results if "not in the approved plan" in str(each.get("msg"))}


def test_a_run_does_what_was_approved_on_all_hosts_or_nothing_on_any(fleet: Fleet) -> None:
    plan = planned(fleet)
    # In another order somebody else gets the first free address of a block, and of a host; the digest stays.
    fleet.variables, fleet.own = backwards(fleet.variables), backwards(fleet.own)
    again = planned(fleet)
    assert lines(again, "node1") != lines(plan, "node1") and again["digest"] == plan["digest"]
    fleet.variables, fleet.own = backwards(fleet.variables), backwards(fleet.own)
    file = fleet.directory / "approved.json"
    file.write_text(json.dumps(plan))

    # Somebody has declared one thing more since.
    approved = copy.deepcopy(fleet.own)
    fleet.own["node2"]["topology_containers"]["cache"] = {"network_mode": "none"}
    ran = fleet.run(topology_approved_plan=str(file), fail=True)
    assert list(refused(ran)) == ["node2"]
    assert "create namespace cache" in refused(ran)["node2"]
    assert [fleet.host(name).run(["ls", "/run/netns"], check=False).stdout for name in fleet.own] == ["", ""]
    assert ran.changed == 0
    assert not (fleet.host("node1").run(["ls", "/var/lib/linuxnet-fabric/fleet"], check=False)).stdout, "nor reserved"

    # Without it, exactly what the plan says is done, in whatever order hosts and networks are declared.
    fleet.variables = backwards(fleet.variables)
    fleet.own = dict(reversed(list(approved.items())))
    done = told(fleet.run(topology_approved_plan=str(file)), "node1")[-len(lines(plan, "node1")) :]
    assert sorted(done) == sorted(lines(plan, "node1"))
    assert done.count("create nft table inet fabric") == 1, "who is second has the table already"

    # A repair was not approved, of a host alone in its run neither.
    fleet.host("node1").run(["ip", "link", "set", "br-own", "mtu", "1400"])
    ran = fleet.run(topology_approved_plan=str(file), limit="node1", fail=True)
    assert "set mtu of br-own from 1400 to 1500" in refused(ran)["node1"]


def test_under_its_lock_a_host_asks_again(fleet: Fleet) -> None:
    host, words = fleet.host("node1"), {"containers": {"web": {"network_mode": "none"}}}
    refused = host.module("topology", {**words, "approved": {}}, fail=True)
    assert "create namespace web" in refused["not_approved"]
    assert host.run(["ls", "/run/netns"], check=False).stdout == ""
