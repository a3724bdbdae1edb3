# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a controller pays for many hosts: simulated ones, which answer at once and cost nothing themselves.

Seconds are printed, for docs/performance.md, and asserted only of the processor, and of our own part.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict

import pytest

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._fleet.inventory import ANSWERS, plan_of, told_of
from tests.paths import ROOT
from tests.unit.fleet.test_fleet_plan import Hosts
from tests.unit.report.simulated import fleet

HERE = Path(__file__).parent
MANY = 1000
#: Of which Ansible's own tasks are timed: each costs it the same.
SOME = 20
NETWORKS = {"front": {"ipam": {"config": [{"subnet": "172.20.0.0/24"}]}}}
SHOP = {"shop": {"driver": "overlay", "ipam": {"config": [{"subnet": "10.0.0.0/12", "block_size": 24}]}}}


def _run(directory: Path, playbook: Path, hosts: Dict[str, Any], **words: Any) -> Dict[str, float]:
    """Task → seconds on the clock, over all hosts; ``processor`` is of the whole run."""
    inventory = directory / "inventory.json"
    inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": words}}))
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / ".collections")]),
        "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
        "ANSIBLE_CONNECTION_PLUGINS": str(HERE / "connection"),
        "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback"),
        "ANSIBLE_CALLBACKS_ENABLED": "task_times",
        "ANSIBLE_FORKS": "10",
        "TASK_TIMES": str(directory / "times.json"),
    }
    program = Path(sys.executable).with_name("ansible-playbook")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [str(program), "-i", str(inventory), str(playbook)], cwd=directory, env=environment, stdout=subprocess.PIPE
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stdout.decode()[-2000:]
    took: Dict[str, float] = json.loads((directory / "times.json").read_text())
    took["processor"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return took


def _simulated(count: int) -> Dict[str, Any]:
    """Hosts that answer: the first ones are those that cannot be reached."""
    return {"node{0:04}".format(number): {} for number in range(100, 100 + count)}


def _play(directory: Path, *tasks: Any) -> Path:
    path = directory / "play.json"
    path.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": list(tasks)}]))
    return path


def test_the_report_of_a_thousand_hosts_is_made_in_ten_seconds(tmp_path: Path) -> None:
    """Of reports that the hosts have as facts, with all that Ansible does around it."""
    made = {
        "linuxnet.fabric.drift_files": {
            "directory": str(tmp_path / "reports"),
            "fact": "drift_reports_of_host",
            "hosts": "{{ groups.all }}",
        },
        "name": "Write",
        "run_once": True,
    }
    facts = {report["host"]: {"drift_reports_of_host": [report]} for report in fleet(MANY)}
    took = _run(tmp_path, _play(tmp_path, made), facts, ansible_connection="local")
    size = (tmp_path / "reports" / "index.html").stat().st_size
    print("report of {0} hosts: {1[Write]:.1f} s, {2:.1f} MB".format(MANY, took, size / 1e6))
    assert size <= 3_000_000
    assert took["processor"] <= 20.0  # Ansible's start and the inventory, of 20 MB, too


def test_the_plan_of_a_thousand_hosts_is_written_in_five_seconds(tmp_path: Path) -> None:
    """As ``linuxnet.fabric.plan`` does it at its end, and the same in whatever order its hosts come."""
    directory = tmp_path / "reports"
    made = {
        "linuxnet.fabric.plan_files": {"directory": str(directory), "hosts": "{{ groups.all }}"},
        "name": "Write",
        "run_once": True,
    }
    digests = []
    for reports in (fleet(MANY), fleet(MANY)[::-1]):
        facts = {report["host"]: {"drift_reports_of_host": [report]} for report in reports}
        took = _run(tmp_path, _play(tmp_path, made), facts, ansible_connection="local")
        plan = json.loads((directory / "plan.json").read_text())
        digests.append(plan["digest"])
        print("plan of {0} hosts: {1[Write]:.1f} s".format(MANY, took))
        assert len(plan["hosts"]) + len(plan["unknown"]) == MANY
        assert took["processor"] <= 20.0  # Ansible's start and the inventory, of 20 MB, too
    assert digests[0] == digests[1]


def test_a_fleet_of_a_thousand_hosts_that_know_each_other_is_planned_in_five_seconds(tmp_path: Path) -> None:
    plan = {
        "ansible.builtin.set_fact": {
            "plan": "{{ hostvars | linuxnet.fabric.fleet_plan(groups.all, ansible_play_hosts) }}"
        },
        "name": "Plan",
        "run_once": True,
    }
    took = _run(tmp_path, _play(tmp_path, plan), _introduced(MANY), ansible_connection="local", topology_networks=SHOP)
    print("plan of {0} hosts: {1[Plan]:.1f} s, {1[processor]:.1f} s of the processor in all".format(MANY, took))
    assert took["processor"] <= 10.0


def _introduced(count: int) -> Dict[str, Any]:
    """The variables of hosts that have said who they are, and what they were told last."""
    machines, hosts = Hosts(), {}
    for run in range(2):
        for number in range(count):
            name, address = "node{0:04}".format(number), "10.1.{0}.{1}".format(*divmod(number, 200))
            identity = machines.answer(number, name, "default", {"address": address})
            hosts[name] = {
                "topology_containers": {"c{0}".format(number): {"networks": ["shop"]}},
                ANSWERS: {"results": [{"identity": identity}]},
            }
        if run == 0:
            said_of = {name: {**own, "topology_networks": SHOP} for name, own in hosts.items()}
            plan = plan_of(said_of, list(hosts), list(hosts))
            for name in hosts:
                machines.disks[name, "default"] = told_of(plan, name)["default"]
    return hosts


@pytest.mark.parametrize("playbook", ["an empty play with one ping", "drift_kept.yml", "drift.yml"])
def test_what_a_host_costs_its_controller_is_told(playbook: str, tmp_path: Path) -> None:
    ping = {"ansible.builtin.ping": {}}
    path = ROOT / "playbooks" / playbook if playbook.endswith(".yml") else _play(tmp_path, ping)
    words = {
        "ansible_connection": "simulated",
        "ansible_python_interpreter": "/usr/bin/python3",
        "topology_name": "shop",
        "topology_networks": NETWORKS,
        "topology_drift_fail": False,
        "topology_report_directory": str(tmp_path / "reports"),
    }
    few, many = (_run(tmp_path, path, _simulated(count), **words) for count in (10, 10 + SOME))
    each = (many["processor"] - few["processor"]) / SOME
    print("{0}: {1:.2f} s of the processor for each host".format(playbook, each))
    ours = many.get("Write the page, the summary and what programs read", 0.0)
    assert ours <= 10.0
