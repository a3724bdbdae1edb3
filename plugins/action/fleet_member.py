# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module ``fleet_member``; the host has its code, or asks for it. It says which run of Ansible this is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible import constants as C

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._hand_over.action import HandOver


class ActionModule(HandOver):
    """As the module."""

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        if self._task.args.get("state") == "reserved":
            # The name of the directory that Ansible makes for a run, which all of its processes share.
            self._task.args.setdefault("run", Path(C.DEFAULT_LOCAL_TMP).name)
        return super().run(tmp, task_vars)
