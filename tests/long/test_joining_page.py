# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/joining.md says of programs that the walk over the pages has not: each line is tried on a host that boots.

The image and the machine's root are ours, and each program serves a page; the rest is as it is written there.
"""

from __future__ import annotations

import json
import re
import shlex
from typing import Any, Dict, Iterator, List

import pytest
import yaml

from tests.integration.docs.walk import ROOT, blocks, commands
from tests.integration.workloads.with_engines import lab as lab
from tests.lab import engines
from tests.lab.booted import BootedLab, missing
from tests.lab.booted_host import BootedHost
from tests.lab.waiting import wait_for

LACKING = ", ".join(filter(None, (missing(), engines.missing())))
pytestmark = pytest.mark.skipif(bool(LACKING), reason="programs on a lab host need " + LACKING)
PAGE = ROOT / "docs" / "joining.md"
IMAGE = "docker.io/library/nginx"
SERVING = shlex.join(engines.serving("web"))


@pytest.fixture
def host(lab: BootedLab) -> Iterator[BootedHost]:
    yield lab.host
    for program in ("docker", "podman"):
        lab.host.run(["sh", "-c", "{0} ps --all --quiet | xargs --no-run-if-empty {0} rm --force".format(program)])
    lab.host.run(["systemctl", "stop", "web", "box"], check=False)
    lab.host.module("topology", {"state": "absent"})


def declare(host: BootedHost, **workload: Any) -> List[str]:
    """A container web with this program, on networks of our own; the lines that ``ls`` shows."""
    web = {"networks": ["front"], "ports": ["8080:80"], "workload": workload}
    words: Dict[str, Any] = {"networks": {"front": {}}, "containers": {"web": web, "db": {"networks": ["front"]}}}
    host.module("topology", {**words, "restore": "auto", "docker_runtime": True})
    return [line.strip() for line in host.run(["linuxnet-fabric", "ls"]).stdout.splitlines()]


def command(start: str) -> str:
    """Of the page, the command that begins so."""
    (found,) = (line for block in blocks(PAGE) for line in commands(block.text) if line.startswith(start))
    return " ".join(found.split())


def block(kind: str, part: str) -> str:
    """Of the page, the block of this kind in which this stands."""
    (found,) = (
        text for text in re.findall(r"```{0}\n(.*?)```".format(kind), PAGE.read_text(), re.DOTALL) if part in text
    )
    return str(found)


def in_background(host: BootedHost, line: str) -> None:
    host.run(["systemd-run", "--quiet", "--collect", "--unit=box", "--property=Delegate=yes", "sh", "-c", line])


def answers(lab: BootedLab) -> None:
    url = "http://{0}:8080/".format(lab.host.ipv4)
    asked = ["curl", "--silent", "--max-time", "2", url]
    wait_for(lambda: lab.client.run(asked, check=False).stdout == "web\n", 30, "the program answers on the wire")
    assert lab.host.run(["linuxnet-fabric", "check"]).returncode == 0


def test_the_file_beside_a_service_is_the_one_that_is_shown(lab: BootedLab, host: BootedHost) -> None:
    start = "[Service]\nExecStart={0}\n".format(SERVING.replace("%", "%%"))
    host.write("/etc/systemd/system/nginx.service", start)
    host.run(["systemctl", "daemon-reload"])
    declare(host, unit="nginx.service")
    host.run(["systemctl", "start", "nginx"])
    answers(lab)
    written = host.run(["cat", "/etc/systemd/system/nginx.service.d/linuxnet-fabric.conf"]).stdout
    assert written.partition("\n")[2] == block("ini", "linuxnet-fabric-late@default.service")


def test_podman_is_started_by_the_line_that_is_shown(lab: BootedLab, host: BootedHost) -> None:
    listed = declare(host, podman="web")
    assert set(block("ini", "Network=ns:").splitlines()) <= set(listed)
    line = command("podman run").replace(IMAGE, "{0} {1}".format(engines.IMAGE, SERVING))
    in_background(host, line.replace("podman run", "podman run --name web --cgroups split"))
    answers(lab)


def test_docker_is_started_by_the_line_that_is_shown(lab: BootedLab, host: BootedHost) -> None:
    listed = declare(host, docker="web")
    compose = yaml.safe_load(block("yaml", "runtime: fabric"))["services"]["web"]
    assert compose.pop("image") == IMAGE
    shown = "\n".join(line for line in listed[listed.index("web:") :] if line)
    for word, value in compose.items():
        assert "{0}: {1}".format(word, "{FABRIC_NETNS: web}" if word == "environment" else value) in shown
    line = command("docker run").replace(IMAGE, "{0} {1}".format(engines.IMAGE, SERVING))
    host.run(["sh", "-c", line.replace("docker run", "docker run --detach --name web --stop-timeout 0")])
    answers(lab)


def test_a_machine_is_started_by_the_line_that_is_shown(lab: BootedLab, host: BootedHost) -> None:
    listed = declare(host, machine="web", join=True)
    host.run(["sh", "-c", "mkdir -p /var/lib/machines/web/etc /var/lib/machines/web/usr /var/lib/machines/web/bin"])
    host.run(["sh", "-c", "cd /var/lib/machines/web && cp /bin/busybox bin && touch etc/hosts etc/os-release"])
    more = " --keep-unit --register=yes --quiet --as-pid2 " + SERVING
    in_background(host, command("systemd-nspawn") + more)
    answers(lab)
    host.run(["systemctl", "stop", "box"])
    shown = next(line for line in listed if line.startswith("systemd-nspawn "))
    host.run(["touch", "/var/lib/machines/web/etc/resolv.conf"])
    in_background(host, shown + " -D /var/lib/machines/web" + more)
    answers(lab)


def test_a_bundle_of_runc_is_started_by_what_is_shown(lab: BootedLab, host: BootedHost) -> None:
    web = {"networks": ["front"], "ports": ["8080:80"]}
    host.module("topology", {"networks": {"front": {}}, "containers": {"web": web}, "restore": "auto"})
    host.run(["sh", "-c", "mkdir -p /root/bundle/rootfs/bin && cp /bin/busybox /root/bundle/rootfs/bin"])
    host.run(["sh", "-c", "cd /root/bundle && mkdir -p rootfs/etc rootfs/proc rootfs/dev && runc spec"])
    config = host.json(["cat", "/root/bundle/config.json"])
    shown = json.loads(block("json", '"namespaces"'))
    config["linux"].update(shown["linux"])
    config["mounts"] += shown["mounts"]
    config["root"]["readonly"] = False
    del config["hostname"]  # which only a namespace of its own has
    config["process"].update(terminal=False, args=engines.serving("web"))
    config["process"]["capabilities"] = {
        kind: [*caps, "CAP_NET_BIND_SERVICE"] for kind, caps in config["process"]["capabilities"].items()
    }
    host.write("/root/bundle/config.json", json.dumps(config))
    in_background(host, "runc run --bundle /root/bundle web")
    answers(lab)
