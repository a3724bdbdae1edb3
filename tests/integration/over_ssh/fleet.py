# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Some hosts with sshd, and somebody at the lab's client with their inventory: root, or a user who may sudo."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence

from tests.lab import Host, ansible
from tests.lab.booted import BootedLab

PLAYBOOKS = ansible.ROOT / "playbooks"
NETWORKS: Dict[str, Any] = {"front": {"ipam": {"config": [{"subnet": "172.20.0.0/24"}]}}}
CONTAINERS: Dict[str, Any] = {"web": {"networks": ["front"], "ports": ["8080:80"]}, "batch": {"network_mode": "none"}}
#: How somebody reaches a host → variables of all hosts.
WAYS: Dict[str, Dict[str, Any]] = {
    "root": {"ansible_user": "root"},
    "sudo": {"ansible_user": "admin", "ansible_become": True},
}


class Fleet:
    """Runs playbooks from the client over all hosts of a lab."""

    def __init__(self, lab: BootedLab, directory: Path, way: str) -> None:
        self.lab, self.directory, self.way = lab, directory, way
        self.hosts: List[Host] = lab.hosts
        if way == "sudo":
            for host in self.hosts:
                _let_sudo(host, "admin")

    def inventory(self, own: Optional[Mapping[str, Mapping[str, Any]]] = None) -> str:
        """The path of an inventory; ``own``: host → variables of its own."""
        words = {
            **WAYS[self.way],
            "ansible_ssh_common_args": " ".join(self.lab.ssh_options()),
            "ansible_python_interpreter": ansible.target_python(),
            "topology_networks": NETWORKS,
            "topology_containers": CONTAINERS,
        }
        hosts = {host.name: {"ansible_host": host.ipv4, **(own or {}).get(host.name, {})} for host in self.hosts}
        path = self.directory / "hosts.json"
        path.write_text(json.dumps({"all": {"hosts": hosts, "vars": words}}))
        return str(path)

    def run(
        self,
        playbook: str,
        *args: str,
        strategy: str = "linear",
        check: bool = False,
        fail: bool = False,
        own: Optional[Mapping[str, Mapping[str, Any]]] = None,
        **words: Any,
    ) -> ansible.PlaybookRun:
        path = playbook if "/" in playbook else str(PLAYBOOKS / playbook)
        env = {"ANSIBLE_STRATEGY": strategy}
        return self.lab.client.playbook(
            path, self.inventory(own), extra_vars=words, check=check, args=args, fail=fail, env=env
        )

    def story(self, strategy: str) -> None:
        """A fleet is foretold, made, changed behind its back, reported, repaired, and taken away; first one host."""
        nothing, everything = ({host.name: names for host in self.hosts} for names in ([], sorted(CONTAINERS)))
        last = self.hosts[-1]
        told = self.run("site.yml", strategy=strategy, check=True)
        assert (told.changed, self.namespaces()) == (len(self.hosts), nothing)
        assert self.run("site.yml", strategy=strategy).changed == len(self.hosts)
        assert self.namespaces() == everything

        last.run(["ip", "link", "set", "br-front", "mtu", "1400"])
        reports = self.directory / "reports"
        self.run("drift.yml", strategy=strategy, fail=True, topology_report_directory=str(reports))
        found = {path.name: json.loads(path.read_text())["status"] for path in reports.glob("*.default.json")}
        assert found == {host.name + ".default.json": "drifted" if host is last else "clean" for host in self.hosts}
        assert self.run("site.yml", strategy=strategy).changed == 1

        self.run("teardown.yml", "--limit", last.name, strategy=strategy)
        assert self.namespaces() == {**everything, last.name: []}
        self.run("teardown.yml", strategy=strategy)
        assert self.namespaces() == nothing

    def namespaces(self) -> Dict[str, List[str]]:
        """Host → names in /run/netns."""
        return {
            host.name: sorted(host.run(["sh", "-c", "ls /run/netns 2>/dev/null || true"]).stdout.split())
            for host in self.hosts
        }


def _let_sudo(host: Host, user: str) -> None:
    """A user who has the lab's key, no password, and root only by sudo."""
    host.run(["useradd", "--create-home", "--shell", "/bin/sh", "--password", "*", user])
    host.run(["sh", "-c", "echo '{0} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/{0}".format(user)])


def roles_play(directory: Path, serial: Sequence[Any]) -> str:
    """A playbook of one's own around the role, some hosts at a time."""
    path = directory / "rolling.json"
    play = {
        "hosts": "all",
        "gather_facts": False,
        "serial": list(serial),
        "max_fail_percentage": 0,
        "roles": ["linuxnet.fabric.topology"],
    }
    path.write_text(json.dumps([play]))
    return str(path)
