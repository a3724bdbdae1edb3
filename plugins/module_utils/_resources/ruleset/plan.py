# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nft would have to do on this host. Reads the live tables; writes nothing."""

from __future__ import annotations

import functools
from typing import Mapping, Optional, Sequence, Tuple

from ..._kernel import nft
from ..._kernel.errors import FabricError
from ..._kernel.names import table as table_name
from .compare import RulesetChange, compare, removal
from .model import Ruleset
from .state import TableName, TableState, read_table, read_tables
from .tables import Table, table_text
from .text import layout


def begin_listing(topology: str) -> nft.Listing:
    """Of the live tables."""
    return nft.Listing([(family, table_name(topology)) for family in ("inet", "bridge")])


def plan_ruleset(
    topology: str, desired: Optional[Ruleset], listing: Optional[nft.Listing] = None
) -> Optional[RulesetChange]:
    """None when nothing is to be done; ``desired`` None means that the tables are to be absent."""
    live = {name: _read(name, objects) for name, objects in listing or begin_listing(topology)}
    if desired is None:
        return removal(live, nft.list_text(list(live)) if live else {})
    tables, wanted = _wanted(desired)
    text = functools.lru_cache(maxsize=None)(functools.partial(nft.list_text, list(live)))
    return compare(tables, wanted, live, text, _summary(desired))


def _read(name: TableName, objects: Sequence[nft.Object]) -> TableState:
    try:
        return read_table(objects)
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        text = "nft: what it lists of the table {0} {1} cannot be read ({2}: {3}); nothing was changed"
        raise FabricError(text.format(*name, type(error).__name__, error)) from error


@functools.lru_cache(maxsize=1)
def _wanted(desired: Ruleset) -> Tuple[Sequence[Table], Mapping[TableName, TableState]]:
    """What is desired, as our text and as this nft shows it. What a run plans by it verifies by it."""
    tables = layout(desired)
    names = [(table.family, table.name) for table in tables]
    return tables, read_tables(nft.normalise("\n".join(table_text(table) for table in tables), names))


def _summary(ruleset: Ruleset) -> str:
    networks = len({network.network for network in ruleset.networks})
    ports = len(ruleset.publications)
    return "{0} network{1}, {2} port{3}".format(networks, "s"[: networks != 1], ports, "s"[: ports != 1])
