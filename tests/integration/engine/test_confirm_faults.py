# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apply, then confirm, with whatever failing or killed: the host is as before, or as declared after the next run."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
from typing import Any, Callable, Dict, List, Optional, Tuple
from unittest import mock

import pytest
from faults import before_each_write, fail_at, kill_at, nothing
from labhost import LabHost, in_child
from scenarios import Declaration, run
from world import World, difference, world

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine import confirm, journal, recovery
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.lock import host_lock
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import marks, process
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.host import Host
from tests.lab.waiting import wait_for

BEFORE: Declaration = {
    "networks": {"front": {}},
    "containers": {"web": {"networks": ["front"], "ports": ["8080:80"]}, "leaver": {"network_mode": "none"}},
}
AFTER: Declaration = {
    "networks": {"front": {"mtu": 1400}, "new": {}},
    "containers": {"web": {"networks": ["front"], "ports": ["8081:80"]}, "comer": {"networks": ["new"]}},
}
LONG = 600  # seconds: none of these timers is to end by itself


@pytest.mark.parametrize("job", ["fail at an apply", "kill at an apply", "kill at a confirmation", "kill the way back"])
def test_wherever_it_stops_the_next_run_has_the_host_as_declared(outcome: Callable[[str], Any], job: str) -> None:
    writes, problems = outcome(job)
    assert not problems, "\n".join(problem[:1500] for problem in problems[:6])
    assert writes > (2 if job == "kill at a confirmation" else 15)


def test_a_check_is_refused_like_a_run_while_one_waits_for_its_confirmation(fresh_host: LabHost) -> None:
    for message in fresh_host.run(_refused):
        assert "waits for its confirmation" in message


def test_a_run_whose_timer_was_killed_is_taken_back_by_the_next_one(fresh_host: LabHost) -> None:
    checked, done, again, odd = fresh_host.run(_timer_killed)
    assert done[0] == "take back the unconfirmed run of topology default"
    assert checked == done
    assert again == ()
    assert odd == {}


def test_a_run_whose_timer_was_killed_can_still_be_confirmed(fresh_host: LabHost) -> None:
    assert fresh_host.run(_confirmed_without_a_timer) == (("confirm the run of topology default",), ())


@pytest.mark.parametrize("when", ["unconfirmed", "in the middle", "at rest"])
def test_after_a_reboot_the_next_run_builds_what_is_declared(fresh_host: LabHost, when: str) -> None:
    checked, done, again = fresh_host.run(_rebooted, when)
    assert done[0].startswith("take back the ") == (when != "at rest")
    assert "create bridge br-front (172.17.0.1/16, mtu 1400)" in done
    assert checked == done
    assert again == ()


def test_a_timer_ends_with_a_run_that_has_nothing_to_confirm(fresh_host: LabHost) -> None:
    pid = fresh_host.run(_timer_of_nothing)
    wait_for(lambda: process.started(pid) is None, deadline=30, what="the timer to end")


# --- at every write


def _fail_at_an_apply() -> Tuple[int, List[str]]:
    total, before, _after = _rehearse()
    problems = []
    for number in range(1, total + 1):
        with before_each_write(fail_at(number)):
            try:
                run(AFTER, confirm_timeout=LONG)
                message = "no failure"
            except FabricError as error:
                message = str(error)
        odd = difference(before, world())
        if "the host is as before" not in message or odd:
            problems.append("{0}: {1}: {2}".format(number, message, odd))
            _settle()
    return total, problems


def _kill_at_an_apply() -> Tuple[int, List[str]]:
    total, _before, after = _rehearse()
    problems: List[str] = []
    for number in range(1, total + 1):
        status = in_child(functools.partial(_hooked, AFTER, kill_at(number)))
        if status != -9:
            problems.append("{0}: the run was not killed: {1}".format(number, status))
        problems.extend(_converge(AFTER, after, number))
        run(BEFORE)
    return total, problems


def _kill_at_a_confirmation() -> Tuple[int, List[str]]:
    _total, _before, after = _rehearse()
    problems: List[str] = []
    number, killed = 0, True
    while killed:
        number += 1
        _apply()
        killed = in_child(functools.partial(_confirm, kill_at(number))) == -9
        if run(AFTER, check=True).actions not in ((), ("finish the interrupted run of topology default",)):
            problems.append("{0}: a check still has to do {1}".format(number, run(AFTER, check=True).actions))
        problems.extend(_converge(AFTER, after, number))
        run(BEFORE)
    return number, problems


def _kill_the_way_back() -> Tuple[int, List[str]]:
    """What the timer does, killed before each of its writes, and with that write refused."""
    _total, _before, after = _rehearse()
    problems: List[str] = []
    number, killed = 0, True
    while killed:
        number += 1
        for hook in (fail_at(number), kill_at(number)):
            _apply()
            _kill_the_timer()
            killed = in_child(functools.partial(_take_back, hook)) == -9
            problems.extend(_converge(AFTER, after, number))
            run(BEFORE)
    return number, problems


