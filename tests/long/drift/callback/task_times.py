# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long each task of a run took, over all hosts: written as JSON to the file that TASK_TIMES names."""

from __future__ import annotations

import json
import os
import time

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: task_times
type: aggregate
short_description: Writes how long each task took
description: For measurements.
options: {}
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "task_times"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._began: list[tuple[str, float]] = []

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._began.append((task.get_name(), time.monotonic()))

    def v2_playbook_on_stats(self, stats):
        ends = [began for _name, began in self._began[1:]] + [time.monotonic()]
        took: dict[str, float] = {}
        for (name, began), end in zip(self._began, ends):
            took[name] = took.get(name, 0.0) + end - began
        with open(os.environ["TASK_TIMES"], "w", encoding="utf-8") as file:
            json.dump(took, file, indent=1)
