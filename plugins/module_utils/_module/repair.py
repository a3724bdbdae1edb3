# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written down of a host, put back out of what the kernel says: marks of handles, and leases.

Nothing else of the host changes. What was last applied is nothing that the kernel knows: where the record of it cannot
be read, only another apply writes it again, and the answer says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Iterator, Tuple

from .._engine import declared
from .._engine.leases import PreparedLeases
from .._engine.lock import host_lock
from .._engine.report import Result
from .._engine.session import Work, session
from .._engine.view import View
from .._ipam.store import set_aside_if_damaged
from .._kernel import dependencies
from .._kernel.changes import Change, Subject
from .._kernel.names import DECLARED_DIRECTORY
from .._resources.action import Action
from .._resources.netns import put_back
from .by_hand import LOCK_TIMEOUT
from .lost_leases import lease_again
from .preparing import leased, parse


def repair() -> Result:
    """The warnings are of what cannot be put back."""
    dependencies.require_all()
    with host_lock(LOCK_TIMEOUT, check_mode=False):  # before a session, which may need the store
        aside = set_aside_if_damaged()
    with session(False, LOCK_TIMEOUT) as run, leased(run.view, check_mode=False) as store:
        allocation = lease_again(run.view, store, None, run.view.host_facts(), parse)
        done = run.carry_out(Work("repair", lambda: _plan(run.view), PreparedLeases(store, allocation)))
    moved = (Change("move the damaged lease store to " + aside, Subject(host="lease store")),) if aside else ()
    return Result(moved).then(run.first.then(replace(done, warnings=tuple(_lost_for_good()))))


def _plan(view: View) -> Tuple[Action, ...]:
    with view.visits({}, declared.topologies()) as visits:
        observed = view.observe(visits=visits)
    return tuple(put_back(name, mark) for name, mark in sorted(observed.marks.items()) if mark.lost)


def _lost_for_good() -> Iterator[str]:
    for name in declared.topologies():
        if declared.read(name) is None:
            text = (
                "{0}/{1}.json, which says what was last applied, cannot be read, and the kernel does not know it; "
                "apply the topology {1} again"
            )
            yield text.format(DECLARED_DIRECTORY, name)
