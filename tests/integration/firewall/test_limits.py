# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the accept does not let through, and what it does not cost others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict

import pytest
from beside import Docker, Firewalld, FirewalldOnIptables

from tests.lab import Lab, wait_for
from tests.lab.lab import FAR_IPV4

TOPOLOGY: Dict[str, Any] = {
    "networks": {"front": {}, "back": {"internal": True}},
    "containers": {
        "web": {"networks": ["front"], "ports": ["8080:80"]},
        "one": {"networks": ["back"]},
        "two": {"networks": ["back"]},
    },
    "firewall": "integrate",
}


def needs(kind: Any) -> None:
    if kind.missing():
        pytest.skip("needs {0} and what it needs: {1}".format(kind.name, kind.missing()))


def test_beside_docker_each_keeps_its_own_closed_and_a_restart_changes_nothing(lab: Lab, tmp_path: Path) -> None:
    needs(Docker)
    host, client, attacker = lab.host, lab.client, lab.attacker
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
    with Docker(host, tmp_path / "first") as docker:
        ask = docker.daemon.ask
        ask("run", "-d", "--name", "theirs", "-p", "9090:80", "probe", "/bin/busybox", "sleep", "600")
        address = docker.daemon.told("inspect", "--format", "{{.NetworkSettings.IPAddress}}", "theirs")
        theirs = docker.daemon.container("theirs")
        made = host.module("topology", TOPOLOGY)
        web, one, two = (host.container(name) for name in ("web", "one", "two"))
        for place in (theirs, web, two):
            for port in (80, 81):
                place.serve("tcp", port, says=place.name)
        inner = made["containers"]["web"]["interfaces"]["eth0"]["ipv4"]
        attacker.run(["ip", "route", "add", inner, "via", host.ipv4])

        # What is published can be reached from everywhere, both ways.
        for place, port, server in ((client, 8080, "web"), (web, 9090, "theirs"), (theirs, 8080, "web")):
            told = wait_for(lambda: place.ask("tcp", host.ipv4, port, timeout=2), 20, "an answer")  # noqa: B023
            assert told["server"] == server
        # What is not, cannot: theirs from ours, ours from theirs and from the wire.
        assert web.ask("tcp", address, 81, timeout=1) is None
        assert theirs.ask("tcp", inner, 81, timeout=1) is None
        assert attacker.ask("tcp", inner, 81, timeout=1) is None
        # Nothing gets out of an internal network, but neighbours talk, whether br_netfilter is on or not.
        assert one.ask("tcp", made["containers"]["two"]["interfaces"]["eth0"]["ipv4"], 80)
        assert one.ask("tcp", host.ipv4, 8080, timeout=1) is None

        # What the user drops in DOCKER-USER is dropped.
        host.run(["iptables", "-I", "DOCKER-USER", "-s", client.ipv4, "-o", "br-front", "-j", "DROP"])
        assert client.ask("tcp", host.ipv4, 8080, timeout=1) is None
        assert not host.module("topology", TOPOLOGY, check=True)["changed"]
        theirs.stop()
    with Docker(host, tmp_path / "second"):
        assert not host.module("topology", TOPOLOGY, check=True)["changed"]


def test_firewalld_is_not_reloaded_where_that_would_lose_what_others_have_set(lab: Lab, tmp_path: Path) -> None:
    needs(Firewalld)
    host = lab.host
    with Firewalld(host, tmp_path) as firewalld:
        host.run(["firewall-cmd", "--zone=public", "--add-port=4000/tcp"])
        before = firewalld.state()

        refused = host.module("topology", TOPOLOGY, fail=True)

        assert "forget what is set at run time only (public)" in refused["msg"]
        assert firewalld.state() == before
        host.run(["firewall-cmd", "--zone=public", "--remove-port=4000/tcp"])
        host.module("topology", TOPOLOGY)

        # The way back does without: the zone is emptied, and whoever reloads next forgets it.
        host.run(["firewall-cmd", "--zone=public", "--add-port=4000/tcp"])
        host.module("topology", {"state": "absent"})
        assert host.run(["firewall-cmd", "--zone=public", "--list-ports"]).stdout.strip() == "4000/tcp"
        assert firewalld.entries() == 0
        firewalld.reload()
        assert host.run(["firewall-cmd", "--zone=fabric-default", "--list-interfaces"], check=False).returncode == 112


def test_a_firewalld_that_uses_iptables_lets_them_pass_too(lab: Lab, tmp_path: Path) -> None:
    needs(FirewalldOnIptables)
    host = lab.host
    with FirewalldOnIptables(host, tmp_path) as firewalld:
        told = host.module("topology", dict(TOPOLOGY, firewall="warn"))["warnings"]
        assert "FORWARD of table ip filter (its last rule)" in json.dumps(told)
        lab.client.serve("tcp", 99)
        web = host.container("web")
        assert web.ask("tcp", FAR_IPV4, 99, timeout=1) is None

        assert not host.module("topology", TOPOLOGY).get("warnings")
        assert wait_for(lambda: web.ask("tcp", FAR_IPV4, 99), 20, "an answer")
        assert firewalld.entries() > 0


def test_where_firewalld_does_not_answer_nothing_is_changed_before_that_is_said(lab: Lab, tmp_path: Path) -> None:
    needs(Firewalld)
    with Firewalld(lab.host, tmp_path):
        lab.host.stop()  # its rules stay
        refused = lab.host.module("topology", TOPOLOGY, fail=True)

    assert "firewalld itself does not answer" in refused["msg"]
    assert not lab.host.run(["ls", "/run/netns"], check=False).stdout


def test_a_word_that_it_does_not_know_is_an_error_that_lists_those_it_does(lab: Lab) -> None:
    refused = lab.host.module("topology", {"firewall": "open"}, fail=True)

    assert "value of firewall must be one of: warn, integrate, ignore, got: open" in refused["msg"]
