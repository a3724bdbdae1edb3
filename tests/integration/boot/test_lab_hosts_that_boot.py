# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of this folder rest on: a lab host that boots is a machine, and leaves this one as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import List, Set

import pytest

from tests.lab.ansible import ROOT, program
from tests.lab.booted import BootedLab, missing
from tests.lab.machine import started
from tests.lab.waiting import wait_for

pytestmark = pytest.mark.skipif(bool(missing()), reason="a lab host that boots needs " + missing())
MAKE_A_LAB = """
import signal, sys
sys.path.insert(0, sys.argv[1])
from tests.lab.booted import BootedLab
lab = BootedLab(["node1"], light=["node2"])
print(*(pid for host in lab.hosts for pid in (host.pid, host.guard.pid)), lab.directory, flush=True)
signal.pause()
"""


def control_groups() -> Set[str]:
    """Those of lab hosts, in every tree of control groups that is mounted here."""
    places = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines() if line.split()[2] == "cgroup2"]
    return {str(path) for place in places for path in Path(place).glob("fabric-lab-*")}


def mounts() -> List[str]:
    return Path("/proc/self/mountinfo").read_text().splitlines()


@pytest.mark.parametrize("how", ["reboot", "crash"])
def test_a_boot_makes_the_network_anew_and_keeps_the_disk(booted, how):
    host = booted.host
    host.write("/etc/kept", "on the disk")
    host.run(["ip", "link", "add", "gone", "type", "bridge"])
    host.run(["nft", "add table inet gone"])
    host.run(["touch", "/run/gone"])
    boot_id = host.run(["cat", "/proc/sys/kernel/random/boot_id"]).stdout
    getattr(host, how)()
    assert host.run(["cat", "/proc/sys/kernel/random/boot_id"]).stdout != boot_id
    assert host.run(["cat", "/etc/kept"]).stdout == "on the disk"
    assert {link["ifname"] for link in host.json(["ip", "-j", "link"])} == {"lo", "eth0"}
    assert host.run(["nft", "list", "tables"]).stdout == ""
    assert host.run(["ls", "/run"]).stdout.split().count("gone") == 0
    assert host.failed_units() == []
    assert booted.client.run(["ping", "-c", "1", "-w", "5", host.ipv4]).returncode == 0


def test_ansible_reaches_booted_and_light_hosts_over_ssh():
    with BootedLab(["node1", "node2"], light=["node3", "node4"]) as lab:
        done = lab.client.run([program("ansible"), "all", "-i", lab.inventory(), "-a", "hostname"], cwd=str(ROOT))
        assert done.stdout.count("rc=0") == 4, done.stdout
        for host in lab.hosts:
            assert "\n{0}\n".format(host.name) in done.stdout
        lab.hosts[0].run(["ping", "-c", "1", "-w", "5", lab.hosts[3].ipv4])


def test_a_lab_host_cannot_write_the_settings_of_this_kernel(booted):
    before = Path("/proc/sys/kernel/pid_max").read_text()
    done = booted.host.run(["sysctl", "-w", "kernel.pid_max=32768"], check=False)
    assert done.returncode != 0
    assert Path("/proc/sys/kernel/pid_max").read_text() == before
    booted.host.run(["sysctl", "-w", "net.ipv4.ip_forward=1"])


def test_nothing_of_a_lab_is_left_on_this_machine():
    # a lab of another test run may be there, and come or go meanwhile
    before = control_groups(), mounts()
    with BootedLab(["node1"], light=["node2"]) as lab:
        pids = [pid for host in lab.hosts for pid in (host.pid, host.guard.pid)]
        mine = {path for path in control_groups() if any("-{0}-".format(pid) in path for pid in pids)}
        assert len(mine) == 2
    assert not mine & control_groups()
    assert control_groups() - before[0] - mine == set() or os.environ.get("PYTEST_XDIST_WORKER")
    assert mounts() == before[1]
    assert [pid for pid in pids if started(pid)] == []
    assert not lab.directory.exists()


def test_nothing_is_left_when_the_test_run_itself_is_killed():
    run = subprocess.Popen([sys.executable, "-c", MAKE_A_LAB, str(ROOT)], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    *words, directory = run.stdout.readline().split()
    pids = [int(word) for word in words]
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()
    wait_for(lambda: not any(started(pid) for pid in pids), 30, "the machines' processes have gone")
    assert not [path for path in control_groups() if any("-{0}-".format(pid) in path for pid in pids)]
    assert not Path(directory).exists()
