# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ours as a user runs it: ansible-playbook, a play, the role; and what an empty play costs beside it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional

from .. import declaration
from ..places import CHECKOUT, environment, program
from ..sample import BenchmarkError, Sample, run
from ..trials import Trial
from . import Runner, Steps

_ROLE = "roles/topology"
#: The four modes on two networks: the size of thing that a person tries first.
_DEMO: Dict[str, Any] = {
    "name": "demo",
    "networks": {"front": {"ipam": {"config": [{"subnet": "172.20.0.0/24"}]}}, "back": {"internal": True}},
    "containers": {
        "web": {"networks": ["front", "back"], "ports": ["8080:80"]},
        "db": {"networks": ["back"]},
        "sidecar": {"network_mode": "container:web"},
        "batch": {"network_mode": "none"},
        "agent": {"network_mode": "host"},
    },
}


#: A module that does nothing, as Ansible's documentation shows one: what a task costs before it does anything.
_EMPTY = """#!/usr/bin/python
from ansible.module_utils.basic import AnsibleModule
AnsibleModule(argument_spec={}, supports_check_mode=True).exit_json(changed=False)
"""


class Place(NamedTuple):
    """Where a play lies, and the checkout that is the installed collection there."""

    folder: Path
    tree: Path

    def topology(self, words: Dict[str, Any], **variables: str) -> Sample:
        role = {"name": "Topology", "ansible.builtin.import_role": {"name": "linuxnet.fabric.topology"}}
        return self.play([role], {"topology_" + key: value for key, value in words.items()}, variables)

    def sent(self, words: Dict[str, Any]) -> Sample:
        """A run as the one before it, and what Ansible copied to the host for it: it leaves that there when asked.

        To this host only a script would be copied. With a limit of open files the module is packed as for others.
        """
        there = self.folder / "there"
        sample = self.topology(
            words,
            ANSIBLE_KEEP_REMOTE_FILES="1",
            ANSIBLE_REMOTE_TMP=str(there),
            ANSIBLE_PYTHON_MODULE_RLIMIT_NOFILE="1024",
        )
        sizes = [path.stat().st_size for path in there.rglob("*") if path.is_file()]
        if not sizes:
            raise BenchmarkError("Ansible left nothing in " + str(there))
        return sample._replace(sent_kib=sum(sizes) / 1024)

    def play(
        self,
        tasks: List[Dict[str, Any]],
        variables: Optional[Dict[str, Any]] = None,
        settings: Optional[Dict[str, str]] = None,
    ) -> Sample:
        """JSON is YAML; the variables go where a user keeps them, beside the inventory."""
        folder = self.folder
        (folder / "host_vars").mkdir(exist_ok=True)
        (folder / "host_vars" / "bench.json").write_text(json.dumps(variables or {}))
        (folder / "inventory").write_text(
            "bench ansible_connection=local ansible_python_interpreter={0}\n".format(sys.executable)
        )
        body = [{"name": "Bench", "hosts": "bench", "gather_facts": False, "tasks": tasks}]
        (folder / "play.yml").write_text(json.dumps(body))
        argv = [str(program("ansible-playbook")), "-i", str(folder / "inventory"), str(folder / "play.yml")]
        return run(argv, environment=dict(environment(self.tree), HOME=str(folder), **(settings or {})))


class Playbook(Runner):
    name = "playbook"
    scenarios = ("endpoints", "demo", "tasks")

    def missing(self) -> Optional[str]:
        if not (CHECKOUT / _ROLE).exists():
            return str(CHECKOUT / _ROLE)
        return None if program("ansible-playbook") else "ansible-core"

    def steps(self, trial: Trial, folder: Path) -> Steps:
        place = Place(folder, Path(trial.tree or CHECKOUT))
        return getattr(self, "_" + trial.scenario)(place, trial.size)  # type: ignore[no-any-return]

    def _endpoints(self, place: Place, size: int) -> Steps:
        words = declaration.topology(size)
        yield "build", place.topology(words)
        yield "again", place.topology(words)
        yield "teardown", place.topology(declaration.absent())

    def _demo(self, place: Place, size: int) -> Steps:
        yield "ping", place.play([{"name": "Ping", "ansible.builtin.ping": None}])
        yield "demo", place.topology(_DEMO)
        yield "demo again", place.topology(_DEMO)
        yield "sent", place.sent(_DEMO)

    def _tasks(self, place: Place, size: int) -> Steps:
        """``size`` tasks of a module, beside a play without any."""
        library = place.folder / "library"
        library.mkdir()
        (library / "empty.py").write_text(_EMPTY)
        netns = {"linuxnet.fabric.netns": {"name": "one"}}
        place.play([netns])
        yield "none", place.play([])
        yield "empty", place.play([{"empty": {}}] * size)
        yield "netns", place.play([netns] * size)
