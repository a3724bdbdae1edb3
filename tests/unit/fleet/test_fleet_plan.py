# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fleet's hosts are told, as cases a user can read: what the inventory declares, who answered, what follows.

A case in cases/*.yml has ``all``, variables that every host has, and ``runs``, one after the other on the same hosts.
A run has ``hosts`` (name → variables of its own; those of the run before where it is left out), ``asked`` (who
answers; all where it is left out) and ``machines`` (name → what of a host is not usual: host_id, address, mtu, clashes,
vxlans, key, certificate, ports, forgotten). It says ``problems``, the exact lines that the user sees, or ``told``:
dotted paths into what the hosts are told, or the ``known`` and ``asked`` hosts. A host keeps what it was told, as on
disk, for the next run.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any, Dict, Iterator

import pytest
import yaml

from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.exchange import VERSION, host_plan
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.handing import carried, handed_out
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.openvpn import common_name
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._fleet.inventory import ANSWERS, plan_of, told_of
from tests.unit.kernel.certificates import certificate

CASES = Path(__file__).parent / "cases"


def _cases() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(case, id="{0}: {1}".format(path.stem, case["case"]))


class Hosts:
    """Machines that keep what they are told."""

    def __init__(self) -> None:
        self.disks: Dict[str, Any] = {}

    def answer(self, number: int, host: str, topology: str, machine: Dict[str, Any]) -> Dict[str, Any]:
        disk = self.disks.get((host, topology)) or self.disks.get((machine.get("disk_of", ""), topology))
        disk = None if machine.get("forgotten") else disk
        return {
            "version": machine.get("version", VERSION),
            "topology": topology,
            "host_id": machine.get("host_id", "id-of-" + machine.get("disk_of", host)),
            "underlay_address": machine.get("address", "192.0.2.{0}".format(11 + number)),
            "underlay_mtu": machine.get("mtu", 1500),
            "clashes": machine.get("clashes", []),
            "vxlans": machine.get("vxlans", []),
            "kept": carried(json.loads(json.dumps(disk))) if disk else None,
            **self._known_by(machine, machine.get("disk_of", host), topology),
            "ports": machine.get("ports", [51871, 51872, 51873]),
        }

    @staticmethod
    def _known_by(machine: Dict[str, Any], host: str, topology: str) -> Dict[str, str]:
        """``certificate``: whose name is in it; the host's own where it is empty."""
        if "certificate" not in machine:
            return {"public_key": machine.get("key", "key-of-" + host)}
        name = machine["certificate"] or common_name(topology, "id-of-" + host)
        return {"certificate": certificate(name, machine.get("key", host))}


def play(case: Dict[str, Any]) -> Iterator[Any]:
    """(what the run says, what came of it)"""
    machines, declared = Hosts(), {}
    for run in case["runs"]:
        declared = run.get("hosts", declared)
        asked = run.get("asked", list(declared))
        variables: Dict[str, Any] = {}
        for number, (host, own) in enumerate(declared.items()):
            variables[host] = {**case.get("all", {}), **(own or {})}
            if host in asked:
                machine = run.get("machines", {}).get(host, {})
                projects = [
                    variables[host].get("topology_name", "default"),
                    *variables[host].get("topology_projects", {}),
                ]
                answers = [{"identity": machines.answer(number, host, name, machine)} for name in projects]
                variables[host][ANSWERS] = {"results": answers}
        plan = plan_of(variables, list(declared), asked)
        for host in plan["hosts"]:
            for topology, told in told_of(plan, host).items():
                data = json.loads(json.dumps(told))
                assert host_plan(data).as_data() == told, "what is told survives JSON"
                machines.disks[host, topology] = data
        yield run, {**plan, "hosts": {host: told_of(plan, host) for host in plan["hosts"]}}


def look_up(data: Any, path: str) -> Any:
    for word, index in re.findall(r"([^./\[\]]+)|\[(\d+)\]", path):
        data = data[int(index)] if index else (data or {}).get(word)
    return data


@pytest.mark.parametrize("case", list(_cases()))
def test_a_fleet_is_planned(case: Dict[str, Any]) -> None:
    for number, (run, plan) in enumerate(play(case)):
        assert plan["problems"] == run.get("problems", []), "run {0}".format(number)
        assert {path: look_up(plan, path) for path in run.get("told", {})} == run.get("told", {}), number


@pytest.mark.parametrize("case", list(_cases()))
def test_the_same_run_again_tells_the_same(case: Dict[str, Any]) -> None:
    """Whatever a case comes to, nothing changes when nothing changed."""
    last = case["runs"][-1]
    if last.get("problems"):
        return
    again = dict(last, machines={host: dict(m, forgotten=False) for host, m in last.get("machines", {}).items()})
    *_before, (_run, first), (_again, second) = play(dict(case, runs=[*case["runs"], again]))
    assert second == {**first, "chosen": {}}, "what was chosen is what they have"


def test_the_page_shows_each_error_of_the_plan() -> None:
    page = (Path(__file__).parents[3] / "docs" / "fleet.md").read_text(encoding="utf-8")
    problems = {line for case in _cases() for run in case.values[0]["runs"] for line in run.get("problems", ())}
    assert [line for line in sorted(problems) if "\n{0}\n".format(line) not in page] == []


def test_the_order_of_the_hosts_in_the_inventory_changes_nothing() -> None:
    shop = {"driver": "overlay", "ipam": {"config": [{"subnet": "10.88.0.0/16"}]}}
    names, variables = ["node%d" % number for number in (10, 2, 1)], {}
    for number, host in enumerate(names):
        answer = Hosts().answer(number, host, "default", {"address": "10.1.0.%d" % (number + 1)})
        declared = {"topology_networks": {"shop": shop}, "topology_containers": {"web": {"networks": ["shop"]}}}
        variables[host] = {**declared, ANSWERS: {"results": [{"identity": answer}]}}
    plans = [plan_of(variables, order, order) for order in (names, sorted(names), names[::-1])]
    assert plans[0] == plans[1] == plans[2]
    blocks = [told_of(plans[0], host)["default"]["networks"]["shop"]["own"]["blocks"] for host in ("node2", "node10")]
    assert blocks == [["10.88.1.0/24"], ["10.88.2.0/24"]]


@pytest.mark.parametrize("mode", ["routed", "bridged"])
def test_a_plan_costs_what_its_hosts_do_and_not_their_square(mode: str) -> None:
    assert _calls(mode, 60) < 2.5 * _calls(mode, 30)


def _calls(mode: str, count: int) -> int:
    """How many functions are called to plan so many hosts that know each other; the machine's speed is none of it."""
    shop = {"driver": "overlay", "overlay_mode": mode, "ipam": {"config": [{"subnet": "10.88.0.0/16"}]}}
    hosts = {"node%d" % n: {"topology_containers": {"c%d" % n: {"networks": ["shop"]}}} for n in range(count)}
    machines = Hosts()
    variables: Dict[str, Any] = {}
    for _run in range(2):
        for number, (host, own) in enumerate(hosts.items()):
            answer = machines.answer(number, host, "default", {"address": "10.1.{0}.{1}".format(*divmod(number, 200))})
            variables[host] = {"topology_networks": {"shop": shop}, **own, ANSWERS: {"results": [{"identity": answer}]}}
        found = 0

        def count_one(_frame: Any, event: str, _argument: Any) -> None:
            nonlocal found
            found += event in ("call", "c_call")

        sys.setprofile(count_one)
        try:
            plan = plan_of(variables, list(hosts), list(hosts))
        finally:
            sys.setprofile(None)
        assert plan["problems"] == []
        machines.disks.update({(host, "default"): told_of(plan, host)["default"] for host in plan["hosts"]})
    return found


def test_what_a_plan_hands_out_grows_with_its_hosts_and_not_with_their_square() -> None:
    assert _said(60) < 2.2 * _said(30)


def _said(count: int) -> int:
    """The characters of a plan and of all answers, with the hosts knowing each other."""
    shop = {"driver": "overlay", "ipam": {"config": [{"subnet": "10.88.0.0/16"}]}}
    hosts = {"node%d" % n: {"topology_containers": {"c%d" % n: {"networks": ["shop"]}}} for n in range(count)}
    *_before, (_run, plan) = play(
        {"case": "", "all": {"topology_networks": {"shop": shop}}, "runs": [{"hosts": hosts}]}
    )
    compact, _peers = handed_out(
        {"default": {host: host_plan(told["default"]) for host, told in plan["hosts"].items()}}
    )
    answers = {carried(told["default"])["hosts"] for told in plan["hosts"].values()}
    assert len(answers) == 1, "hosts that were told the same give it back letter for letter"
    return len(json.dumps([compact, _peers]))
