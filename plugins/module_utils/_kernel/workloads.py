# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that others run: whether they do, as which process, and in which network namespace at this moment.

A program is ``docker:NAME``, ``podman:NAME``, ``machine:NAME``, ``unit:NAME``, ``pid:N`` or a path. Its number says
nothing about a process: it is another one's soon after. So a process is held (pidfd_open(2)) while it is looked at, and
known again by when it was started. The inode of its namespace names nothing over time either: it is compared with that
of a handle, which keeps its own namespace, and so its number, in being.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
from typing import Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple

from . import namespaces, process, systemd
from .data import dataclass
from .errors import FabricError

#: Seconds for whoever runs it to answer.
_PATIENCE = 20.0
_OWNERS = {"docker": "docker", "podman": "podman", "machine": "systemd-machined", "unit": "systemd"}
_CALLED = {"docker": "the docker container {0}", "podman": "the podman container {0}", "machine": "the machine {0}"}
_CALLED.update({"pid": "the process {0}", "unit": "{0}"})


@dataclass(frozen=True)
class Running:
    """``pid`` and ``started`` are 0 where there is only a path. ``started``: in ticks since the boot, proc(5)."""

    pid: int
    started: int
    inode: int  # of its network namespace

    @property
    def path(self) -> str:
        return "/proc/{0}/ns/net".format(self.pid)


@dataclass(frozen=True)
class Answer:
    """``running``: None where it does not. ``why``: why nobody knows; empty where somebody does."""

    running: Optional[Running] = None
    why: str = ""


def word(kind: str, name: str) -> str:
    """As ``Netns.attach`` has it."""
    return name if kind == "path" else "{0}:{1}".format(kind, name)


def called(program: str) -> str:
    """For a person."""
    kind, _colon, name = program.partition(":")
    return _CALLED[kind].format(name) if kind in _CALLED and name else "the namespace " + program


def find(programs: Iterable[str]) -> Dict[str, Answer]:
    """Each owner is asked once for all that it runs."""
    by_kind: Dict[str, List[str]] = {}
    for program in programs:
        kind, _colon, name = program.partition(":")
        by_kind.setdefault(kind if kind in _CALLED else "path", []).append(name if kind in _CALLED else program)
    found: Dict[str, Answer] = {}
    for kind, names in by_kind.items():
        if kind == "path":
            found.update((name, _behind(name)) for name in names)
            continue
        try:
            processes = {name: int(name) for name in names} if kind == "pid" else _ASK[kind](names)
        except (OSError, ValueError, subprocess.SubprocessError, FabricError) as error:
            said = str(error).strip() or type(error).__name__
            why = "{0} does not answer ({1})".format(_OWNERS.get(kind, kind), said)
            found.update((word(kind, name), Answer(why=why)) for name in names)
            continue
        found.update((word(kind, name), Answer(_running(processes.get(name)))) for name in names)
    return found


@contextlib.contextmanager
def held(pid: int, started: int) -> Iterator[Optional[str]]:
    """The path of the namespace of a process, for as long as it is this one; None where it is not."""
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        yield None
        return
    try:
        yield "/proc/{0}/ns/net".format(pid) if process.started(pid) == str(started) and _lives(descriptor) else None
    finally:
        os.close(descriptor)


def _behind(path: str) -> Answer:
    inode = namespaces.identity(path)
    return Answer(Running(0, 0, inode) if inode is not None else None)


def _running(pid: Optional[int]) -> Optional[Running]:
    if not pid:
        return None
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        return None
    try:
        found, inode = process.started(pid), namespaces.identity("/proc/{0}/ns/net".format(pid))
        if found is None or inode is None or not _lives(descriptor):
            return None
        return Running(pid, int(found), inode)
    finally:
        os.close(descriptor)


def _lives(descriptor: int) -> bool:
    """Of a pidfd: it is readable once the process has ended."""
    return not select.select([descriptor], [], [], 0)[0]


# --- whose they are


def _of_docker(names: Sequence[str]) -> Mapping[str, int]:
    """A question that reaches its socket starts a daemon that does not run, which is more than to look; and one that
    is being started at boot may wait for our networks."""
    if not systemd.why_not():
        states = systemd.active_states(["docker.socket", "docker.service"])
        if states["docker.socket"] == "active" and states["docker.service"] not in ("active", "reloading"):
            raise FabricError("docker.service is {0}".format(states["docker.service"]))
    return _inspected("docker", names)


def _of_podman(names: Sequence[str]) -> Mapping[str, int]:
    return _inspected("podman", names)


def _inspected(program: str, names: Sequence[str]) -> Mapping[str, int]:
    """Name → process, of those that run; docker-container-inspect(1), podman-container-inspect(1)."""
    status, output, errors = _run([program, "container", "inspect", *names])
    told = [line for line in errors.splitlines() if line.strip()]
    if status and any("no such container" not in line.lower() for line in told):
        raise FabricError(told[-1])
    found: Dict[str, int] = {}
    for each in json.loads(output or "[]"):
        own, identifier = str(each.get("Name", "")).lstrip("/"), str(each.get("Id", ""))
        pid = int((each.get("State") or {}).get("Pid") or 0)
        found.update((name, pid) for name in names if name in (own, identifier, identifier[:12]))
    return found


def _of_machined(names: Sequence[str]) -> Mapping[str, int]:
    found: Dict[str, int] = {}
    for name in names:
        status, output, errors = _run(["machinectl", "show", name, "--property=Leader", "--value"])
        if not status:
            found[name] = int(output.strip() or 0)
        elif "No machine" not in errors:
            raise FabricError(errors.strip())
    return found


_ASK = {"docker": _of_docker, "podman": _of_podman, "machine": _of_machined, "unit": systemd.main_processes}


def _run(command: Sequence[str]) -> Tuple[int, str, str]:
    """A program that is not installed runs nothing."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=_PATIENCE,
        )
    except FileNotFoundError:
        return 0, "", ""
    return done.returncode, done.stdout, done.stderr
