# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet that nobody has: reports of as many hosts as wanted, out of what a real one answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.report import report_of
from tests.unit.report.conftest import ANSWERS

Answer = dict[str, Any]
_TEXTS = {name: json.dumps(answer) for name, answer in ANSWERS.items()}


def answer(kind: str, number: int) -> Answer:
    """An answer of the module, with addresses that no other host has."""
    return json.loads(_TEXTS[kind].replace("172.20.0.", f"10.{number // 250}.{number % 250}."))


def fleet(count: int, kind_of: Callable[[int], str] | None = None) -> list[Answer]:
    """Reports. Without ``kind_of``, which names one of the recorded answers by the host's number, it is a fleet as one
    finds it: of a thousand, 312 have one mtu changed, 40 an address, 60 wait for an apply, 10 give no answer."""
    return [report_of(_found(number, kind_of), f"node{number:04}", "shop") for number in range(count)]


def _found(number: int, kind_of: Callable[[int], str] | None) -> Answer:
    if kind_of is not None:
        return answer(kind_of(number), number)
    place = number % 1000
    if place < 10:
        return {"unreachable": True, "msg": f"Failed to connect to the host via ssh: 192.0.2.{number % 250}: timed out"}
    if place < 70:
        return answer("never_applied" if place < 40 else "drifted_and_pending", number)
    found = answer("clean", number)
    if place < 382:
        found["changes"] = [_change({"network": "front"}, "mtu", 1400, 1500, "set mtu of br-front from 1400 to 1500")]
    elif place < 422:
        extra = f"10.{number // 250}.{number % 250}.77/24"
        text = f"remove {extra} from web:eth0"
        found["changes"] = [_change({"container": "web", "interface": "eth0"}, f"address {extra}", "on", None, text)]
    return found


def _change(subject: dict[str, str], word: str, before: Any, after: Any, text: str) -> dict[str, Any]:
    return {"subject": subject, "kind": "drift", "text": text, "before": {word: before}, "after": {word: after}}


def said(number: int) -> str:
    """What the module prints on such a host."""
    return json.dumps(_found(number, None))
