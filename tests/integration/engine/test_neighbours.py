# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who else is on the host: another run, another topology, and things that are not ours."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Callable, Tuple

import pytest
from faults import before_each_write
from labhost import LabHost
from scenarios import DEMO, NOTHING, Declaration, run
from world import difference, world

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.removals import _FIRST_GROUP
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.names import veth_ifname

OTHER: Declaration = {
    "networks": {"yard": {"enable_ipv6": True}, "shed": {"icc": False}},
    "containers": {"goat": {"networks": ["yard", "shed"], "ports": ["9090:80"]}, "hen": {"networks": ["shed"]}},
}
SMALL: Declaration = {"networks": {"front": {}}, "containers": {"web": {"networks": ["front"], "ports": ["8080:80"]}}}
ALONE: Declaration = {"networks": {}, "containers": {"web": {"network_mode": "none"}}}

#: What stands in the way → (how it came there, what is applied before, what the error must say).
FOREIGN = {
    "a bridge of the same name": ("ip link add br-front type bridge", NOTHING, "interface br-front (bridge)"),
    "an interface of the same name": (
        "ip link add br-front type veth peer name far0",
        NOTHING,
        "interface br-front (veth)",
    ),
    "a host end of the same name": (
        "ip link add {0} type bridge".format(veth_ifname("default", "web", "eth0")),
        NOTHING,
        "interface {0}".format(veth_ifname("default", "web", "eth0")),
    ),
    "a namespace of the same name": ("ip netns add web", NOTHING, "/run/netns/web exists and is not ours"),
    "a hosts file": ("mkdir /etc/netns/web; echo mine > /etc/netns/web/hosts", NOTHING, "/etc/netns/web/hosts"),
    "an interface inside": ("ip -n web link add eth0 type bridge", ALONE, "interface eth0 in namespace web"),
}


def test_a_run_that_finds_another_one_names_its_pid(fresh_host: LabHost) -> None:
    pid, message = fresh_host.run(_run_beside_a_held_lock)
    assert "another run holds" in message
    assert "pid {0}".format(pid) in message


def test_a_run_that_may_wait_goes_on_when_the_other_is_done(fresh_host: LabHost) -> None:
    status, actions = fresh_host.run(_wait_for_the_other)
    assert status == 0
    assert actions == ()


def test_two_topologies_on_one_host_never_touch_each_other(fresh_host: LabHost) -> None:
    assert fresh_host.run(_two_topologies) == []


def test_an_interface_of_somebody_elses_stays_whatever_group_it_is_in(fresh_host: LabHost) -> None:
    before, after = fresh_host.run(_go_beside_groups)
    assert after == before


def test_a_name_that_another_topology_has_is_refused(fresh_host: LabHost) -> None:
    message, touched = fresh_host.run(_clash)
    assert "other" in message
    assert touched == {}


@pytest.mark.parametrize("kind", FOREIGN)
def test_what_is_not_ours_stops_the_run_before_its_first_change(fresh_host: LabHost, kind: str) -> None:
    script, before, named = FOREIGN[kind]
    message, touched = fresh_host.run(_in_the_way, script, before)
    assert named in message
    assert "nothing was changed" in message
    assert touched == {}


def _holding(function: Callable[[int, int], object]) -> Tuple[int, object]:
    """Call ``function(pid, let_go)`` while a child of ours is in the middle of a run; then wait for the child."""
    reached, reach = os.pipe()
    held, let_go = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(let_go)

        def hook(number: int, _what: str) -> None:
            if number == 5:
                os.write(reach, b"x")
                os.read(held, 1)

        with before_each_write(hook):
            run(SMALL)
        os._exit(0)
    os.read(reached, 1)
    answer = function(child, let_go)
    os.close(let_go)
    _pid, status = os.waitpid(child, 0)
    return status, answer


def _run_beside_a_held_lock() -> Tuple[int, str]:
    def beside(pid: int, _let_go: int) -> Tuple[int, str]:
        try:
            run(SMALL, lock_timeout=0.2)
        except FabricError as error:
            return pid, str(error)
        return pid, "no error"

    return _holding(beside)[1]  # type: ignore[return-value]


def _wait_for_the_other() -> Tuple[int, object]:
    def beside(_pid: int, let_go: int) -> object:
        os.write(let_go, b"x")
        return run(SMALL, lock_timeout=60).actions

    return _holding(beside)


def _go_beside_groups() -> Tuple[set, set]:
    """Every group that a removal may take for what goes."""
    run(DEMO)
    hers = {"hers{0}".format(number) for number in range(4)}
    for number, ifname in enumerate(sorted(hers)):
        group = str(_FIRST_GROUP + number)
        subprocess.run(["ip", "link", "add", ifname, "group", group, "type", "bridge"], check=True)
    run(NOTHING)
    shown = subprocess.run(["ip", "-j", "link"], check=True, capture_output=True, text=True)
    return hers, hers.intersection(each["ifname"] for each in json.loads(shown.stdout))


def _two_topologies() -> list:
    run(DEMO)
    first = world()
    run(OTHER, name="other")
    both = world()
    problems = []
    changed = [key for key in difference(first, both) if key in first]
    problems.append(("apply of the second changed the first's", [key for key in changed if "netconf" not in key]))
    problems.append(("second run of the first", run(DEMO).actions))
    problems.append(("second run of the second", run(OTHER, name="other").actions))
    run(NOTHING, name="other")
    problems.append(("after the second went", difference(first, world())))
    run(OTHER, name="other")
    run(NOTHING)
    problems.append(("the second without the first", run(OTHER, name="other").actions))
    run(NOTHING, name="other")
    return [problem for problem in problems if problem[1]]


def _clash() -> Tuple[str, object]:
    run(SMALL, name="other")
    before = world()
    try:
        run(ALONE)
    except FabricError as error:
        return str(error), difference(before, world())
    return "no error", {}


def _in_the_way(script: str, before: object) -> Tuple[str, object]:
    if before is not None:
        run(before)  # type: ignore[arg-type]
    subprocess.run(["sh", "-ec", script], check=True)
    found = world()
    messages = []
    for check in (True, False):
        try:
            run(SMALL, check=check)
            messages.append("no error")
        except FabricError as error:
            messages.append(str(error))
    assert messages[0] == messages[1]
    return messages[0], difference(found, world())
