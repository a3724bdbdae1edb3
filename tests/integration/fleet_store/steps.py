# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role's tasks do with a fleet and its store, without Ansible between: introduced, planned, held, reserved."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._fleet.inventory import (
    ANSWERS,
    plan_of,
    questions,
    store_of,
    told_of,
)
from tests.integration.overlay.fleet import Fleet


class Run:
    """One run of the first play. ``problems``, or what was done on each host, by line; ``warnings`` of all.

    ``run``: the same one, of several times that it comes by."""

    def __init__(
        self, fleet: Fleet, check: bool = False, limit: Optional[List[str]] = None, run: Optional[str] = None
    ) -> None:
        self._fleet, self._check, self._run = fleet, check, run
        self.hosts = limit or list(fleet.own)
        self.variables: Dict[str, Dict[str, Any]] = {
            host: {**fleet.variables, "topology_host_id": "id-of-" + host, **own} for host, own in fleet.own.items()
        }
        self.actions: Dict[str, List[str]] = {host: [] for host in self.hosts}
        self.warnings: List[str] = []
        self.lost: List[str] = ["not yet"]
        while self.lost:
            self._introduce()
            self.plan = plan_of(self.variables, list(self.variables), self.hosts)
            self.problems: List[str] = self.plan["problems"]
            self.lost = []
            if not self.problems:
                self._hold()
            if check:
                break
        if not self.problems:
            self._reserve()

    def _module(self, host: str, **words: Any) -> Dict[str, Any]:
        store = store_of(self.variables[host])
        words.update({"lease_store": store} if store else {}, host_id="id-of-" + host)
        answer: Dict[str, Any] = self._fleet.host(host).module("fleet_member", words, check=self._check)
        self.actions[host].extend(answer.get("actions", ()))
        self.warnings.extend(map(str, answer.get("warnings", ())))  # newer Ansible has them as dictionaries
        return answer

    def _introduce(self) -> None:
        for host in self.hosts:
            asked = questions(host, self.variables[host])
            answers = [self._module(host, name=each["name"], subnets=each["subnets"]) for each in asked]
            self.variables[host][ANSWERS] = {"results": answers}

    def _hold(self) -> None:
        for host, projects in self.plan["claims"].items():
            for name, rows in projects.items():
                asked = self.plan["asked"] if self._check else []
                self.lost.extend(self._module(host, name=name, state="held", claims=rows, asked=asked)["lost"])

    def _reserve(self) -> None:
        for host in self.plan["hosts"]:
            for name, told in told_of(self.plan, host).items():
                whole = host in self.plan["whole"][name]
                self._module(host, name=name, state="reserved", told=told, run=self._run, whole=whole)

    def give_back(self) -> None:
        """What the role does at its end, when the host goes by what it was told."""
        for host in self.hosts:
            rows = self.plan["claims"].get(host, {}).get("default", [])
            told = told_of(self.plan, host).get("default", {})
            self._module(host, name="default", state="held", claims=rows, told=told)
