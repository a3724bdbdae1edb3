# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that others run by a name: containers of docker and podman, and a machine of systemd-nspawn."""

from __future__ import annotations

from typing import Any, Dict, Iterator

import pytest

from tests.integration.workloads.with_engines import lab as lab
from tests.lab import engines
from tests.lab.booted import BootedLab, missing
from tests.lab.booted_host import BootedHost
from tests.lab.waiting import wait_for

LACKING = ", ".join(filter(None, (missing(), engines.missing())))
pytestmark = pytest.mark.skipif(bool(LACKING), reason="docker and podman on a lab host need " + LACKING)
MACHINE = (
    "systemd-nspawn --quiet --keep-unit --register=yes --directory=/ --volatile=yes --machine=box --as-pid2".split()
)


@pytest.fixture
def host(lab: BootedLab) -> Iterator[BootedHost]:
    yield lab.host
    lab.host.module("topology", {"state": "absent"})


def words(workload: Dict[str, Any]) -> Dict[str, Any]:
    networks = {"back": {"ipam": {"config": [{"subnet": "172.21.0.0/24"}]}}}
    db = {"networks": ["back"], "ports": ["8080:80"], "workload": workload}
    return {"networks": networks, "containers": {"db": db}, "host_program": True}


def start_in_docker(host: BootedHost, *network: str) -> None:
    command = ["docker", "run", "--detach", "--name", "db", "--stop-timeout", "0", *network, engines.IMAGE]
    host.run([*command, *engines.serving("db")])


def page(lab: BootedLab) -> str:
    """What a client on the wire is answered at the published port; empty when nothing."""
    url = "http://{0}:8080/".format(lab.host.ipv4)
    return lab.client.run(["curl", "--silent", "--max-time", "2", url], check=False).stdout


def addresses(host: BootedHost, pid: str) -> str:
    enter = ["nsenter", "--net=/proc/{0}/ns/net".format(pid)]
    return host.run([*enter, "ip", "-brief", "address", "show", "eth0"], check=False).stdout


def process(host: BootedHost, program: str) -> str:
    return host.run([program, "container", "inspect", "--format={{.State.Pid}}", "db"]).stdout.strip()


def test_a_container_of_docker_that_was_restarted_is_told_by_name_and_restored(
    lab: BootedLab, host: BootedHost
) -> None:
    declared = words({"docker": "db"})
    gone = "container db: the docker container db is not there, or does not run, so it has no network namespace"
    assert host.module("topology", declared)["unmended"] == [gone]
    start_in_docker(host, "--network", "none")
    host.module("topology", declared)
    wait_for(lambda: page(lab) == "db\n", what="it serves at the published port")
    address = addresses(host, process(host, "docker")).split()[2]

    host.run(["docker", "restart", "db"])
    checked = host.run(["linuxnet-fabric", "check"], check=False)
    assert checked.returncode == 2 and "the docker container db has another network namespace" in checked.stdout
    announced = host.module("topology", declared, check=True)
    restored = [line.strip() for line in host.run(["linuxnet-fabric", "restore"]).stdout.splitlines()]
    assert restored[1:] == announced["actions"]
    assert host.run(["linuxnet-fabric", "check"]).returncode == 0
    assert addresses(host, process(host, "docker")).split()[2] == address
    wait_for(lambda: page(lab) == "db\n", what="it serves again")

    host.run(["mv", "/run/docker.sock", "/run/aside.sock"])  # its containers may live on without it
    told = host.module("topology", declared)
    host.run(["mv", "/run/aside.sock", "/run/docker.sock"])
    assert told["actions"] == [] and "docker does not answer (Cannot connect" in told["unmended"][0]
    assert page(lab) == "db\n"

    host.run(["docker", "rm", "--force", "db"])
    assert any("db" in line for line in host.module("topology", declared)["actions"])
    assert host.module("topology", declared)["unmended"] == [gone]


def test_a_container_of_podman_that_is_started_as_we_say_keeps_its_network_over_restarts(
    lab: BootedLab, host: BootedHost
) -> None:
    declared = words({"podman": "db"})
    assert "unmended" not in host.module("topology", declared), "the namespace waits for it"
    start = ["podman", "run", "--detach", "--name", "db", "--stop-timeout", "0"]
    host.run([*start, "--network", "none", engines.IMAGE, *engines.serving("db")])
    told = host.module("topology", declared)
    line = "container db: the podman container db runs in another network namespace than /run/netns/db; start it with "
    assert told["unmended"] == [line + "--network ns:/run/netns/db"] and told["changed"] is False
    host.run(["podman", "rm", "--force", "db"])

    listed = [line.strip() for line in host.run(["linuxnet-fabric", "ls"]).stdout.splitlines()]
    shown = next(line for line in listed if line.startswith("podman run "))
    in_background = shown.replace("podman run", "podman run --detach --stop-timeout 0").replace("IMAGE", "")
    host.run(["sh", "-c", in_background + '"$@"', "sh", engines.IMAGE, *engines.serving("db")])

    wait_for(lambda: page(lab) == "db\n", what="it serves at the published port")
    assert host.run(["linuxnet-fabric", "check"]).returncode == 0
    names = host.run(["podman", "exec", "db", "/bin/busybox", "cat", "/etc/hosts"]).stdout
    assert "172.21.0.2\tdb" in names, names
    host.run(["podman", "restart", "db"])
    wait_for(lambda: page(lab) == "db\n", what="it serves after its restart")
    assert host.run(["linuxnet-fabric", "check"]).returncode == 0
    host.run(["podman", "rm", "--force", "db"])
    assert host.run(["ls", "/run/netns"]).stdout.split() == ["db"], "the namespace is ours and waits for the next one"
    assert host.run(["linuxnet-fabric", "check"]).returncode == 0


def test_a_machine_brings_its_own_namespace_or_joins_ours(host: BootedHost) -> None:
    def boot(*network: str) -> None:
        host.run(["systemctl", "stop", "box"], check=False)
        host.run(["systemd-run", "--quiet", "--collect", "--unit=box", *MACHINE, *network, "sleep", "infinity"])
        wait_for(lambda: leader() != "0", what="the machine is known")

    def leader() -> str:
        shown = host.run(["machinectl", "show", "box", "--property=Leader", "--value"], check=False).stdout
        return shown.strip() or "0"

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
