# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nft will show of an element, by what it has shown of another one of the same set. Pure.

A set's elements are of the same types, so they are made alike, in JSON and as text. Where that is not certain, it is
nobody's guess: nft is asked.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import replace
from typing import Any, Dict, Iterator, Mapping, Optional, Sequence

from ..._kernel.names import USER_CHAIN
from .elements import PROTOCOLS, column_types, element_text
from .known import KnownElements
from .state import TableName, TableState, with_users_chains, without_chains
from .tables import NamedSet, Table, is_users

_BETWEEN = re.compile(" [.:] ")
_NUMBERS = {name: number for number, name in PROTOCOLS.items()}


def with_elements(
    tables: Sequence[Table], states: Mapping[TableName, TableState]
) -> Optional[Dict[TableName, TableState]]:
    """These tables as nft shows them, with the elements and the chains for users' rules that are declared. ``states``:
    as it has shown them, declared with others, and else the same. None where it is not certain."""
    found = {}
    for table in tables:
        state = states[table.family, table.name]
        elements = dict(state.elements)
        for item in table.sets:
            made = _elements(item, state)
            if made is None:
                return None
            elements[item.name] = made
        found[table.family, table.name] = replace(_with_chains(table, state), elements=elements)
    return found


def _with_chains(table: Table, state: TableState) -> TableState:
    """With those for users' rules that are declared, and no others of them."""
    declared = [chain.name for chain in table.chains if is_users(chain)]
    gone = [name for name in state.chains if name.startswith(USER_CHAIN) and name not in declared]
    return with_users_chains(without_chains(state, gone), [name for name in declared if name not in state.chains])


def _elements(item: NamedSet, state: TableState) -> Optional[Mapping[str, Any]]:
    have = state.elements[item.name]
    there = have.keys()
    new = [text for text in item.elements if text not in there]
    if not new and len(there) == len(item.elements):
        return have
    made = {text: alike(text, have, state.sets[item.name][1]) for text in new}
    if None in made.values():
        return None
    return KnownElements(item.elements, lambda text: made[text] if text in made else have[text], have, new)


def alike(text: str, others: Mapping[str, Any], body: Mapping[str, Any]) -> Any:
    """The JSON of the element that nft shows as this text, made as that of one of the others; None where it is not
    certain. ``body``: of the set, in nft's JSON."""
    sample = next(iter(others.values()), None)
    words = iter(_BETWEEN.split(text))
    try:
        made = _like(sample, words)
    except (KeyError, TypeError, ValueError, StopIteration):
        return None
    is_whole = next(words, None) is None and element_text(made, column_types(body), "map" in body) == text
    return made if is_whole else None


def _like(sample: Any, words: Iterator[str]) -> Any:
    """What the next words are, of the types of this value; ValueError where it is more than they say."""
    if isinstance(sample, list):
        return [_like(each, words) for each in sample]
    if isinstance(sample, dict):
        ((kind, inside),) = sample.items()
        if kind == "concat":
            return {"concat": _like(inside, words)}
        if kind == "prefix":
            return {"prefix": _prefix(next(words))}
        verdict, _blank, target = next(words).partition(" ")
        if list(inside) != ["target"]:
            raise ValueError(verdict)
        return {verdict: {"target": target}}
    word = next(words)
    if isinstance(sample, bool) or not isinstance(sample, (int, str)):
        raise ValueError(word)
    if isinstance(sample, str):
        if not word.startswith('"') and ("/" in word or "-" in word):  # more than one address
            raise ValueError(word)
        return word.strip('"')
    return int(word) if word.isdigit() else _NUMBERS[word]


def _prefix(word: str) -> Dict[str, Any]:
    network = ipaddress.ip_network(word)
    if not 0 < network.prefixlen < network.max_prefixlen:
        raise ValueError(word)
    return {"addr": str(network.network_address), "len": network.prefixlen}
