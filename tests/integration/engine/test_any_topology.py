# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random topologies, random edits between them, random drift before an edit, random faults in it.

``FABRIC_EXAMPLES`` says how many, and makes it a search; a failure prints its seed.
"""

from __future__ import annotations

import difflib
import functools
import os
import signal
import subprocess
from typing import Iterator, List, NamedTuple, Optional, Sequence, Tuple

import pytest

pytest.importorskip("hypothesis")

import mutations
from faults import before_each_write, fail_at, kill_at
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from labhost import LabHost, in_child
from mutations import ROWS, Mutation
from random_topologies import FOREIGN_ADDRESS, FOREIGN_BRIDGE, topologies
from scenarios import NOTHING, Declaration, desired, run
from world import World, difference, world

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError

EXAMPLES = int(os.environ.get("FABRIC_EXAMPLES", "12"))
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
    """One edit. ``drift`` and ``fault`` are numbers: what they stand for depends on what is there."""

    declared: Optional[Declaration]  # None: the topology is to be absent
    drift: Tuple[int, ...] = ()
    fault: Optional[Tuple[str, int]] = None  # ("fail" or "kill", before which write)


def _steps() -> st.SearchStrategy[Step]:
    numbers = st.integers(0, 10**6)
    drift = st.one_of(st.just(()), st.tuples(numbers), st.tuples(numbers, numbers))
    fault = st.one_of(st.none(), st.tuples(st.sampled_from(["fail", "kill"]), st.integers(1, 120)))
    return st.builds(Step, st.one_of(topologies(), topologies(), topologies(), st.just(NOTHING)), drift, fault)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for namespaces of its own")
@settings(
    max_examples=EXAMPLES,
    derandomize="FABRIC_EXAMPLES" not in os.environ,  # CI walks the same ways each time; a search is asked for
    deadline=None,
    print_blob=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(steps=st.lists(_steps(), min_size=1, max_size=4))
def test_any_topology_and_any_edit_is_checked_exactly_applied_once_and_removed(steps: List[Step]) -> None:
    host = LabHost()  # one each: what one example leaves behind is not the next one's trouble
    try:
        problems = host.run(_walk, steps)
    finally:
        host.close()
    assert not problems, "\n".join(problems)


def _walk(steps: List[Step]) -> List[str]:
    found = _clean()
    problems: List[str] = []
    before: Optional[Declaration] = None
    for step in steps:
        drift = _drift(before, step.drift) if before is not None else []
        problems.extend("{0}, after {1}".format(each, drift) for each in _step(step))
        if problems:
            break
        before = step.declared
    removal = _removed(found)
    return problems + ([removal] if removal else [])


def _drift(declared: Optional[Declaration], numbers: Tuple[int, ...]) -> List[str]:
    """What somebody did, as commands. A row of the table that fits another topology does as much of it as works."""
    done = []
    for number in numbers:
        try:
            mutation = _mutation(declared, number)
        except FabricError:
            continue  # drift that stands in the way
        if mutation is not None:
            done.append(mutation.script)
            try:
                mutation.happen()
            except subprocess.CalledProcessError:
                pass
    return done


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
