# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what the module topology answered in check mode to the report of a host. Pure: data to data.

A host that gave no answer is ``unknown``: nothing here may make it look clean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

#: In the order in which a person wants to see them.
STATUSES = ("drifted", "unknown", "pending", "clean")
#: Status → what it says of a host.
MEANING = {
    "drifted": "somebody changed something on the host",
    "unknown": "the host gave no answer",
    "pending": "the inventory changed and was not applied yet",
    "clean": "as declared",
}


def report_of(result: Any, host: str, topology: str = "default") -> dict[str, Any]:
    """The report of one host. ``result`` is what its task registered, whatever became of it."""
    if not isinstance(result, Mapping):
        return _unknown(host, topology, "the host was not asked")
    if result.get("unreachable"):
        return _unknown(host, topology, "cannot be reached: " + _said(result))
    if result.get("failed") or "actions" not in result:
        return _unknown(host, topology, _said(result))
    actions = list(result["actions"])
    intended = [line for line in actions if line in set(result.get("intended", ()))]
    drift = [line for line in actions if line not in set(intended)]
    return {
        "host": host,
        "topology": topology,
        "status": "drifted" if drift else "pending" if intended else "clean",
        "changed": bool(actions),
        "drifted": bool(drift),
        "message": "",
        "actions": actions,
        "drift": drift,
        "intended": intended,
        "diff": _sides(result.get("diff")),
        "networks": dict(result.get("networks") or {}),
        "containers": dict(result.get("containers") or {}),
    }


def in_order(reports: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The worst first, then by name."""
    return sorted(reports, key=lambda report: (STATUSES.index(report["status"]), report["host"]))


def counts(reports: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many hosts of each status, without those that no host has."""
    found = [report["status"] for report in reports]
    return {status: found.count(status) for status in STATUSES if status in found}


def plural(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def in_short(report: Mapping[str, Any]) -> str:
    """One line about a host."""
    if report["status"] == "unknown":
        return " ".join(str(report["message"]).split())
    told = []
    if report["drift"]:
        told.append(f"{len(report['drift'])} to repair")
    if report["intended"]:
        told.append(f"{len(report['intended'])} to follow the inventory")
    things = f"{plural(len(report['networks']), 'network')}, {plural(len(report['containers']), 'container')}"
    return ", ".join(told) if told else things + " as declared"


def _unknown(host: str, topology: str, message: str) -> dict[str, Any]:
    nothing: dict[str, Any] = {"actions": [], "drift": [], "intended": [], "networks": {}, "containers": {}}
    return {
        "host": host,
        "topology": topology,
        "status": "unknown",
        "changed": "unknown",
        "drifted": "unknown",
        "message": message,
        "diff": _sides(None),
        **nothing,
    }


def _said(result: Mapping[str, Any]) -> str:
    """Why there is no answer. A problem's text is part of the message already, where there is one."""
    for word in ("msg", "module_stderr", "exception"):
        if result.get(word):
            return str(result[word]).strip().removeprefix("Task failed: ")
    return "the task gave no result"


def _sides(diff: Any) -> dict[str, Any]:
    sides = diff if isinstance(diff, Mapping) else {}
    return {side: dict(sides.get(side) or {}) for side in ("before", "after")}
