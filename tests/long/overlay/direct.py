# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet whose hosts run the modules of the playbook ``site`` themselves, one after the other, without Ansible: fifty
hosts are made in the time of a few."""

from __future__ import annotations

import resource
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List, Mapping, Sequence

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._fleet.inventory import (
    ANSWERS,
    plan_of,
    questions,
    told_of,
)
from tests.lab import Lab
from tests.lab.place import Host

Results = Dict[str, Dict[str, Any]]


class DirectFleet:
    """``declared``: host → its variables, as an inventory has them. A run has ``hosts``, all of them or some."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.declared: Dict[str, Dict[str, Any]] = {}

    def run(self, names: Sequence[str]) -> Results:
        """What the module ``topology`` answered on each."""
        variables = dict(self.declared)
        for name, answer in self._each(self._introduce, names).items():
            variables[name] = {**variables[name], ANSWERS: {"results": [answer]}}
        plan = plan_of(variables, list(variables), names)
        assert plan["problems"] == []
        told = {name: told_of(plan, name)["default"] for name in names}
        return self._each(lambda name: self._make(name, told[name]), names)

    def remove(self) -> None:
        self._each(lambda name: self._host(name).module("topology", {"state": "absent"}), list(self.declared))

    def _introduce(self, name: str) -> Dict[str, Any]:
        (question,) = questions(name, self.declared[name])
        words = {word: value for word, value in question.items() if value is not None}
        return self._host(name).module("fleet_member", {"state": "introduced", **words})

    def _make(self, name: str, told: Mapping[str, Any]) -> Dict[str, Any]:
        host, own = self._host(name), self.declared[name]
        host.module("fleet_member", {"name": "default", "state": "reserved", "told": told})
        words = {word: own["topology_" + word] for word in ("networks", "containers")}
        return host.module("topology", {**words, "fleet": told})

    def _host(self, name: str) -> Host:
        party: Host = self.lab.parties[name]
        return party

    @staticmethod
    def _each(work: Any, names: Sequence[str]) -> Results:
        with ThreadPoolExecutor(2) as pool:
            return dict(zip(names, pool.map(work, names)))


def addresses(results: Results, family: int = 4) -> Dict[str, str]:
    """``HOST/CONTAINER`` → its address on its first network."""
    found: Dict[str, str] = {}
    for host, result in results.items():
        for name, container in result["containers"].items():
            interface = next(iter(container["interfaces"].values()))
            found["{0}/{1}".format(host, name)] = interface["ipv%d" % family]
    return found


def processor_seconds() -> float:
    """Of all that this process started and that has ended: what else runs on the machine is none of it."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def changed(results: Results) -> List[str]:
    return [name for name, result in results.items() if result["changed"]]
