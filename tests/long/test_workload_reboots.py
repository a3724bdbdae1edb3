# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Thirty containers with their programs on a host that goes down ten times, five of them by a kill."""

from __future__ import annotations

import functools
import os
import re
import shlex
import sys
import time
from typing import Any, Dict, Iterable, List, Set

import pytest

from tests.lab import engines
from tests.lab.booted import BootedLab, missing
from tests.lab.booted_host import BootedHost
from tests.lab.place import SERVERS
from tests.lab.waiting import wait_for

LACKING = ", ".join(filter(None, (missing(), engines.missing())))
pytestmark = pytest.mark.skipif(bool(LACKING), reason="a lab host that boots, with docker and podman, needs " + LACKING)
TIMES = ["reboot", "crash"] * 5
UNITS = ["page{0}".format(number) for number in range(10)]
PODMAN, WITH_RUNTIME, WITHOUT = ["pod0", "pod1"], ["run0", "run1"], ["own0", "own1"]
#: Those that find their network by themselves, and those that get it from us.
JOINING, ATTACHED = [*UNITS, "inner", *PODMAN, *WITH_RUNTIME], ["outer", *WITHOUT]
EVERYONE = [*JOINING, *ATTACHED]
#: Those that are gone with the boot, as their process and their path are.
LOST = ["legacy", "behind"]
PLACE = "/run/theirs"
#: Seconds from the start of a program until it answers on the wire.
WITHIN = 5.0
SERVICE = """\
[Service]
ExecStart={python} {servers} serve http "" 80 {name}
TimeoutStopSec=1

[Install]
WantedBy=multi-user.target
"""
AFTER_OURS = """\
[Unit]
Wants=linuxnet-fabric@default.service
After=linuxnet-fabric@default.service

[Service]
ExecStart={command}
Delegate=yes
TimeoutStopSec=1

[Install]
WantedBy=multi-user.target
"""
MACHINE = (
    "systemd-nspawn --quiet --keep-unit --register=yes --directory=/ --volatile=yes --machine={name} --as-pid2 "
    '{binds} {network} {python} {servers} serve http "" 80 {name}'
)


def words(pid: int) -> Dict[str, Any]:
    """All on one network, and published but for the plain ones."""
    programs: Dict[str, Any] = {name: {"unit": name + ".service"} for name in UNITS}
    programs.update({name: {"podman": name} for name in PODMAN}, inner={"machine": "inner", "join": True})
    programs.update({name: {"docker": name} for name in WITH_RUNTIME}, outer={"machine": "outer"})
    programs.update({name: {"docker": name, "join": False} for name in WITHOUT})
    programs.update(legacy={"pid": pid}, behind={"path": PLACE})
    containers: Dict[str, Any] = {
        name: {"networks": ["front"], "ports": ["{0}:80".format(9000 + number)], "workload": program}
        for number, (name, program) in enumerate(programs.items())
    }
    containers.update({"c{0}".format(number): {"networks": ["front"]} for number in range(30 - len(containers))})
    how = {"restore": "auto", "docker_runtime": True, "firewall": "integrate"}
    return {"networks": {"front": {}}, "containers": containers, **how}


def install(host: BootedHost) -> None:
    """All that starts by itself at each boot."""
    same = {"python": sys.executable, "servers": str(SERVERS)}
    for name in UNITS:
        host.write("/etc/systemd/system/{0}.service".format(name), SERVICE.format(name=name, **same))
    there = {str(SERVERS.parents[2]), sys.prefix, os.path.realpath(sys.prefix), os.path.realpath(sys.base_prefix)}
    same["binds"] = " ".join("--bind-ro=" + path for path in sorted(there) if not path.startswith("/usr"))
    networks = {"inner": "--network-namespace-path=/run/netns/inner", "outer": "--private-network"}
    commands = {name: MACHINE.format(name=name, network=network, **same) for name, network in networks.items()}
    for name in PODMAN:
        run = ["/usr/bin/podman", "run", "--rm", "--replace", "--name", name, "--cgroups", "split"]
        run += ["--network", "ns:/run/netns/" + name, engines.IMAGE, *engines.serving(name)]
        commands[name] = shlex.join(run)
    for name, command in commands.items():
        host.write("/etc/systemd/system/{0}.service".format(name), AFTER_OURS.format(command=command))
    host.run(["systemctl", "daemon-reload"])
    host.run(["systemctl", "enable", *UNITS, *commands])


def start(host: BootedHost) -> None:
    host.run(["systemctl", "start", *UNITS, *PODMAN, "inner", "outer"])
    ours = ["--runtime", "fabric", "--env", "FABRIC_NETNS={0}"]
    for name in [*WITH_RUNTIME, *WITHOUT]:
        run = ["docker", "run", "--detach", "--restart", "always", "--stop-timeout", "0", "--network", "none"]
        more = [word.format(name) for word in ours] if name in WITH_RUNTIME else []
        host.run([*run, "--name", name, *more, engines.IMAGE, *engines.serving(name)])


