# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A walk from one topology to the next, with drift before an edit and a fault in it; and what was wrong on the way.

Each edit is checked: that announces what the run does. A run that fails leaves the host as it was, and one that is
killed is taken back by the next. A second run has nothing to do, and in the end a removal leaves nothing.
"""

from __future__ import annotations

import difflib
import functools
import signal
import subprocess
from typing import Iterator, List, NamedTuple, Optional, Sequence, Tuple, Union

import mutations
from faults import before_each_write, fail_at, kill_at
from labhost import in_child
from mutations import ROWS, Mutation
from scenarios import NOTHING, Declaration, desired, run
from world import World, difference, world

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine import declared as records
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.asked import digests
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError

#: What the lab host has besides: an address of its own, and a bridge that is not ours.
HOST_ADDRESS, FOREIGN_BRIDGE, FOREIGN_ADDRESS = "198.51.100.2", "ext0", "10.99.0.1/24"
#: With a port, for the kernel takes a bridge's MAC and limits from its ports.
_FOREIGN_BRIDGE = """
ip link add {0} type bridge
ip address add {1} dev {0}
ip link set {0} up
ip link add port0 type veth peer name port1
ip link set port0 up address 02:00:00:00:00:01 master {0}
""".format(FOREIGN_BRIDGE, FOREIGN_ADDRESS)
#: What carries one is another topology's, too, and outlives ours.
_OTHERS_MARKS = ("linuxnet.fabric/other", "fabric,other")
_TAKEN_BACK = ("take back the interrupted run of topology default",)
_FINISHED = ("finish the interrupted run of topology default",)


class Step(NamedTuple):
    """One edit, what somebody does before it, and what goes wrong in it.

    ``drift``: commands, or numbers of mutations: what those stand for depends on what is there. ``fault``: "fail" or
    "kill", and before which write.
    """

    declared: Optional[Declaration]  # None: the topology is to be absent
    drift: Tuple[Union[int, str], ...] = ()
    fault: Optional[Tuple[str, int]] = None


def walk(steps: Sequence[Step]) -> List[str]:
    """What was wrong on the way."""
    found = _clean()
    problems: List[str] = []
    before: Optional[Declaration] = None
    for step in steps:
        drift = _drift(before, step) if before is not None else []
        problems.extend("{0}, after {1}".format(each, drift) for each in _step(step))
        if problems:
            break
        before = step.declared
    removal = _removed(found)
    return problems + ([removal] if removal else [])


def _drift(declared: Optional[Declaration], step: Step) -> List[str]:
    """What somebody did, as commands. A row of the table that fits another topology does as much of it as works."""
    done = []
    for number in step.drift:
        try:
            mutation = _mutation(declared, number) if isinstance(number, int) else Mutation(number, "")
        except FabricError:
            continue  # drift that stands in the way
        if mutation is not None and not _outlives(mutation, step.declared):
            done.append(mutation.script)
            try:
                mutation.happen()
            except subprocess.CalledProcessError:
                pass
    return done


def _outlives(mutation: Mutation, declared: Optional[Declaration]) -> bool:
    """Whether it makes a namespace of somebody else's, of a name that is not to be ours."""
    made = mutation.script.rpartition("ip netns add ")[2] if "ip netns add " in mutation.script else ""
    return bool(made) and (declared is None or made not in declared["containers"])


def _mutation(declared: Optional[Declaration], number: int) -> Optional[Mutation]:
    wanted = desired(declared)
    kinds = [mutations.of_resources(kind, wanted) for kind in ROWS]
    kinds += [mutations.of_leases(), mutations.of_rules(wanted) if wanted.ruleset else []]
    listed = [each for each in kinds[number % len(kinds)] if not any(mark in each.script for mark in _OTHERS_MARKS)]
    return listed[number // len(kinds) % len(listed)] if listed else None


def _step(step: Step) -> List[str]:
    try:
        announced = run(step.declared, check=True).actions
    except FabricError as error:
        return _refused_alike(step.declared, str(error))
    try:
        return list(_applied(step, announced))
    except FabricError as error:
        return ["refused what a check announced: {0}".format(error)]


def _applied(step: Step, announced: Tuple[str, ...]) -> Iterator[str]:
    if step.fault is not None:
        kind, number = step.fault
        trouble = _killed(step.declared, number) if kind == "kill" else _failed(step.declared, number)
        if trouble:
            yield trouble
        expected = [announced, _TAKEN_BACK + announced, _FINISHED, ()]
        announced = run(step.declared, check=True).actions
        if announced not in expected:
            yield "after the fault it is announced otherwise: {0}".format(_odd(expected[1], announced))
    done, again = run(step.declared).actions, run(step.declared).actions
    if done != announced:
        yield "did not do what was announced: {0}".format(_odd(announced, done))
    if again:
        yield "the second run still did {0}".format(again)
    if step.declared is not None and (step.declared["networks"] or step.declared["containers"]):
        yield from _kept_otherwise(step.declared)


def _kept_otherwise(declared: Declaration) -> Iterator[str]:
    """What is asked of each object, as it is known without any record of former declarations."""
    record, asked = records.read("default"), digests(desired(declared))
    if record is None or record.asked != asked:
        found = record.asked if record is not None else {}
        odd = [name for name in {**found, **asked} if found.get(name) != asked.get(name)]
        yield "the record has other digests of {0}".format(odd)


def _odd(announced: Sequence[str], done: Sequence[str]) -> List[str]:
    return [line for line in difflib.ndiff(announced, done) if not line.startswith("  ")]


def _failed(declared: Optional[Declaration], number: int) -> Optional[str]:
    """A run whose write of this number fails, and what was wrong with its way back."""
    before = world()
    with before_each_write(fail_at(number)):
        try:
            run(declared)
            return None  # it came to fewer writes
        except FabricError as error:
            message = str(error)
    if "the host matches the declaration" in message:
        return None
    odd = difference(before, world())
    return "{0}: {1}".format(message, odd) if odd or "the host is as before" not in message else None


def _killed(declared: Optional[Declaration], number: int) -> Optional[str]:
    status = in_child(functools.partial(_run_until, declared, number))
    return None if status in (0, -signal.SIGKILL) else "a child ended with {0}".format(status)


def _run_until(declared: Optional[Declaration], number: int) -> None:
    with before_each_write(kill_at(number)):
        run(declared)


def _refused_alike(declared: Optional[Declaration], message: str) -> List[str]:
    """What a check refuses, an apply refuses in the same words, and changes nothing."""
    before = world()
    try:
        run(declared)
    except FabricError as error:
        odd = difference(before, world())
        return [] if str(error) == message and not odd else ["{0}: {1}: {2}".format(message, error, odd)]
    return ["a check refused what an apply did: {0}".format(message)]


def _removed(found: World) -> Optional[str]:
    try:
        run(NOTHING)
    except Exception as error:
        return "the removal failed: {0}".format(error)
    _forwarding_off()
    odd = difference(found, world())
    return "left behind: {0}".format(odd) if odd else None


def _clean() -> World:
    mutations.shell(_FOREIGN_BRIDGE)
    run(NOTHING)
    _forwarding_off()
    return world()


def _forwarding_off() -> None:
    """The one thing that a removal leaves: it is the whole host's, and others may need it by now."""
    for key in ("net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"):
        with open("/proc/sys/" + key, "w", encoding="ascii") as file:
            file.write("0")
