# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers that a run leaves out, because of what is inside their namespaces, so that the others are made.

Nothing inside a namespace is ours alone: a program in there may hold a name, flush routes, or fill it with a hundred
thousand of them. What that brings about takes only the container out, and those that share its namespace: their part
of the plan is not begun, or undone. The run makes and verifies the rest, and ends as failed.
"""

from __future__ import annotations

from errno import EMFILE, ENFILE, ENOMEM, ENOSPC
from typing import Dict, FrozenSet, List, Optional, Sequence, Tuple

from .._kernel.errors import FabricError
from .._resources.action import Action, Operation
from .desired import Desired
from .effects import NETNS, names_of
from .operations import row_of

#: What the host has no more of is no fault of what is inside.
_OF_THE_HOST = (EMFILE, ENFILE, ENOMEM, ENOSPC)


class Quarantine:
    """``why``: container → what went wrong. Empty, and for ever, where a run is to be all or nothing."""

    def __init__(self, desired: Desired, wanted: bool) -> None:
        self._desired = desired
        self._wanted = wanted
        self.why: Dict[str, str] = {}

    @property
    def names(self) -> FrozenSet[str]:
        return frozenset(self.why)

    def take_out(self, container: str, why: str) -> bool:
        """Whether it may be, and was not yet."""
        if not self._wanted or container in self.why:
            return False
        self.why[container] = why
        for space in self._desired.namespaces:
            if space.attach == "netns:" + container and space.name not in self.why:
                self.take_out(space.name, "it shares the namespace of {0}".format(container))
        return True

    def has(self, action: Action) -> bool:
        return bool(self.why) and container_of(action) in self.why

    def left_out(self, actions: Sequence[Action]) -> Tuple[Action, ...]:
        """Those that are still to be done."""
        return tuple(action for action in actions if not self.has(action)) if self.why else tuple(actions)


def container_of(action: Action) -> Optional[str]:
    """Whose an action is; None for one of the host's, or of several containers."""
    found = {change.subject.container for change in action.changes}
    return found.pop() if len(found) == 1 else None


def blamed(action: Action, step: Operation, failure: BaseException) -> Optional[str]:
    """The container of which the inside is why a step of this action failed; None where the host is."""
    container = container_of(action)
    if container is None or not isinstance(failure, (FabricError, OSError)):
        return None
    if getattr(failure, "errno", None) in _OF_THE_HOST:
        return None
    touched = row_of(step.name).touches(step.arguments)
    return container if container in names_of(NETNS, touched) else None


def by_container(left: Sequence[Action]) -> Dict[Optional[str], List[str]]:
    """Whose → the lines of what is left to do."""
    found: Dict[Optional[str], List[str]] = {}
    for action in left:
        found.setdefault(container_of(action), []).extend(action.lines)
    return found
