# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One object per call, on the lock, the journal and the transaction that ``topology`` uses."""

from __future__ import annotations

from dataclasses import replace
from typing import Callable, Tuple

from .._engine import transaction
from .._engine.lock import host_lock
from .._engine.report import Result
from .._engine.view import View
from .._kernel.host import Host
from .._resources.action import Action

#: How long a module without an option for it waits for another run, in seconds.
LOCK_TIMEOUT = 60.0


def run_alone(topology: str, check_mode: bool, plan: Callable[[View], Tuple[Action, ...]]) -> Result:
    """Carry out what ``plan`` finds left to do on this host."""
    with host_lock(LOCK_TIMEOUT, check_mode), Host() as host:
        interrupted = transaction.interrupted() if check_mode else None
        first = Result(transaction.what_comes_first(interrupted))
        if not check_mode:
            first = transaction.finish_interrupted(host)
        view = View(host, interrupted)
        result = transaction.run(
            host, topology, lambda: plan(view), transaction.Leases(), check_mode, before=view.before
        )
        return replace(result, actions=first.actions + result.actions, warnings=first.warnings)
