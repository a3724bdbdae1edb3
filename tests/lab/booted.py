# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lab hosts that boot: systemd as process 1, a disk of their own, rebooted and cut off as one likes, reached over ssh.

    from tests.lab.booted import BootedLab, missing

    with BootedLab(["node1", "node2"]) as lab:     # half a second for one; fourteen are what this machine carries
        host = lab.host                            # a Host: run, json, container, module, playbook, as in any lab
        host.module("topology", {"networks": ..., "containers": ...})
        host.run(["systemctl", "restart", "nftables"])
        host.reboot()                              # systemctl reboot; returns when it has booted again
        host.crash()                               # the power fails, and comes back
        host.power_off(), host.power_on()          # with something done in between
        host.write("/etc/systemd/system/web.service", "[Service]...")
        lab.client.playbook("site.yml", inventory=lab.inventory())      # Ansible over ssh, from the client

    with BootedLab(light=["n{0}".format(i) for i in range(50)]) as lab:  # a fleet of hosts with sshd alone: 5 s

A test skips where ``missing()`` tells a reason (the fixture ``booted`` of tests/conftest.py does). What is good to
know:

- the disk is an overlay on this machine's own root: the checkout and .venv are at their paths, with every program that
  is installed here; what the host writes stays on its disk over reboots, and ends with the lab. /run and /tmp are new
  at each boot, so a test's tmp_path is not there: use write(), or run Ansible on the client.
- what is started with run() or popen() is in the host's namespaces but not in its control groups. What is to live on
  belongs to systemd: host.start("web", ["python3", ...]), which is systemd-run.
- a boot makes eth0 and the network namespace anew, with the same addresses; pid and enter change.
- /proc/sys is writable below net alone, as there is one kernel. ``writable=True`` is for what needs /sys (udev).
- units of this machine are not enabled there, but can be: systemctl enable --now nftables.
- ``root`` is another distribution's tree, unpacked, instead of this machine's.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict, List, Sequence

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._lab import wire

from .booted_host import BOOT, BootedHost
from .dressing import Dressing, dressing
from .lab import Lab
from .ssh import Ssh
from .waiting import wait_for

MACHINE = Path(__file__).with_name("machine.py")
_SSHD = ["sh", "-c", "mkdir -p /run/sshd && ip link set host0 name eth0 && ip -b /etc/lab/network"]
_SSHD[-1] += " && exec /usr/sbin/sshd -D -e -f /etc/lab/sshd_config"


def missing() -> str:
    """What this machine lacks for lab hosts that boot, in words; empty when nothing."""
    lack = wire.missing()
    if lack:
        return lack
    programs = ("systemd-nspawn", "sshd", "ssh", "ssh-keygen", "setpriv")
    lacking = [
        name for name in programs if not shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    ]
    if not os.path.exists("/lib/systemd/systemd"):
        lacking.append("systemd")
    if "cgroup2" not in Path("/proc/filesystems").read_text():
        lacking.append("cgroup2")
    return ", ".join(lacking)


