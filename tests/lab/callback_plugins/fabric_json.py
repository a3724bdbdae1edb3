# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints each task's result as one line of JSON, and the recap as the last: for tests, in every ansible-core."""

from __future__ import annotations

import json

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: fabric_json
type: stdout
short_description: One JSON line for each result
description: [For the lab, which reads results in every ansible-core.]
extends_documentation_fragment: [default_callback]
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "fabric_json"

    def _tell(self, result, **more):
        task = getattr(result, "_task", None) or result.task
        host = getattr(result, "_host", None) or result.host
        told = getattr(result, "_result", None)
        told = result.result if told is None else told
        told = json.loads(self._dump_results(told))
        print(json.dumps({"fabric_result": dict(told, task=task.get_name(), host=host.get_name(), **more)}), flush=True)

    def v2_runner_on_ok(self, result):
        self._tell(result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._tell(result, failed=True)

    def v2_runner_on_unreachable(self, result):
        self._tell(result, unreachable=True)

    def v2_runner_on_skipped(self, result):
        self._tell(result, skipped=True)

    def v2_playbook_on_stats(self, stats):
        told = {host: stats.summarize(host) for host in stats.processed}
        print(json.dumps({"fabric_stats": told}), flush=True)
