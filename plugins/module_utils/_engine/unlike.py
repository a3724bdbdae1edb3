# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of many interfaces have something to do at all, asked by two processes. What that is, the run finds out by
itself, one after the other, for each is compared with what those before it leave.
"""

from __future__ import annotations

import contextlib
from typing import Any, Callable, ContextManager, FrozenSet, List, Optional, Sequence, Set, Tuple

from .._kernel import second_process
from .._kernel.errors import FabricError
from .._kernel.observe import Observed
from .._kernel.second_process import SecondProcess
from .._kernel.visits import MANY
from .._resources.links import registry as kinds
from .._resources.links.kind import DeclaredLink

#: What the two take at a time: at first, and at least.
_MOST, _LEAST = 64, 16
#: Of what is left, one part in so many is taken.
_PART = 8

Share = Callable[[Callable[[Any], Any], Sequence[Any]], ContextManager[SecondProcess]]


def apart(function: Callable[[Any], Any], portions: Sequence[Any]) -> ContextManager[SecondProcess]:
    """A process for that alone."""
    return contextlib.closing(SecondProcess(function, portions))


def is_worth_it(links: Sequence[DeclaredLink]) -> bool:
    """``links``: which end in a namespace."""
    return len(links) >= MANY and second_process.is_worth_it()


class Unlike:
    """Asked by another process from when this is made, and by this one, too, once the answer is wanted."""

    def __init__(self, links: Sequence[DeclaredLink], observed: Observed, share: Share = apart) -> None:
        """``links``: as of ``is_worth_it``. ``share``: makes the process to share that with, to be left with
        this."""
        self._links, self._observed = links, observed
        self._process: Optional[SecondProcess] = None
        self._found: Optional[Set[str]] = None
        self._left = contextlib.ExitStack()
        if is_worth_it(links) and _are_there(links, observed):
            self._process = self._left.enter_context(share(self._ask, portions(len(links))))

    def __enter__(self) -> "Unlike":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        self._left.close()

    def namespaces(self, made: Observed) -> Optional[FrozenSet[str]]:
        """Those in which an interface is not as declared, or cannot be compared. ``made``: what was observed, as other
        actions leave it.

        None: nobody asked, for there are few interfaces, or many that are not there, or some get their names back.
        """
        if self._process is None or made.links is not self._observed.links:
            return None
        if self._found is None:
            self._found = self._collected(self._process)
        before, after = self._observed.namespaces, made.namespaces
        names = (str(link.netns) for link in self._links if before is not after)
        return frozenset(self._found).union(name for name in names if before.get(name) is not after.get(name))

    def _collected(self, process: SecondProcess) -> Set[str]:
        answers = dict(process.work())
        found = {name for names in answers.values() for name in names}
        for portion in portions(len(self._links)):
            if portion.start not in answers:  # of the other process, which died
                found.update(str(self._links[number].netns) for number in portion)
        return found

    def _ask(self, portion: range) -> Tuple[int, List[str]]:
        links = map(self._links.__getitem__, portion)
        return portion.start, [str(link.netns) for link in links if _has_any(link, self._observed)]


def portions(count: int) -> List[range]:
    """Ever smaller ones, so that at the end neither waits long for the other."""
    found: List[range] = []
    start = 0
    while start < count:
        size = max(_LEAST, min(_MOST, (count - start) // _PART))
        found.append(range(start, min(start + size, count)))
        start += size
    return found


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
