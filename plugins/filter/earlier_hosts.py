# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter by which a batch knows whom of earlier ones to call. What it does is in plugin_utils."""

from __future__ import annotations

# For one filter Ansible imports all of a collection, in the process of each task: so what they do is imported when they
# are called.
from collections.abc import Callable, Iterable, Mapping
from typing import Any


def earlier_hosts(
    peers: Mapping[str, Any], hosts: Iterable[str], batch: Iterable[str], host: str
) -> list[dict[str, Any]]:
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._rollout.earlier import earlier

    return earlier(peers, [str(each) for each in hosts], [str(each) for each in batch])[str(host)]


class FilterModule:
    """One filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"earlier_hosts": earlier_hosts}
