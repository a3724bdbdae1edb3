# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading begins before the declaration is looked through, where there is much to read, and only the clock shows it."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
from typing import Any, Callable, Dict, List, Optional, Set, Tuple

import pytest
from faults import before_each_write, kill_at
from labhost import LabHost, in_child
from scenarios import NOTHING, Declaration, run, through

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine import early
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.report import Result
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import lasting, second_process, visits
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.names import JOURNAL_FILE, LOCK_FILE
from ansible_collections.linuxnet.fabric.plugins.module_utils._module import begun

#: Enough for it. Of some, other settings are read than of most.
MANY: Declaration = {
    "networks": {"front": {}, "back": {"enable_ipv6": True, "icc": False}},
    "containers": {
        "web": {
            "networks": ["front", "back"],
            "ports": ["8080:80"],
            "sysctls": {"net.ipv4.ip_unprivileged_port_start": "0"},
        },
        "db": {"networks": ["back"]},
        **{"box{0}".format(number): {"network_mode": "none"} for number in range(visits.MANY)},
    },
}
WRONG: Declaration = {**MANY, "containers": {**MANY["containers"], "db": {"networks": ["nowhere"]}}}
_DRIFT = """
ip -n box7 link set lo down
ip netns exec web sysctl -qw net.ipv4.ip_unprivileged_port_start=99
ip netns exec db sysctl -qw net.ipv6.conf.default.accept_ra=1
echo nameserver 203.0.113.7 >>/etc/netns/web/resolv.conf
nft delete element inet fabric-default published4 '{ tcp . 8080 }'
"""


@pytest.mark.parametrize("before", [False, True], ids=["by the run", "before the arguments are looked at"])
def test_it_finds_and_repairs_the_drift_that_a_run_finds_which_reads_later(fresh_host: LabHost, before: bool) -> None:
    later, found, repaired, left, beginnings = fresh_host.run(_drift, before=before)
    assert len(later) == 5
    assert found == repaired == later
    assert left == ()
    assert beginnings == [True, True, True]


def test_it_takes_away_what_one_takes_away_that_reads_later(fresh_host: LabHost) -> None:
    assert fresh_host.run(_remove) == ([], True)


def test_few_containers_are_not_worth_it(fresh_host: LabHost) -> None:
    assert fresh_host.run(_few) == [False, False]


def test_a_wrong_declaration_leaves_no_process_no_descriptor_and_no_lock(fresh_host: LabHost) -> None:
    said, before, after = fresh_host.run(_wrong)
    assert "topology_containers.db.networks" in said
    assert after == before


def test_a_wrong_declaration_is_told_while_another_run_holds_the_host(fresh_host: LabHost) -> None:
    assert "topology_containers.db.networks" in fresh_host.run(_say, declared=WRONG, held=True)


def test_while_another_run_holds_the_host_it_waits_as_any_other_does(fresh_host: LabHost) -> None:
    assert "another run holds" in fresh_host.run(_say, declared=MANY, held=True)


def test_arguments_that_are_refused_leave_no_lock_behind(fresh_host: LabHost) -> None:
    assert fresh_host.run(_refused_arguments) == (2, {"children": ""})


@pytest.mark.parametrize("said", [{"name": ["no", "name"]}, {"state": "confirmed"}, {}], ids=["name", "state", "few"])
def test_nothing_is_begun_for_arguments_that_name_no_run_of_many(fresh_host: LabHost, said: Dict[str, Any]) -> None:
    assert fresh_host.run(_begin_for, said=said) == 0


def test_a_run_that_is_killed_holds_nothing_any_more(fresh_host: LabHost) -> None:
    status, interrupted, told, left = fresh_host.run(_killed)
    assert status == -signal.SIGKILL
    assert interrupted
    assert told[0] == "take back the interrupted run of topology default"
    assert left == ()


def test_what_the_other_process_reads_of_a_host_that_it_may_not_read_is_left_to_the_run(fresh_host: LabHost) -> None:
    assert fresh_host.run(_unreadable) == ()


# --- in the lab host


