# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of many interfaces have something to do at all, asked by two processes. What that is, the run finds out by
itself, one after the other, for each is compared with what those before it leave.
"""

from __future__ import annotations

import contextlib
from typing import Any, Callable, ContextManager, FrozenSet, List, Optional, Sequence, Tuple

from .._kernel import second_process
from .._kernel.errors import FabricError
from .._kernel.observe import Observed
from .._kernel.second_process import SecondProcess
from .._kernel.visits import MANY
from .._resources.links import registry as kinds
from .._resources.links.kind import DeclaredLink

#: What the two take at a time.
_AT_A_TIME = 64

Share = Callable[[Callable[[Any], Any], Sequence[Any]], ContextManager[SecondProcess]]


def apart(function: Callable[[Any], Any], portions: Sequence[Any]) -> ContextManager[SecondProcess]:
    """A process for that alone."""
    return contextlib.closing(SecondProcess(function, portions))


def namespaces(links: Sequence[DeclaredLink], observed: Observed, share: Share = apart) -> Optional[FrozenSet[str]]:
    """Those in which an interface is not as declared, or cannot be compared. ``links``: which end in one. ``share``:
    makes the process to share that with, for the block.

    None: nobody asked, for there are few of them, or many that are not there.
    """
    if len(links) < MANY or not second_process.is_worth_it() or not _are_there(links, observed):
        return None

    def ask(start: int) -> Tuple[int, List[str]]:
        return start, [str(link.netns) for link in links[start : start + _AT_A_TIME] if _has_any(link, observed)]

    starts = range(0, len(links), _AT_A_TIME)
    with share(ask, starts) as process:
        answers = dict(process.work())
    unlike = {name for names in answers.values() for name in names}
    for start in set(starts).difference(answers):  # of the other process, which died
        unlike.update(str(link.netns) for link in links[start : start + _AT_A_TIME])
    return frozenset(unlike)


def _are_there(links: Sequence[DeclaredLink], observed: Observed) -> bool:
    """But for one in ten."""
    spaces = ((link, observed.namespaces.get(str(link.netns))) for link in links)
    there = sum(state is not None and link.ifname in state.links for link, state in spaces)
    return 10 * there >= 9 * len(links)


def _has_any(link: DeclaredLink, observed: Observed) -> bool:
    try:
        return bool(kinds.compare(link, observed))
    except FabricError:  # which the run meets in its turn
        return True
