# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Marks of handles that are damaged or gone, put back out of what the kernel says; nothing else of the host changes."""

from __future__ import annotations

from typing import Tuple

from .._engine import declared
from .._engine.report import Result
from .._engine.view import View
from .._resources.action import Action
from .._resources.netns import put_back
from .by_hand import run_alone


def repair() -> Result:
    return run_alone("repair", False, _plan)


def _plan(view: View) -> Tuple[Action, ...]:
    with view.visits({}, declared.topologies()) as visits:
        observed = view.observe(visits=visits)
    return tuple(put_back(name, mark) for name, mark in sorted(observed.marks.items()) if mark.lost)
