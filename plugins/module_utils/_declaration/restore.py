# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``topology_restore`` and ``topology_heal``: whether a host makes its networks real again by itself, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterator, Mapping, Optional

from .._kernel.errors import DeclarationError, Problem

AUTO, YES, NO = "auto", "true", "false"
#: A week, in minutes.
_LONGEST = 7 * 24 * 60


@dataclass(frozen=True)
class Restore:
    """``restore``: auto, true, false; None where nobody says anything, and what is there stays. ``heal``: minutes
    between two repairs, 0 for none."""

    restore: Optional[str] = None
    heal: int = 0

    def possible(self, why_not: str) -> bool:
        """Whether this host is to have units. ``why_not``: what keeps its systemd from being asked, in words.

        Raises DeclarationError where they are wanted by name and cannot be.
        """
        if not why_not:
            return self.restore is not None
        problems = list(self._refused(why_not))
        if problems:
            raise DeclarationError(problems)
        return False

    def _refused(self, why_not: str) -> Iterator[Problem]:
        if self.restore == YES:
            text = "true: {0}, so nothing would bring the networks back at boot; auto does so where it can"
            yield Problem("topology_restore", text.format(why_not))
        if self.heal:
            text = "{0}: {1}, so no timer would repair anything; 0 asks for none"
            yield Problem("topology_heal", text.format(self.heal, why_not))


def parse_restore(words: Mapping[str, Any]) -> Restore:
    """Of a module's words ``restore`` and ``heal``."""
    restore, heal = words.get("restore"), words.get("heal") or 0
    if not 0 <= heal <= _LONGEST:
        text = "{0}: expected minutes between two repairs, from 1 to {1} (a week), or 0 for none"
        raise DeclarationError([Problem("topology_heal", text.format(heal, _LONGEST))])
    return Restore(restore, heal)
