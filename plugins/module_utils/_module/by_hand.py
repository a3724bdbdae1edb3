# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One object per call, on the lock, the journal and the transaction that ``topology`` uses."""

from __future__ import annotations

from typing import Callable, Tuple

from .._engine.report import Result
from .._engine.session import Finish, Work, session
from .._engine.view import View
from .._kernel import dependencies
from .._resources.action import Action, Operation

#: How long a module without an option for it waits for another run, in seconds.
LOCK_TIMEOUT = 60.0


def run_alone(
    topology: str,
    check_mode: bool,
    plan: Callable[[View], Tuple[Action, ...]],
    finish: Callable[[View], Tuple[Operation, ...]] = lambda view: (),
) -> Result:
    """Carry out what ``plan`` finds left to do on this host, and at the end ``finish``."""
    dependencies.require_host()
    with session(check_mode, LOCK_TIMEOUT) as run:
        work = Work(topology, lambda: plan(run.view), finish=lambda actions: Finish(finish(run.view)))
        return run.first.then(run.carry_out(work))
