# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way back of a change of tables: scripts that bring the former ones back, whatever is there then. Pure."""

from __future__ import annotations

from typing import Any, Iterable, Iterator, Mapping, Sequence

from .state import TableName
from .tables import Table, table_text


def restore_tables(names: Sequence[TableName], text: Mapping[TableName, str]) -> str:
    """These tables as they were: absent, or exactly this text."""
    lines = []
    for family, name in names:
        lines.append("add table {0} {1}".format(family, name))
        lines.append("delete table {0} {1}".format(family, name))
        if (family, name) in text:
            lines.append(text[(family, name)].rstrip("\n"))
    return "\n".join(lines) + "\n"


def restore_elements(table: Table, elements: Mapping[str, Iterable[str]]) -> str:
    """These sets of a table (name → elements as text) as they were, where nothing but their elements was changed.

    They are declared first, which changes nothing where they are: somebody may have flushed all rules since.
    """
    emptied = [each._replace(elements=()) for each in table.sets if each.name in elements]
    return table_text(table._replace(sets=tuple(emptied), chains=())) + "".join(
        line + "\n" for each in emptied for line in _refilled(table, each.name, each.map, list(elements[each.name]))
    )


def _refilled(table: Table, name: str, is_map: bool, elements: Sequence[str]) -> Iterator[str]:
    where = "{0} {1} {2}".format(table.family, table.name, name)
    yield "flush {0} {1}".format("map" if is_map else "set", where)
    if elements:
        yield "add element {0} {{ {1} }}".format(where, ", ".join(elements))


def is_plain(element: Any) -> bool:
    """Whether an element, in nft's JSON, is all in its text: no counter, comment or timeout that somebody gave it."""
    keys = element if isinstance(element, list) else [element]
    return not any(isinstance(key, dict) and "elem" in key for key in keys)
