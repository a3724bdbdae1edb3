# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Docker itself with our runtime: its containers start in our namespaces, again after each restart."""

from __future__ import annotations

from typing import Any, Dict, Iterator

import pytest

from tests.integration.workloads.with_engines import lab as lab
from tests.lab import engines
from tests.lab.booted import BootedLab, missing
from tests.lab.booted_host import BootedHost
from tests.lab.waiting import wait_for

LACKING = ", ".join(filter(None, (missing(), engines.missing())))
pytestmark = pytest.mark.skipif(bool(LACKING), reason="docker on a lab host needs " + LACKING)
FILE = "/etc/docker/daemon.json"
THEIRS = '{\n  "debug": false,\n  "runtimes": {"other": {"path": "/usr/sbin/runc"}}\n}\n'
PROGRAM = "/usr/local/sbin/linuxnet-fabric-runtime"


@pytest.fixture
def host(lab: BootedLab) -> Iterator[BootedHost]:
    yield lab.host
    lab.host.run(["sh", "-c", "docker ps --all --quiet | xargs --no-run-if-empty docker rm --force"])
    lab.host.run(["rm", "-f", FILE])
    lab.host.module("topology", {"state": "absent"})


def words(**more: Any) -> Dict[str, Any]:
    back = {"ipam": {"config": [{"subnet": "172.21.0.0/24"}]}}
    db = {"networks": ["back"], "ports": ["8080:80"], "workload": {"docker": "db"}}
    containers = {"db": db, "plain": {"networks": ["back"]}}
    declared = {"networks": {"back": back}, "containers": containers, "host_program": True, "docker_runtime": True}
    return {**declared, **more}


def content(host: BootedHost) -> str:
    return host.run(["cat", FILE], check=False).stdout


def daemon(host: BootedHost) -> str:
    return host.run(["cat", "/run/docker.pid"]).stdout


def answers(lab: BootedLab) -> bool:
    url = "http://{0}:8080/".format(lab.host.ipv4)
    return lab.client.run(["curl", "--silent", "--max-time", "2", url], check=False).stdout == "db\n"


def inside(host: BootedHost, *command: str) -> str:
    return host.run(["docker", "exec", "db", "/bin/busybox", *command]).stdout


def refused(host: BootedHost, *words: str) -> str:
    command = ["docker", "run", "--rm", "--runtime", "fabric", *words, engines.IMAGE, "/bin/busybox", "true"]
    done = host.run(command, check=False)
    assert done.returncode != 0
    return done.stderr


def test_a_container_is_started_as_we_say_and_keeps_its_network_over_restarts(lab: BootedLab, host: BootedHost) -> None:
    before = daemon(host)
    announced = host.module("topology", words(), check=True)["actions"]
    assert host.module("topology", words())["actions"] == announced
    assert announced[-2:] == ["install " + PROGRAM, "add runtimes.fabric to " + FILE]
    assert daemon(host) == before, "docker was reloaded, and not restarted"
    assert "unmended" not in host.module("topology", words()), "the namespace waits for it"

    listed = [line.strip() for line in host.run(["linuxnet-fabric", "ls"]).stdout.splitlines()]
    shown = next(line for line in listed if line.startswith("docker run "))
    in_background = shown.replace("docker run", "docker run --detach --stop-timeout 0").replace("IMAGE", "")
    host.run(["sh", "-c", in_background + '"$@"', "sh", engines.IMAGE, *engines.serving("db")])

    wait_for(lambda: answers(lab), what="it serves at the published port")
    assert "172.21.0.3\tplain" in inside(host, "cat", "/etc/hosts")
    assert inside(host, "hostname") == "db\n" and "172.21.0.2" in inside(host, "ping", "-c", "1", "db")
    assert inside(host, "ip", "-o", "link").count("link/ether") == 1, "it has none of docker's interfaces"
    host.run(["docker", "restart", "db"])
    wait_for(lambda: answers(lab), what="it serves after its restart")
    assert host.run(["linuxnet-fabric", "check"]).returncode == 0

    host.run(["docker", "rm", "--force", "db"])
    assert host.run(["ls", "/run/netns"]).stdout.split() == ["db", "plain"]
    host.run(["docker", "run", "--detach", "--name", "db", "--network", "none", engines.IMAGE, *engines.serving("db")])
    told = host.module("topology", words())["unmended"]
    line = "container db: the docker container db runs in another network namespace than /run/netns/db; start it with "
    assert [each[: len(line)] for each in told] == [line] and "FABRIC_NETNS=db" in told[0]


def test_only_namespaces_of_ours_are_joined_and_who_does_not_ask_is_left_alone(host: BootedHost) -> None:
    host.module("topology", words(containers={"db": {"networks": ["back"]}, "agent": {"network_mode": "host"}}))
    host.run(["ip", "netns", "add", "theirs"])
    none = ("--network", "none", "--env")
    assert "expected the name of a container" in refused(host, *none, "FABRIC_NETNS=../../proc/1/ns/net")
    assert "is not a namespace that linuxnet.fabric made" in refused(host, *none, "FABRIC_NETNS=theirs")
    assert "is the host's own network" in refused(host, *none, "FABRIC_NETNS=agent")
    assert "no container nobody is declared" in refused(host, *none, "FABRIC_NETNS=nobody")
    assert "--network none" in refused(host, "--network", "host", "--env", "FABRIC_NETNS=db")
    alone = ["docker", "run", "--rm", "--runtime", "fabric", "--network", "none", engines.IMAGE, "/bin/busybox"]
    assert "eth0" not in host.run([*alone, "ip", "link"]).stdout
    host.run(["ip", "netns", "delete", "theirs"])


def test_dockers_file_keeps_every_other_byte_and_what_is_missing_of_ours_is_drift(host: BootedHost) -> None:
    host.write(FILE, THEIRS)
    host.module("topology", words())
    assert host.json(["docker", "info", "--format", "{{json .Runtimes}}"])["fabric"]["path"] == PROGRAM
    host.write(FILE, THEIRS)
    host.run(["chmod", "644", PROGRAM])
    checked = host.module("topology", words(), check=True)
    assert checked["drift"] == ["install " + PROGRAM + " again", "add runtimes.fabric to " + FILE]
    assert host.module("topology", words())["actions"] == checked["actions"]
    assert host.module("topology", words())["actions"] == []

    removed = host.module("topology", words(docker_runtime=False, containers={"plain": {"networks": ["back"]}}))
    assert {"remove runtimes.fabric from " + FILE, "remove " + PROGRAM} <= set(removed["actions"])
    assert content(host) == THEIRS and host.run(["ls", PROGRAM], check=False).returncode != 0

    for text, why in (
        ("{,}", FILE + " is not the JSON that Docker reads"),
        ('{"runtimes": {"fabric": {"path": "/other"}}}', "runtimes.fabric in {0} is not ours".format(FILE)),
    ):
        host.write(FILE, text)
        assert why in host.module("topology", words(), fail=True)["msg"]
        assert content(host) == text


def test_a_docker_that_does_not_run_is_not_started_by_a_check(host: BootedHost) -> None:
    host.module("topology", words())
    host.run(["systemctl", "stop", "docker.service"])
    host.module("topology", words(), check=True)
    host.run(["linuxnet-fabric", "check"], check=False)
    assert host.run(["systemctl", "is-active", "docker.service"], check=False).stdout == "inactive\n"
    host.run(["systemctl", "start", "docker.service"])
