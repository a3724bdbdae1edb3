# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables as nft shows them in JSON, for comparison: handles and counters do not count, elements are sets, rules ordered
lists. Pure.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, List, Mapping, Sequence, Tuple

from ..._kernel.data import dataclass
from .elements import elements

TableName = Tuple[str, str]
Objects = Sequence[Mapping[str, Any]]
#: What makes a chain a base chain.
_OF_CHAIN = ("type", "hook", "prio", "dev")


@dataclass(frozen=True)
class TableState:
    """One table as nft shows it: how it is built, and what is in it."""

    chains: Mapping[str, Tuple[Any, ...]]  # name → type, hook, priority
    policies: Mapping[str, Any]
    rules: Mapping[str, List[Any]]
    sets: Mapping[str, Any]  # name → everything but its elements
    elements: Mapping[str, Mapping[str, Any]]
    others: int  # flowtables, counters and such: never ours
    dormant: bool = False


def with_users_chains(state: TableState, names: Sequence[str]) -> TableState:
    """With these chains for users' rules, which nobody has written yet."""
    if not names:
        return state
    return replace(
        state,
        chains={**state.chains, **dict.fromkeys(names, (None,) * len(_OF_CHAIN))},
        policies={**state.policies, **dict.fromkeys(names)},
        rules={**state.rules, **{name: [] for name in names}},
    )


def without_chains(state: TableState, names: Sequence[str]) -> TableState:
    if not names:
        return state

    def left(part: Mapping[str, Any]) -> Dict[str, Any]:
        return {name: each for name, each in part.items() if name not in names}

    return replace(state, chains=left(state.chains), policies=left(state.policies), rules=left(state.rules))


def read_table(objects: Objects) -> TableState:
    chains: Dict[str, Tuple[Any, ...]] = {}
    policies: Dict[str, Any] = {}
    rules: Dict[str, List[Any]] = {}
    sets: Dict[str, Any] = {}
    members: Dict[str, Mapping[str, Any]] = {}
    others = 0
    for item in objects:
        ((kind, body),) = item.items()
        if kind == "chain":
            chains[body["name"]] = tuple(body.get(key) for key in _OF_CHAIN)
            policies[body["name"]] = body.get("policy")
            rules.setdefault(body["name"], [])
        elif kind == "rule":
            rules.setdefault(body["chain"], []).append(_without_counters(body["expr"]))
        elif kind in ("set", "map"):
            sets[body["name"]] = (kind, {k: v for k, v in body.items() if k not in ("elem", "handle")})
            members[body["name"]] = elements(body)
        else:
            others += 1
    return TableState(chains, policies, rules, sets, members, others)


def _without_counters(expression: Any) -> Any:
    return [{"counter": None} if isinstance(part, dict) and "counter" in part else part for part in expression]


def read_tables(objects: Mapping[TableName, Objects]) -> Dict[TableName, TableState]:
    return {name: read_table(each) for name, each in objects.items()}
