# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs of a topology as they run at this moment: the namespaces that they bring, and what only they can mend.

What is not there, or does not run, is no error: its container is told by name, and all others are made.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Dict, Iterator, List, Optional, Tuple

from .._declaration.topology import Topology
from .._engine.desired import Desired
from .._expansion.workloads import drop_ins, joining
from .._kernel import marks, namespaces, systemd, workloads
from .._kernel.data import NamedTuple
from .._kernel.errors import DeclarationError, Problem
from .._kernel.host import Host
from .._kernel.marks import HandleMark
from .._kernel.visits import visit_behind
from .._kernel.workloads import Answer, Running
from .._resources.drop_ins import DropIn
from .._resources.netns import Brought, Netns

_HOW = {
    "podman": "start it with --network ns:{0}",
    "docker": "start it with --runtime fabric --network none --env FABRIC_NETNS={1} (topology_docker_runtime: true)",
    "machine": "start it with --network-namespace-path={0}",
    "unit": "restart it",
}


class Found(NamedTuple):
    """``told``: of whom nothing can be made now, a line each."""

    desired: Desired
    told: Tuple[str, ...] = ()


def with_programs(host: Host, desired: Desired, again: bool, ask: bool) -> Found:
    """With the namespaces that programs bring as they are now, and without the containers whose program brings none.

    ``again``: what was applied is made real again, and nobody says anew which process a number means. ``ask``: whoever
    runs the programs; while the host boots, they wait for us, and what has a handle stays as it is.
    """
    spaces = [space for space in desired.namespaces if _is_brought(space)]
    if not spaces:
        return Found(desired)
    known = marks.read_all(frozenset(space.name for space in spaces))
    answers = workloads.find(str(space.attach) for space in spaces) if ask else {}
    brought: Dict[str, Brought] = {}
    told: List[str] = []
    for space in spaces:
        running, why = _running(space, answers.get(str(space.attach)), known.get(space.name), again)
        found = _looked_into(host, space, running) if running is not None else None
        if found is not None:
            brought[space.name] = found
        if why:
            told.append("container {0}: {1}".format(space.name, why))
    gone = frozenset(space.name for space in spaces if space.name not in brought)
    named = (replace(s, brought=brought[s.name]) if s.name in brought else s for s in desired.namespaces)
    return Found(replace(desired, namespaces=tuple(named)).without_containers(gone), tuple(told))


def _is_brought(space: Netns) -> bool:
    return space.attach is not None and space.attach != "host" and not space.attach.startswith("netns:")


def _running(
    space: Netns, answer: Optional[Answer], mark: Optional[HandleMark], again: bool
) -> Tuple[Optional[Running], str]:
    """What its namespace is, and what is to be told of that."""
    attach, handle = str(space.attach), namespaces.identity(namespaces.handle(space.name))
    program, ours = workloads.called(attach), mark is not None and mark.attach == attach
    as_it_is = Running(0, 0, handle) if handle is not None and ours else None
    if answer is None:
        return as_it_is, ""
    if answer.why:
        return as_it_is, "{0}, so nobody knows which network namespace {1} has".format(answer.why, program)
    running = answer.running
    if running is None:
        return None, "{0} is not there, or does not run, so it has no network namespace".format(program)
    if running.inode == namespaces.identity("/proc/thread-self/ns/net"):
        return None, "{0} runs in the network namespace of the host, which cannot be a container's".format(program)
    if attach.startswith("pid:"):
        if mark is not None and ours and mark.started not in (None, running.started):
            return None, "{0} ended, and its number is another one's now: it has no network namespace".format(program)
        if again and not ours:
            text = "{0} had a network namespace before the last boot, and its number may be another one's now; apply "
            return None, (text + "the topology again if it is meant").format(program)
    return running, ""


def _looked_into(host: Host, space: Netns, running: Running) -> Optional[Brought]:
    """None where it ended meanwhile."""
    if running.inode == namespaces.identity(namespaces.handle(space.name)):
        return Brought(running)
    keys = [key for key, _value in space.sysctls]
    with workloads.held(running.pid, running.started) as path:
        place = path if running.pid else str(space.attach)
        try:
            descriptor = os.open(place or "", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            return Brought(running, visit_behind(host, descriptor, keys))
        finally:
            os.close(descriptor)


def services_of(topology: Topology) -> Optional[Tuple[DropIn, ...]]:
    """The files of services that join. None where this host's systemd is none of ours."""
    why_not = systemd.why_not()
    if not why_not:
        return drop_ins(topology)
    problems = [
        Problem(
            workload.path, '"{0}": {1}, so no unit of it can be put into a namespace'.format(workload.name, why_not)
        )
        for _container, workload in joining(topology)
        if workload.kind == "unit"
    ]
    if problems:
        raise DeclarationError(problems)
    return None


def elsewhere(topology: Topology) -> Iterator[str]:
    """A line for each program that is to join and runs in another namespace, where only its owner can mend that."""
    asked = {
        workloads.word(workload.kind, workload.name): (container.name, workload)
        for container, workload in joining(topology)
        if workload.kind != "unit" or not workload.restart
    }
    for program, answer in workloads.find(asked).items():
        name, workload = asked[program]
        handle = namespaces.handle(name)
        if answer.running is not None and answer.running.inode != namespaces.identity(handle):
            text = "container {0}: {1} runs in another network namespace than {2}; {3}"
            yield text.format(name, workloads.called(program), handle, _HOW[workload.kind].format(handle, name))