class BootedLab(Lab):
    """A lab some of whose hosts boot (``hosts``) and some have sshd alone (``light``). See the top of this file."""

    def __init__(
        self,
        hosts: Sequence[str] = (),
        light: Sequence[str] = (),
        root: str = "/",
        binds: Sequence[str] = (),
        writable: bool = False,
    ) -> None:
        if not hosts and not light:
            hosts = ["node1"]
        self._light, self._root, self._binds, self._writable = set(light), root, list(binds), writable
        self._machines: List[BootedHost] = []
        self.directory = Path(tempfile.mkdtemp(prefix="fabric-lab-"))
        self._ssh = Ssh(self.directory)
        super().__init__([*hosts, *light])
        try:
            for machine in self._machines:
                self._settle(machine)
        except BaseException:
            self.close()
            raise

    def _connect(self, name: str, number: int) -> Any:
        if number in (wire.CLIENT, wire.ATTACKER):
            return super()._connect(name, number)
        ipv4, ipv6 = wire.IPV4.format(number), wire.IPV6.format(number)
        console = self.directory / (name + ".console")
        guard = self._guard(self._spec(name, ipv4, ipv6, console))
        machine = BootedHost(name, ipv4, ipv6, guard, console)
        self._machines.append(machine)
        machine.press("boot")
        self.parties[name] = machine
        return machine

    def _guard(self, spec: Dict[str, Any]) -> "subprocess.Popen[bytes]":
        """It outlives us and then takes the machine away: nothing but its standard input ties it to us."""
        enter = [
            "nsenter",
            "--target",
            str(self._switch),
            "--net",
            "--",
            "unshare",
            "--mount",
            "--propagation",
            "private",
        ]
        return subprocess.Popen(
            [*enter, sys.executable, "-I", str(MACHINE), json.dumps(spec)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=open(spec["console"], "a"),
            bufsize=0,  # no line waits unseen in a buffer
            start_new_session=True,
            env=dict(os.environ, PATH=_path()),
        )

    def _spec(self, name: str, ipv4: str, ipv6: str, console: Path) -> Dict[str, Any]:
        wears = self._dressing(name, ipv4, ipv6)
        light = name in self._light
        return {
            "name": name,
            "directory": str(self.directory),
            "lower": self._root,
            "files": wears.files,
            "links": wears.links,
            "emptied": list(wears.emptied),
            "console": str(console),
            "binds": self._binds
            + _elsewhere(self._root)
            + [path for path in ("/dev/net/tun",) if os.path.exists(path)],
            "command": ["--as-pid2", *_SSHD] if light else ["--notify-ready=yes", "--boot"],
            "environment": {"SYSTEMD_NSPAWN_API_VFS_WRITABLE": "1"} if self._writable else {},
        }

    def _dressing(self, name: str, ipv4: str, ipv6: str) -> Dressing:
        addresses = [
            "addr replace {0}/24 dev eth0".format(ipv4),
            "addr replace {0}/64 dev eth0 nodad".format(ipv6),
            "link set lo up",
            "link set eth0 up",
            *("route replace default via " + gateway.format(wire.CLIENT) for gateway in (wire.IPV4, wire.IPV6)),
        ]
        return dressing(self._root, name, addresses, self._ssh.host_key, self._ssh.public_key)

    def _settle(self, machine: BootedHost) -> None:
        machine.wait_booted()
        wait_for(lambda: _listens(machine.pid, 22), BOOT, machine.name + ": sshd")
        if machine.name not in self._light and machine.failed_units():
            raise RuntimeError("{0}: {1}: {2}".format(machine.name, machine.failed_units(), machine.console()))

    # --- ssh, from the client

    def ssh_options(self) -> List[str]:
        return self._ssh.options(self._machines)

    def inventory(self, group: str = "nodes") -> str:
        """The path of an inventory of all hosts, for Ansible on the client."""
        return self._ssh.inventory(self._machines, group)

    def close(self) -> None:
        self._ssh.close()
        for machine in self._machines:
            if machine.guard.stdin and not machine.guard.stdin.closed:
                machine.guard.stdin.close()
        super().close()
        for machine in self._machines:
            machine.guard.wait()
            if machine.guard.stdout:
                machine.guard.stdout.close()
        shutil.rmtree(self.directory, ignore_errors=True)


def _path() -> str:
    return os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def _elsewhere(root: str) -> List[str]:
    """What tests run with and the host would not see: another tree has none of it, an overlay one file system, and what
    lies in /tmp or /run here is behind the host's own.
    """
    wanted = {str(MACHINE.parents[2]), os.path.realpath(sys.prefix), os.path.realpath(sys.base_prefix)}
    here = os.stat("/").st_dev
    return sorted(
        path for path in wanted if root != "/" or os.stat(path).st_dev != here or path.startswith(("/tmp/", "/run/"))
    )


def _listens(pid: int, port: int) -> bool:
    """Whether something listens on a TCP port in a process's network: state 0A of /proc/PID/net/tcp."""
    with open("/proc/{0}/net/tcp".format(pid)) as file:
        return any(line.split()[1].endswith(":{0:04X}".format(port)) and line.split()[3] == "0A" for line in file)
