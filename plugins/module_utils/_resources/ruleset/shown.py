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
from .state import TableName, TableState
from .tables import NamedSet, Table


def digest_of(tables: Sequence[Table]) -> bytes:
    """Of what is declared: of all of it, and then of what is left without elements that ``alike`` can tell of."""
    bare = [each._replace(sets=tuple(map(_bare, each.sets))) for each in tables]
    return _digest(tables) + _digest(bare)


def is_built_alike(one: bytes, other: bytes) -> bool:
    """Whether what two digests are of differs in such elements alone."""
    return one[16:] == other[16:]


def _bare(item: NamedSet) -> NamedSet:
    return item if item.interval else item._replace(elements=())


def _digest(tables: Sequence[Table]) -> bytes:
    """By marshal's first version: later ones tell of objects, too, not of values alone."""
    plain = [(*each[:2], list(map(tuple, each.sets)), list(map(tuple, each.chains))) for each in tables]
    return hashlib.blake2b(marshal.dumps(plain, 0), digest_size=16).digest()


def whole(states: Mapping[TableName, TableState]) -> bytes:
    built = {name: (each.chains, each.policies, each.rules, each.sets, each.others) for name, each in states.items()}
    sets = {(table, name): members for table, each in states.items() for name, members in each.elements.items()}
    return pack(built, sets)


def edits(found: Sequence[TableEdit]) -> bytes:
    """Of elements alone: table, set, what goes from it and what comes."""
    plain: List[Tuple[Tuple[str, str], str, List[str], Dict[str, Any]]] = [
        ((edit.family, edit.name), name, list(edit.removed[name]), dict(added))
        for edit in found
        for name, added in edit.added.items()
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
    for edit in map(marshal.loads, later):
        for table, name, gone, come in edit:
            sets[table, name].edit(gone, come)
    elements: Dict[TableName, Dict[str, KnownElements]] = {table: {} for table in built}
    for (table, name), members in sets.items():
        elements[table][name] = members.elements()
    return {
        table: TableState(chains, policies, rules, of_sets, elements[table], others)
        for table, (chains, policies, rules, of_sets, others) in built.items()
    }
