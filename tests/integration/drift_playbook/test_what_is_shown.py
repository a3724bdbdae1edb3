# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person sees of a run without asking for more, and what the answer of the module tells a program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.names import DECLARED_DIRECTORY, RELEASE
from tests.lab.ansible import target_python

SITE = str(Path(__file__).resolve().parents[3] / "playbooks" / "site.yml")
NETWORKS: Dict[str, Any] = {"front": {"ipam": {"config": [{"subnet": "172.20.0.0/24"}]}}}
CONTAINERS: Dict[str, Any] = {"web": {"networks": ["front"], "ports": ["8080:80"]}}
DECLARED = {"name": "shop", "networks": NETWORKS, "containers": CONTAINERS}
MORE = dict(DECLARED, containers=dict(CONTAINERS, cache={"networks": ["front"]}))
RECORD = DECLARED_DIRECTORY + "/shop.json"


@pytest.fixture
def host(lab):
    lab.host.module("topology", DECLARED)
    return lab.host


def kinds(answer: Dict[str, Any]) -> Dict[str, str]:
    return {change["text"]: change["kind"] for change in answer["changes"]}


def shown(ran: Any) -> Dict[str, Any]:
    """Task → what it shows to everybody: a debug task's message."""
    return {
        result["task"].split(" : ")[-1]: result["msg"] for result in ran.results if isinstance(result.get("msg"), list)
    }


def rewrite(host: Any, change: Any) -> None:
    """What is kept of the last declaration, as another release would have kept it."""
    kept = json.loads(host.run(["cat", RECORD]).stdout)
    host.run(["tee", RECORD], input=json.dumps(change(kept)))


def test_site_says_what_it_would_do_and_what_it_did_without_being_asked(lab, tmp_path):
    words = {"topology_name": "shop", "topology_networks": NETWORKS, "topology_containers": CONTAINERS}
    here = {"ansible_connection": "local", "ansible_python_interpreter": target_python()}
    inventory = tmp_path / "inventory.json"
    inventory.write_text(json.dumps({"all": {"hosts": {"node1": here}, "vars": words}}))
    would = shown(lab.host.playbook(SITE, str(inventory), check=True))
    assert "+ create bridge br-front (172.20.0.1/24, mtu 1500)" in would["Show what an apply would do"]
    done = shown(lab.host.playbook(SITE, str(inventory)))
    assert done == {
        "Show what was done": would["Show what an apply would do"],
        "Show where the containers that changed are now": ["web: 172.20.0.2 on front, 0.0.0.0:8080->80/tcp"],
    }
    assert shown(lab.host.playbook(SITE, str(inventory))) == {}


def test_a_container_more_is_one_line_for_each_of_its_objects(host):
    answer = host.module("topology", MORE, check=True, diff=True)
    about_rules = [change for change in answer["changes"] if change["subject"].get("part") == "packet rules"]
    assert [change["text"] for change in about_rules] == ["admit cache:eth0 on front"]
    assert [change["text"] for change in answer["changes"]] == answer["actions"]
    shown = json.dumps(answer["diff"])
    assert not [name for name in ("nd_", "addresses4", "macs", "icc_off") if name in shown]
    assert answer["diff"]["after"]["container cache:eth0, packet rules"]["addresses"] == ["172.20.0.3"]


def test_an_apply_says_the_same_as_data_as_the_check_before_it(host):
    host.run(["ip", "link", "set", "br-front", "mtu", "1400"])
    checked, applied = host.module("topology", MORE, check=True), host.module("topology", MORE)
    assert checked["changes"] == applied["changes"]
    assert kinds(applied)["set mtu of br-front from 1400 to 1500"] == "drift"
    assert kinds(applied)["create namespace cache"] == "intended"


