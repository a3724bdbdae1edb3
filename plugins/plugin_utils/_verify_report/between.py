# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls between hosts: who sent them does not know whether they arrived, and who heard them not what was promised.

Here both come together. Pure: data to data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .report import BROKEN, HELD

_ARRIVED = "it arrived, and no answer came back"


def answers_of(variables: Mapping[str, Any], hosts: Iterable[str], part: str, topology: str) -> dict[str, Any]:
    """Inventory name → what that host answered of a project to a part (``listen``, ``collect``) of this run."""
    answers = {host: ((variables[host].get("verify_answers") or {}).get(part) or {}) for host in hosts}
    return {host: each[topology] for host, each in answers.items() if topology in each}


def with_heard(report: Mapping[str, Any], heard: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    """The report with what only the other hosts know. ``heard``: inventory name → tokens."""
    tokens = {host: set(each) for host, each in heard.items()}
    cells = [_with_heard(cell, tokens.get(cell["target"]["host"], set())) for cell in report["cells"]]
    counted = {result: [cell["result"] for cell in cells].count(result) for result in (HELD, BROKEN)}
    broken = bool(counted[BROKEN])
    return {
        **report,
        "cells": cells,
        "promises": {**report["promises"], **counted} if cells else report["promises"],
        "status": BROKEN if broken else report["status"],
    }


def _with_heard(cell: Mapping[str, Any], tokens: set[str]) -> dict[str, Any]:
    """What is not to reach must not arrive; of what is, it is good to know how far it came. Of SCTP only the first half
    of a token is heard."""
    token = cell.get("token") or ""
    if not token or not tokens & {token, token[:8]}:
        return dict(cell)
    if cell["promised"] is False:
        return {**cell, "result": BROKEN, "said": cell["said"] if cell["result"] == BROKEN else _ARRIVED}
    if cell["result"] != BROKEN:
        return dict(cell)
    text = f"it came to {', '.join(cell['target']['names'])} on {cell['target']['host']}, and its answer was lost"
    return {**cell, "said": _ARRIVED, "place": {"kind": "wire", "netns": "", "text": text}}
