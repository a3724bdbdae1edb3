# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nft would have to do on this host. Reads the live tables; writes nothing."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import List, Mapping, Optional, Sequence, Tuple

from ..._kernel import dependencies, dormant, nft
from ..._kernel.errors import FabricError
from ..._kernel.names import TRANSIT_TABLE
from ..._kernel.names import table as table_name
from .compare import RulesetChange, compare, joined, removal
from .model import Ruleset, Transit
from .state import TableName, TableState, read_table, read_tables
from .tables import Table, table_text
from .text import layout
from .transit import transit_table

_SHARED = ("inet", TRANSIT_TABLE)


def begin_listing(topology: str) -> nft.Listing:
    """Of the live tables: the topology's own, and the one of all."""
    return nft.Listing([*((family, table_name(topology)) for family in ("inet", "bridge")), _SHARED])


def plan_ruleset(
    topology: str,
    desired: Optional[Ruleset],
    transit: Optional[Transit] = None,
    listing: Optional[nft.Listing] = None,
) -> Optional[RulesetChange]:
    """None when nothing is to be done; ``desired`` and ``transit`` None mean that there is to be no table of it."""
    live = {name: _read(name, objects) for name, objects in listing or begin_listing(topology)}
    for name in live.keys() & dormant.tables():
        live[name] = replace(live[name], dormant=True)
    change = _change(desired, transit, live)
    if change is not None and change.stale_flows:
        dependencies.require_library("pyroute2", "to end the connections of published ports that went or moved")
    return change


def _change(
    desired: Optional[Ruleset], transit: Optional[Transit], live: Mapping[TableName, TableState]
) -> Optional[RulesetChange]:
    text = functools.lru_cache(maxsize=None)(functools.partial(nft.list_text, list(live)))
    tables, wanted = _wanted(desired, transit)
    declared = {(table.family, table.name) for table in tables}
    gone = {name: state for name, state in live.items() if name not in declared}
    changes = (compare(tables, wanted, live, text), removal(gone, nft.list_text(list(gone), numeric=True)))
    return joined([change for change in changes if change is not None])


def _read(name: TableName, objects: Sequence[nft.Object]) -> TableState:
    try:
        return read_table(objects)
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        text = "nft: what it lists of the table {0} {1} cannot be read ({2}: {3}); nothing was changed"
        raise FabricError(text.format(*name, type(error).__name__, error)) from error


@functools.lru_cache(maxsize=1)
def _wanted(
    desired: Optional[Ruleset], transit: Optional[Transit]
) -> Tuple[Sequence[Table], Mapping[TableName, TableState]]:
    """What is desired, as our text and as this nft shows it. What a run plans by it verifies by it."""
    tables: List[Table] = list(layout(desired)) if desired is not None else []
    if transit is not None:
        tables.append(transit_table(transit))
    if not tables:
        return tables, {}
    names = [(table.family, table.name) for table in tables]
    try:
        shown = nft.normalise("\n".join(table_text(table) for table in tables), names)
    except nft.RefusedError as error:
        raise dependencies.refused_rules(error) from error
    return tables, read_tables(shown)
