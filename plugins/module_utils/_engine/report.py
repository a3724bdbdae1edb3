# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run tells its caller: the actions as lines, before and after, and the facts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Dict, Mapping, Sequence, Tuple

from .._resources.action import Action


@dataclass(frozen=True)
class Result:
    """``actions`` are what was done (in check mode: would be), in order, one readable line each."""

    actions: Tuple[str, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    warnings: Tuple[str, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)  # stage → milliseconds
    quarantined: Mapping[str, str] = field(default_factory=dict)  # container that was left out → why

    @property
    def changed(self) -> bool:
        return bool(self.actions)

    def then(self, later: "Result") -> "Result":
        """Both, one after the other; what is not said in order is the later one's."""
        return replace(later, actions=self.actions + later.actions, warnings=self.warnings + later.warnings)

    def with_facts(self, **facts: Any) -> "Result":
        return replace(self, facts=dict(self.facts, **facts))


def report(first: Sequence[str], actions: Sequence[Action]) -> Result:
    """``first`` are the lines of the leases, which come before every action."""
    before: Dict[str, Dict[str, Any]] = {}
    after: Dict[str, Dict[str, Any]] = {}
    for action in actions:
        for subject, old, new in action.differences:
            before.setdefault(subject, {}).update(old)
            after.setdefault(subject, {}).update(new)
    if first:
        after["leases"] = {"changes": list(first)}
    return Result((*first, *lines(actions)), _without_empty(before), _without_empty(after))


def lines(actions: Sequence[Action]) -> Tuple[str, ...]:
    return tuple(line for action in actions for line in action.lines)


def _without_empty(subjects: Mapping[str, Dict[str, Any]]) -> Dict[str, Any]:
    return {subject: words for subject, words in subjects.items() if words}
