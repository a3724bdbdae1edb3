# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet: lab hosts on one wire, and the inventory and playbooks of the controller beside them."""

from __future__ import annotations

import copy
import json
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._lab.wire import started
from tests.lab import Lab, ansible
from tests.lab.place import Host, Place
from tests.lab.talk import Talk
from tests.paths import ROOT

_PLAYBOOKS = ("site", "drift", "verify", "teardown", "reclaim")
SITE, DRIFT, VERIFY, TEARDOWN, RECLAIM = ("linuxnet.fabric." + name for name in _PLAYBOOKS)


class FleetTalk(Talk):
    """Places are parties of the lab, or ``HOST/CONTAINER``."""

    def _handle(self, container: str) -> str:
        host, _slash, name = container.partition("/")
        return "/proc/{0}/root/run/netns/{1}".format(self.lab.parties[host].pid, name)


class Fleet:
    """``variables`` of all hosts, and ``own`` of each, are what the next run's inventory says."""

    def __init__(self, lab: Lab, directory: Path) -> None:
        self.lab, self.directory = lab, directory
        self.controller = Place("controller", [])
        self.variables: Dict[str, Any] = {}
        self.own: Dict[str, Dict[str, Any]] = {host.name: {} for host in lab.hosts}
        state = {name: {"pid": p.pid, "ipv4": p.ipv4, "ipv6": p.ipv6} for name, p in lab.parties.items()}
        holders = {pid: started(pid) for pid in lab.pids}
        (directory / "lab.json").write_text(json.dumps({"parties": state, "holders": holders}))
        self.talk = FleetTalk(lab)

    def close(self) -> None:
        self.talk.close()
        self.controller.stop()

    def declare(
        self, networks: Mapping[str, Any], containers: Mapping[str, Mapping[str, Any]], **all_hosts: Any
    ) -> None:
        """``containers``: host → its containers."""
        self.variables = {"topology_networks": copy.deepcopy(dict(networks)), **all_hosts}
        for host in self.own:
            self.own[host] = {"topology_containers": copy.deepcopy(dict(containers.get(host, {})))}

    def inventory(self) -> str:
        common = {
            "ansible_connection": "linuxnet.fabric.lab",
            "ansible_lab_state": str(self.directory / "lab.json"),
            "ansible_python_interpreter": ansible.target_python(),
        }
        # The lab's hosts have the machine's own id, all the same.
        hosts = {host: {"topology_host_id": "id-of-" + host, **own} for host, own in self.own.items()}
        path = self.directory / "inventory.json"
        path.write_text(json.dumps({"all": {"vars": {**common, **self.variables}, "hosts": hosts}}))
        return str(path)

    def run(
        self,
        playbook: str = SITE,
        limit: str = "",
        check: bool = False,
        fail: bool = False,
        args: Sequence[str] = (),
        **extra: Any,
    ) -> ansible.PlaybookRun:
        limited = ["--limit", limit] if limit else []
        ran = ansible.run_playbook(
            self.controller,
            playbook,
            self.inventory(),
            extra,
            check,
            False,
            [*limited, *args],  # type: ignore[arg-type]
        )
        told = [
            one
            for each in ran.results
            for one in (each, *(dict(r, host=each["host"]) for r in each.get("results", ())))
        ]
        wrong = [(each["host"], each.get("msg")) for each in told if each.get("failed") or each.get("unreachable")]
        assert ran.failed == fail, wrong or ran.told[-2000:]
        return ran

    def begin(self, playbook: str = SITE) -> "subprocess.Popen[str]":
        """Start a run, and do not wait for it."""
        command = [ansible.program("ansible-playbook"), "-i", self.inventory(), playbook]
        how: Dict[str, Any] = {"env": ansible.environment(), "cwd": str(ROOT), "start_new_session": True}
        return self.controller.popen(command, stdout=subprocess.DEVNULL, **how)

    def actions(self, ran: ansible.PlaybookRun, host: str) -> List[str]:
        """What a run did, or would do, on a host, in order."""
        return [line for each in ran.results if each["host"] == host for line in each.get("actions", ())]

    def host(self, name: str) -> Host:
        party: Host = self.lab.parties[name]
        return party

    def result(self, ran: ansible.PlaybookRun, host: str) -> Dict[str, Any]:
        """What the module ``topology`` answered."""
        (found,) = (each for each in ran.results if each["host"] == host and "containers" in each)
        return dict(found)

    def address(self, ran: ansible.PlaybookRun, place: str, family: int = 4) -> str:
        """Of ``HOST/CONTAINER``, on its first network."""
        host, _slash, container = place.partition("/")
        interfaces = self.result(ran, host)["containers"][container]["interfaces"]
        return str(next(iter(interfaces.values()))["ipv%d" % family])

    @contextmanager
    def listening(self, place: str, port: int, kind: str = "tcp") -> Iterator[socket.socket]:
        server = self.talk.serve(place, port, kind)
        try:
            yield server
        finally:
            server.close()

    def seen(self, source: str, target: str, address: str, port: int, size: int = 5) -> Optional[str]:
        """As whom the server sees who calls it; None when nothing arrives."""
        with self.listening(target, port) as server:
            return self.talk.reach(source, address, port, server, size=size)

    def blocked(self, source: str, target: str, address: str, port: int) -> bool:
        with self.listening(target, port) as server:
            return self.talk.blocked(source, address, port, server)
