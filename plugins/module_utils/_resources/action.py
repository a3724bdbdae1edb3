# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a comparison yields: an action, its way there and its way back, as data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Dict, Mapping, Sequence, Tuple


@dataclass(frozen=True)
class Operation:
    """A row of the table of operations (``_engine.operations``), by its name, and its arguments; survives JSON."""

    name: str
    arguments: Mapping[str, Any]

    @property
    def family(self) -> str:
        """What it is of: ``link`` of ``link.set``."""
        return self.name.partition(".")[0]

    def as_json(self) -> Dict[str, Any]:
        return {"name": self.name, "arguments": dict(self.arguments)}


def operation(step: str, /, **arguments: Any) -> Operation:
    return Operation(step, arguments)


@dataclass(frozen=True)
class Action:
    """One step of a plan.

    ``undo`` may run after ``do`` was done, half done, or only begun. ``finish`` runs once all is verified.
    ``before`` and ``after`` are what the step changes of ``subject``, for the diff.
    """

    text: str
    subject: str
    do: Tuple[Operation, ...]
    undo: Tuple[Operation, ...]
    finish: Tuple[Operation, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    more: Tuple[str, ...] = ()  # further lines, where one transaction does many things
    also: Tuple[Tuple[str, Mapping[str, Any], Mapping[str, Any]], ...] = ()  # further subjects, likewise

    @property
    def lines(self) -> Tuple[str, ...]:
        return (self.text, *self.more)

    @property
    def differences(self) -> Tuple[Tuple[str, Mapping[str, Any], Mapping[str, Any]], ...]:
        """(subject, before, after) of everything the action changes."""
        return ((self.subject, self.before, self.after), *self.also)


def merged(actions: Sequence[Action], text: str, more: Tuple[str, ...] = ()) -> Action:
    """Several actions as one step, which is done and undone as a whole."""
    return replace(
        actions[0],
        text=text,
        more=more,
        do=tuple(step for action in actions for step in action.do),
        undo=tuple(step for action in reversed(actions) for step in action.undo),
        also=tuple(difference for action in actions[1:] for difference in action.differences),
    )
