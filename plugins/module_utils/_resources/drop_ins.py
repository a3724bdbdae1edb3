# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services of others that live in a container's namespace: a file of ours beside theirs says so, and a service that
runs elsewhere is started again once all is verified.

The file is ``/etc/systemd/system/SERVICE.d/linuxnet-fabric.conf``; its first line is our mark. The service is not ours:
it is neither enabled nor started nor stopped, and one that does not run finds its namespace when it is started.
"""

from __future__ import annotations

import os
from dataclasses import field, replace
from typing import Iterator, List, Mapping, Optional, Sequence

from .._kernel import files, systemd, workloads
from .._kernel.changes import Subject
from .._kernel.data import dataclass
from .._kernel.errors import ForeignObjectError
from .action import Action, Operation, joined, operation
from .units import mark_line

_FILE = "linuxnet-fabric.conf"


@dataclass(frozen=True)
class DropIn:
    """``service`` with its suffix; ``container``: whose namespace it is in; ``text`` with our mark."""

    service: str
    container: str
    text: str
    restart: bool = True  # where it runs in another namespace; else that is only told

    @property
    def path(self) -> str:
        return path_of(self.service)


@dataclass(frozen=True)
class DropInStates:
    """What there is. ``texts``: path → content, None for no file; ``running``: service → the inode of the namespace
    that it runs in, without those that do not run and where nobody asked."""

    texts: Mapping[str, Optional[str]] = field(default_factory=dict)
    running: Mapping[str, int] = field(default_factory=dict)


def path_of(service: str) -> str:
    return "{0}/{1}.d/{2}".format(systemd.UNIT_DIRECTORY, service, _FILE)


def service_of(path: str) -> str:
    return os.path.basename(os.path.dirname(path))[: -len(".d")]


def is_path(path: str) -> bool:
    """Whether it is that of such a file, and not of a unit."""
    return path.endswith(".d/" + _FILE)


def read(
    topology: str, desired: Sequence[DropIn], foreseen: Mapping[str, Optional[str]], ask: bool = True
) -> DropInStates:
    """Of those that are desired, and of all that are the topology's. ``foreseen``: path → what an interrupted run
    leaves there. ``ask``: where the services run."""
    import glob  # only where there is systemd

    found = (path for path in glob.glob(path_of("*")) if files.starts_with(path, mark_line(topology)))
    paths = {drop_in.path for drop_in in desired}.union(found, filter(is_path, foreseen))
    texts = {path: foreseen[path] if path in foreseen else files.read(path) for path in sorted(paths)}
    asked = [workloads.word("unit", each.service) for each in desired if each.restart] if ask else []
    running = {}
    for program, answer in workloads.find(asked).items():
        if answer.running is not None:
            running[program.partition(":")[2]] = answer.running.inode
    return DropInStates(texts, running)


def compare(
    topology: str, desired: Sequence[DropIn], now: DropInStates, handles: Mapping[str, Optional[int]]
) -> Iterator[Action]:
    """The files in one step, after which systemd reads them once; then each service that is to be restarted.
    ``handles``: as they will be, container → inode."""
    wanted = {drop_in.path: drop_in for drop_in in desired}
    written: List[Action] = []
    for path, text in now.texts.items():
        if path in wanted:
            _refuse_foreign(path, text, topology)
            written.extend(_write(wanted[path], text))
        elif text is not None:
            written.append(_remove(path, text))
    if written:
        step = joined(written, [change for action in written for change in action.changes])
        # The way back may come after a boot, at which systemd read what is taken back.
        yield replace(step, undo=(*step.undo, operation("unit.reload")), finish=(operation("unit.reload"),))
    for drop_in in desired:
        runs_in = now.running.get(drop_in.service)
        if drop_in.restart and runs_in is not None and runs_in != handles.get(drop_in.container):
            yield _restart(drop_in, now.texts[drop_in.path])


def _refuse_foreign(path: str, text: Optional[str], topology: str) -> None:
    if text is not None and not text.startswith(mark_line(topology)):
        raise ForeignObjectError(
            "{0} exists and is not of the topology {1}: its first line is not {2!r}; nothing was changed. One service "
            "is in one namespace: leave it to the other one, or move that file away".format(
                path, topology, mark_line(topology).strip()
            )
        )


def _write(drop_in: DropIn, text: Optional[str]) -> Iterator[Action]:
    if text == drop_in.text:
        return
    verb, before = ("write ", {}) if text is None else ("rewrite ", {"text": text})
    there, back = _file(drop_in.path, drop_in.text), _file(drop_in.path, text)
    subject, after = Subject(container=drop_in.container), {"text": drop_in.text}
    yield Action(verb + drop_in.path, subject, (there,), (back,), before=before, after=after)


def _remove(path: str, text: str) -> Action:
    """What runs stays where it is, until it is started again."""
    subject = Subject(host="unit " + service_of(path))
    return Action("remove " + path, subject, (_file(path, None),), (_file(path, text),), before={"text": text})


def _restart(drop_in: DropIn, text: Optional[str]) -> Action:
    """Once all is verified. Until then it has no more to do than to see that the file is there."""
    word = "namespace of " + drop_in.service
    return Action(
        "restart {0}, which runs in another network namespace than {1}".format(drop_in.service, drop_in.container),
        Subject(container=drop_in.container),
        do=(_file(drop_in.path, drop_in.text),),
        undo=(_file(drop_in.path, text),),
        finish=(operation("unit.restart", unit=drop_in.service),),
        before={word: "another"},
        after={word: drop_in.container},
    )


def _file(path: str, content: Optional[str]) -> Operation:
    return operation("unit.write", path=path, content=content)
