# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command answers: the same for people and for programs. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, List, Mapping, Sequence, Tuple

CLEAN, FAILED, DRIFTED = 0, 1, 2


@dataclass(frozen=True)
class Answer:
    """``data`` is what ``--json`` prints, ``lines`` what a person reads; ``warnings`` go beside both."""

    data: Mapping[str, Any]
    lines: Sequence[str]
    status: int = CLEAN
    warnings: Tuple[str, ...] = ()


def worst(statuses: Iterable[int]) -> int:
    """Of several: that something could not be said is worse than that something drifted."""
    order = (CLEAN, DRIFTED, FAILED)
    return max(statuses, key=order.index, default=CLEAN)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> List[str]:
    """Columns as wide as what is in them; nothing where there are no rows."""
    cells = [tuple(each or "-" for each in row) for row in rows]
    if not cells:
        return []
    lines = [tuple(heads), *cells]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]


def outline(value: Any, indent: str = "") -> List[str]:
    """Nested data for a person: a line for each word, what belongs to it below."""
    lines: List[str] = []
    if isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(item, (Mapping, list, tuple)) and item:
                lines.append("{0}{1}:".format(indent, key))
                lines.extend(outline(item, indent + "  "))
            else:
                lines.append("{0}{1}: {2}".format(indent, key, _word(item)))
    elif isinstance(value, (list, tuple)):
        for item in value:
            if isinstance(item, Mapping):
                lines.append(indent + ", ".join("{0}: {1}".format(key, _word(each)) for key, each in item.items()))
            else:
                lines.append(indent + _word(item))
    else:
        lines.append(indent + _word(value))
    return lines


def _word(value: Any) -> str:
    if value is None or value == "" or value in ({}, [], ()):
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
