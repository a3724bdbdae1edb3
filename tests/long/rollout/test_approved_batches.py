# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was approved, in batches: all hosts are compared before the canary is touched."""

from __future__ import annotations

import copy
from typing import Any, List

from tests.integration.overlay.fleet import Fleet
from tests.integration.rollout.test_rollout import NAMES, made

PLAN = "linuxnet.fabric.plan"


def changed(ran: Any) -> List[str]:
    """The hosts whose networks and containers were made, in order."""
    return [each["host"] for each in ran.results if "containers" in each and each.get("changed")]


def test_a_host_that_differs_in_the_last_batch_keeps_the_canary_as_it_was(rollout: Fleet) -> None:
    shop = {"driver": "overlay", "ipam": {"config": [{"subnet": "10.88.0.0/16"}]}}
    rollout.declare({"shop": shop}, dict.fromkeys(NAMES, {"web": {"networks": ["shop"]}}))
    rollout.variables["topology_report_directory"] = str(rollout.directory)
    rollout.run(PLAN)
    how = {"topology_serial": 1, "topology_approved_plan": str(rollout.directory / "plan.json")}

    approved = copy.deepcopy(rollout.own)
    rollout.own["node3"]["topology_containers"]["cache"] = {"network_mode": "none"}
    ran = rollout.run(fail=True, **how)
    refused = {each["host"]: each["msg"] for each in ran.results if "not in the approved plan" in str(each.get("msg"))}
    assert list(refused) == ["node3"] and "create namespace cache" in refused["node3"]
    assert (made(rollout), ran.changed, changed(ran)) == ([], 0, [])
    for name in NAMES:
        told = rollout.host(name).run(["ls", "/var/lib/linuxnet-fabric/fleet"], check=False).stdout
        assert told == "", "nor is anything reserved"

    rollout.own = approved
    ran = rollout.run(**how)
    assert (made(rollout), changed(ran)) == (list(NAMES), list(NAMES))
    begun = [each["host"] for each in ran.results if each["task"] == "Begin the batch"]
    assert begun == list(NAMES), "one host each"
