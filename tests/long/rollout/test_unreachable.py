# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rollouts and plans of hosts that do not answer, or no more."""

from __future__ import annotations

import json

from tests.integration.overlay.fleet import Fleet
from tests.integration.rollout.test_rollout import AWAY, NAMES, made, told

PLAN = "linuxnet.fabric.plan"


def test_a_host_that_is_lost_in_its_batch_ends_the_run_before_the_next(rollout: Fleet) -> None:
    connection = "{{ 'ssh' if rollout_batch is defined else 'linuxnet.fabric.lab' }}"
    rollout.own["node2"].update(AWAY, ansible_connection=connection)
    ran = rollout.run(topology_serial=2, fail=True)
    assert ran.returncode == 4
    assert made(rollout) == ["node1"]
    (line,) = told(ran, "Say which host can no longer be reached, and that the run ends before this batch")
    assert line.startswith("node2: ") and line.endswith("As they were: node3")


def test_batches_that_are_not_verified(rollout: Fleet) -> None:
    rollout.run(topology_serial="2,1", topology_verify_batches=False)
    assert made(rollout) == list(NAMES)


def test_a_network_across_hosts_is_made_in_batches(rollout: Fleet) -> None:
    shop = {"driver": "overlay", "ipam": {"config": [{"subnet": "10.88.0.0/16"}]}}
    rollout.declare({"shop": shop}, dict.fromkeys(NAMES, {"web": {"networks": ["shop"]}}))
    rollout.run(topology_serial=1)
    assert made(rollout) == list(NAMES), "the canary's promises hold before its peers are made"


def test_a_host_that_does_not_answer_is_in_no_plan_and_is_no_part_of_an_approved_run(rollout: Fleet) -> None:
    rollout.own["node2"].update(AWAY, ansible_connection="ssh")
    rollout.variables["topology_report_directory"] = str(rollout.directory)
    ran = rollout.run(PLAN, fail=True)
    plan = json.loads((rollout.directory / "plan.json").read_text())
    assert list(plan["hosts"]) == ["node1", "node3"] and list(plan["unknown"]) == ["node2"]
    assert "digest: " + plan["digest"] in ran.told
    rollout.run(topology_approved_plan=str(rollout.directory / "plan.json"), fail=True)
    assert made(rollout) == []
    rollout.run(topology_approved_plan=str(rollout.directory / "plan.json"), limit="!node2")
    assert made(rollout) == ["node1", "node3"]
