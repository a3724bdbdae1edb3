# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what the module topology answered in check mode to the report of a host. Pure: data to data.

A host that gave no answer is ``unknown``: nothing here may make it look clean. One whose answer is odd is ``unknown``
too, and takes no other host with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import printable

from .changes import DRIFT, INTENDED, KINDS, RELEASE, read

#: In the order in which a person wants to see them.
STATUSES = ("drifted", "unknown", "pending", "clean")
#: Status → what it says of a host.
MEANING = {
    "drifted": "somebody changed something on the host",
    "unknown": "the host gave no answer",
    "pending": "the inventory or the collection changed and was not applied yet",
    "clean": "as declared",
}
TO_DO = MappingProxyType({DRIFT: "to repair", INTENDED: "to follow the inventory", RELEASE: "to follow the collection"})
_ODD = "the host gave an answer that is none: {0}"


def report_of(result: Any, host: str, topology: str = "default") -> dict[str, Any]:
    """The report of one host. ``result`` is what its task registered, whatever became of it."""
    host, topology = printable.line(host), printable.line(topology)
    if not isinstance(result, Mapping):
        return _unknown(host, topology, "the host was not asked")
    if result.get("unreachable"):
        return _unknown(host, topology, "cannot be reached: " + said_by(result))
    if result.get("failed") or "changes" not in result:
        return _unknown(host, topology, said_by(result))
    try:
        return _known(result, host, topology)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return _unknown(host, topology, _ODD.format(f"{type(error).__name__}: {error}"))


def _known(result: Mapping[str, Any], host: str, topology: str) -> dict[str, Any]:
    changes = read(result["changes"])
    by_kind = {kind: [change["text"] for change in changes if change["kind"] == kind] for kind in KINDS}
    drifted = bool(by_kind[DRIFT] or result.get("unmended"))
    return {
        "host": host,
        "topology": topology,
        "status": "drifted" if drifted else "pending" if changes else "clean",
        "changed": bool(changes),
        "drifted": drifted,
        "message": "",
        "warnings": [printable.line(str(warning)) for warning in result.get("warnings") or ()],
        "actions": [change["text"] for change in changes],
        "changes": changes,
        "chosen": printable.data(dict(result.get("chosen") or {})),
        **by_kind,
        "networks": _named(result.get("networks")),
        "containers": _named(result.get("containers")),
    }


def _named(values: Any) -> dict[str, Any]:
    """Name → words, as a module returns networks and containers."""
    found: dict[str, Any] = printable.data(dict(values or {}))
    for words in found.values():
        if not isinstance(words, Mapping):
            raise TypeError("networks and containers are dictionaries")
    return found


def in_order(reports: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The worst first, then by name. Each has a ``name``: its host's, with the project where they are of several."""
    given = list(reports)
    several = len({report["topology"] for report in given}) > 1
    named = [
        {**report, "name": f"{report['host']}/{report['topology']}" if several else report["host"]} for report in given
    ]
    return sorted(named, key=lambda report: (STATUSES.index(report["status"]), report["name"]))


def counts(reports: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many reports of each status, without those that none has."""
    found = [report["status"] for report in reports]
    return {status: found.count(status) for status in STATUSES if status in found}


def several_hosts(reports: Iterable[Mapping[str, Any]]) -> bool:
    return len({report["host"] for report in reports}) > 1


def how_many(reports: Sequence[Mapping[str, Any]]) -> str:
    """``3 hosts``, or ``3 hosts, 5 projects`` where a host has several."""
    hosts = plural(len({report["host"] for report in reports}), "host")
    projects = len({(report["host"], report["topology"]) for report in reports})
    return hosts if hosts == plural(projects, "host") else f"{hosts}, {plural(projects, 'project')}"


def plural(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def in_short(report: Mapping[str, Any], to_do: Mapping[str, str] = TO_DO) -> str:
    """One line about a host. ``to_do``: kind → what becomes of so many of its changes."""
    if report["status"] == "unknown":
        return " ".join(str(report["message"]).split())
    told = [f"{len(report[kind])} {what}" for kind, what in to_do.items() if report[kind]]
    things = f"{plural(len(report['networks']), 'network')}, {plural(len(report['containers']), 'container')}"
    told = told or [things + " as declared"]
    if report["warnings"]:
        told.append(plural(len(report["warnings"]), "warning"))
    return ", ".join(told)


def _unknown(host: str, topology: str, message: str) -> dict[str, Any]:
    nothing: dict[str, Any] = {kind: [] for kind in KINDS}
    return {
        "host": host,
        "topology": topology,
        "status": "unknown",
        "changed": "unknown",
        "drifted": "unknown",
        "message": printable.text(message),
        "warnings": [],
        "actions": [],
        "changes": [],
        "chosen": {},
        **nothing,
        "networks": {},
        "containers": {},
    }


def said_by(result: Mapping[str, Any]) -> str:
    """Why there is no answer. A problem's text is part of the message already, where there is one."""
    for word in ("msg", "module_stderr", "exception"):
        if result.get(word):
            return str(result[word]).strip().removeprefix("Task failed: ")
    return "the task gave no result"
