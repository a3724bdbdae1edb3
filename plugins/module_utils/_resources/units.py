# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Units of systemd that are one topology's: a file each below /etc/systemd/system, enabled by links, and active.

The file's first line is our mark. A unit that somebody changed, disabled or stopped is drift like any other. Drop-ins
of the administrator beside it (``NAME.d``) are the administrator's.
"""

from __future__ import annotations

import os
from dataclasses import field, replace
from typing import Any, Dict, FrozenSet, Iterator, List, Mapping, Optional, Sequence, Tuple

from .._kernel import files, systemd
from .._kernel.changes import Change, Subject
from .._kernel.data import dataclass
from .._kernel.errors import ForeignObjectError
from .._kernel.names import MARK
from .action import Action, Operation, joined, operation

#: Not to be started: those that are, or are on their way.
_UP = ("active", "activating", "reloading")


@dataclass(frozen=True)
class Unit:
    """``name`` with its suffix; ``text`` with our mark; ``wanted_by`` as in its section ``[Install]``."""

    name: str
    text: str
    wanted_by: Tuple[str, ...]
    stays: bool = True  # active for as long as the host runs, and not only while it does something
    beside: Optional[str] = None  # the unit without which it is not active
    first: bool = False  # written before links of the host that it is started for

    @property
    def path(self) -> str:
        return path_of(self.name)

    @property
    def links(self) -> Dict[str, str]:
        """Path → target of what ``systemctl enable`` makes."""
        directories = ("{0}/{1}.wants".format(systemd.UNIT_DIRECTORY, unit) for unit in self.wanted_by)
        return {"{0}/{1}".format(directory, self.name): self.path for directory in directories}


@dataclass(frozen=True)
class UnitStates:
    """What there is. ``texts``: path → content, None for no file; ``links``: path → target, only those that are there;
    ``active``: name → ActiveState, empty where nobody asked."""

    texts: Mapping[str, Optional[str]] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    active: Mapping[str, str] = field(default_factory=dict)


def mark_line(topology: str) -> str:
    return "# {0}{1}: written by the tool; a change made here is undone by the next run\n".format(MARK, topology)


def path_of(name: str) -> str:
    return "{0}/{1}".format(systemd.UNIT_DIRECTORY, name)


def subject_of(name: str) -> Subject:
    return Subject(host="unit " + name)


def read(topology: str, desired: Sequence[Unit], foreseen: Mapping[str, Optional[str]], ask: bool = True) -> UnitStates:
    """Of the units that are desired, and of all that are the topology's. ``foreseen``: path → content of a file or
    target of a link that will be there instead, as an interrupted run leaves it. ``ask``: systemd, what is active."""
    paths = {unit.path for unit in desired} | owned(topology) | set(filter(_is_unit, foreseen))
    texts = {path: foreseen[path] if path in foreseen else _text(path) for path in sorted(paths)}
    names = [os.path.basename(path) for path, text in texts.items() if text is not None]
    links = {path: files.read_link(path) for name in names for path in _links_of(name)}
    links.update({path: target for path, target in foreseen.items() if ".wants/" in path})
    beside = [unit.beside for unit in desired if unit.beside is not None]
    active = systemd.active_states([*names, *beside]) if ask else {}
    return UnitStates(texts, {path: target for path, target in links.items() if target is not None}, active)


def _is_unit(path: str) -> bool:
    return os.path.dirname(path) == systemd.UNIT_DIRECTORY


def owned(topology: str) -> FrozenSet[str]:
    """The files of units that carry our mark with this topology."""
    import glob  # only where there is systemd

    found = glob.glob(systemd.UNIT_DIRECTORY + "/linuxnet-fabric*")
    return frozenset(path for path in found if files.starts_with(path, mark_line(topology)))


def _text(path: str) -> Optional[str]:
    target = files.read_link(path)
    if target is not None:
        raise ForeignObjectError(
            "{0} is a link to {1}, so that unit is not ours to write; nothing was changed. Remove it (systemctl unmask "
            "{2}), or set topology_restore: false".format(path, target, os.path.basename(path))
        )
    return files.read(path)


def _links_of(name: str) -> List[str]:
    import glob

    return glob.glob("{0}/*.wants/{1}".format(systemd.UNIT_DIRECTORY, glob.escape(name)))


def compare(topology: str, desired: Sequence[Unit], now: UnitStates, first: bool = False) -> Tuple[Action, ...]:
    """One step, in which systemd reads its files again once; none where all is as desired. ``first``: of those alone
    that come before links; or of all others, and of what goes."""
    wanted = {unit.path for unit in desired}
    found: List[Action] = []
    for unit in [unit for unit in desired if unit.first == first]:
        _refuse_foreign(unit.path, now.texts[unit.path], topology)
        found.extend(_keep(unit, now))
    for path, text in now.texts.items() if not first else ():
        if path not in wanted and text is not None:
            found.append(_remove(os.path.basename(path), text, now))
    if not found:
        return ()
    step, again = joined(found, [change for each in found for change in each.changes]), (operation("unit.reload"),)
    return (replace(step, do=step.do + again, undo=step.undo + again),)


def _refuse_foreign(path: str, text: Optional[str], topology: str) -> None:
    if text is not None and not text.startswith(mark_line(topology)):
        raise ForeignObjectError(
            "{0} exists and is not ours: its first line is not our mark, {1!r}; nothing was changed. Move it "
            "away".format(path, mark_line(topology).strip())
        )


def _keep(unit: Unit, now: UnitStates) -> Iterator[Action]:
    text, links = now.texts[unit.path], _links(unit.name, now)
    state = now.active.get(unit.name, "")
    lines, before, after = _told(unit, text, links, state if _is_to_start(unit, now) else "")
    if not lines:
        return
    there, back = _changed(unit, text, links)
    subject = subject_of(unit.name)
    yield Action(
        lines[0],
        subject,
        do=tuple(there),
        undo=tuple(back),
        finish=(operation("unit.start", unit=unit.name),) if _is_to_start(unit, now) else (),
        before=before,
        after=after,
        also=tuple(Change(line, subject) for line in lines[1:]),
    )


def _is_to_start(unit: Unit, now: UnitStates) -> bool:
    alone = unit.beside is not None and now.active.get(unit.beside) not in _UP
    return unit.stays and not alone and now.active.get(unit.name) not in _UP


def _told(
    unit: Unit, text: Optional[str], links: Mapping[str, str], state: str
) -> Tuple[List[str], Dict[str, Any], Dict[str, Any]]:
    """Lines, and what differs before and after. ``state``: of one that is to be started and was there."""
    if text is None:
        verb = "write and enable " if unit.wanted_by else "write "
        return [verb + unit.name], {}, {"text": unit.text, "enabled": bool(unit.wanted_by)}
    lines: List[str] = []
    before: Dict[str, Any] = {}
    after: Dict[str, Any] = {}
    if text != unit.text:
        lines.append("rewrite " + unit.name)
        before["text"], after["text"] = text, unit.text
    if links != unit.links:
        lines.append("enable " + unit.name)
        before["enabled"], after["enabled"] = False, True
    if state:
        lines.append("start {0}{1}".format(unit.name, ", which has failed" if state == "failed" else ""))
        before["active"], after["active"] = state, "active"
    return lines, before, after


def _changed(unit: Unit, text: Optional[str], links: Mapping[str, str]) -> Tuple[List[Operation], List[Operation]]:
    there: List[Operation] = []
    back: List[Operation] = []
    if text != unit.text:
        there.append(operation("unit.write", path=unit.path, content=unit.text))
        back.append(operation("unit.write", path=unit.path, content=text))
    for path in sorted({*unit.links, *links}):
        if links.get(path) != unit.links.get(path):
            there.append(operation("unit.link", path=path, target=unit.links.get(path)))
            back.append(operation("unit.link", path=path, target=links.get(path)))
    return there, back


def _remove(name: str, text: str, now: UnitStates) -> Action:
    path, links = path_of(name), _links(name, now)
    return Action(
        "remove " + name,
        subject_of(name),
        do=(
            *(operation("unit.link", path=link, target=None) for link in links),
            operation("unit.write", path=path, content=None),
        ),
        undo=(
            operation("unit.write", path=path, content=text),
            *(operation("unit.link", path=link, target=target) for link, target in links.items()),
        ),
        finish=(operation("unit.stop", unit=name),),
        before={"text": text},
    )


def _links(name: str, now: UnitStates) -> Dict[str, str]:
    return {path: target for path, target in sorted(now.links.items()) if os.path.basename(path) == name}
