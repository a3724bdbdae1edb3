# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nft would have to do on this host. Reads the live tables; writes nothing."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import replace
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from ..._kernel import dependencies, dormant, nft
from ..._kernel.errors import FabricError
from .compare import RulesetChange, Text, compare, joined, removal
from .listing import begin_listing
from .model import Ruleset, Transit
from .state import TableName, TableState, read_table, read_tables
from .tables import Table, table_text
from .text import layout
from .transit import transit_table

#: Set → text → element as JSON.
Elements = Mapping[str, Mapping[str, Any]]


def plan_ruleset(
    topology: str,
    desired: Optional[Ruleset],
    transit: Optional[Transit] = None,
    listing: Optional[nft.Listing] = None,
) -> Optional[RulesetChange]:
    """``Planning`` and its result, one after the other."""
    with contextlib.closing(Planning(topology, desired, transit, listing)) as planning:
        return planning.change()


class Planning:
    """The live tables are read when this is made, and nft has begun to say what it makes of those that are desired:
    there may be something else to do meanwhile."""

    def __init__(
        self,
        topology: str,
        desired: Optional[Ruleset],
        transit: Optional[Transit] = None,
        listing: Optional[nft.Listing] = None,
    ) -> None:
        """``desired`` and ``transit`` None mean that there is to be no table of it."""
        live = {name: _read(name, objects) for name, objects in listing or begin_listing(topology)}
        for name in live.keys() & dormant.tables():
            live[name] = replace(live[name], dormant=True)
        self._live = live
        self._text = functools.lru_cache(maxsize=None)(functools.partial(nft.list_text, list(live)))
        self._tables = _tables(desired, transit)
        is_known = not self._tables or _is_as_last(self._tables, live, self._text)
        self._wanted = None if is_known else _Wanted(self._tables, live)

    def change(self) -> Optional[RulesetChange]:
        """None when nothing is to be done."""
        declared = {(table.family, table.name) for table in self._tables}
        gone = {name: state for name, state in self._live.items() if name not in declared}
        changes = (
            compare(self._tables, self._wanted.states(), self._live, self._text) if self._wanted is not None else None,
            removal(gone, nft.list_text(list(gone), numeric=True)),
        )
        change = joined([change for change in changes if change is not None])
        if change is not None and change.stale_flows:
            dependencies.require_library("pyroute2", "to end the connections of published ports that went or moved")
        return change

    def close(self) -> None:
        if self._wanted is not None:
            self._wanted.close()


def _read(name: TableName, objects: Sequence[nft.Object]) -> TableState:
    try:
        return read_table(objects)
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        text = "nft: what it lists of the table {0} {1} cannot be read ({2}: {3}); nothing was changed"
        raise FabricError(text.format(*name, type(error).__name__, error)) from error


@functools.lru_cache(maxsize=1)
def _tables(desired: Optional[Ruleset], transit: Optional[Transit]) -> Tuple[Table, ...]:
    tables: List[Table] = list(layout(desired)) if desired is not None else []
    if transit is not None:
        tables.append(transit_table(transit))
    return tuple(tables)


#: What was desired last → as nft shows it: of the elements the words alone, for there may be tens of thousands. What a
#: run plans by it verifies by it.
_LAST: Dict[Tuple[Table, ...], Mapping[TableName, TableState]] = {}


def _is_as_last(tables: Tuple[Table, ...], live: Mapping[TableName, TableState], text: Text) -> bool:
    """Whether the live tables are what nft has shown of the same ones before."""
    return tables in _LAST and compare(tables, _LAST[tables], live, text) is None


class _Wanted:
    """What is desired, as this nft shows it: it is asked when this is made.

    An element that nft shows in the very words in which it is declared need not be written down by nft once more: of a
    thousand ports, those that are new. Intervals are joined with their neighbours, so they go there as a whole."""

    def __init__(self, tables: Tuple[Table, ...], live: Mapping[TableName, TableState]) -> None:
        self._tables = tables
        self._known = {(table.family, table.name): _known_elements(table, live) for table in tables}
        texts = [table_text(_without(table, self._known[table.family, table.name])) for table in tables]
        self._normalising = nft.Normalising("\n".join(texts), list(self._known))

    def states(self) -> Mapping[TableName, TableState]:
        try:
            shown = read_tables(self._normalising.tables())
        except nft.RefusedError as error:
            raise dependencies.refused_rules(error) from error
        wanted = {name: _with(state, self._known[name]) for name, state in shown.items()}
        _LAST.clear()
        _LAST[self._tables] = {
            name: replace(state, elements={each: dict.fromkeys(texts) for each, texts in state.elements.items()})
            for name, state in wanted.items()
        }
        return wanted

    def close(self) -> None:
        self._normalising.close()


def _known_elements(table: Table, live: Mapping[TableName, TableState]) -> Elements:
    have = live.get((table.family, table.name))
    if have is None:
        return {}
    shown = {item.name: have.elements.get(item.name, {}) for item in table.sets if not item.interval}
    return {
        item.name: {text: shown[item.name][text] for text in item.elements if text in shown[item.name]}
        for item in table.sets
        if item.name in shown
    }


def _without(table: Table, known: Elements) -> Table:
    sets = (
        item._replace(elements=tuple(text for text in item.elements if text not in known.get(item.name, ())))
        for item in table.sets
    )
    return table._replace(sets=tuple(sets))


def _with(state: TableState, known: Elements) -> TableState:
    elements = {name: {**known.get(name, {}), **members} for name, members in state.elements.items()}
    return replace(state, elements=elements)
