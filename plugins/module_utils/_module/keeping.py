# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The declaration that a run makes real, as it is kept once it is, and as the run tells of it."""

from __future__ import annotations

import contextlib
import itertools
import json
from typing import (
    AbstractSet,
    Any,
    Callable,
    ContextManager,
    FrozenSet,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
)

from .._engine import declared
from .._engine.asked import Digests
from .._engine.asked_since import declared_otherwise, is_like, touched, with_the_others
from .._engine.declared import Kept
from .._engine.session import Finish
from .._kernel.changes import Change
from .._kernel.json_pieces import Written, portions_of
from .._kernel.lasting import Lasting
from .._kernel.printable import as_json
from .._kernel.second_process import SecondProcess
from .._kernel.visits import MANY
from .._resources.action import Action, Operation, operation


def _nothing(_portion: Any) -> None:
    """Of a process that is made for the rest alone."""


class Keeping:
    """What a run keeps of its declaration, and what it tells of it. A process beside this one works that out, the
    record from the moment on at which it is known that something is to change: thousands of digests would else keep a
    run waiting that adds one container."""

    def __init__(
        self,
        topology: str,
        record: Kept,
        last: Optional[Kept],
        asked: Callable[[], Digests],
        asked_of: Callable[[AbstractSet[str]], Digests],
        described: Callable[[], Mapping[str, Any]],
        is_sure: bool = False,
        writes: bool = False,
    ) -> None:
        """``record``: of this declaration, yet without what is asked, and as plain as it comes back from a file;
        ``asked``: works the digests out, ``asked_of`` those of a few containers; ``described``: makes what is told of
        it; ``is_sure``: that the run will have something to do is known before the host is compared; ``writes``:
        whether whoever is told of it takes it as JSON."""
        self._topology, self._record, self._last = topology, record, last
        self._digests, self._digests_of, self._described = asked, asked_of, described
        self._is_like = is_like(last, record)
        self._is_sure, self._writes = is_sure, writes
        self._process: Optional[Lasting] = None
        self._is_asked = False
        self._answers: Iterator[Any] = iter(())
        self._known: List[Any] = []  # of these, those that came
        self._prepared = False

    def close(self) -> None:
        if self._process is not None:
            self._process.close()
            self._process = None
            self._is_asked = len(self._known) > 1  # what came is known

    def share(self, function: Callable[[Any], Any], portions: Sequence[Any]) -> ContextManager[SecondProcess]:
        """A process to share something with, before it is known whether anything is to change: it stays, for another
        would have to be made of this one, and a memory that two share is copied page by page as one writes to it."""
        self.close()
        self._process, self._is_asked = Lasting(function, portions, self._work_out, self._write), False
        if self._is_sure and not self._is_like:
            self._ask(self._process)
        return contextlib.nullcontext(self._process)

    def errand(self, function: Callable[..., object], descriptor: int, *arguments: Any) -> bool:
        """Of the process that works it out, for it has less to do at the end of a run than this one."""
        return self._process is not None and self._process.errand(function, descriptor, *arguments)

    def asked(self) -> Digests:
        """At the least those of what is to change."""
        digests: Digests = self._answer(1) if self._is_asked else self._digests()
        return digests

    def finish(self, always: Tuple[Operation, ...], leases: Sequence[Change], actions: Sequence[Action]) -> Finish:
        """``leases`` and ``actions``: what the run has to do; if there is any, ``close`` is to follow."""
        if not (leases or actions):
            if self._process is not None:
                self._process.spare()
            return Finish(always, self._remember())
        if self._process is None:
            few = len(self._record.words["containers"] or ()) < MANY
            self._process = Lasting(_nothing, (), self._work_out, self._write, alone=few)
        if not self._is_asked:
            changes = itertools.chain(leases, (change for action in actions for change in action.changes))
            self._ask(self._process, touched(changes) if self._is_like else None)
        return Finish(always, (operation("declared.keep", topology=self._topology),), self._prepare)

    def facts(self) -> Mapping[str, Any]:
        """What is told of the networks and containers."""
        written = self._process.also() if self._process is not None and self._writes else None
        if self._process is not None:
            self._process.spare()
        if written is None:
            return self._described()
        networks, *containers = written
        return {"networks": networks, "containers": Written(containers, "{}")}

    def _write(self) -> Iterator[Any]:
        """The networks, and the containers as JSON, which is most of an answer."""
        if not self._writes:
            return
        words = self._described()
        yield words["networks"]
        yield from portions_of(words["containers"].items(), as_json)

    def _ask(self, process: Lasting, containers: Optional[FrozenSet[str]] = None) -> None:
        process.ask(containers)
        self._is_asked, self._answers, self._known = True, process.answers(), []

    def _work_out(self, changed: Optional[FrozenSet[str]]) -> Iterator[Any]:
        """The text of the record, which is wanted first, and what is asked. ``changed``: the containers of which
        something is to change, if they are few."""
        anew = self._asked_anew(changed)
        if anew is None or self._last is None:
            asked = whole = self._digests()
        else:
            asked = self._digests_of(anew)
            whole = with_the_others(asked, self._last.asked, anew)
        yield declared.text_of(self._to_keep(whole))
        yield asked

    def _asked_anew(self, changed: Optional[FrozenSet[str]]) -> Optional[FrozenSet[str]]:
        """The containers of which something may be asked that the last record does not have. None: of all."""
        if changed is None or self._last is None:
            return None
        otherwise = declared_otherwise(self._last, self._record)
        return changed | otherwise if otherwise is not None else None

    def _answer(self, number: int) -> Any:
        while len(self._known) <= number:
            self._known.append(next(self._answers))
        return self._known[number]

    def _to_keep(self, asked: Digests) -> Kept:
        return self._record._replace(asked=asked)

    def _prepare(self) -> None:
        if not self._prepared:
            text = self._answer(0)
            declared.prepare(self._topology, text, lambda: self._to_keep(json.loads(text)["asked"]))
            self._prepared = True

    def _remember(self) -> Tuple[Operation, ...]:
        """The operation that keeps a declaration which was real already; none where it is what was kept."""
        last = self._last
        if last is not None and last.asked and last == self._to_keep(last.asked):
            return ()  # to find out that nothing else is asked either would take a tenth of such a run
        record = declared.as_words(self._to_keep(self._digests()))
        return (operation("declared.write", topology=self._topology, **record),)
