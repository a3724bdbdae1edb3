# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Promises between hosts that are broken: which are called once more, and what both hosts saw of them then.

Who calls knows how far the call came on its own host, and who is called how far on the other. Here both come together.
Pure: data to data.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from .report import BROKEN

#: Of so many calls each host follows, as the one that calls and as the one that is called, in each project.
MANY = 48
_Cell = Mapping[str, Any]


def chosen(reports: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, dict[str, list[dict[str, Any]]]]]:
    """Inventory name → project → ``calls`` that the host makes, and those that it is ``called`` by. Empty where nothing
    between hosts is broken whose place is not known. Of many, some of each address that is called."""
    kinds: dict[tuple[Any, ...], list[tuple[str, dict[str, Any]]]] = {}
    for report in reports:
        for cell in report["cells"]:
            if _is_unexplained(cell):
                call = _call(report["host"], cell)
                kind = (call["source"], call["target"], cell["about"], cell["promised"], cell["address"])
                kinds.setdefault((report["topology"], *kind), []).append((report["topology"], call))
    found: dict[str, dict[str, dict[str, list[dict[str, Any]]]]] = {}
    counted: Counter[tuple[str, str, str]] = Counter()
    for topology, call in _in_turns(list(kinds.values())):
        ends = [(call["source"], topology, "calls"), (call["target"], topology, "called")]
        if all(counted[end] < MANY for end in ends):
            counted.update(ends)
            for host, _topology, side in ends:
                found.setdefault(host, {}).setdefault(topology, {}).setdefault(side, []).append(call)
    return found


def _is_unexplained(cell: _Cell) -> bool:
    if cell["result"] != BROKEN or not cell["target"]["host"] or not cell["token"]:
        return False
    return not cell["promised"] or not cell["place"] or cell["place"]["kind"] == "wire"


def _call(host: str, cell: _Cell) -> dict[str, Any]:
    kept = {word: cell[word] for word in ("text", "address", "protocol", "port", "promised")}
    return {**kept, "source": host, "target": cell["target"]["host"], "token": token_again(cell)}


def token_again(cell: _Cell) -> str:
    """Another than the first one, which connection tracking may still know."""
    return hashlib.sha256(cell["token"].encode("ascii")).hexdigest()[:16]


def _in_turns(heaps: list[list[tuple[str, dict[str, Any]]]]) -> Iterable[tuple[str, dict[str, Any]]]:
    for turn in range(max(map(len, heaps), default=0)):
        yield from (heap[turn] for heap in heaps if turn < len(heap))


def with_places(
    report: Mapping[str, Any],
    near: Iterable[Mapping[str, Any]],
    far: Mapping[str, Iterable[Mapping[str, Any]]],
    differs: Mapping[str, Iterable[str]],
) -> dict[str, Any]:
    """The report with the places of what was called once more. ``near``: what its own host saw; ``far``: inventory name
    → what that host saw; ``differs``: inventory name → what there is not as declared."""
    ours = {half["token"]: half for half in near}
    theirs = {(host, half["token"]): half for host, halves in far.items() for half in halves}
    cells, asked = [], dict.fromkeys("")
    for cell in report["cells"]:
        token = token_again(cell) if cell["token"] else ""
        here, there = ours.get(token), theirs.get((cell["target"]["host"], token))
        if here is not None and there is not None:
            asked[cell["target"]["host"]] = None
            cell = {**cell, "place": _place(cell, report["host"], here, there)}
        cells.append(cell)
    lines = [f"on {host}: {line}" for host in asked for line in differs.get(host, ())]
    return {**report, "cells": cells, "differs": [*report["differs"], *lines]}


def _place(cell: _Cell, host: str, here: Mapping[str, Any], there: Mapping[str, Any]) -> dict[str, Any]:
    """The first place on the way there and back at which it ended."""
    other = cell["target"]["host"]
    if not cell["promised"]:
        return _let_through(cell, other, here, there)
    near = here["place"]
    if near and near["kind"] != "wire":
        return dict(near)
    if here["answer"]:
        return _wire("it was answered when it was sent once more", "unknown")
    if there["place"]:
        return {**there["place"], "host": other}
    if near:
        return dict(near)
    if not there["came"]:
        return _wire(f"it left {host} by {here['by']}, and nothing of it came to {other}")
    if there["answer_place"]:
        return {**there["answer_place"], "host": other}
    if here["answer_place"]:
        return {**here["answer_place"], "text": f"its answer: {here['answer_place']['text']}"}
    return _wire(f"its answer left {other} by {there['by']}, and nothing of it came to {host}")


def _let_through(cell: _Cell, other: str, here: Mapping[str, Any], there: Mapping[str, Any]) -> dict[str, Any]:
    """Both hosts have their say about what is not to arrive."""
    if not here["place"] or not there["place"]:
        return dict(cell["place"] or here["place"] or _wire("it did not arrive when it was sent once more", "unknown"))
    return {**here["place"], "text": f"{here['place']['text']}; on {other}: {there['place']['text']}"}


def _wire(text: str, kind: str = "wire") -> dict[str, Any]:
    return {"kind": kind, "netns": "", "text": text}
