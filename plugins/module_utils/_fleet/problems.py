# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong in a fleet, each with the host and the place where it was written."""

from __future__ import annotations

from typing import Any, List

from .._kernel.data import NamedTuple


class FleetProblem(NamedTuple):
    host: str
    path: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.host, self.path, self.message) if part)


class FleetProblems(List[FleetProblem]):
    """Everything found wrong so far; nothing stops at the first."""

    def note(self, host: str, path: str, message: str, *values: Any) -> None:
        self.append(FleetProblem(host, path, message.format(*values)))
