# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reports of a fleet as a text that a person reads at a glance: one line a host, then what there is to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ._drift_report import counts, in_order, in_short, plural

#: Longer lists are cut; the page and the host's JSON have all of them.
MANY = 20


def text_of(reports: Iterable[Mapping[str, Any]], when: str = "") -> str:
    """The summary, without a newline at its end."""
    ordered = in_order(reports)
    told = ", ".join(f"{count} {status}" for status, count in counts(ordered).items()) or "nothing to tell"
    lines = [f"{plural(len(ordered), 'host')}: {told}" + (f" ({when})" if when else "")]
    width = max([len(report["host"]) for report in ordered], default=0)
    for report in ordered:
        status = report["status"] if report["status"] == "clean" else report["status"].upper()
        lines.append(f"{report['host']:{width}}  {status:7}  {in_short(report)}")
        lines += _section("changed on the host, to repair:", report["drift"])
        lines += _section("changed in the inventory, to apply:", report["intended"])
    return "\n".join(lines)


def _section(title: str, actions: list[str]) -> list[str]:
    if not actions:
        return []
    more = [f"    and {len(actions) - MANY} more"] if len(actions) > MANY else []
    return [f"  {title}", *(f"    - {line}" for line in actions[:MANY]), *more]