def _begin(declared: Optional[Declaration], check: bool = False, before: bool = False, **more: Any) -> Result:
    """As the module does it, and ``before`` as one does that is run where it is installed."""
    if before:
        begun.begin({"_ansible_check_mode": check})
    return through(begun.perform_topology, declared, check, **more)


def _noting(of: List[bool]) -> Callable[..., Any]:
    begin = early._begin

    def noted(*arguments: Any) -> Any:
        found = begin(*arguments)
        of.append(found is not None)
        return found

    return noted


def _on_two_processors(beginnings: List[bool]) -> None:
    """Of this process, which ends with the test."""
    second_process.os.sched_getaffinity = lambda _pid: {0, 1}  # type: ignore[attr-defined]
    early._begin = _noting(beginnings)


def _drift(before: bool) -> Tuple[Set[str], Set[str], Set[str], Tuple[str, ...], List[bool]]:
    beginnings: List[bool] = []
    _on_two_processors(beginnings)
    run(MANY)
    subprocess.run(["sh", "-ec", _DRIFT], check=True)
    later = set(run(MANY, check=True).actions)
    found = set(_begin(MANY, check=True, before=before).actions)
    repaired = set(_begin(MANY, before=before).actions)
    return later, found, repaired, _begin(MANY, before=before).actions, beginnings


def _remove() -> Tuple[List[str], bool]:
    beginnings: List[bool] = []
    _on_two_processors(beginnings)
    run(MANY)
    _begin(NOTHING)
    return os.listdir("/run/netns"), all(beginnings)


def _few() -> List[bool]:
    beginnings: List[bool] = []
    _on_two_processors(beginnings)
    few = {"networks": {"front": {}}, "containers": {"web": {"networks": ["front"]}}}
    _begin(few)
    _begin(few)
    return beginnings


def _wrong() -> Tuple[str, Dict[str, Any], Dict[str, Any]]:
    _on_two_processors([])
    run(MANY)
    before = _now()
    return _say(WRONG), before, _now()


def _say(declared: Declaration, held: bool = False) -> str:
    _on_two_processors([])
    if not held:
        return _refusal(declared)
    run(MANY)
    with open(LOCK_FILE, encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _refusal(declared)


def _refusal(declared: Declaration) -> str:
    try:
        _begin(declared, lock_timeout=0.1)
    except FabricError as error:
        return str(error)
    raise AssertionError("it was not refused")


def _now() -> Dict[str, Any]:
    with open(LOCK_FILE, encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    lasting.reap()  # as at the end of this process
    with open("/proc/self/task/{0}/children".format(os.getpid()), encoding="ascii") as file:
        return {"descriptors": set(os.listdir("/proc/self/fd")), "children": file.read()}


def _refused_arguments() -> Tuple[int, Dict[str, str]]:
    """How the module ends, and what is left of it."""
    run(MANY)

    def refused() -> None:
        _on_two_processors([])
        begun.begin({})
        os._exit(2)

    status = in_child(refused)
    run(MANY, lock_timeout=2)  # the other process ends with that one, and a moment after it
    return status, {"children": _now()["children"]}


def _begin_for(said: Dict[str, Any]) -> int:
    """How many readings were begun."""
    beginnings: List[bool] = []
    _on_two_processors(beginnings)
    if said:
        run(MANY)
    begun.begin(said)
    return sum(beginnings)


def _killed() -> Tuple[int, bool, Tuple[str, ...], Tuple[str, ...]]:
    run(MANY)
    fewer = {**MANY, "containers": {name: words for name, words in MANY["containers"].items() if name != "db"}}

    def killed() -> None:
        _on_two_processors([])
        with before_each_write(kill_at(12)):
            _begin(fewer)

    status = in_child(killed)
    _on_two_processors([])
    return status, os.path.exists(JOURNAL_FILE), _begin(fewer).actions, _begin(fewer).actions


def _unreadable() -> Tuple[str, ...]:
    _on_two_processors([])
    run(MANY)
    first, visit = os.getpid(), visits._visit

    def dying(*arguments: Any) -> Any:
        if os.getpid() != first:
            os.kill(os.getpid(), signal.SIGKILL)
        return visit(*arguments)

    visits._visit = dying
    return _begin(MANY).actions
