# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A named network namespace: the handle ``/run/netns/NAME`` and what belongs to it as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple


@dataclass(frozen=True)
class Netns:
    """``attach`` None: a namespace of its own. Else a second handle of an existing one: a path, ``pid:N``,
    ``netns:NAME`` or ``host``."""

    name: str
    topology: str
    attach: Optional[str] = None
    sysctls: Tuple[Tuple[str, str], ...] = ()  # only for a namespace of its own


@dataclass(frozen=True)
class Absent:
    pass
