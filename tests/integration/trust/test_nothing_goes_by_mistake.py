# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A misspelt variable, a host outside of its group, a wrong inventory: nothing goes, and the run says what would."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.lab.ansible import target_python

PLAYBOOKS = Path(__file__).resolve().parents[3] / "playbooks"
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": target_python()}
NETWORKS = {"front": {}, "back": {"internal": True}}
CONTAINERS = {"web": {"networks": ["front", "back"]}, "db": {"networks": ["back"]}, "batch": {"network_mode": "none"}}


@pytest.fixture
def applied(lab):
    lab.host.module("topology", {"networks": NETWORKS, "containers": CONTAINERS})
    return lab.host


@pytest.fixture
def play(applied, tmp_path):
    """play(playbook, variables, ...): over the one host."""

    def run(name, words, **more):
        inventory = tmp_path / "inventory.json"
        inventory.write_text(json.dumps({"all": {"hosts": {"node1": {**LOCAL, **words}}}}))
        reports = {"topology_report_directory": str(tmp_path / "reports")}
        return applied.playbook(str(PLAYBOOKS / name), str(inventory), reports, **more)

    return run


def everything(host):
    leases = host.module("topology_info", {})["leases"]
    return leases, host.run(["ip", "netns", "list"]).stdout, host.run(["ip", "-br", "link"]).stdout


@pytest.mark.parametrize("check", [False, True], ids=["apply", "check"])
def test_an_empty_declaration_removes_nothing_and_names_what_would_go(applied, check):
    before = everything(applied)
    told = applied.module("topology", {}, check=check, fail=True)
    assert "the networks back, front; the containers batch, db, web" in told["msg"]
    assert "topology_state: absent" in told["msg"]
    assert told["would_remove"] == {"networks": ["back", "front"], "containers": ["batch", "db", "web"]}
    assert everything(applied) == before


def test_an_empty_declaration_is_fine_where_there_is_nothing_and_absent_takes_all(applied):
    assert not applied.module("topology", {"name": "other"})["changed"]
    applied.module("topology", {"state": "absent", "remove_limit": "0"})
    assert not applied.module("topology", {})["changed"]


def test_after_a_reboot_the_leases_tell_what_there_is(applied):
    """Which takes all that the kernel has; here somebody removes it."""
    for name in ("web", "db", "batch"):
        applied.run(["ip", "netns", "delete", name])
    for link in applied.json(["ip", "-j", "link", "show", "type", "bridge"]):
        applied.run(["ip", "link", "delete", link["ifname"]])
    told = applied.module("topology", {}, fail=True)
    assert "the networks back, front" in told["msg"] and "db, web" in told["msg"]


@pytest.mark.parametrize(("limit", "stops"), [("1", True), ("2", False), ("39%", True), ("40%", False), ("", False)])
def test_a_limit_stops_a_run_that_would_remove_more(applied, limit, stops):
    """Of five, web and db are declared no more; not counted are the pairs, rules, addresses and files of theirs."""
    words = {"networks": NETWORKS, "containers": {"batch": {"network_mode": "none"}}, "remove_limit": limit}
    before = everything(applied)
    told = applied.module("topology", words, check=True, fail=stops)
    if stops:
        assert applied.module("topology", words, fail=True)["msg"] == told["msg"]
        assert told["msg"].startswith(
            "this run would remove 2 of the 5 networks and containers of the topology default"
        )
        assert "the containers db, web" in told["msg"] and "topology_remove_limit is " + limit in told["msg"]
        assert everything(applied) == before
    else:
        assert applied.module("topology", words)["actions"] == told["actions"]
        assert applied.run(["ip", "netns", "list"]).stdout.split()[0] == "batch"


@pytest.mark.parametrize("wrong", ["many", "-1", "101%", "5.5"])
def test_a_limit_that_is_none_is_an_error(applied, wrong):
    told = applied.module("topology", {"networks": NETWORKS, "remove_limit": wrong}, fail=True)
    assert told["msg"].startswith('topology_remove_limit: "{0}": expected a number'.format(wrong))


@pytest.mark.parametrize("name", ["site.yml", "drift.yml"])
def test_a_misspelt_variable_is_named_with_the_one_that_is_meant(applied, play, name):
    before = everything(applied)
    ran = play(name, {"topology_network": NETWORKS, "topology_container": CONTAINERS}, fail=True)
    for wrong in ("network", "container"):
        assert "topology_{0}: linuxnet.fabric has no such variable".format(wrong) in ran.told
        assert 'did you mean \\"topology_{0}s\\"?'.format(wrong) in ran.told
    assert everything(applied) == before


def test_known_variables_and_those_of_the_user_pass(play):
    words = {
        "topology_networks": NETWORKS,
        "topology_containers": CONTAINERS,
        "topology_networks_of_a_group": {},
        "topology_containers_more": {},
        "topology_drift_fail_pending": False,
        "topology_remove_limit": 3,
    }
    assert play("site.yml", words).changed == 0
    play("drift.yml", words)


def test_a_host_outside_of_its_group_is_unknown_to_drift_and_keeps_what_it_has(applied, play, tmp_path):
    before = everything(applied)
    play("drift.yml", {}, fail=True)
    report = json.loads((tmp_path / "reports" / "node1.default.json").read_text())
    assert report["status"] == "unknown"
    assert "nothing is declared for the topology default here" in report["message"]
    assert everything(applied) == before
