# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter that reads ``topology_serial``. What it does is in plugin_utils; here it meets Ansible."""

from __future__ import annotations

# For one filter Ansible imports all of a collection, in the process of each task: so what they do is imported when they
# are called.
from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError


def batches(value: Any) -> list[int | str]:
    """AnsibleFilterError with all that is wrong in it."""
    from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._rollout.batches import batches as read

    try:
        return read(value)
    except DeclarationError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """One filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"batches": batches}