def test_what_another_release_asks_is_no_drift(host):
    def older(kept):
        assert kept["release"] == RELEASE
        asked = {name: "0" * 12 if name == "network front" else digest for name, digest in kept["asked"].items()}
        return dict(kept, release="0.0.1", asked=asked)

    rewrite(host, older)
    host.run(["ip", "link", "set", "br-front", "mtu", "1400"])
    host.run(["ip", "-n", "web", "link", "set", "eth0", "mtu", "1400"])
    answer = host.module("topology", DECLARED, check=True)
    assert kinds(answer) == {
        "set mtu of br-front from 1400 to 1500": "release",
        "set mtu of web:eth0 from 1400 to 1500": "drift",
    }
    assert answer["drift"] == ["set mtu of web:eth0 from 1400 to 1500"]
    assert kinds(host.module("topology", MORE, check=True))["set mtu of br-front from 1400 to 1500"] == "release"
    assert kinds(host.module("topology", DECLARED)) == kinds(answer)
    host.run(["ip", "link", "set", "br-front", "mtu", "1400"])
    assert kinds(host.module("topology", DECLARED, check=True)) == {"set mtu of br-front from 1400 to 1500": "drift"}


def test_what_an_earlier_release_kept_without_digests_is_understood(host):
    rewrite(host, lambda kept: kept["declared"])
    host.run(["ip", "link", "set", "br-front", "mtu", "1400"])
    assert kinds(host.module("topology", DECLARED, check=True)) == {"set mtu of br-front from 1400 to 1500": "drift"}
    assert kinds(host.module("topology", MORE, check=True))["create namespace cache"] == "intended"
    host.module("topology", DECLARED)
    assert json.loads(host.run(["cat", RECORD]).stdout)["release"] == RELEASE


def test_a_file_that_somebody_broke_is_drift_though_the_inventory_changes_another(host):
    host.run(["sh", "-c", "echo >> /etc/netns/web/resolv.conf; echo >> /etc/netns/web/hostname"])
    other = dict(DECLARED, containers={"web": dict(CONTAINERS["web"], hostname="shop")})
    told = kinds(host.module("topology", other, check=True))
    assert told["rewrite /etc/netns/web/: resolv.conf, hostname"] == "drift"
    assert sorted(told.values()) == ["drift", "intended"]


def test_a_name_with_control_characters_reaches_no_terminal(host):
    host.run(["ip", "link", "set", "br-front", "down"])
    host.run(["ip", "link", "set", "br-front", "name", "br\x1b[31m\x9b"])
    answer = host.module("topology", DECLARED, check=True, diff=True)
    assert "rename br\\x1b[31m\\x9b to br-front" in answer["actions"]
    assert not [text for text in ("\x1b", "\x9b", "\\u001b") if text in json.dumps(answer, ensure_ascii=False)]


def test_a_bridge_with_a_dot_in_its_name_is_told_as_it_is_called(lab):
    declared = dict(DECLARED, networks={"front": dict(NETWORKS["front"], bridge="br.100")})
    lab.host.module("topology", declared)
    lab.host.run(["sh", "-c", "echo 0 > /proc/sys/net/ipv4/conf/br.100/route_localnet"])
    (change,) = lab.host.module("topology", declared, check=True)["changes"]
    assert change["text"] == "set net.ipv4.conf.br/100.route_localnet from 0 to 1"
    assert change["subject"] == {"network": "front"}
    lab.host.run(["sysctl", "-qw", "net.ipv4.conf.br/100.route_localnet=1"])
    assert lab.host.module("topology", declared, check=True)["changes"] == []


def test_a_relay_with_32768_ports_is_a_line_for_each_range_and_an_answer_of_kilobytes(lab):
    relay = {"networks": ["front"], "ports": ["20000-36383:20000-36383", "20000-36383:20000-36383/udp"]}
    declared = dict(DECLARED, containers={"relay": relay})
    answer = lab.host.module("topology", declared, check=True, diff=True)
    assert "lease port 20000-36383/udp to relay for 20000-36383/udp" in answer["actions"]
    assert len(json.dumps(answer)) < 30000
    assert answer["containers"]["relay"]["ports"] == [
        {"host_ip": "0.0.0.0", "published": "20000-36383", "target": "20000-36383", "protocol": protocol}
        for protocol in ("tcp", "udp")
    ]
    lab.host.module("topology", dict(declared, containers={"relay": {"networks": ["front"]}}))
    answer = lab.host.module("topology", declared, diff=True)
    assert [line for line in answer["actions"] if line.startswith("publish")] == [
        "publish 0.0.0.0:20000-36383/tcp -> 172.20.0.2:20000-36383",
        "publish 0.0.0.0:20000-36383/udp -> 172.20.0.2:20000-36383",
    ]
    assert len(json.dumps(answer)) < 30000
