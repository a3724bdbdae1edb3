# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The declaration that a run makes real, as it is kept once it is."""

from __future__ import annotations

from typing import Any, Callable, Mapping, NamedTuple, Optional, Tuple

from .._engine import declared
from .._engine.asked import Digests
from .._engine.declared import Kept
from .._engine.session import Finish
from .._kernel.names import RELEASE
from .._kernel.second_process import SecondProcess
from .._kernel.visits import MANY
from .._resources.action import Operation, operation


class _Record(NamedTuple):
    asked: Digests
    text: str


class Keeping:
    """What a run keeps of its declaration. A process beside this one works it out, from the moment on at which it is
    known that something is to change: thousands of digests would else keep a run waiting that adds one container."""

    def __init__(
        self,
        topology: str,
        words: Mapping[str, Any],
        around: Mapping[str, Any],
        asked: Callable[[], Digests],
        kept: Optional[Kept],
    ) -> None:
        """``around``: what it took from its surroundings, as plain as it comes back from a record; ``asked``: works the
        digests out; ``kept``: the record of the last run."""
        self._topology, self._words, self._around = topology, words, around
        self._digests, self._kept = asked, kept
        self._process: Optional[SecondProcess] = None
        self._record: Optional[_Record] = None
        self._prepared = False

    def close(self) -> None:
        if self._process is not None:
            self._process.close()
            self._process = None

    def asked(self) -> Digests:
        begun = self._process is not None or self._record is not None
        return self._worked_out().asked if begun else self._digests()

    def finish(self, always: Tuple[Operation, ...], changes: bool) -> Finish:
        """``changes``: whether the run has anything to do; then ``close`` is to follow."""
        if not changes:
            return Finish(always, self._remember())
        few = len(self._words["containers"] or ()) < MANY
        self._process = SecondProcess(self._work_out, [None], alone=few)
        return Finish(always, (operation("declared.keep", topology=self._topology),), self._prepare)

    def _work_out(self, _all: None) -> _Record:
        asked = self._digests()
        return _Record(asked, declared.text_of(self._to_keep(asked)))

    def _to_keep(self, asked: Digests) -> Kept:
        return Kept(self._words, RELEASE, asked, self._around)

    def _worked_out(self) -> _Record:
        if self._record is None:
            found = self._process.work() if self._process is not None else []
            self._record = found[0] if found else self._work_out(None)
        return self._record

    def _prepare(self) -> None:
        if not self._prepared:
            record = self._worked_out()
            declared.prepare(self._topology, self._to_keep(record.asked), record.text)
            self._prepared = True

    def _remember(self) -> Tuple[Operation, ...]:
        """The operation that keeps a declaration which was real already; none where it is what was kept."""
        kept = self._kept
        if kept is not None and kept.asked and kept == self._to_keep(kept.asked):
            return ()  # to find out that nothing else is asked either would take a tenth of such a run
        record = declared.as_words(self._to_keep(self._digests()))
        return (operation("declared.write", topology=self._topology, **record),)
