# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A line now and then while a topology is applied.

Ansible shows what a module says only when it has ended. So this reads what a run writes for its own sake, the journal,
and only where controller and target are one; of other hosts it knows that they are still at it, and for how long.
"""

from __future__ import annotations

DOCUMENTATION = r"""
name: progress
type: notification
short_description: Shows that a long apply goes on, and how far it is
version_added: 0.1.0
description:
  - While M(linuxnet.fabric.topology) runs, prints a line at an interval, with the time that has passed. A run that is
    shorter than the interval prints nothing.
  - Where the host is the controller itself (connection V(local)), the line also tells how many of the run's steps are
    done. Of a host over SSH nothing can be told until the module ends.
requirements:
  - Enabling it, as in C(ANSIBLE_CALLBACKS_ENABLED=linuxnet.fabric.progress).
options:
  interval:
    description: Seconds between two lines of a host.
    type: float
    default: 2
    env:
      - name: LINUXNET_FABRIC_PROGRESS_INTERVAL
    ini:
      - section: callback_linuxnet_fabric_progress
        key: interval
author:
  - linuxnet.fabric contributors (@linuxnet)
"""

import json
import os
import threading
import time
from typing import Any

from ansible.plugins.callback import CallbackBase

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.names import RUN_JOURNAL_FILE

ACTIONS = ("linuxnet.fabric.topology",)


class CallbackModule(CallbackBase):
    """One thread for each host at work, which ends with its task."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "linuxnet.fabric.progress"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._play: Any = None
        self._ended: dict[str, threading.Event] = {}

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self._play = play

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        if task.action not in ACTIONS:
            return
        ended = self._ended[host.get_name()] = threading.Event()
        arguments = (host.get_name(), self._is_here(host, task), self.get_option("interval"), ended)
        threading.Thread(target=self._watch, args=arguments, daemon=True).start()

    def v2_runner_on_ok(self, result: Any) -> None:
        self._end(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._end(result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._end(result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._end(result)

    def _end(self, result: Any) -> None:
        host = getattr(result, "_host", None) or result.host
        ended = self._ended.pop(host.get_name(), None)
        if ended:
            ended.set()

    def _is_here(self, host: Any, task: Any) -> bool:
        """Whether the target's files are the controller's."""
        known = self._play.get_variable_manager().get_vars(play=self._play, host=host, task=task)
        connection = known.get("ansible_connection") or task.connection
        return task.delegate_to is None and connection in ("local", "ansible.builtin.local")

    def _watch(self, host: str, here: bool, interval: float, ended: threading.Event) -> None:
        began, steps = time.monotonic(), Steps(RUN_JOURNAL_FILE, time.time())
        while not ended.wait(interval):
            told = (steps.told() if here else "") or "at work"
            self._display.display(f"[{host}] {told}, {time.monotonic() - began:.0f} s")


class Steps:
    """How far the run is that keeps a journal. The journal is read once, the counter beside it each time.

    ``since``: what is older was left by another run, which was interrupted.
    """

    def __init__(self, journal: str, since: float = 0.0) -> None:
        self._journal = journal
        self._since = since - 1  # a file's time may lag behind the clock by a tick of the kernel
        self._total: int | None = None

    def told(self) -> str:
        """In words; empty when no run has begun to write."""
        try:
            with open(self._journal + ".reached", encoding="ascii") as file:
                reached = file.read().strip()
                if os.fstat(file.fileno()).st_mtime < self._since:
                    return ""
            if self._total is None:
                with open(self._journal, encoding="utf-8") as file:
                    self._total = len(json.load(file)["undo"])
        except (OSError, ValueError, KeyError):
            return ""
        if not reached.isdigit():
            return "applied and verified"
        if int(reached) == self._total:
            return f"all of {reached} steps, verifying"
        return f"{reached} of {self._total} steps"
