# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module ``topology``; the host has its code, or asks for it."""

from __future__ import annotations

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._hand_over.action import HandOver
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._hand_over.inherited import load

load()


class ActionModule(HandOver):
    """As the module."""
