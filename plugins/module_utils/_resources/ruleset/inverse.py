# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way back of a change of tables: scripts that bring the former ones back, whatever is there then. Pure."""

from __future__ import annotations

from typing import Any, Mapping, Optional, Sequence

from .edit import TableEdit
from .known import are_plain
from .state import TableName
from .tables import Chain, Table, table_text

#: Set → text → nft's JSON.
Elements = Mapping[str, Mapping[str, Any]]


#: What leaves no chain, whether or not there is one, and whatever is in it.
_NO_CHAIN = ("add", "flush", "delete")


def restore_tables(names: Sequence[TableName], text: Mapping[TableName, str]) -> str:
    """These tables as they were: absent, or exactly this text."""
    lines = []
    for family, name in names:
        lines.append("add table {0} {1}".format(family, name))
        lines.append("delete table {0} {1}".format(family, name))
        if (family, name) in text:
            lines.append(text[(family, name)].rstrip("\n"))
    return "\n".join(lines) + "\n"


def restore_elements(table: Table, edit: TableEdit, former: Elements) -> Optional[str]:
    """The sets of a table of which elements come and go by this edit, and the chains for users' rules, as they were;
    ``former``: all that was in the sets. None where an element that has to be put back is more than its text.

    They are declared first, which changes nothing where they are: somebody may have flushed all rules since. Of a set
    just those elements go that came; a map is filled anew, for under the same key there may be another element.
    """
    added, removed = edit.added, edit.removed
    changed = [each._replace(elements=()) for each in table.sets if each.name in added]
    back = tuple(map(Chain, edit.gone_chains))
    lines = [table_text(table._replace(sets=tuple(changed), chains=back)).rstrip("\n")]
    for each in changed:
        where = "{0} {1} {2}".format(table.family, table.name, each.name)
        is_anew = each.map or each.interval
        members = former[each.name] if is_anew else removed[each.name]
        if not are_plain(members):
            return None
        if is_anew:
            lines.append("flush {0} {1}".format("map" if each.map else "set", where))
        elif added[each.name]:  # to delete what is not there would be an error: the edit may not have been made
            gone = ", ".join(added[each.name])
            lines.extend("{0} element {1} {{ {2} }}".format(do, where, gone) for do in ("add", "delete"))
        if members:
            lines.append("add element {0} {{ {1} }}".format(where, ", ".join(members)))
    for name in edit.new_chains:  # which nothing leads to any more, and which may not be there yet
        lines.extend("{0} chain {1} {2} {3}".format(do, table.family, table.name, name) for do in _NO_CHAIN)
    return "\n".join(lines) + "\n"
