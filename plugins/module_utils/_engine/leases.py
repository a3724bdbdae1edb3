# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run does to the lease store."""

from __future__ import annotations

from typing import Tuple

from .._ipam.requests import Allocation
from .._ipam.store import Store
from .._kernel.changes import Change
from .._resources.action import Operation, operation


class Leases:
    """Nothing, for a resource that holds no lease."""

    changes: Tuple[Change, ...] = ()
    way_back: Tuple[Operation, ...] = ()

    def commit(self) -> None:
        """Make them durable."""

    def rollback(self) -> None:
        """Let go of a transaction that was not committed."""


NO_LEASES = Leases()


class PreparedLeases(Leases):
    """Leases allocated in the store's open transaction: committed before an address is used, or rolled back."""

    def __init__(self, store: Store, allocation: Allocation) -> None:
        self._store = store
        self.changes = tuple(allocation.changes)
        if allocation.granted or allocation.released:
            granted, released = list(allocation.granted), list(allocation.released)
            self.way_back = (operation("lease.revert", granted=granted, released=released),)

    def commit(self) -> None:
        """And close it, for which a disk is waited for: at the end of a run it may be busy with more."""
        self._store.commit()
        self._store.close()

    def rollback(self) -> None:
        self._store.rollback()
