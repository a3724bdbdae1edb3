# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OCI runtime ``fabric`` of Docker: its program, and the one key by which Docker knows it.

Docker has one file of configuration on a host, and its path in there is our mark: a runtime of this name that runs
another program is somebody else's. Docker is told to read it again once all is verified, and is not restarted.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Iterator, Mapping, Optional, Tuple

from .._kernel import docker, files
from .._kernel.changes import Subject
from .._kernel.data import NamedTuple
from .._kernel.errors import FabricError, ForeignObjectError
from .._kernel.names import DOCKER_CONFIGURATION, DOCKER_RUNTIME, DOCKER_RUNTIME_PROGRAM
from .action import Action, Operation, operation
from .daemon_json import WANTED, runtime_in, with_runtime, without_runtime

SUBJECT = Subject(host="runtime fabric of docker")
_KEY = "runtimes." + DOCKER_RUNTIME


class RuntimeState(NamedTuple):
    """What there is: two texts, None for no file. ``executable``: the program."""

    program: Optional[str] = None
    configuration: Optional[str] = None
    executable: bool = False


def read(foreseen: Mapping[str, Optional[str]]) -> RuntimeState:
    """``foreseen``: path → what will be there instead."""
    program, configuration = (
        foreseen[path] if path in foreseen else files.read_exactly(path)
        for path in (DOCKER_RUNTIME_PROGRAM, DOCKER_CONFIGURATION)
    )
    executable = DOCKER_RUNTIME_PROGRAM in foreseen or os.access(DOCKER_RUNTIME_PROGRAM, os.X_OK)
    return RuntimeState(program, configuration, executable)


def compare(wanted: Optional[bool], now: RuntimeState) -> Tuple[Action, ...]:
    """``wanted``: as ``Desired.docker_runtime``. The program is there before Docker knows of it, and for as long."""
    if wanted is None:
        return ()
    if wanted:
        return (*_install(now), *_put_in(now))
    return (*_take_out(now), *_remove(now))


def asked() -> str:
    """What is asked of Docker, as text."""
    return docker.runtime_program() + repr(WANTED)


def _install(now: RuntimeState) -> Iterator[Action]:
    text = docker.runtime_program()
    if now.program == text and now.executable:
        return
    if now.program is None:
        told, before = "install {0}", {}
    else:
        told, before = "install {0} again", {"program": "another"}
    yield Action(
        told.format(DOCKER_RUNTIME_PROGRAM),
        SUBJECT,
        do=(_write(DOCKER_RUNTIME_PROGRAM, text, True),),
        undo=(_write(DOCKER_RUNTIME_PROGRAM, now.program, True),),
        before=before,
        after={"program": "installed"},
    )


def _put_in(now: RuntimeState) -> Iterator[Action]:
    there = runtime_in(now.configuration)
    if there == WANTED:
        return
    if there is not None and not _is_ours(there):
        raise ForeignObjectError(
            "{0} in {1} is not ours: it does not run {2}; nothing was changed. Give that runtime another name, or set "
            "topology_docker_runtime: false".format(_KEY, DOCKER_CONFIGURATION, DOCKER_RUNTIME_PROGRAM)
        )
    why = docker.in_the_way()
    if why:
        raise FabricError(
            "topology_docker_runtime: {0}; nothing was changed. Move what it is started with into that file".format(why)
        )
    told = "add {0} to {1}" if there is None else "set {0} in {1} again"
    changed = _configured(told, now.configuration, with_runtime(now.configuration), True)
    yield replace(changed, before={} if there is None else {_KEY: there}, after={_KEY: WANTED})


def _take_out(now: RuntimeState) -> Iterator[Action]:
    """What is no JSON has no key of ours that could be found."""
    try:
        there = runtime_in(now.configuration)
    except FabricError:
        return
    if now.configuration is not None and _is_ours(there):
        changed = _configured("remove {0} from {1}", now.configuration, without_runtime(now.configuration), False)
        yield replace(changed, before={_KEY: there})


def _remove(now: RuntimeState) -> Iterator[Action]:
    if now.program is not None:
        yield Action(
            "remove {0}".format(DOCKER_RUNTIME_PROGRAM),
            SUBJECT,
            do=(_write(DOCKER_RUNTIME_PROGRAM, None, True),),
            undo=(_write(DOCKER_RUNTIME_PROGRAM, now.program, True),),
            before={"program": "installed"},
        )


def _configured(told: str, now: Optional[str], then: Optional[str], wanted: bool) -> Action:
    return Action(
        told.format(_KEY, DOCKER_CONFIGURATION),
        SUBJECT,
        do=(_write(DOCKER_CONFIGURATION, then, False),),
        undo=(_write(DOCKER_CONFIGURATION, now, False),),
        finish=(operation("docker.reload", wanted=wanted),),
    )


def _is_ours(runtime: object) -> bool:
    return isinstance(runtime, dict) and runtime.get("path") == DOCKER_RUNTIME_PROGRAM


def _write(path: str, content: Optional[str], executable: bool) -> Operation:
    return operation("docker.write", path=path, content=content, executable=executable)
