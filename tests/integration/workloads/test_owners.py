# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that others run by a name: a machine of systemd-nspawn, and what the clients of docker and podman say.

The machine is a real one. For docker and podman stands a client that answers as theirs do, about processes that run.
"""

from __future__ import annotations

import json
from typing import Any, Dict, Iterator, List

import pytest

from tests.lab.booted import BootedLab, missing
from tests.lab.booted_host import BootedHost
from tests.lab.waiting import wait_for

#: As docker-container-inspect(1) and podman-container-inspect(1): all that were found, and a line for each other name.
CLIENT = """#!/bin/sh
[ -e /run/no-daemon ] && { echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock." >&2; exit 1; }
shift 2
[ -e "/run/containers/$1" ] && { cat "/run/containers/$1"; exit 0; }
echo "[]"; echo "Error: No such container: $1" >&2; exit 1
"""
MACHINE = (
    "systemd-nspawn --quiet --keep-unit --register=yes --directory=/ --volatile=yes --machine=box --as-pid2".split()
)


@pytest.fixture(scope="module")
def host() -> Iterator[BootedHost]:
    if missing():
        pytest.skip("a lab host that boots needs " + missing())
    with BootedLab() as lab:
        for name in ("docker", "podman"):
            lab.host.write("/usr/local/sbin/" + name, CLIENT)
            lab.host.run(["chmod", "755", "/usr/local/sbin/" + name])
        lab.host.run(["mkdir", "-p", "/run/containers"])
        yield lab.host


def words(workload: Dict[str, Any]) -> Dict[str, Any]:
    networks = {"back": {"ipam": {"config": [{"subnet": "172.21.0.0/24"}]}}}
    return {"networks": networks, "containers": {"db": {"networks": ["back"], "workload": workload}}}


def start(host: BootedHost, where: List[str]) -> int:
    """A container called db, as its client tells of it."""
    host.run(["systemctl", "stop", "db-container"], check=False)
    host.run(["systemd-run", "--quiet", "--collect", "--unit=db-container", *where, "sleep", "infinity"])
    pid = int(host.run(["systemctl", "show", "--property=MainPID", "--value", "db-container"]).stdout)
    wait_for(lambda: host.run(["cat", "/proc/{0}/comm".format(pid)]).stdout == "sleep\n", what="it runs")
    told = [{"Id": "0123456789abcdef", "Name": "/db", "State": {"Pid": pid}}]
    host.write("/run/containers/db", json.dumps(told))
    return pid


def addresses(host: BootedHost, pid: int) -> str:
    enter = ["nsenter", "--net=/proc/{0}/ns/net".format(pid)]
    return host.run([*enter, "ip", "-brief", "address", "show", "eth0"], check=False).stdout


def test_a_container_of_docker_that_was_restarted_is_drift_and_gets_its_interfaces_again(host: BootedHost) -> None:
    declared = words({"docker": "db"})
    gone = "container db: the docker container db is not there, or does not run, so it has no network namespace"
    assert host.module("topology", declared)["unmended"] == [gone]
    first = start(host, ["--property=PrivateNetwork=yes"])
    host.module("topology", declared)
    address = addresses(host, first)
    assert "172.21.0." in address

    second = start(host, ["--property=PrivateNetwork=yes"])
    found = host.module("topology", declared, check=True)
    assert any("the docker container db has another network namespace" in line for line in found["drift"])
    assert host.module("topology", declared)["actions"] == found["actions"]
    assert addresses(host, second).split()[2] == address.split()[2]

    host.run(["touch", "/run/no-daemon"])  # its containers may live on without it
    told = host.module("topology", declared)
    host.run(["rm", "/run/no-daemon"])
    assert told["actions"] == [] and "docker does not answer (Cannot connect" in told["unmended"][0]
    assert "172.21.0." in addresses(host, second)

    host.run(["rm", "/run/containers/db"])
    assert any("db" in line for line in host.module("topology", declared)["actions"])
    assert addresses(host, second) == "", "what it had of us is gone"
    host.module("topology", {"state": "absent"})


def test_a_container_of_podman_is_told_where_it_should_have_been_started(host: BootedHost) -> None:
    declared = words({"podman": "db"})
    host.run(["rm", "-f", "/run/containers/db"])
    assert "unmended" not in host.module("topology", declared), "the namespace waits for it"
    start(host, ["--property=PrivateNetwork=yes"])
    told = host.module("topology", declared)
    assert "Network=ns:/run/netns/db" in host.module("topology", declared)["containers"]["db"]["workload"]["start"]
    line = "container db: the podman container db runs in another network namespace than /run/netns/db; start it with "
    assert told["unmended"] == [line + "--network ns:/run/netns/db"] and told["changed"] is False
    start(host, ["--property=NetworkNamespacePath=/run/netns/db"])
    assert "unmended" not in host.module("topology", declared)
    host.module("topology", {"state": "absent"})


def test_a_machine_brings_its_own_namespace_or_joins_ours(host: BootedHost) -> None:
    def boot(*network: str) -> None:
        host.run(["systemctl", "stop", "box"], check=False)
        host.run(["systemd-run", "--quiet", "--collect", "--unit=box", *MACHINE, *network, "sleep", "infinity"])
        wait_for(lambda: leader(), what="the machine is known")

    def leader() -> int:
        shown = host.run(["machinectl", "show", "box", "--property=Leader", "--value"], check=False).stdout
        return int(shown or 0)

    boot("--private-network")
    declared = words({"machine": "box"})
    host.module("topology", declared)
    assert "172.21.0." in addresses(host, leader())
    assert host.module("topology", declared)["actions"] == []

    joined = words({"machine": "box", "join": True})
    told = host.module("topology", joined)["unmended"][0]
    assert told.startswith(
        "container db: the machine box runs in another network namespace than /run/netns/db; start it"
    )
    boot("--network-namespace-path=/run/netns/db")
    assert "unmended" not in host.module("topology", joined)
    assert "172.21.0." in addresses(host, leader())
