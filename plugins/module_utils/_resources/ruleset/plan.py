# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nft would have to do on this host. Reads the live tables; writes nothing."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import replace
from typing import Callable, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from ..._kernel import dependencies, dormant, nf_tables, nft, nft_dump, nft_record
from ..._kernel.data import NamedTuple
from ..._kernel.errors import FabricError
from . import shown
from .alike import with_elements
from .compare import RulesetChange, Text, compare, joined, removal
from .inverse import Elements
from .listing import Listing
from .model import Ruleset, Transit
from .state import TableName, TableState, read_table, read_tables
from .tables import Table, table_text
from .text import layout
from .transit import transit_table


def plan_ruleset(
    topology: str,
    desired: Optional[Ruleset],
    transit: Optional[Transit] = None,
    listing: Optional[Listing] = None,
) -> Optional[RulesetChange]:
    """``Planning`` and its result, one after the other."""
    with contextlib.closing(Planning(topology, desired, transit, listing)) as planning:
        return planning.change()


#: With what takes a socket over that nobody is to wait for.
Keep = Callable[[nf_tables.LetGo], None]
#: What a run went by lives on: to give back thousands of elements would keep its answer waiting.
_RECALLED: List[Mapping[TableName, TableState]] = []


class Planning:
    """The live tables are read when this is made, and nft has begun to say what it makes of those that are desired:
    there may be something else to do meanwhile."""

    def __init__(
        self,
        topology: str,
        desired: Optional[Ruleset],
        transit: Optional[Transit] = None,
        listing: Optional[Listing] = None,
    ) -> None:
        """``desired`` and ``transit`` None mean that there is to be no table of it."""
        self._topology, self._has_own = topology, desired is not None
        self._tables = _tables(desired, transit)
        self._declared = shown.digest_of(self._tables)
        self._listing = listing or Listing(topology)
        self._live: Mapping[TableName, TableState] = {}
        self._there: List[TableName] = []  # apart, for what is freed by nobody else is not to lead back here
        self._text: Text = functools.lru_cache(maxsize=None)(functools.partial(nft.list_text, self._there))
        self._wanted: Union[_Wanted, _Alike, None] = None
        last = self._listing.last
        self._is_as_shown = last is not None and last.declared == self._declared
        if not (self._is_as_shown or (last is not None and self._recall(last))):
            self._ask_nft()
        self._then: Mapping[TableName, TableState] = self._live  # once what is planned is done

    def _recall(self, last: nft_record.Record) -> bool:
        """Whether what nft showed at another time tells what is to be done: it does of elements, which are in the words
        in which they are declared, and of chains without rules. Rules and sets are in nft's, which may be others by
        now."""
        if self._tables and not shown.is_built_alike(last.declared, self._declared):
            return False
        live = shown.states(last)
        wanted = with_elements(self._tables, live) if live is not None else None
        if live is None or wanted is None or any(_users_wrote(name, live[name], wanted.get(name)) for name in live):
            return False
        self._live, self._wanted = live, _Alike(wanted)
        self._there.extend(live)
        _RECALLED[:] = live, wanted
        return True

    def _ask_nft(self) -> None:
        if self._listing.last is not None:
            self._listing = Listing(self._topology, anew=True)
        self._live = _live(self._listing)
        self._there.extend(self._live)
        if self._tables and not _is_as_last(self._tables, self._live, self._text):
            self._wanted = _Wanted(self._tables, self._live)

    def change(self) -> Optional[RulesetChange]:
        """None when nothing is to be done."""
        if self._is_as_shown:
            return None
        change = joined([each for each in (self._edited(), self._removal()) if each is not None])
        if change is not None and change.stale_flows:
            dependencies.require_library("pyroute2", "to end the connections of published ports that went or moved")
        return change

    def _edited(self) -> Optional[RulesetChange]:
        if self._wanted is None:
            return None
        wanted = self._wanted.states()
        edited = compare(self._tables, wanted, self._live, self._text)
        if edited is not None and edited.is_foreseen:
            self._then = wanted  # else thousands of elements would live on to the end of a run
        return edited

    def _removal(self) -> Optional[RulesetChange]:
        declared = {(table.family, table.name) for table in self._tables}
        gone = {name: state for name, state in self._live.items() if name not in declared}
        return removal(gone, nft.list_text(list(gone), numeric=True))

    def generation_after(self, change: RulesetChange) -> Optional[int]:
        """What one transaction makes of the live tables, of which that is foreseen. None where it does more, or that is
        not known."""
        before = self._listing.generation() if change.is_foreseen else None
        return before + 1 if before is not None else None

    def keeping(self, change: Optional[RulesetChange]) -> Keep:
        """Keeps what nft showed of the tables, once this change, or none, is made; nothing where that is kept already,
        or it is not known what they will be."""
        generation = self._listing.generation() if change is None else self.generation_after(change)
        last = self._listing.last
        is_kept = self._is_as_shown and last is not None and last.is_listed
        if is_kept or not self._has_own or generation is None:
            return _nothing
        what = shown.edits(change.edits if change is not None else ()) if last is not None else shown.whole(self._then)
        return functools.partial(nft_record.keep, self._topology, generation, self._declared, what, last)

    def close(self) -> None:
        if self._wanted is not None:
            self._wanted.close()


def _users_wrote(name: TableName, live: TableState, wanted: Optional[TableState]) -> bool:
    """Whether there are rules in chains that are to go: what is known of those chains does not tell that."""
    gone = [chain for chain in live.chains if wanted is not None and chain not in wanted.chains]
    return bool(gone) and nft_dump.have_rules(name, gone)


def _nothing(_let_go: nf_tables.LetGo) -> None:
    """There is nothing new."""


def _live(listing: Listing) -> Dict[TableName, TableState]:
    live = {name: _read(name, objects) for name, objects in listing.objects()}
    for name in live.keys() & dormant.tables():
        live[name] = replace(live[name], dormant=True)
    return live


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
            found = read_tables(self._normalising.tables())
        except nft.RefusedError as error:
            raise dependencies.refused_rules(error) from error
        wanted = {name: _with(state, self._known[name]) for name, state in found.items()}
        _LAST.clear()
        _LAST[self._tables] = {
            name: replace(state, elements={each: dict.fromkeys(texts) for each, texts in state.elements.items()})
            for name, state in wanted.items()
        }
        return wanted

    def close(self) -> None:
        self._normalising.close()


class _Alike(NamedTuple):
    """The same, by what nft has shown of others."""

    found: Mapping[TableName, TableState]

    def states(self) -> Mapping[TableName, TableState]:
        return self.found

    def close(self) -> None:
        """Nothing was begun."""


def _known_elements(table: Table, live: Mapping[TableName, TableState]) -> Elements:
    have = live.get((table.family, table.name))
    if have is None:
        return {}
    there = {item.name: have.elements.get(item.name, {}) for item in table.sets if not item.interval}
    return {
        item.name: {text: there[item.name][text] for text in item.elements if text in there[item.name]}
        for item in table.sets
        if item.name in there
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
