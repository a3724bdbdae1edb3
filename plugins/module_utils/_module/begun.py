# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module ``topology`` performs: what takes long is begun before what takes long to import is imported."""

from __future__ import annotations

from typing import Any, Mapping

from .._engine import early
from .._engine.report import Result


def perform_topology(params: Mapping[str, Any], check_mode: bool) -> Result:
    """As ``topology.perform_topology``."""
    if params["state"] == "confirmed":
        return _perform(params, check_mode)
    with early.begun(params["name"], check_mode) as begun:
        return _perform(params, check_mode, early=begun)


def _perform(*arguments: Any, **more: Any) -> Result:
    from .topology import perform_topology as perform

    return perform(*arguments, **more)
