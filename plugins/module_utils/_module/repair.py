# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Marks of handles that are damaged or gone, put back out of what the kernel says.

Whose a namespace is say the interfaces in it, which carry our mark with the container's name. One without any, and a
second handle of another, is what the last declaration says, if it is just what that would make; else it stays as it is.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, Mapping, Optional, Tuple

from .._engine import declared
from .._engine.report import Result
from .._engine.view import View
from .._kernel import marks, names
from .._kernel.changes import Subject
from .._kernel.marks import HandleMark
from .._kernel.observe import Observed
from .._kernel.visits import NamespaceState
from .._resources.action import Action, operation
from .by_hand import run_alone

Words = Mapping[str, Any]


def repair() -> Result:
    return run_alone("repair", False, _plan)


def _plan(view: View) -> Tuple[Action, ...]:
    wanted = {name: (topology, words) for topology, name, words in _containers()}
    with view.visits({name: () for name in wanted}) as visits:
        observed = view.observe(visits=visits)
    found = []
    for name, (topology, words) in sorted(wanted.items()):
        if name in observed.marks or observed.handles.get(name) is None:
            continue
        mark = _mark(name, topology, words, observed)
        if mark is not None:
            found.append(_put_back(name, mark))
    return tuple(found)


def _containers() -> Iterator[Tuple[str, str, Words]]:
    """(topology, container, its words), of all that was applied here."""
    for topology in declared.topologies():
        record = declared.read(topology)
        for name, words in ((record.words.get("containers") or {}) if record is not None else {}).items():
            yield topology, name, words or {}


def _mark(name: str, topology: str, words: Words, observed: Observed) -> Optional[HandleMark]:
    inode = observed.handles[name] or 0
    kind, _colon, target = str(words.get("network_mode") or "").partition(":")
    if kind == "host":
        return HandleMark(topology, inode, "host") if inode == observed.own_inode else None
    if kind in ("container", "service"):
        return HandleMark(topology, inode, "netns:" + target) if observed.handles.get(target) == inode else None
    state = observed.namespaces.get(name, NamespaceState())
    if _carries(name, topology, state) or (kind == "none" and set(state.links) == {"lo"}):
        return HandleMark(topology, inode) if inode != observed.own_inode else None
    return None


def _carries(name: str, topology: str, state: NamespaceState) -> bool:
    """Whether an interface in there says that it is this container's."""
    said = [mark for link in state.links.values() for mark in [names.parse_alias(link.alias)] if mark is not None]
    return any(whose == topology and owner.partition(":")[0] == name for whose, owner in said)


def _put_back(name: str, mark: HandleMark) -> Action:
    words: Dict[str, Any] = {"name": name, "topology": mark.topology, "inode": mark.inode, "attach": mark.attach}
    text = "put back the mark of namespace {0} ({1})".format(name, marks.path(name))
    return Action(
        text, Subject(container=name), (operation("netns.remark", **words),), (), after={"mark": mark.topology}
    )
