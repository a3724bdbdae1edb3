# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run tells its caller: the changes, as lines and as data, before and after, and the facts."""

from __future__ import annotations

from dataclasses import field, replace
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from .._kernel.changes import Change
from .._kernel.data import dataclass
from .._kernel.json_pieces import Written, written
from .._kernel.printable import as_json, line
from .._resources.action import Action

#: What a change is there for: to repair what somebody changed on the host; to follow a declaration that was changed;
#: to follow a release of the collection that asks for something else.
DRIFT, INTENDED, RELEASE = "drift", "intended", "release"


class Told(NamedTuple):
    """Changes as a module returns them."""

    actions: Union[List[str], Written]
    changes: Union[List[Dict[str, Any]], Written]


@dataclass(frozen=True)
class Result:
    """``changes`` are what was done (in check mode: would be), in order.

    ``kinds`` has one for each change, or is empty where nobody has declared anything before: all is intended then.
    """

    changes: Tuple[Change, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    warnings: Tuple[str, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)  # stage → milliseconds
    kinds: Tuple[str, ...] = ()
    quarantined: Mapping[str, str] = field(default_factory=dict)  # container that was left out → why
    told: Optional[Told] = None  # of these changes and kinds, where there was time for it
    unmended: Tuple[str, ...] = ()  # of the warnings, those of a host that is not as declared: others can mend that

    @property
    def actions(self) -> Tuple[str, ...]:
        """A readable line for each change."""
        return tuple(change.text for change in self.changes)

    @property
    def changed(self) -> bool:
        return bool(self.changes)

    @property
    def before(self) -> Dict[str, Dict[str, Any]]:
        """One side of a diff: what differs, by what it is about."""
        return _side([(change, change.before) for change in self.changes])

    @property
    def after(self) -> Dict[str, Dict[str, Any]]:
        return _side([(change, change.after) for change in self.changes])

    def as_data(self) -> List[Dict[str, Any]]:
        """The changes, as a module returns them."""
        kinds = self.kinds or (INTENDED,) * len(self.changes)
        return [
            {
                "subject": change.subject.as_data(),
                "kind": kind,
                "text": line(change.text),
                "before": _as_dict(change.before),
                "after": _as_dict(change.after),
            }
            for change, kind in zip(self.changes, kinds)
        ]

    def tell(self) -> Told:
        """The changes, as a module returns them."""
        if self.told is not None:
            return self.told
        return Told([line(text) for text in self.actions], self.as_data())

    def told_ahead(self) -> "Result":
        """The same, with its changes written: for the time in which a run waits for the kernel."""
        actions = written((line(text) for text in self.actions), as_json)
        return replace(self, told=Told(actions, written(self.as_data(), as_json)))

    def of_kinds(self, *kinds: str) -> List[str]:
        """The lines of the changes that are of one of these kinds."""
        told = self.kinds or (INTENDED,) * len(self.changes)
        return [change.text for change, kind in zip(self.changes, told) if kind in kinds]

    def then(self, later: "Result") -> "Result":
        """Both, one after the other; what is not said in order is the later one's."""
        kinds = tuple(kind for each in (self, later) for kind in each.kinds or (INTENDED,) * len(each.changes))
        changes, warnings = self.changes + later.changes, self.warnings + later.warnings
        told = None if self.changes else later.told
        return replace(later, changes=changes, kinds=kinds, warnings=warnings, told=told)

    def with_facts(self, **facts: Any) -> "Result":
        return replace(self, facts=dict(self.facts, **facts))


def report(first: Sequence[Change], actions: Sequence[Action]) -> Result:
    """``first`` are the changes of the leases, which come before every action."""
    return Result((*first, *changes(actions)))


def changes(actions: Sequence[Action]) -> Tuple[Change, ...]:
    return tuple(change for action in actions for change in action.changes)


def lines(actions: Sequence[Action]) -> Tuple[str, ...]:
    return tuple(line for action in actions for line in action.lines)


def _as_dict(words: Mapping[str, Any]) -> Dict[str, Any]:
    """Without a copy, where it is one already: there are thousands."""
    return words if isinstance(words, dict) else dict(words)


def _side(words: Sequence[Tuple[Change, Mapping[str, Any]]]) -> Dict[str, Dict[str, Any]]:
    found: Dict[str, Dict[str, Any]] = {}
    for change, side in words:
        if side:
            found.setdefault(str(change.subject), {}).update(side)
    return found
