# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The EXAMPLES of every module are a playbook that works."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any, List

import pytest
import yaml

from tests.lab import Host, Lab

ROOT = Path(__file__).resolve().parents[3]
MODULES = sorted(ROOT.glob("plugins/modules/*.py"))
#: Addresses that an example names as the host's own.
HOST_ADDRESSES = ["192.0.2.7/32"]


def examples(module: Path) -> List[Any]:
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "EXAMPLES":
            return yaml.safe_load(ast.literal_eval(node.value))
    raise AssertionError("no EXAMPLES in {0}".format(module))


def play(tasks: List[Any], path: Path) -> str:
    path.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_examples_run_from_the_first_to_the_last(lab: Lab, module: Path, tmp_path: Path) -> None:
    for address in HOST_ADDRESSES:
        lab.host.run(["ip", "address", "add", address, "dev", "lo"])
    tasks = examples(module)
    ran = lab.host.playbook(play(tasks, tmp_path / "examples.json"))
    assert len(ran.results) >= len(tasks)


def test_examples_name_their_task_and_every_module_by_its_whole_name() -> None:
    for module in MODULES:
        for task in examples(module):
            assert task["name"]
            assert any(key.startswith("linuxnet.fabric.") for key in task)


def bridges(host: Host) -> List[str]:
    return [link["ifname"] for link in host.json(["ip", "-json", "link", "show", "type", "bridge"])]


def test_bridge_mode_by_hand_is_made_once_and_taken_back(lab: Lab) -> None:
    made = lab.host.playbook("playbooks/bridge_by_hand.yml")
    assert made.changed == 7
    assert bridges(lab.host) == ["br-hand"]
    lab.host.container("hello").serve("http", 80)
    answer = lab.client.ask("http", lab.host.ipv4, 8088)
    assert answer is not None and answer["server"] == "hello"
    assert lab.host.playbook("playbooks/bridge_by_hand.yml").changed == 0
    lab.host.playbook("playbooks/bridge_by_hand_teardown.yml")
    assert bridges(lab.host) == []


def test_the_demo_proves_itself_changes_nothing_twice_and_leaves_nothing(lab: Lab, tmp_path: Path) -> None:
    host, how = lab.host, {"inventory": "inventory/demo", "extra_vars": {"demo_directory": str(tmp_path / "demo")}}
    host.playbook("playbooks/demo.yml", **how)
    assert host.playbook("playbooks/demo.yml", **how).changed == 0
    host.playbook("playbooks/demo_teardown.yml", **how)
    assert bridges(host) == []
    assert host.json(["nft", "-j", "list", "tables"])["nftables"][1:] == []


def test_drift_fails_and_reports_until_the_host_is_as_declared(lab: Lab, tmp_path: Path) -> None:
    host, where = lab.host, {"topology_report_directory": str(tmp_path)}
    report = tmp_path / "here.demo.json"
    host.playbook("playbooks/site.yml", inventory="inventory/demo")
    host.run(["ip", "link", "set", "br-front", "mtu", "1300"])
    host.playbook("playbooks/drift.yml", inventory="inventory/demo", extra_vars=where, fail=True)
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["drifted"] is True
    assert told["actions"] == ["set mtu of br-front from 1300 to 1500"]
    host.playbook("playbooks/site.yml", inventory="inventory/demo")
    host.playbook("playbooks/drift.yml", inventory="inventory/demo", extra_vars=where)
    told = json.loads(report.read_text(encoding="utf-8"))
    assert (told["drifted"], told["actions"]) == (False, [])
