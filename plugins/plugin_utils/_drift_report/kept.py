# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What hosts found by themselves, gathered: from their files to reports. Pure.

A host compares itself with what was last applied there, so it can tell drift and not what the inventory changed since.
What is old, or missing, or cannot be read is ``unknown``: a timer that stopped must not make a host look clean.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from .report import plural, report_of, said_by

#: Of the files, as hosts of this release write them.
VERSION = 1
_NONE = (
    "the host keeps no check of {0}: topology_heal has it check itself, or "
    "linuxnet-fabric check --keep from cron; a check is gone after a boot until the next"
)


def reports_of(
    gathered: Any, host: str, expected: Iterable[str], longest: int, now: datetime | None = None
) -> list[dict[str, Any]]:
    """``gathered``: what a task registered whose ``stdout`` is the files of the host, a line of JSON each.
    ``expected``: the names of the projects that are to be there. ``longest``: minutes after which a check is too old.
    """
    wanted = list(expected)
    if not isinstance(gathered, Mapping) or gathered.get("unreachable") or "stdout" not in gathered:
        return [report_of(gathered, host, name) for name in wanted or ["default"]]
    try:
        found = {each["topology"]: each for each in map(_read, str(gathered["stdout"]).splitlines())}
    except (KeyError, TypeError, ValueError) as error:
        text = f"what the host kept cannot be read: {said_by({'msg': error})}"
        return [report_of({"failed": True, "msg": text}, host, name) for name in wanted or ["default"]]
    now = now or datetime.now(timezone.utc)
    return [_report(found.get(name), host, name, longest, now) for name in [*wanted, *sorted(set(found) - set(wanted))]]


def _read(line: str) -> dict[str, Any]:
    kept = json.loads(line)
    if kept["version"] != VERSION:
        raise ValueError(f"version {kept['version']} of it is another release's, this one reads {VERSION}")
    return {**kept, "at": datetime.fromisoformat(kept["at"]), "topology": str(kept["topology"])}


def _report(kept: Mapping[str, Any] | None, host: str, topology: str, longest: int, now: datetime) -> dict[str, Any]:
    if kept is None:
        return report_of({"failed": True, "msg": _NONE.format(topology)}, host, topology)
    age = now - kept["at"]
    if age > timedelta(minutes=longest):
        text = (
            f"the last check of the host is of {_shown(kept['at'])}, which is more than {plural(longest, 'minute')} ago"
        )
        return report_of({"failed": True, "msg": text}, host, topology)
    if kept.get("error"):
        return report_of({"failed": True, "msg": f"{kept['error']} (at {_shown(kept['at'])})"}, host, topology)
    warnings = [*_repairs(kept.get("repaired") or (), kept["at"]), *(kept.get("warnings") or ())]
    return report_of({**kept, "warnings": warnings}, host, topology)


def _repairs(repaired: Sequence[str], at: datetime) -> Iterable[str]:
    return [f"repaired by the host itself at {_shown(at)}: {text}" for text in repaired]


def _shown(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")
