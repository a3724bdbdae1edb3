# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module ``bridge``, out of the installed collection where the host is this machine."""

from __future__ import annotations

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._hand_over.action import Installed


class ActionModule(Installed):
    """As the module."""
