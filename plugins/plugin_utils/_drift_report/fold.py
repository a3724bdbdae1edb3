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
    """A change that several reports tell of."""

    change: Change
    reports: tuple[Mapping[str, Any], ...]

    @property
    def names(self) -> list[str]:
        return [report["name"] for report in self.reports]


def shared_changes(reports: Iterable[Mapping[str, Any]]) -> list[Shared]:
    """Of reports in order, those of two and more: by kind, what most of them need first."""
    found: dict[tuple[str, str], tuple[Change, dict[str, Mapping[str, Any]]]] = {}
    for report in reports:
        for change in report["changes"]:
            found.setdefault(_key(change), (change, {}))[1][report["name"]] = report
    shared = [Shared(change, tuple(told.values())) for change, told in found.values() if len(told) > 1]
    return sorted(shared, key=lambda each: (KINDS.index(each.change["kind"]), -len(each.reports)))


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
