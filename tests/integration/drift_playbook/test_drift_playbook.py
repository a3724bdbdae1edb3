# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook drift.yml on a lab host that somebody has changed, beside hosts that do not answer."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.names import CHECKED_DIRECTORY
from tests.lab.ansible import target_python

PLAYBOOK = str(Path(__file__).resolve().parents[3] / "playbooks" / "drift.yml")
KEPT = PLAYBOOK.replace("drift.yml", "drift_kept.yml")
NETWORKS = {"front": {"ipam": {"config": [{"subnet": "172.20.0.0/24"}]}}, "back": {"internal": True}}
CONTAINERS = {
    "web": {"networks": ["front", "back"], "ports": ["8080:80"]},
    "db": {"networks": ["back"]},
    "sidecar": {"network_mode": "container:web"},
}
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": target_python()}
WRONG = {**LOCAL, "topology_containers": {"web": {"ports": ["80:99999"]}}}
#: Nobody has this address on the lab's wire.
AWAY = {"ansible_host": "198.51.100.200", "ansible_ssh_common_args": "-o ConnectTimeout=2"}


@pytest.fixture
def applied(lab):
    lab.host.module("topology", {"name": "shop", "networks": NETWORKS, "containers": CONTAINERS})
    return lab.host


@pytest.fixture
def drift(applied, tmp_path):
    """Runs the playbook over hosts; (the run, the reports by host, the page)."""

    def run(hosts=None, containers=CONTAINERS, fail=False, everybody=None, playbook=PLAYBOOK, **more):
        words = {"topology_name": "shop", "topology_networks": NETWORKS, "topology_containers": containers}
        words.update(everybody or {})
        inventory = tmp_path / "inventory.json"
        inventory.write_text(json.dumps({"all": {"hosts": hosts or {"node1": LOCAL}, "vars": words}}))
        directory = tmp_path / "reports"
        ran = applied.playbook(
            playbook, str(inventory), {"topology_report_directory": str(directory), **more}, fail=fail
        )
        reports = {path.name.split(".")[0]: json.loads(path.read_text()) for path in directory.glob("*.shop.json")}
        return ran, reports, directory

    return run


def test_a_host_as_declared_is_clean(drift):
    ran, reports, directory = drift()
    assert ran.changed == 0
    assert reports["node1"]["status"] == "clean"
    assert (directory / "summary.txt").read_text().splitlines()[1:] == [
        "node1  clean    2 networks, 3 containers as declared"
    ]


def test_what_somebody_changed_is_drift_and_fails_and_is_still_there(applied, drift):
    applied.run(["ip", "link", "set", "br-front", "mtu", "1400"])
    applied.run(["ip", "-n", "web", "addr", "add", "172.20.0.77/24", "dev", "eth0"])
    _ran, reports, directory = drift(fail=True)
    report = reports["node1"]
    assert report["status"] == "drifted"
    assert report["drift"] == ["set mtu of br-front from 1400 to 1500", "remove 172.20.0.77/24 from web:eth0"]
    assert report["intended"] == []
    page = (directory / "index.html").read_text()
    ElementTree.fromstring(page[page.index("<svg") : page.index("</svg>") + 6])
    assert "mtu 1400 → 1500" in page
    assert applied.json(["ip", "-j", "link", "show", "br-front"])[0]["mtu"] == 1400
    _ran, reports, _directory = drift(topology_drift_fail=False)
    assert reports["node1"]["status"] == "drifted"


def test_what_the_inventory_changed_is_told_apart_and_fails_unless_switched_off(applied, drift):
    more = dict(CONTAINERS, cache={"networks": ["front"]})
    _ran, reports, _directory = drift(containers=more, fail=True)
    assert (reports["node1"]["status"], reports["node1"]["drift"]) == ("pending", [])
    drift(containers=more, topology_drift_fail_pending=False)
    applied.run(["ip", "link", "set", "br-front", "mtu", "1400"])
    _ran, reports, _directory = drift(containers=more, topology_drift_fail_pending=False, fail=True)
    assert reports["node1"]["status"] == "drifted"
    assert reports["node1"]["drift"] == ["set mtu of br-front from 1400 to 1500"]
    assert "create namespace cache" in reports["node1"]["intended"]


def test_hosts_that_give_no_answer_are_unknown_and_in_the_report(drift):
    hosts = {"node1": LOCAL, "away": AWAY, "wrong": WRONG}
    _ran, reports, directory = drift(hosts, fail=True)
    assert {name: report["status"] for name, report in reports.items()} == {
        "node1": "clean",
        "away": "unknown",
        "wrong": "unknown",
    }
    assert reports["away"]["message"].startswith("cannot be reached: ")
    assert "between 1 and 65535" in reports["wrong"]["message"]
    assert (directory / "summary.txt").read_text().startswith("3 hosts: 2 unknown, 1 clean ")
    fleet = json.loads((directory / "fleet.json").read_text())
    assert fleet["status"] == {"unknown": 2, "clean": 1}
    junit = ElementTree.fromstring((directory / "junit.xml").read_text())
    assert [suite.get("errors") for suite in junit] == ["1", "1", "0"]
    ran, _reports, _directory = drift(hosts, topology_drift_fail=False)
    assert ran.returncode == 0


def test_become_for_all_hosts_in_the_inventory_is_not_asked_of_the_controller(drift):
    here = {**LOCAL, "ansible_become": False}
    ran, reports, _directory = drift(
        {"node1": here},
        ansible_become_exe="/no/such/sudo",
        everybody={"ansible_become": True, "ansible_become_user": "admin"},
    )
    assert reports["node1"]["status"] == "clean"


def test_what_hosts_found_by_themselves_is_gathered(applied, drift):
    change = {"subject": {"network": "front"}, "kind": "drift", "text": "set mtu", "before": {"mtu": 1}}
    kept = {"version": 1, "topology": "shop", "at": datetime.now(timezone.utc).isoformat(), "changes": [change]}
    applied.run(["mkdir", "-p", CHECKED_DIRECTORY])
    applied.run(["tee", CHECKED_DIRECTORY + "/shop.json"], input=json.dumps(kept) + "\n")
    ran, reports, directory = drift({"node1": LOCAL, "away": AWAY}, fail=True, playbook=KEPT)
    assert {name: report["status"] for name, report in reports.items()} == {"node1": "drifted", "away": "unknown"}
    assert reports["node1"]["drift"] == ["set mtu"]
    assert ran.changed == 0
    assert "node1  DRIFTED  1 to repair" in (directory / "summary.txt").read_text()
