# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ours as a user runs it: ansible-playbook, a play, the role; and what an empty play costs beside it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Dict, List, Optional

from .. import declaration
from ..places import COLLECTIONS, environment, program
from ..sample import Sample, run
from . import Runner, Steps

_ROLE = COLLECTIONS / "ansible_collections" / "linuxnet" / "fabric" / "roles" / "topology"
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


class Playbook(Runner):
    name = "playbook"
    scenarios = ("endpoints", "demo")

    def missing(self) -> Optional[str]:
        if not _ROLE.exists():
            return str(_ROLE)
        return None if program("ansible-playbook") else "ansible-core"

    def steps(self, scenario: str, size: int, folder: Path) -> Steps:
        if scenario == "demo":
            yield "ping", play(folder, [{"name": "Ping", "ansible.builtin.ping": None}], {})
            yield "demo", topology(folder, _DEMO)
            yield "demo again", topology(folder, _DEMO)
            return
        words = declaration.topology(size)
        yield "build", topology(folder, words)
        yield "again", topology(folder, words)
        yield "teardown", topology(folder, declaration.absent())


def topology(folder: Path, words: Dict[str, Any]) -> Sample:
    role = {"name": "Topology", "ansible.builtin.import_role": {"name": "linuxnet.fabric.topology"}}
    return play(folder, [role], {"topology_" + key: value for key, value in words.items()})


def play(folder: Path, tasks: List[Dict[str, Any]], variables: Dict[str, Any]) -> Sample:
    """JSON is YAML; the variables go where a user keeps them, beside the inventory."""
    (folder / "host_vars").mkdir(exist_ok=True)
    (folder / "host_vars" / "bench.json").write_text(json.dumps(variables))
    (folder / "inventory").write_text(
        "bench ansible_connection=local ansible_python_interpreter={0}\n".format(sys.executable)
    )
    body = [{"name": "Bench", "hosts": "bench", "gather_facts": False, "tasks": tasks}]
    (folder / "play.yml").write_text(json.dumps(body))
    argv = [str(program("ansible-playbook")), "-i", str(folder / "inventory"), str(folder / "play.yml")]
    return run(argv, environment=dict(environment(), HOME=str(folder)))
