# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done for the speed of many namespaces, and must not be seen: a second process, a /proc of our own."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import signal
import subprocess
from typing import Any, Callable, ContextManager, Dict, Iterator, List, Optional, Set, Tuple

import pytest
from faults import before_each_write, fail_at, kill_at
from labhost import LabHost, in_child
from scenarios import NOTHING, Declaration, run
from world import difference, world

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine import lengthy
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import (
    ahead,
    lasting,
    printable,
    procfs,
    second_process,
    visits,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError, ForeignObjectError
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.host import Host
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.visits import NamespaceState, Visits
from ansible_collections.linuxnet.fabric.plugins.module_utils._module.performing import answer

#: More than one process visits alone. One of them has a setting, which is looked for below its own /proc/sys.
MANY: Declaration = {
    "networks": {"front": {"enable_ipv6": True}},
    "containers": {
        "web": {"networks": ["front"], "sysctls": {"net.ipv4.ip_unprivileged_port_start": "0"}},
        **{"box{0}".format(number): {"network_mode": "none"} for number in range(visits.MANY)},
    },
}
#: So many pairs that they go beside what needs none of them, and so many handles that several are unmounted at once.
CROWD: Declaration = {
    "networks": {"front": {}},
    "containers": {
        "box{0}".format(number): {"networks": ["front"], "ports": ["{0}:80".format(9000 + number)]}
        for number in range(lengthy.MANY)
    },
}
#: Before which of the writes of its removal that is killed, or one fails: journal, links, and what goes beside them.
_MOMENTS = [2, 4, 20, 90, 200, 260]
_DRIFT = """
ip -n box7 link set lo down
ip netns exec web sysctl -qw net.ipv4.ip_unprivileged_port_start=99
echo nameserver 203.0.113.7 >>/etc/netns/web/resolv.conf
"""
_LAN = "ip link add lan type bridge; ip address add 203.0.113.9/24 dev lan; ip link set lan up"
_REPAIRS = {
    "set lo up in namespace box7",
    "set net.ipv4.ip_unprivileged_port_start from 99 to 0 in namespace web",
    "rewrite /etc/netns/web/: resolv.conf",
}


def test_two_processes_read_what_one_does(fresh_host: LabHost) -> None:
    alone, together, workers = fresh_host.run(_read_by_both)
    assert len(alone) > visits.MANY
    assert together == alone
    assert workers == 2


def test_what_a_killed_second_process_did_not_bring_is_read_by_the_first(fresh_host: LabHost) -> None:
    alone, together, _workers = fresh_host.run(_read_by_both, killed=True)
    assert together == alone


def test_what_was_begun_before_it_was_known_what_to_read_brings_the_same(fresh_host: LabHost) -> None:
    alone, together = fresh_host.run(_asked_later)
    assert together == alone


def test_a_declaration_that_is_refused_half_way_leaves_no_process_and_no_descriptor(fresh_host: LabHost) -> None:
    before, after = fresh_host.run(_refused)
    assert after == before


def test_a_reading_that_is_given_up_leaves_no_process_and_no_descriptor(fresh_host: LabHost) -> None:
    before, after = fresh_host.run(_give_up)
    assert after == before


def test_another_process_makes_the_namespaces_and_the_run_names_them(fresh_host: LabHost) -> None:
    by_itself, left, children = fresh_host.run(_make_many)
    assert by_itself == 0
    assert left == ()
    assert not children


def test_what_a_killed_process_did_not_make_the_run_makes(fresh_host: LabHost) -> None:
    by_itself, left, children = fresh_host.run(_make_many, killed_at=40)
    assert 0 < by_itself < visits.MANY
    assert left == ()
    assert not children


def test_a_run_that_cannot_be_made_leaves_none_that_were_begun(fresh_host: LabHost) -> None:
    before, after = fresh_host.run(_make_none)
    assert after == before


@pytest.mark.parametrize("write", [5, 80], ids=["before the first namespace is named", "in between"])
def test_a_killed_run_takes_what_was_made_for_it_along(fresh_host: LabHost, write: int) -> None:
    status, left = fresh_host.run(_kill_and_go_on, write=write)
    assert status == -signal.SIGKILL
    assert left == ()


def test_drift_among_many_is_found_and_repaired(fresh_host: LabHost) -> None:
    found, repaired, left = fresh_host.run(_drift_among_many)
    assert found == repaired == _REPAIRS
    assert left == ()


def test_namespaces_that_went_do_not_outlive_the_run(fresh_host: LabHost) -> None:
    there, held = fresh_host.run(_remove_many)
    assert there == []
    assert held == set()


@pytest.mark.parametrize("write", _MOMENTS)
def test_a_removal_of_many_that_fails_leaves_them_as_they_were(fresh_host: LabHost, write: int) -> None:
    message, odd = fresh_host.run(_fail_removing, write=write)
    assert "the host is as before" in message
    assert not odd


@pytest.mark.parametrize("write", _MOMENTS)
def test_a_removal_of_many_that_is_killed_is_taken_back(fresh_host: LabHost, write: int) -> None:
    status, foretold, done, odd = fresh_host.run(_kill_removing, write=write)
    assert status == -signal.SIGKILL
    assert foretold == done
    assert not odd


def test_a_removal_of_many_that_is_killed_at_its_end_is_finished(fresh_host: LabHost) -> None:
    status, there, foretold, done, left = fresh_host.run(_kill_at_the_end)
    assert status == -signal.SIGKILL
    assert foretold == done
    assert 0 < there < lengthy.MANY
    assert left == []


def test_a_removal_says_the_same_of_many_as_its_check(fresh_host: LabHost) -> None:
    told = fresh_host.run(_tell_of_many)
    assert len(told[0]["actions"]) > 4 * lengthy.MANY
    assert told == [told[0]] * 4


@pytest.mark.parametrize("refused", ["_mount", "_reconfigure"])
def test_without_a_proc_of_our_own_the_common_one_serves(fresh_host: LabHost, refused: str) -> None:
    found, repaired, left = fresh_host.run(_drift_among_many, refused=refused)
    assert found == repaired == _REPAIRS
    assert left == ()


def test_our_own_proc_is_mounted_where_nobody_sees_it(fresh_host: LabHost) -> None:
    few, there, mounts = fresh_host.run(_mounts_with_own_proc)
    assert not any(few), "for a few visits the one of the host does"
    assert there
    assert mounts[0] == mounts[1]


# --- in the lab host


def _read_by_both(killed: bool = False) -> Tuple[Dict[str, NamespaceState], Dict[str, NamespaceState], int]:
    run(MANY)
    with _replaced(second_process.os, "sched_getaffinity", lambda _pid: {0}):
        alone = _read_at_rest()
    first = os.getpid()
    visit = visits._visit

    def dying(*arguments: Any) -> NamespaceState:
        if killed and os.getpid() != first:
            os.kill(os.getpid(), signal.SIGKILL)
        return visit(*arguments)

    with _replaced(visits, "_visit", dying), _two_processors():
        together, workers = _read()
    return alone, together, workers


def _read_at_rest() -> Dict[str, NamespaceState]:
    """Once the kernel has found that nobody else has the addresses."""
    for _attempt in range(1000):
        found = _read()[0]
        if not any(state.tentative for state in found.values()):
            return found
    raise AssertionError("an address stays tentative")


def _read() -> Tuple[Dict[str, NamespaceState], int]:
    with Host() as host, Visits(host, {"web": ["net/ipv4/ip_unprivileged_port_start"]}, ["default"]) as reading:
        workers = 1 if reading._process._child is None else 2
        return reading.finish(), workers


def _asked_later() -> Tuple[Dict[str, NamespaceState], Dict[str, NamespaceState]]:
    """In place of another setting of one, and of one that is nobody's."""
    run(MANY)
    subprocess.run(["ip", "netns", "add", "stranger"], check=True)
    alone = _read_at_rest()
    begun = {"web": ["net/ipv4/ip_forward"], "stranger": ["net/ipv4/ip_forward"]}
    with Host() as host, Visits(host, begun, ["default"]) as reading:
        reading.ask({"web": ["net/ipv4/ip_unprivileged_port_start"]})
        return alone, reading.finish()


def _refused() -> Tuple[Tuple[Set[str], bool], Tuple[Set[str], bool]]:
    run(MANY)
    subprocess.run(["sh", "-ec", _LAN], check=True)
    back = {"ipam": {"config": [{"subnet": "203.0.113.0/24"}]}}
    before = _now()
    with contextlib.suppress(FabricError):
        run({**MANY, "networks": {**MANY["networks"], "back": back}})
        raise AssertionError("it was not refused")
    return before, _now()


def _make_many(killed_at: Optional[int] = None) -> Tuple[int, Tuple[str, ...], bool]:
    """How many the run made by itself, what was left to do after it, and whether the other process is still there."""
    first, make = os.getpid(), ahead.make
    made: List[int] = []

    def counted(*arguments: Any) -> Any:
        made.append(os.getpid())
        if os.getpid() != first and len(made) == killed_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return make(*arguments)

    with _two_processors(), _replaced(ahead, "make", counted):
        run(MANY)
    return len(made), run(MANY).actions, _has_children()


def _kill_and_go_on(write: int) -> Tuple[int, Tuple[str, ...]]:
    """How the run ended, and what is left to do after the next one."""

    def killed() -> None:
        with before_each_write(kill_at(write)):
            run(MANY)

    with _two_processors():
        status = in_child(killed)
    run(MANY)
    return status, run(MANY).actions


def _make_none() -> Tuple[Set[str], Set[str]]:
    """Somebody else has a namespace of a declared name."""

    def now() -> Set[str]:
        return {*os.listdir("/proc/self/fd"), *os.listdir("/run/netns"), str(_has_children())}

    subprocess.run(["ip", "netns", "add", "box9"], check=True)
    before = now()
    with _two_processors(), contextlib.suppress(ForeignObjectError):
        run(MANY)
        raise AssertionError("it was made")
    return before, now()


def _two_processors() -> ContextManager[None]:
    return _replaced(second_process.os, "sched_getaffinity", lambda _pid: {0, 1})


def _give_up() -> Tuple[Tuple[Set[str], bool], Tuple[Set[str], bool]]:
    run(MANY)
    before = _now()
    with contextlib.suppress(KeyError), Host() as host, Visits(host, {}, ["default"]):
        raise KeyError
    return before, _now()


def _now() -> Tuple[Set[str], bool]:
    return set(os.listdir("/proc/self/fd")), _has_children()


def _remove_many() -> Tuple[List[str], Set[str]]:
    run(MANY)
    run(NOTHING)
    held = {
        os.readlink("/proc/self/fd/" + each)
        for each in os.listdir("/proc/self/fd")
        if os.path.exists("/proc/self/fd/" + each)
    }
    return os.listdir("/run/netns"), {each for each in held if each.startswith("net:")}


def _fail_removing(write: int) -> Tuple[str, object]:
    run(CROWD)
    before = world()
    with before_each_write(fail_at(write)):
        try:
            run(NOTHING)
        except FabricError as error:
            return str(error), difference(before, world())
    raise AssertionError("it did not fail")


def _kill_removing(write: int) -> Tuple[int, Tuple[str, ...], Tuple[str, ...], object]:
    """How it ended, what a check says then that the next run does, what that does, and what is not as it was."""
    run(CROWD)
    before = world()
    status = in_child(functools.partial(_remove_hooked, kill_at(write)))
    foretold, done = (run(CROWD, check=check).actions for check in (True, False))
    return status, foretold, done, difference(before, world())


def _kill_at_the_end() -> Tuple[int, int, Tuple[str, ...], Tuple[str, ...], List[str]]:
    """How it ended, how many handles were there then, what a check says of the next run, what that did, and left."""
    unmounted: List[str] = []

    def hook(number: int, what: str) -> None:
        if what == "umount":
            unmounted.append(what)
            kill_at(lengthy.MANY // 2)(len(unmounted), what)

    run(CROWD)
    status = in_child(functools.partial(_remove_hooked, hook))
    there = len(os.listdir("/run/netns"))
    foretold, done = (run(CROWD, check=check).actions for check in (True, False))
    run(NOTHING)
    return status, there, foretold, done, os.listdir("/run/netns")


def _remove_hooked(hook: Callable[[int, str], None]) -> None:
    with before_each_write(hook):
        run(NOTHING)


def _tell_of_many() -> List[Dict[str, Any]]:
    """What a check and the run answer, as JSON and as data."""
    found = []
    run(CROWD)
    for check in (True, False):
        answered = answer(lambda _params, checking: run(NOTHING, check=checking), {}, check, timings=False, diff=True)
        for words in json.loads("".join(printable.pieces(answered.words))), printable.data(answered.words):
            found.append({word: words[word] for word in ("actions", "changes", "diff")})
    return found


def _has_children() -> bool:
    """Beside those that this process waits for at its end."""
    lasting.reap()
    with open("/proc/self/task/{0}/children".format(os.getpid()), encoding="ascii") as file:
        return bool(file.read().strip())


def _drift_among_many(refused: Optional[str] = None) -> Tuple[Set[str], Set[str], Tuple[str, ...]]:
    def refuse(*_mount: int) -> int:
        raise PermissionError("mounting is not allowed here")

    with _replaced(procfs, refused, refuse) if refused else contextlib.nullcontext():
        run(MANY)
        subprocess.run(["sh", "-ec", _DRIFT], check=True)
        found = set(run(MANY, check=True).actions)
        repaired = set(run(MANY).actions)
        left = run(MANY).actions
        run(NOTHING)
    return found, repaired, left


def _mounts_with_own_proc() -> Tuple[List[Any], bool, List[str]]:
    def mounts() -> str:
        with open("/proc/self/mountinfo", encoding="utf-8") as file:
            return file.read()

    before = mounts()
    with Host() as host:
        few = [host.proc.directory() for _visit in range(procfs.FEW)]
        return few, host.proc.directory() is not None, [before, mounts()]


@contextlib.contextmanager
def _replaced(place: Any, name: str, function: Callable[..., Any]) -> Iterator[None]:
    was = getattr(place, name)
    setattr(place, name, function)
    try:
        yield
    finally:
        setattr(place, name, was)
