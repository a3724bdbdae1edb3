# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services of systemd that live in a container's namespace, on a host that boots."""

from __future__ import annotations

import sys
from typing import Any, Dict, Iterator

import pytest

from tests.lab.booted import BootedLab, missing
from tests.lab.booted_host import BootedHost
from tests.lab.place import SERVERS
from tests.lab.waiting import wait_for

UNIT = "page.service"
FILE = "/etc/systemd/system/page.service.d/linuxnet-fabric.conf"
SERVICE = """\
[Service]
ExecStart={python} {servers} serve http "" 80 page

[Install]
WantedBy=multi-user.target
"""


@pytest.fixture(scope="module")
def lab() -> Iterator[BootedLab]:
    if missing():
        pytest.skip("a lab host that boots needs " + missing())
    with BootedLab() as made:
        made.host.write("/etc/systemd/system/" + UNIT, SERVICE.format(python=sys.executable, servers=SERVERS))
        made.host.run(["systemctl", "daemon-reload"])
        made.host.run(["systemctl", "enable", "--now", UNIT])
        yield made


@pytest.fixture
def host(lab: BootedLab) -> Iterator[BootedHost]:
    yield lab.host
    lab.host.module("topology", {"state": "absent"})


def words(**workload: Any) -> Dict[str, Any]:
    front = {"ipam": {"config": [{"subnet": "172.20.0.0/24"}]}}
    web = {"networks": ["front"], "ports": ["8080:80"], "workload": {"unit": UNIT, **workload}}
    log = {"network_mode": "container:web"}
    return {"networks": {"front": front}, "containers": {"web": web, "log": log}, "restore": "auto"}


def serves(lab: BootedLab) -> bool:
    answer = lab.client.ask("http", lab.host.ipv4, 8080, timeout=1.0)
    return answer is not None and answer["server"] == "page"


def is_settled(host: BootedHost) -> bool:
    return bool(host.module("topology", words(), check=True)["actions"] == [])


def test_a_service_that_runs_is_restarted_into_the_namespace_and_is_there_again_after_a_boot(
    lab: BootedLab, host: BootedHost
) -> None:
    announced = host.module("topology", words(), check=True)["actions"]
    made = host.module("topology", words())["actions"]

    assert made == announced
    assert made[-2:] == ["write " + FILE, "restart page.service, which runs in another network namespace than web"]
    assert host.module("topology", words())["actions"] == []
    wait_for(lambda: serves(lab), what="the service answers at the published port")

    host.crash()

    wait_for(lambda: serves(lab), what="the service answers after the boot")
    assert host.failed_units() == []
    wait_for(lambda: host.run(["linuxnet-fabric", "check"], check=False).returncode == 0, what="a clean check")


def test_one_whose_namespace_was_made_anew_is_restarted_and_one_that_nobody_may_restart_is_told(
    lab: BootedLab, host: BootedHost
) -> None:
    host.module("topology", words())
    wait_for(lambda: serves(lab), what="the service answers")
    host.run(["ip", "netns", "delete", "web"])

    found = host.module("topology", words(), check=True)
    assert "restart page.service, which runs in another network namespace than web" in found["drift"]

    told = host.module("topology", words(restart=False))
    line = "container web: page.service runs in another network namespace than /run/netns/web; restart it"
    assert told["unmended"] == [line] and not any("restart" in action for action in told["actions"])
    checked = host.run(["linuxnet-fabric", "check"], check=False)
    assert checked.returncode == 2 and line in checked.stderr and "drifted" not in checked.stdout

    host.run(["systemctl", "restart", UNIT])
    wait_for(lambda: serves(lab), what="the service answers again")
    assert host.run(["linuxnet-fabric", "check"]).returncode == 0


def test_its_file_is_named_in_drift_repaired_and_gone_with_the_word_while_the_service_goes_on(
    host: BootedHost,
) -> None:
    directory = FILE.rpartition("/")[0]
    host.write(FILE, "[Service]\nNice=1\n")
    refused = host.module("topology", words(), fail=True)
    assert FILE in refused["msg"] and "nothing was changed" in refused["msg"]
    assert host.run(["ip", "netns", "list"]).stdout == ""
    host.run(["rm", "-r", directory])

    host.module("topology", words())
    wait_for(lambda: is_settled(host), what="it was restarted")
    for damage, verb in (("rm " + FILE, "write "), ("sed -i /Bind/d " + FILE, "rewrite ")):
        host.run(["sh", "-c", damage])
        assert host.module("topology", words(), check=True)["drift"] == [verb + FILE]
        assert host.module("topology", words())["actions"] == [verb + FILE]

    assert "remove " + FILE in host.module("topology", {"state": "absent"})["actions"]
    assert host.run(["test", "-e", directory], check=False).returncode == 1
    assert host.run(["systemctl", "is-active", UNIT], check=False).stdout.strip() == "active"