def brought_by(host: BootedHost, unit: str) -> int:
    """The number of a process in a network namespace of its own, which is not there after a boot."""
    host.start(unit, ["sleep", "infinity"], "PrivateNetwork=yes")
    return int(host.run(["systemctl", "show", "--property=MainPID", "--value", unit]).stdout)


def answering(lab: BootedLab, names: Iterable[str]) -> Set[str]:
    """Those that answer at their published port, as themselves."""
    declared = words(1)["containers"]
    ports = [declared[name]["ports"][0].split(":")[0] for name in names]
    asked = ["http://{0}:{1}/".format(lab.host.ipv4, port) for port in ports]
    told = lab.client.run(["curl", "--silent", "--parallel", "--max-time", "2", *asked], check=False).stdout
    return set(re.findall(r"\w+", told)).intersection(names)


def all_answer(lab: BootedLab, names: List[str], when: str) -> None:
    silent = set(names)

    def all_do() -> bool:
        silent.difference_update(answering(lab, silent))
        return not silent

    try:
        wait_for(all_do, 60, when)
    except AssertionError as error:
        raise AssertionError("{0}: {1} do not".format(error, ", ".join(sorted(silent)))) from None


def slowest(lab: BootedLab, names: List[str]) -> float:
    """Seconds from the start of a program until it answers, of that one of which it takes longest."""
    first: Dict[str, float] = {}

    def all_do() -> bool:
        for name in answering(lab, set(names).difference(first)):
            first[name] = time.clock_gettime(time.CLOCK_BOOTTIME)
        return len(first) == len(names)

    wait_for(all_do, 90, "all that join answer after a boot")
    ask = "for name in {0}; do pid=$(ip netns pids $name | sort -n | head -n 1); cut -d ' ' -f 22 /proc/$pid/stat; done"
    began = lab.host.run(["sh", "-c", ask.format(" ".join(names))]).stdout.split()
    ticks = os.sysconf("SC_CLK_TCK")
    return max(first[name] - int(start) / ticks for name, start in zip(names, began))


def checked(host: BootedHost) -> Any:
    return host.run(["linuxnet-fabric", "check"], check=False)


def are_told(host: BootedHost, names: List[str]) -> bool:
    """Whether a check says of each of these, which run again, that it has lost its network."""
    found = checked(host)
    line = "detach {0}: "
    told = found.stdout + found.stderr
    return found.returncode == 2 and all(line.format(name) in told or "connect " + name in told for name in names)


def test_what_joins_answers_after_each_boot_and_what_is_attached_is_told_by_name_until_it_is_mended() -> None:
    took: List[float] = []
    with BootedLab() as lab:
        host = lab.host
        engines.install(host)
        install(host)
        legacy, behind = (brought_by(host, name) for name in LOST)
        host.run(["sh", "-c", "touch {0} && mount --bind /proc/{1}/ns/net {0}".format(PLACE, behind)])
        declared = words(legacy)
        host.module("topology", declared)
        start(host)
        all_answer(lab, JOINING, "all that join answer")
        host.module("topology", declared)
        all_answer(lab, EVERYONE, "what is attached answers, too")
        assert checked(host).returncode == 0
        for how in TIMES:
            getattr(host, how)()
            took.append(slowest(lab, JOINING))
            wait_for(lambda: are_told(host, ATTACHED), 60, "what is attached is told by name")
            told = checked(host).stderr
            assert all("container {0}: ".format(name) in told for name in LOST), told
            host.run(["linuxnet-fabric", "restore"])
            all_answer(lab, EVERYONE, "what is attached is mended")
            left = checked(host)
            assert left.returncode == 2 and "  " not in left.stdout, left.stdout
        for unit in ["nftables", "linuxnet-fabric@default", UNITS[0], "inner", *PODMAN]:
            host.run(["systemctl", "restart", unit])
            all_answer(lab, JOINING, "all that join answer after a restart of " + unit)
        for restart, whose in (("systemctl restart outer", "outer"), ("docker restart own0", "own0")):
            host.run(restart.split())
            wait_for(functools.partial(are_told, host, [whose]), 60, "it is told by name: " + whose)
            host.run(["linuxnet-fabric", "restore"])
            all_answer(lab, EVERYONE, "it is mended: " + whose)
        host.run(["docker", "restart", "run0"])
        all_answer(lab, EVERYONE, "one that joins by the runtime answers after its restart")
        host.run(["systemctl", "restart", "docker"])
        all_answer(lab, JOINING, "all that join answer after a restart of docker")
        wait_for(lambda: are_told(host, WITHOUT), 60, "docker's own are told by name")
        host.run(["linuxnet-fabric", "restore"])
        all_answer(lab, EVERYONE, "they are mended")
        host.run(["systemctl", "stop", "nftables"])
        host.run(["systemctl", "start", "firewalld"])
        host.module("topology", declared)
        for _again in range(2):
            all_answer(lab, EVERYONE, "all answer beside firewalld")
            host.run(["systemctl", "restart", "firewalld"])
    print(
        "\nfrom its start to its answer at most", ", ".join("{0:.1f} s".format(each) for each in took), file=sys.stderr
    )
    assert max(took) < WITHIN
