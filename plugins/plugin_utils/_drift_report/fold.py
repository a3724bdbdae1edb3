# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What many hosts have in common, told once. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .changes import KINDS, Change


@dataclass(frozen=True)
class Shared:
    """A change that several hosts need."""

    change: Change
    hosts: tuple[str, ...]


def shared_changes(reports: Iterable[Mapping[str, Any]]) -> list[Shared]:
    """Those of two hosts and more: by kind, what most hosts need first."""
    found: dict[tuple[str, str], tuple[Change, dict[str, None]]] = {}
    for report in reports:
        for change in report["changes"]:
            found.setdefault(_key(change), (change, {}))[1][report["host"]] = None
    shared = [Shared(change, tuple(hosts)) for change, hosts in found.values() if len(hosts) > 1]
    return sorted(shared, key=lambda each: (KINDS.index(each.change["kind"]), -len(each.hosts)))


def without(report: Mapping[str, Any], shared: Iterable[Shared]) -> list[Change]:
    """What only this host needs."""
    known = {_key(each.change) for each in shared}
    return [change for change in report["changes"] if _key(change) not in known]


def _key(change: Change) -> tuple[str, str]:
    return change["kind"], change["text"]


def names(hosts: Iterable[str], many: int = 8) -> str:
    """``node1, node2 and 35 more``"""
    listed = list(hosts)
    more = f" and {len(listed) - many} more" if len(listed) > many else ""
    return ", ".join(listed[:many]) + more
