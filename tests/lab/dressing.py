# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a machine of a lab has on its disk that this machine has not: a function from its name and addresses to files.

Its disk starts as this machine's own root. What would make it do this machine's work is taken out (its units that are
enabled, its mounts, its crontabs, its networks of ours), and so is what a machine in a lab does not need.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Dict, List, Sequence

UNITS = "/etc/systemd/system"
#: Each instance of inotify counts against a limit of this machine (128 of root's): without these a machine has five.
MASKED = (
    "systemd-logind.service",
    "console-getty.service",
    "getty.target",
    "systemd-ask-password-console.path",
    "systemd-ask-password-wall.path",
    # what a machine does to its clock, to its hardware and to itself in the background
    "systemd-timesyncd.service",
    "systemd-firstboot.service",
    "systemd-pstore.service",
    "systemd-modules-load.service",
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
)
#: Directories that are empty at first. Units that are enabled here are not there.
EMPTIED = (UNITS, "/etc/netns", "/etc/sysctl.d", "/etc/cron.d", "/var/lib/linuxnet-fabric", "/etc/lab")

_LINK_UNIT = """\
[Unit]
Description=The lab's wire has the name that it has on every host of a lab
DefaultDependencies=no
Before=sysinit.target network-pre.target systemd-udevd.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'ip link show eth0 2>/dev/null || exec ip link set host0 name eth0'
"""

_NETWORK_UNIT = """\
[Unit]
Description=Addresses of the lab's wire
Wants=network-pre.target network.target
After=network-pre.target
Before=network.target network-online.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=ip -b /etc/lab/network
"""

_SSH_UNIT = """\
[Unit]
Description=ssh for the lab
After=network.target

[Service]
RuntimeDirectory=sshd
RuntimeDirectoryPreserve=yes
ExecStart={sshd} -D -e -f /etc/lab/sshd_config
"""

_SSHD_CONFIG = """\
HostKey /etc/lab/host_key
AuthorizedKeysFile /etc/lab/authorized_keys
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
UseDNS no
PidFile none
Subsystem sftp internal-sftp
AcceptEnv LANG
MaxStartups 200
"""


@dataclass(frozen=True)
class Dressing:
    """Paths are the machine's."""

    files: Dict[str, str] = field(default_factory=dict)
    links: Dict[str, str] = field(default_factory=dict)
    emptied: Sequence[str] = EMPTIED


def dressing(root: str, name: str, addresses: Sequence[str], host_key: str, public_key: str) -> Dressing:
    """``root``: what the disk starts as. ``addresses``: lines for ``ip -b`` that bring eth0 up."""
    files = {
        "/etc/hostname": name + "\n",
        # without its own name there, sudo and Ansible's facts wait five seconds for a name server
        "/etc/hosts": "127.0.0.1 localhost\n127.0.1.1 {0}\n::1 localhost ip6-localhost\n".format(name),
        "/etc/resolv.conf": "",
        "/etc/fstab": "",
        "/etc/crypttab": "",
        "/etc/machine-id": os.urandom(16).hex() + "\n",
        "/etc/shadow": _shadow(root),
        "/etc/lab/network": "\n".join(addresses) + "\n",
        "/etc/lab/host_key": host_key,
        "/etc/lab/authorized_keys": public_key,
        "/etc/lab/sshd_config": _SSHD_CONFIG,
        UNITS + "/lab-link.service": _LINK_UNIT,
        UNITS + "/lab-network.service": _NETWORK_UNIT,
        UNITS + "/lab-sshd.service": _SSH_UNIT.format(sshd="/usr/sbin/sshd"),
    }
    links = {"{0}/{1}".format(UNITS, unit): "/dev/null" for unit in MASKED}
    links.update({"/etc/sysctl.d/" + each: "/dev/null" for each in _settings_of_this_kernel(root)})
    links[UNITS + "/default.target"] = "/lib/systemd/system/multi-user.target"
    links[UNITS + "/sysinit.target.wants/lab-link.service"] = "../lab-link.service"
    for unit in ("lab-network.service", "lab-sshd.service"):
        links["{0}/multi-user.target.wants/{1}".format(UNITS, unit)] = "../" + unit
    return Dressing(files, links)


def _settings_of_this_kernel(root: str) -> List[str]:
    """The distribution's settings (sysctl.d(5)). There is one kernel: a lab host must not write into it again."""
    directories = [root + "/usr/lib/sysctl.d", root + "/usr/local/lib/sysctl.d"]
    found = {name for directory in directories if os.path.isdir(directory) for name in os.listdir(directory)}
    return sorted(name for name in found | {"99-sysctl.conf"} if name.endswith(".conf"))


def _shadow(root: str) -> str:
    """The passwords without root's: sshd refuses an account that is locked, whatever the key."""
    with open(root + "/etc/shadow") as file:
        lines = file.read().splitlines()
    return "".join("root:*:19000:0:99999:7:::\n" if line.startswith("root:") else line + "\n" for line in lines)
