# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that bring their own network namespace, by the number of a process and by a path."""

from __future__ import annotations

import subprocess
from typing import Any, Dict

import pytest

from tests.lab.lab import Lab
from tests.lab.place import Host

PATH = "/run/theirs"


class Program:
    """Something that runs in a network namespace of its own, and serves a page there."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._popen = host.popen(
            ["unshare", "--net", "sh", "-c", "echo $$; exec sleep infinity"], stdout=subprocess.PIPE
        )
        assert self._popen.stdout is not None
        self.pid = int(self._popen.stdout.readline())

    def inside(self, *command: str) -> str:
        enter = ["nsenter", "--net=/proc/{0}/ns/net".format(self.pid)]
        return self._host.run([*enter, *command]).stdout

    def end(self) -> None:
        self._host.run(["kill", "-9", str(self.pid)])
        self._popen.wait()


@pytest.fixture
def host(lab: Lab) -> Host:
    return lab.host


def words(workload: Dict[str, Any], **more: Any) -> Dict[str, Any]:
    networks = {"front": {"ipam": {"config": [{"subnet": "172.20.0.0/24"}]}}}
    legacy = {"networks": ["front"], "ports": ["8080:80"], "workload": workload}
    return {"networks": networks, "containers": {"plain": {"networks": ["front"]}, "legacy": legacy, **more}}


def check(host: Host, declared: Dict[str, Any]) -> Dict[str, Any]:
    found: Dict[str, Any] = host.module("topology", declared, check=True)
    return found


def test_a_process_gets_our_interfaces_and_keeps_what_it_had(host: Host) -> None:
    program = Program(host)
    program.inside("ip", "link", "add", "own0", "type", "bridge")
    declared = words({"pid": program.pid}, beside={"network_mode": "container:legacy"})

    announced = check(host, declared)["actions"]
    made = host.module("topology", declared)["actions"]

    assert made == announced
    assert "attach legacy to the process {0}".format(program.pid) in made
    assert host.module("topology", declared)["actions"] == []
    shown = program.inside("ip", "-brief", "address")
    assert "own0" in shown and "172.20.0." in shown
    assert program.inside("ip", "-brief", "address") == host.run(["ip", "-n", "beside", "-brief", "address"]).stdout

    host.module("topology", {"state": "absent"})

    assert [line.split()[0] for line in program.inside("ip", "-brief", "link").splitlines()] == ["lo", "own0"]
    assert host.run(["ls", "/run/netns"]).stdout == ""


def test_what_somebody_else_has_there_stops_the_run_before_it_changes_anything(host: Host) -> None:
    program = Program(host)
    program.inside("ip", "link", "add", "eth0", "type", "bridge")

    failed = host.module("topology", dict(words({"pid": program.pid}), quarantine=False), fail=True)

    assert "eth0" in failed["msg"] and "legacy" in failed["msg"]
    assert host.run(["sh", "-c", "ls /run/netns || true"]).stdout == ""


def test_a_process_that_ended_is_told_by_name_its_handle_goes_and_the_others_stay(host: Host) -> None:
    program = Program(host)
    declared = words({"pid": program.pid})
    host.module("topology", declared)
    program.end()

    found = check(host, declared)

    gone = "container legacy: the process {0} is not there, or does not run, so it has no network namespace"
    assert found["unmended"] == [gone.format(program.pid)]
    assert found["changed"] and any("legacy" in line for line in found["drift"])
    assert host.module("topology", declared)["actions"] == found["actions"]
    assert host.run(["ls", "/run/netns"]).stdout.split() == ["plain"]
    again = host.module("topology", declared)
    assert again["actions"] == [] and again["unmended"] == found["unmended"]


def test_a_namespace_that_was_made_anew_at_its_path_is_drift_that_says_so(host: Host) -> None:
    def at_path() -> Program:
        program = Program(host)
        host.run(["sh", "-c", "umount {0} 2>/dev/null; touch {0}".format(PATH)])
        host.run(["mount", "--bind", "/proc/{0}/ns/net".format(program.pid), PATH])
        return program

    declared = words({"path": PATH})
    assert check(host, declared)["unmended"] == [
        "container legacy: the namespace /run/theirs is not there, or does not run, so it has no network namespace"
    ]
    first = at_path()
    host.module("topology", declared)
    address = first.inside("ip", "-brief", "address", "show", "eth0").split()[2]
    first.end()
    second = at_path()

    found = check(host, declared)

    assert any("the namespace /run/theirs has another network namespace" in line for line in found["drift"])
    assert host.module("topology", declared)["actions"] == found["actions"]
    assert second.inside("ip", "-brief", "address", "show", "eth0").split()[2] == address
    assert check(host, declared)["actions"] == []


def test_a_process_in_the_hosts_own_network_is_never_a_container(host: Host) -> None:
    stays = host.popen(["sh", "-c", "echo $$; exec sleep infinity"], stdout=subprocess.PIPE)
    assert stays.stdout is not None
    pid = int(stays.stdout.readline())
    found = host.module("topology", words({"pid": pid}))
    assert "runs in the network namespace of the host" in found["unmended"][0]
    assert host.run(["ls", "/run/netns"]).stdout.split() == ["plain"]


def test_without_systemd_a_unit_is_refused_with_the_reason(host: Host) -> None:
    failed = host.module("topology", words({"unit": "nginx.service"}), fail=True)
    assert 'topology_containers.legacy.workload.unit: "nginx.service": systemd is not' in failed["msg"]
