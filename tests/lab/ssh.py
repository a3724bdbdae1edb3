# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys of a lab, and how ssh and Ansible on the lab's client are told of the hosts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import List, Sequence

from .place import Host


class Ssh:
    """One key for the user, and one that all hosts have, in the lab's directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        for name in ("key", "host_key"):
            path = str(directory / name)
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", path], check=True)

    @property
    def host_key(self) -> str:
        return (self._directory / "host_key").read_text()

    @property
    def public_key(self) -> str:
        return (self._directory / "key.pub").read_text()

    def options(self, hosts: Sequence[Host]) -> List[str]:
        """For ssh, which then knows the hosts by their addresses and nothing of this machine's user."""
        words = {
            "IdentityFile": self._directory / "key",
            "UserKnownHostsFile": self._known(hosts),
            "StrictHostKeyChecking": "yes",
            "BatchMode": "yes",
            "ControlPath": self._directory / "%C",
            "ControlPersist": "10s",
        }
        return ["-F", "/dev/null"] + [word for key in words for word in ("-o", "{0}={1}".format(key, words[key]))]

    def _known(self, hosts: Sequence[Host]) -> Path:
        path = self._directory / "known_hosts"
        key = " ".join((self._directory / "host_key.pub").read_text().split()[:2])
        path.write_text("".join("{0},{1} {2}\n".format(host.ipv4, host.ipv6, key) for host in hosts))
        return path

    def inventory(self, hosts: Sequence[Host], group: str) -> str:
        """The path of an inventory with all hosts in a group. What else they are told stands beside the playbook."""
        given = {
            "ansible_user": "root",
            "ansible_ssh_common_args": " ".join(self.options(hosts)),
            "ansible_python_interpreter": os.environ.get("FABRIC_TARGET_PYTHON") or sys.executable,
        }
        told = {host.name: {"ansible_host": host.ipv4} for host in hosts}
        path = self._directory / (group + ".json")
        path.write_text(json.dumps({"all": {"children": {group: {"hosts": told, "vars": given}}}}))
        return str(path)

    def close(self) -> None:
        """End the connections that ssh keeps open in the background."""
        for path in self._directory.glob("*"):
            if path.is_socket():
                command = ["ssh", "-O", "exit", "-o", "ControlPath=" + str(path), "lab"]
                subprocess.run(command, stderr=subprocess.DEVNULL)
