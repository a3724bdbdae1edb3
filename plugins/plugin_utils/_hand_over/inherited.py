# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role's tasks need, loaded once.

Ansible forks a process for each task and host, and each loads the filters, tests and lookups that its task's templates
name: for one filter of a collection the files of all. The process that they are forked from imports the action plugin
of a task before it forks the first of them, so what that has loaded they inherit, and so do the tasks that follow.
"""

from __future__ import annotations

import contextlib

from ansible.plugins.loader import filter_loader, lookup_loader, test_loader


def load() -> None:
    """What cannot be loaded is told of by the task that needs it."""
    with contextlib.suppress(Exception):
        filter_loader.get("linuxnet.fabric.merged")
        test_loader.get("ansible.builtin.defined")
        for lookup in ("env", "file", "template", "varnames", "vars"):
            lookup_loader.get("ansible.builtin." + lookup, class_only=True)
