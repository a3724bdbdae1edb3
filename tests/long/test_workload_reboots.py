# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Thirty containers with their programs on a host that goes down ten times, five of them by a kill."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any, Dict, List

import pytest

from tests.lab.booted import BootedLab, missing
from tests.lab.booted_host import BootedHost
from tests.lab.place import SERVERS
from tests.lab.waiting import wait_for

pytestmark = pytest.mark.skipif(bool(missing()), reason="a lab host that boots needs " + missing())
TIMES = ["reboot", "crash"] * 5
UNITS = ["page{0}".format(number) for number in range(10)]
SERVICE = """\
[Service]
ExecStart={python} {servers} serve http "" 80 {name}
TimeoutStopSec=1

[Install]
WantedBy=multi-user.target
"""
MACHINE = """\
[Unit]
Wants=linuxnet-fabric@default.service
After=linuxnet-fabric@default.service

[Service]
ExecStart=systemd-nspawn --quiet --keep-unit --register=yes --directory=/ --volatile=yes --machine={name} --as-pid2 \
    {binds} {network} {python} {servers} serve http "" 80 {name}
Delegate=yes
TimeoutStopSec=1

[Install]
WantedBy=multi-user.target
"""
RESTARTED = ["nftables", "linuxnet-fabric@default", UNITS[0], "inner", "outer"]


def words(pid: int) -> Dict[str, Any]:
    """All on one network, and published but for the plain ones."""
    programs: Dict[str, Any] = {name: {"unit": name + ".service"} for name in UNITS}
    programs.update(inner={"machine": "inner", "join": True}, outer={"machine": "outer"}, legacy={"pid": pid})
    containers: Dict[str, Any] = {
        name: {"networks": ["front"], "ports": ["{0}:80".format(9000 + number)], "workload": program}
        for number, (name, program) in enumerate(programs.items())
    }
    containers.update({"c{0}".format(number): {"networks": ["front"]} for number in range(17)})
    return {"networks": {"front": {}}, "containers": containers, "restore": "auto"}


def install(host: BootedHost) -> None:
    same = {"python": sys.executable, "servers": str(SERVERS)}
    for name in UNITS:
        host.write("/etc/systemd/system/{0}.service".format(name), SERVICE.format(name=name, **same))
    there = {str(SERVERS.parents[2]), sys.prefix, os.path.realpath(sys.prefix), os.path.realpath(sys.base_prefix)}
    same["binds"] = " ".join("--bind-ro=" + path for path in sorted(there) if not path.startswith("/usr"))
    networks = {"inner": "--network-namespace-path=/run/netns/inner", "outer": "--private-network"}
    for name, network in networks.items():
        text = MACHINE.format(name=name, network=network, **same)
        host.write("/etc/systemd/system/{0}.service".format(name), text)
    host.run(["systemctl", "daemon-reload"])
    host.run(["systemctl", "enable", *UNITS, *networks])


def silent(lab: BootedLab, names: List[str]) -> List[str]:
    """Those that do not answer at their published port, as themselves."""
    ports = {name: words(1)["containers"][name]["ports"][0].split(":")[0] for name in names}
    asked = {name: lab.client.ask("http", lab.host.ipv4, int(port), timeout=1.0) for name, port in ports.items()}
    return [name for name, answer in asked.items() if answer is None or answer["server"] != name]


def checked(host: BootedHost) -> Any:
    return host.run(["linuxnet-fabric", "check"], check=False)


def test_what_joins_answers_after_each_boot_and_what_is_attached_is_told_by_name_until_it_is_mended() -> None:
    joining, took = [*UNITS, "inner"], []  # type: List[str], List[float]
    with BootedLab() as lab:
        host = lab.host
        install(host)
        alive = host.popen(["unshare", "--net", "sh", "-c", "echo $$; exec sleep infinity"], stdout=subprocess.PIPE)
        assert alive.stdout is not None
        declared = words(int(alive.stdout.readline()))
        host.module("topology", declared)
        host.run(["systemctl", "start", *UNITS, "inner", "outer"])
        wait_for(lambda: not silent(lab, joining), 60, "all that join answer")
        host.module("topology", declared)
        wait_for(lambda: not silent(lab, [*joining, "outer"]), 60, "what is attached answers, too")
        for how in TIMES:
            getattr(host, how)()
            begun = time.monotonic()
            wait_for(lambda: not silent(lab, joining), 60, "all that join answer after a boot")
            took.append(time.monotonic() - begun)
            wait_for(lambda: host.run(["machinectl", "show", "outer"], check=False).returncode == 0, 60, "outer runs")
            found = checked(host)
            assert found.returncode == 2 and "outer" in found.stdout and "container legacy" in found.stderr
            host.run(["linuxnet-fabric", "restore"])
            wait_for(lambda: not silent(lab, [*joining, "outer"]), 60, "what is attached is mended")
            left = checked(host)
            assert left.returncode == 2 and "container legacy" in left.stderr and "  " not in left.stdout
        for unit in RESTARTED:
            host.run(["systemctl", "restart", unit])
            wait_for(lambda: not silent(lab, joining), 60, "all that join answer after a restart of " + unit)
        wait_for(lambda: "outer" in checked(host).stdout, 60, "a machine that was restarted is told by name")
        host.run(["linuxnet-fabric", "restore"])
        wait_for(lambda: not silent(lab, [*joining, "outer"]), 60, "it is mended")
    print("\nall that join answered after", ", ".join("{0:.1f} s".format(each) for each in took), file=sys.stderr)
