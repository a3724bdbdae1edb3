# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what the module topology_verify answered to the report of a project on a host. Pure: data to data.

A host that gave no answer is ``unknown``: nothing here may make it look as if its promises held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import printable

from .._drift_report.report import plural, said_by

BROKEN, UNKNOWN, HELD, PLANNED = "broken", "unknown", "held", "planned"
#: In the order in which a person wants to see them.
STATUSES = (BROKEN, UNKNOWN, HELD, PLANNED)
MEANING = {
    BROKEN: "a promise of the declaration does not hold",
    UNKNOWN: "the host gave no answer",
    HELD: "every promise that was tried holds",
    PLANNED: "nothing was sent (check mode)",
}


def report_of(result: Any, host: str, topology: str = "default") -> dict[str, Any]:
    """``result`` is what the task registered, whatever became of it."""
    head = {"host": printable.line(host), "topology": printable.line(topology)}
    if not isinstance(result, Mapping):
        return _unknown(head, "the host was not asked")
    if result.get("unreachable"):
        return _unknown(head, "cannot be reached: " + said_by(result))
    if result.get("failed") or "promises" not in result:
        return _unknown(head, said_by(result))
    try:
        return {**head, **_known(printable.data(dict(result)))}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return _unknown(head, f"the host gave an answer that is none: {type(error).__name__}: {error}")


def _known(result: Mapping[str, Any]) -> dict[str, Any]:
    cells = [dict(cell) for cell in result["cells"]]
    planned = list(result["would_probe"])
    broken = [cell for cell in cells if cell["result"] == BROKEN]
    return {
        "status": BROKEN if broken else PLANNED if planned else HELD,
        "message": "",
        "promises": dict(result["promises"]),
        "planned": planned,
        "cells": cells,
        "differs": list(result["differs"]),
    }


def _unknown(head: Mapping[str, str], message: str) -> dict[str, Any]:
    nothing: dict[str, Any] = {"promises": {}, "planned": [], "cells": [], "differs": []}
    return {**head, "status": UNKNOWN, "message": printable.text(message), **nothing}


def in_order(reports: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The worst first, then by name."""
    return sorted(reports, key=lambda each: (STATUSES.index(each["status"]), each["host"], each["topology"]))


def name_of(report: Mapping[str, Any]) -> str:
    return f"{report['host']}/{report['topology']}"


def of_result(report: Mapping[str, Any], result: str) -> list[Mapping[str, Any]]:
    return [cell for cell in report["cells"] if cell["result"] == result]


def told(cell: Mapping[str, Any]) -> str:
    """A cell's promise, and, where it does not hold, what came back and where it ends."""
    return cell["text"] if cell["result"] == HELD else f"{cell['text']}; {why(cell)}"


def why(cell: Mapping[str, Any]) -> str:
    """What came back, and the place where it ends, where that was looked for: ``nothing came back; rule: the host
    drops it: inet other c: tcp dport 80 drop``."""
    place = cell.get("place")
    if not place:
        return str(cell["said"])
    where = f"on {place['host']}: " if place.get("host") else ""
    return f"{cell['said']}; {place['kind']}: {where}{place['text']}"


def in_short(report: Mapping[str, Any]) -> str:
    """One line about a project on a host."""
    if report["status"] == UNKNOWN:
        return " ".join(str(report["message"]).split())
    counted = report["promises"]
    if report["status"] == PLANNED:
        return f"{plural(len(report['planned']), 'promise')} of {counted['made']} would be tried"
    words = [f"{counted[BROKEN]} broken"] if counted[BROKEN] else []
    words.append(f"{counted[HELD]} held")
    if counted["unprobed"]:
        words.append(f"{counted['unprobed']} not tried")
    left = counted["made"] - counted["chosen"]
    if left:
        words.append(f"{left} left out of the sample")
    return ", ".join(words)


def lines_of(report: Mapping[str, Any], many: int = 10) -> list[str]:
    """The broken promises of a project, for an error."""
    if report["status"] == UNKNOWN:
        return [in_short(report)]
    broken = [told(cell) for cell in of_result(report, BROKEN)]
    more = [f"and {len(broken) - many} more"] if len(broken) > many else []
    return [*broken[:many], *more]