def _converge(declared: Declaration, wanted: World, number: int) -> List[str]:
    try:
        checked, done, again = run(declared, check=True).actions, run(declared).actions, run(declared).actions
    except FabricError as error:
        return ["{0}: the next run failed: {1}".format(number, error)]
    problems = []
    if checked != done:
        problems.append("{0}: announced {1}, did {2}".format(number, checked, done))
    if again:
        problems.append("{0}: the run after the next still did {1}".format(number, again))
    odd = difference(wanted, world())
    return problems + (["{0}: not as declared: {1}".format(number, odd)] if odd else [])


# --- one by one


def _refused() -> List[str]:
    _apply()
    messages = []
    for check in (True, False):
        try:
            messages.append(str(run(BEFORE, check=check).actions))
        except FabricError as error:
            messages.append(str(error))
    _kill_the_timer()
    return messages


def _timer_killed() -> Tuple[Any, Any, Any, Any]:
    run(BEFORE)
    before = world()
    _apply()
    _kill_the_timer()
    checked = run(BEFORE, check=True).actions
    return checked, run(BEFORE).actions, run(BEFORE).actions, difference(before, world())


def _confirmed_without_a_timer() -> Tuple[Any, Any]:
    _apply()
    _kill_the_timer()
    return run(AFTER, state="confirmed").actions, run(AFTER).actions


def _rebooted(when: str) -> Tuple[Any, Any, Any]:
    run(BEFORE)
    if when == "unconfirmed":
        _apply()
        _kill_the_timer()
    elif when == "in the middle":
        in_child(functools.partial(_hooked, AFTER, kill_at(30)))
    _reboot()
    with mock.patch.object(marks, "boot_id", lambda: "the next one"):
        return run(AFTER, check=True).actions, run(AFTER).actions, run(AFTER).actions


def _reboot() -> None:
    """Of the kernel nothing stays, and nothing under /run; files do."""
    subprocess.run(
        [
            "sh",
            "-ec",
            "for handle in /run/netns/* /run/linuxnet-fabric/stash/*; do umount $handle || true; done 2>/dev/null\n"
            "rm -rf /run/netns/* /run/linuxnet-fabric/*\n"
            "for link in $(ip -br link | sed 's/[@ ].*//' | grep -e '^br-' -e '^veth'); do\n"
            "ip link delete $link || true; done\n"
            "nft flush ruleset; echo 0 > /proc/sys/net/ipv4/ip_forward",
        ],
        check=True,
        stderr=subprocess.DEVNULL,
    )


def _timer_of_nothing() -> int:
    run(AFTER)
    pids: List[int] = []
    whole = confirm.arm

    def noted(timeout: float) -> Dict[str, Any]:
        timer = whole(timeout)
        with open("/run/netns/.timer", "w", encoding="ascii") as file:
            file.write(str(timer.pid))
        return timer

    with mock.patch.object(confirm, "arm", noted):
        _apply()
    with open("/run/netns/.timer", encoding="ascii") as file:
        pids.append(int(file.read()))
    os.unlink("/run/netns/.timer")
    return pids[0]


def _rehearse() -> Tuple[int, World, World]:
    """How many writes the run takes, and what the host is like before and after it, once its leases have settled."""
    _settle()
    before = world()
    run(AFTER)
    after = world()
    _settle()
    with before_each_write(nothing) as writes:
        run(AFTER, confirm_timeout=LONG)
    _kill_the_timer()
    _settle()
    return len(writes), before, after


def _settle() -> None:
    for declared in (BEFORE, AFTER, BEFORE):
        run(declared)


def _kill_the_timer() -> None:
    """As the kernel does when memory runs out."""
    record = journal.read()
    assert record is not None and record.timer is not None
    pid = record.timer.pid
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: process.started(pid) is None, deadline=30, what="the timer to be gone")


def _apply() -> None:
    """A run in a process of its own, as ever: its timer is nobody's child."""
    assert in_child(functools.partial(run, AFTER, confirm_timeout=LONG)) == 0


def _hooked(declared: Optional[Declaration], hook: Any) -> None:
    with before_each_write(hook):
        run(declared, confirm_timeout=LONG)


def _confirm(hook: Any) -> None:
    with before_each_write(hook):
        run(AFTER, state="confirmed")


def _take_back(hook: Any) -> None:
    with before_each_write(hook), host_lock(5, check_mode=False), Host() as host:
        recovery.take_back(host)


JOBS = {
    "fail at an apply": (_fail_at_an_apply,),
    "kill at an apply": (_kill_at_an_apply,),
    "kill at a confirmation": (_kill_at_a_confirmation,),
    "kill the way back": (_kill_the_way_back,),
}
