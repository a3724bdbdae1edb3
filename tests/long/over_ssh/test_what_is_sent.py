# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run over ssh sends to a host, by how many commands, and how long ten hosts take beside an empty module.

pytest tests/long/over_ssh/test_what_is_sent.py -s        # prints the table of docs/performance.md
"""

from __future__ import annotations

import json
import stat
import time
from pathlib import Path
from typing import Any, Dict, List, NamedTuple

import pytest

from tests.integration.over_ssh.fleet import Fleet
from tests.lab.booted import BootedLab, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason="lab hosts with sshd need " + missing())
HOSTS = ["node{0}".format(number) for number in range(1, 11)]
#: A module that does nothing, as Ansible's documentation shows one.
EMPTY = """#!/usr/bin/python
from ansible.module_utils.basic import AnsibleModule
AnsibleModule(argument_spec={}, supports_check_mode=True).exit_json(changed=False)
"""
ROLE = {"ansible.builtin.import_role": {"name": "linuxnet.fabric.topology"}}
WORDS: Dict[str, Any] = {"topology_show_changes": False}
#: What is run, in this order: the role for the first time, and when a host has all that it needs.
STEPS: Dict[str, Any] = {
    "warm": {"empty": {}},
    "an empty module": {"empty": {}},
    "ansible.builtin.ping": {"ansible.builtin.ping": None},
    "the role, first run": ROLE,
    "the role again": ROLE,
    "netns": {"linuxnet.fabric.netns": {"name": "by-hand"}},
}


class Cost(NamedTuple):
    kib: float  # to each host, on the wire
    commands: float  # of ssh and sftp, for each host
    seconds: float  # for all hosts

    def line(self, step: str, pipelining: bool, empty: "Cost") -> str:
        cells = (step, "yes" if pipelining else "no", self.kib, self.commands, self.seconds / empty.seconds)
        return "| {0} | {1} | {2:.0f} | {3:.0f} | {4:.1f} |".format(*cells)


class Counted:
    """A fleet whose client counts its commands."""

    def __init__(self, fleet: Fleet, directory: Path) -> None:
        self.fleet, self.directory, self.log = fleet, directory, directory / "commands"
        library = directory / "library"
        library.mkdir()
        (library / "empty.py").write_text(EMPTY)
        self.env = {"ANSIBLE_LIBRARY": str(library), "ANSIBLE_FORKS": "10"}
        for name in ("ssh", "sftp"):
            program = directory / name
            program.write_text('#!/bin/sh\necho {0} >> {1}\nexec {0} "$@"\n'.format(name, self.log))
            program.chmod(program.stat().st_mode | stat.S_IXUSR)
            self.env["ANSIBLE_{0}_EXECUTABLE".format(name.upper())] = str(program)

    def run(self, task: Dict[str, Any], pipelining: bool) -> Cost:
        play = self.directory / "play.json"
        play.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "vars": WORDS, "tasks": [task]}]))
        self.log.write_text("")
        before, begin = self._received(), time.monotonic()
        env = dict(self.env, ANSIBLE_PIPELINING=str(pipelining))
        self.fleet.lab.client.playbook(str(play), self.fleet.inventory(), env=env)
        seconds = time.monotonic() - begin
        sent = (self._received() - before) / 1024
        return Cost(sent / len(HOSTS), len(self.log.read_text().split()) / len(HOSTS), seconds)

    def _received(self) -> int:
        return sum(_received(host) for host in self.fleet.hosts)


def _received(host: Any) -> int:
    (link,) = host.json(["ip", "-j", "-s", "link", "show", "eth0"])
    return int(link["stats64"]["rx"]["bytes"])


def test_what_each_task_costs(tmp_path: Path) -> None:
    lines: List[str] = ["| a task of | pipelining | KiB to a host | commands | times an empty one |"]
    costs: Dict[bool, Dict[str, Cost]] = {}
    for pipelining in (True, False):
        directory = tmp_path / str(pipelining)
        directory.mkdir()
        with BootedLab(light=HOSTS) as lab:
            counted = Counted(Fleet(lab, directory, "root"), directory)
            found = {step: counted.run(task, pipelining) for step, task in STEPS.items()}
        costs[pipelining] = found
        lines += [found[step].line(step, pipelining, found["an empty module"]) for step in list(STEPS)[1:]]
    print("\n" + "\n".join(lines))
    piped = costs[True]
    assert piped["the role again"].commands == piped["an empty module"].commands
    assert piped["the role, first run"].commands == piped["an empty module"].commands + 1, "it is asked for once"
    assert piped["the role again"].kib < 2 * piped["an empty module"].kib
