# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a failed run has begun, undone in reverse; and what its error says about that."""

from __future__ import annotations

import functools
from typing import Callable, List, Optional, Sequence, Tuple

from .._kernel.errors import FabricError
from .._kernel.host import Host
from .._resources.action import Action, Operation
from . import journal as journals
from .leases import Leases
from .lengthy import Failed
from .operations import perform
from .report import lines

Plan = Callable[[], Tuple[Action, ...]]
Steps = Sequence[Operation]


def go(
    host: Host, plan: Plan, actions: Sequence[Action], begun: Sequence[Action], leases: Leases, failure: BaseException
) -> FabricError:
    """Undo what was begun; the error to raise says what failed and how the way back went."""
    failed: List[Steps] = []
    trouble: List[str] = []
    _note(trouble, leases.rollback)
    for left in reversed(range(len(begun))):
        undo(host, begun[left].undo, failed, trouble)
        _note(trouble, functools.partial(journals.set_reached, str(left)))
    undo(host, leases.way_back, failed, trouble)
    difference = _difference(plan, actions)
    if difference is not None:
        trouble.append(difference)
    _note(trouble, functools.partial(journals.keep_only, failed) if failed else journals.remove)
    return _failure(begun, failure, trouble)


def _note(trouble: List[str], write: Callable[[], None]) -> None:
    """To the journal, or the lease store. A disk that is full must not put its error in the place of the run's own."""
    try:
        write()
    except (OSError, FabricError) as error:
        trouble.append(str(error))


def undo(host: Host, steps: Steps, failed: List[Steps], trouble: List[str]) -> None:
    """The inverses of one action. Where one fails all are tried once more, for only the whole of them may follow on
    half of it. What fails again is noted, for the rest of the way back matters more."""
    if steps and _attempt(host, steps):
        errors = _attempt(host, steps)
        if errors:
            failed.append(steps)
            trouble.extend(errors)


def _attempt(host: Host, steps: Steps) -> List[str]:
    errors = []
    for step in steps:
        try:
            perform(host, step)
        except Exception as error:
            errors.append("{0}: {1}".format(step.name, error))
    return errors


def _difference(plan: Plan, actions: Sequence[Action]) -> Optional[str]:
    before = sorted(lines(actions))
    try:
        after = sorted(lines(plan()))
    except Exception as error:
        return "the host could not be read again: {0}".format(error)
    if after == before:
        return None
    odd = sorted(set(after).symmetric_difference(before))
    return "the host is not as it was: " + "; ".join(odd[:10])


def _failure(begun: Sequence[Action], failure: BaseException, trouble: List[str]) -> FabricError:
    at = begun[-1].text if begun else ""
    if isinstance(failure, Failed):
        at, failure = failure.action.text, failure.__cause__ or failure
    what = "at: {0}: ".format(at) if at else ""
    text = "failed {0}{1}".format(what, failure or type(failure).__name__)
    undone = [line for action in reversed(begun) for line in action.lines]
    if trouble:
        text += ". The way back was not complete ({0}); the next run will go on with it".format("; ".join(trouble))
    else:
        text += ". What the run had done was undone; the host is as before"
    details = getattr(failure, "details", {})
    return FabricError(text, undone=undone, rolled_back=not trouble, rollback_problems=trouble, **details)
