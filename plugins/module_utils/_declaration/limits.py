# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``topology_remove_limit``: how much of a topology one run may remove."""

from __future__ import annotations

import re
from typing import Any, Optional

from .._kernel.data import NamedTuple
from .._kernel.errors import DeclarationError, Problem
from .words import quote

_LIMIT = re.compile(r"(\d{1,9})(%?)\Z")


class Limit(NamedTuple):
    """How many networks and containers a run may remove: a number of them, or a percentage of those that there are."""

    number: int
    percent: bool = False

    def exceeded_by(self, going: int, there: int) -> bool:
        return going * 100 > self.number * there if self.percent else going > self.number

    def __str__(self) -> str:
        return "{0}%".format(self.number) if self.percent else str(self.number)


def parse_remove_limit(value: Any) -> Optional[Limit]:
    """None and an empty text: no limit."""
    if value is None or value == "":
        return None
    found = _LIMIT.match(str(value).strip())
    if found is None or (found.group(2) and int(found.group(1)) > 100):
        text = "{0}: expected a number of networks and containers, or a percentage of them from 0% to 100%, such as 25%"
        raise DeclarationError([Problem("topology_remove_limit", text.format(quote(value)))])
    return Limit(int(found.group(1)), bool(found.group(2)))
