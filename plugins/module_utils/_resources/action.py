# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a comparison yields: an action, its way there and its way back, as data."""

from __future__ import annotations

from dataclasses import field
from typing import Any, Mapping, Sequence, Tuple

from .._kernel.changes import NOTHING, Change, Subject
from .._kernel.data import NamedTuple, dataclass


class Operation(NamedTuple):
    """A row of the table of operations (``_engine.operations``), by its name, and its arguments; survives JSON."""

    name: str
    arguments: Mapping[str, Any]

    @property
    def family(self) -> str:
        """What it is of: ``link`` of ``link.set``."""
        return self.name.partition(".")[0]


def operation(step: str, /, **arguments: Any) -> Operation:
    return Operation(step, arguments)


@dataclass(frozen=True)
class Action:
    """One step of a plan, done and undone as a whole.

    ``undo`` may run after ``do`` was done, half done, or only begun. ``finish`` runs once all is verified.
    ``text``, ``subject``, ``before`` and ``after`` are those of its first change, ``also`` are the further ones.
    """

    text: str
    subject: Subject
    do: Tuple[Operation, ...]
    undo: Tuple[Operation, ...]
    finish: Tuple[Operation, ...] = ()
    before: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    after: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    also: Tuple[Change, ...] = ()

    @property
    def changes(self) -> Tuple[Change, ...]:
        """One for each of its lines."""
        return (Change(self.text, self.subject, self.before, self.after), *self.also)

    @property
    def lines(self) -> Tuple[str, ...]:
        return tuple(change.text for change in self.changes)


def joined(actions: Sequence[Action], changes: Sequence[Change]) -> Action:
    """Several actions as one step, with these lines."""
    first = changes[0]
    return Action(
        text=first.text,
        subject=first.subject,
        do=tuple(step for action in actions for step in action.do),
        undo=tuple(step for action in reversed(actions) for step in action.undo),
        finish=tuple(step for action in actions for step in action.finish),
        before=first.before,
        after=first.after,
        also=tuple(changes[1:]),
    )
