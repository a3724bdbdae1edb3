# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects of one host that foresee the same: each is asked alone, and knows what others hold already. Pure.

What two of them would choose, one of them gets, and the other something else that nobody approved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.changes import LEASE

_TEXT = (
    "it is not known what it would have: {0} would be leased by it and by the project {1} ({2}) in the same run; write "
    "the {3} of one of them down, or make one of them first"
)


def in_the_way(report: Mapping[str, Any], others: Iterable[Mapping[str, Any]]) -> str:
    """Why the project of a report cannot be foreseen beside ``others`` on the same host; empty where it can."""
    for other in others:
        for mine in _subnets(report):
            for theirs in _subnets(other):
                if mine.version == theirs.version and mine.overlaps(theirs):
                    return _TEXT.format(mine, other["topology"], theirs, "subnet")
        for port in report["chosen"]:
            if port in other["chosen"] and port.partition("/")[2].isalpha():
                return _TEXT.format("the host port " + port, other["topology"], other["chosen"][port], "port")
    return ""


def _subnets(report: Mapping[str, Any]) -> Iterator[Any]:
    """That it does not hold yet."""
    for change in report["changes"]:
        if change["subject"].get("part") == LEASE and "subnet" in change["after"]:
            yield ip_network(change["after"]["subnet"])
