# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nft showed of a topology's live tables, for a run that finds them as they were then: about a host that is as
declared nft need not be asked, and about one that gains a container only of that. As bytes, which ``nft_record.py``
keeps: first the tables as a whole, then what each run took from their sets and put into them. Pure.
"""

from __future__ import annotations

import hashlib
import marshal
import struct
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from ..._kernel.nft_record import Record
from .edit import TableEdit
from .known import KnownElements
from .packed import pack, unpack
from .state import TableName, TableState, with_users_chains, without_chains
from .tables import Table, is_users


def digest_of(tables: Sequence[Table]) -> bytes:
    """Of what is declared: of all of it, and then of what is left without what ``alike`` can tell of."""
    return _digest(tables) + _digest([_bare(each) for each in tables])


def is_built_alike(one: bytes, other: bytes) -> bool:
    """Whether what two digests are of differs in that alone: elements, and chains for users' rules."""
    return one[16:] == other[16:]


def _bare(table: Table) -> Table:
    sets = tuple(each._replace(elements=()) for each in table.sets)
    return table._replace(sets=sets, chains=tuple(each for each in table.chains if not is_users(each)))


def _digest(tables: Sequence[Table]) -> bytes:
    """By marshal's first version: later ones tell of objects, too, not of values alone."""
    plain = [(*each[:2], list(map(tuple, each.sets)), list(map(tuple, each.chains))) for each in tables]
    return hashlib.blake2b(marshal.dumps(plain, 0), digest_size=16).digest()


def whole(states: Mapping[TableName, TableState]) -> bytes:
    built = {name: (each.chains, each.policies, each.rules, each.sets, each.others) for name, each in states.items()}
    sets = {(table, name): members for table, each in states.items() for name, members in each.elements.items()}
    return pack(built, sets)


def edits(found: Sequence[TableEdit]) -> bytes:
    """Of elements, and chains for users' rules, alone: table, the chains that come and go, and of each set, what goes
    from it and what comes."""
    plain: List[Tuple[TableName, List[str], List[str], List[Tuple[str, List[str], Dict[str, Any]]]]] = [
        (
            (edit.family, edit.name),
            list(edit.new_chains),
            list(edit.gone_chains),
            [(name, list(edit.removed[name]), dict(added)) for name, added in edit.added.items()],
        )
        for edit in found
    ]
    return marshal.dumps(plain)


def states(record: Record) -> Optional[Dict[TableName, TableState]]:
    """None where that is nothing that a run has kept."""
    try:
        return _states(record)
    except (EOFError, LookupError, TypeError, ValueError, struct.error):
        return None


def _states(record: Record) -> Dict[TableName, TableState]:
    first, *later = reversed(list(record.kept()))
    built, sets = unpack(first)
    elements: Dict[TableName, Dict[str, KnownElements]] = {table: {} for table in built}
    found = {
        table: TableState(chains, policies, rules, of_sets, elements[table], others)
        for table, (chains, policies, rules, of_sets, others) in built.items()
    }
    for edit in map(marshal.loads, later):
        for table, come, gone, of_sets in edit:
            found[table] = with_users_chains(without_chains(found[table], gone), come)
            for name, *members in of_sets:
                sets[table, name].edit(*members)
    for (table, name), each in sets.items():
        elements[table][name] = each.elements()
    return found
