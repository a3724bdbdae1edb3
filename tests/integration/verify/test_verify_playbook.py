# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook verify.yml on a lab host: what it promises, what it finds broken, and that it leaves nothing."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.lab.ansible import target_python

PLAYBOOK = str(Path(__file__).resolve().parents[3] / "playbooks" / "verify.yml")
NETWORKS = {
    "front": {"ipam": {"config": [{"subnet": "172.20.0.0/24"}]}},
    "back": {"internal": True, "icc": False, "enable_ipv6": True},
}
CONTAINERS = {
    "web": {"networks": ["front", "back"], "ports": ["8080:80", "127.0.0.1:5353:53/udp"], "links": ["db"]},
    "db": {"networks": ["back"], "expose": ["5432"]},
    "app": {"networks": ["front"]},
    "sidecar": {"network_mode": "container:web"},
}
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": target_python()}
OTHER = {"cache": {"networks": {"own": {}}, "containers": {"redis": {"networks": ["own"]}}}}


@pytest.fixture(scope="module")
def applied(shared_lab):
    shared_lab.host.module("topology", {"name": "shop", "networks": NETWORKS, "containers": CONTAINERS})
    shared_lab.host.module("topology", {"name": "cache", **OTHER["cache"]})
    return shared_lab.host


@pytest.fixture
def verify(applied, tmp_path):
    """Runs the playbook; (the run, the reports by project, the directory)."""

    def run(fail=False, check=False, **more):
        words = {"topology_name": "shop", "topology_networks": NETWORKS, "topology_containers": CONTAINERS}
        inventory = tmp_path / "inventory.json"
        hosts = {"all": {"hosts": {"node1": LOCAL}, "vars": {**words, "topology_projects": OTHER}}}
        inventory.write_text(json.dumps(hosts))
        directory = tmp_path / "reports"
        ran = applied.playbook(
            PLAYBOOK, str(inventory), {"topology_report_directory": str(directory), **more}, check=check, fail=fail
        )
        reports = {each["topology"]: each for each in json.loads((directory / "verify.json").read_text())}
        return ran, reports, directory

    return run


def test_a_host_as_declared_keeps_every_promise_of_every_project(applied, verify):
    listening = applied.run(["ss", "-Hlnaptu"]).stdout
    ran, reports, directory = verify()
    assert ran.changed == 0
    assert {name: report["status"] for name, report in reports.items()} == {"shop": "held", "cache": "held"}
    told = {cell["text"]: cell["result"] for cell in reports["shop"]["cells"]}
    assert told["app reaches web, sidecar at 172.20.0.2 (tcp): neighbours on front"] == "held"
    assert told["the host reaches web, sidecar at 127.0.0.1:5353/udp: web publishes 53/udp"] == "held"
    assert [text for text in told if text.startswith("db does not reach web") and "icc is off on back" in text]
    assert applied.run(["ss", "-Hlnaptu"]).stdout == listening
    junit = ElementTree.parse(directory / "verify.xml").getroot()
    assert {suite.get("name"): suite.get("failures") for suite in junit} == {"node1/cache": "0", "node1/shop": "0"}
    assert {case.get("name") for case in junit.iter("testcase")} >= set(told)
    assert "2 held" in (directory / "verify.txt").read_text()
    assert "Who reaches whom" in (directory / "verify.html").read_text()


def test_a_check_says_what_would_be_probed_and_sends_nothing(verify):
    ran, reports, directory = verify(check=True)
    assert ran.changed == 0
    assert reports["shop"]["status"] == "planned"
    line = "app reaches web, sidecar at 172.20.0.2 (tcp): neighbours on front"
    assert line in (directory / "verify.txt").read_text()
    assert line in json.dumps(ran.results)


def test_of_many_promises_as_many_are_tried_as_are_asked_for(verify):
    _ran, reports, _directory = verify(topology_verify_probes=12)
    assert len(reports["shop"]["cells"]) == 12


def test_a_drop_of_somebody_elses_breaks_a_promise_and_fails_and_names_it(applied, verify):
    applied.run(["nft", "add table ip other; add chain ip other c { type filter hook forward priority 5; }"])
    applied.run(["nft", "add rule ip other c ip daddr 172.20.0.2 tcp dport 80 drop"])
    try:
        ran, reports, directory = verify(fail=True)
    finally:
        applied.run(["nft", "delete table ip other"])
    assert ran.changed == 0
    assert (reports["shop"]["status"], reports["cache"]["status"]) == ("broken", "held")
    broken = {cell["text"] for cell in reports["shop"]["cells"] if cell["result"] == "broken"}
    line = "app reaches web, sidecar at {0}:8080/tcp: web publishes 80/tcp".format(applied.ipv4)
    assert line in broken
    assert not [text for text in broken if not text.endswith(":8080/tcp: web publishes 80/tcp")]
    assert line in json.dumps(ran.results) and line in (directory / "verify.txt").read_text()
    place = "rule: the host drops it: ip other c: ip daddr 172.20.0.2 tcp dport 80 drop"
    assert place in json.dumps(ran.results) and place in (directory / "verify.txt").read_text()
    assert place in (directory / "verify.html").read_text()
    junit = ElementTree.parse(directory / "verify.xml").getroot()
    assert all(place in str(failure.get("message")) for failure in junit.iter("failure"))
    failed = {case.get("name") for case in junit.iter("testcase") if case.find("failure") is not None}
    assert failed == broken


def test_what_is_not_as_declared_is_told_beside_a_broken_promise(applied, verify):
    applied.run(["ip", "-n", "app", "route", "delete", "default"])
    _ran, reports, _directory = verify(fail=True)
    assert "add route default via 172.20.0.1 to app:eth0" in reports["shop"]["differs"]
    applied.module("topology", {"name": "shop", "networks": NETWORKS, "containers": CONTAINERS})
