# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Live tables against desired ones: nothing, or the smallest transaction that makes them equal. Pure.

Both sides are what the same nft shows (``state.py``). What a user put into a ``user-`` chain is not looked at.
"""

from __future__ import annotations

from dataclasses import field
from typing import AbstractSet, Any, Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

from ..._kernel.conntrack import StaleFlow
from ..._kernel.data import NamedTuple, dataclass
from ..._kernel.names import USER_CHAIN
from .edit import CREATED, DELETED, REPLACED, TableEdit
from .elements import publication, reachable
from .inverse import restore_elements, restore_tables
from .known import missing
from .model import Publication
from .stale import closed_flows, stale_flows
from .state import TableName, TableState
from .tables import Chain, Table, base_line, table_text

#: How the sets of ports are called that lead, or are let in, to a container.
_OF_PORTS = ("published", "reachable")
#: The live tables as text. It takes as long to get as all else, and an edit of elements needs none.
Text = Callable[[], Mapping[TableName, str]]


class RulesetChange(NamedTuple):
    """``script`` is one transaction; ``inverse_script`` brings the former tables back, however far we got."""

    script: str
    inverse_script: str
    edits: Tuple[TableEdit, ...]
    #: The connections that lead astray once the script is loaded.
    stale_flows: Tuple[StaleFlow, ...] = ()
    #: Whether it adds and removes elements of sets as they are, and chains for users' rules, and does nothing else.
    is_foreseen: bool = False


@dataclass
class _Edit:
    """What happens to one table: as a script, and for ``told.py``."""

    table: Table
    told: TableEdit
    script: List[str] = field(default_factory=list)
    stale: List[StaleFlow] = field(default_factory=list)
    sets: Set[str] = field(default_factory=set)  # whose elements change
    more: bool = False  # than elements, and chains for users' rules


def compare(
    desired: Sequence[Table],
    wanted: Mapping[TableName, TableState],
    live: Mapping[TableName, TableState],
    text: Text,
) -> Optional[RulesetChange]:
    """None when the live tables are what is desired. ``wanted`` is ``desired`` in nft's own words."""
    edits = []
    for table in desired:
        key = (table.family, table.name)
        edit = _edit_table(table, wanted[key], live.get(key), text)
        if edit.script:
            edit.stale.extend(_stale(live.get(key), wanted[key], edit.told.kept))
            edits.append(edit)
    if not edits:
        return None
    return RulesetChange(
        script="\n".join(line for edit in edits for line in edit.script) + "\n",
        inverse_script="".join(_inverse(edit, live, text) for edit in edits),
        edits=tuple(edit.told for edit in edits),
        stale_flows=tuple(flow for edit in edits for flow in edit.stale),
        is_foreseen=not any(edit.more for edit in edits),
    )


def _inverse(edit: _Edit, live: Mapping[TableName, TableState], text: Text) -> str:
    key = (edit.table.family, edit.table.name)
    if key not in live:
        return restore_tables([key], {})
    script = None if edit.more else restore_elements(edit.table, edit.told, live[key].elements)
    return script if script is not None else restore_tables([key], text())


def removal(live: Mapping[TableName, TableState], live_text: Mapping[TableName, str]) -> Optional[RulesetChange]:
    """The change that leaves none of these tables; None when there is none."""
    if not live:
        return None
    script: List[str] = []
    edits: List[TableEdit] = []
    stale: List[StaleFlow] = []
    for key, have in live.items():
        script.append("delete table {0} {1}".format(*key))
        edits.append(TableEdit(*key, what=DELETED, removed=dict(have.elements)))
        stale.extend(_stale(have, None, {}))
    inverse = restore_tables(list(live), live_text)
    return RulesetChange("\n".join(script) + "\n", inverse, tuple(edits), tuple(stale))


def joined(changes: Sequence[RulesetChange]) -> Optional[RulesetChange]:
    """Several as one transaction; None of none."""
    if not changes:
        return None
    return RulesetChange(
        script="".join(change.script for change in changes),
        inverse_script="".join(change.inverse_script for change in changes),
        edits=tuple(edit for change in changes for edit in change.edits),
        stale_flows=tuple(flow for change in changes for flow in change.stale_flows),
        is_foreseen=all(change.is_foreseen for change in changes),
    )


def _edit_table(table: Table, want: TableState, have: Optional[TableState], text: Text) -> _Edit:
    """Elements where only elements differ, rules where rules do, the whole table where its build does."""
    edit = _Edit(table, TableEdit(table.family, table.name))
    if have is None or not _same_build(want, have):
        _replace(edit, table, want, have, text)
        return edit
    where = "{0} {1}".format(table.family, table.name)
    if have.dormant:
        edit.script.append("add table {0}".format(where))  # without flags, as nft(8) has it
        edit.told.woken = edit.more = True
    for name in want.chains:
        if name not in have.chains:
            edit.script.append("add chain {0} {1}".format(where, name))
            edit.told.new_chains.append(name)
    kept = _edit_elements(edit, where, want, have)
    for name in have.chains:
        if name not in want.chains:
            edit.script.append("delete chain {0} {1}".format(where, name))
            edit.told.gone_chains.append(name)
    for chain in table.chains:
        _edit_chain(edit, where, chain, want, have, text)
    if edit.sets:
        edit.told.kept = kept
    return edit


def _same_build(want: TableState, have: TableState) -> bool:
    """The same sets and chains; a user chain that is yet to be added, or to go without any rule, does not count."""
    lacking = [name for name in want.chains if name not in have.chains and not name.startswith(USER_CHAIN)]
    extra = [name for name in have.chains if name not in want.chains and not _is_empty_users(name, have)]
    changed = [name for name in want.chains if name in have.chains and want.chains[name] != have.chains[name]]
    return not (lacking or extra or changed or have.others) and want.sets == have.sets


def _is_empty_users(name: str, have: TableState) -> bool:
    return name.startswith(USER_CHAIN) and not any(have.chains[name]) and not have.rules[name]


def _edit_elements(edit: _Edit, where: str, want: TableState, have: TableState) -> Dict[str, AbstractSet[str]]:
    """Set → the elements that stay."""
    declared = {each.name: each.elements for each in edit.table.sets}
    kept: Dict[str, AbstractSet[str]] = {}
    for name, wanted in want.elements.items():
        present = have.elements[name]
        removed = missing(present, wanted)
        # Of thousands, each look is worth saving: as many as stay are not to be added.
        added = missing(wanted, present) if len(wanted) > len(present) - len(removed) else {}
        removed, added = _in_order(removed, ()), _in_order(added, declared[name])
        if removed:
            edit.script.append("delete element {0} {1} {{ {2} }}".format(where, name, ", ".join(removed)))
        if added:
            edit.script.append("add element {0} {1} {{ {2} }}".format(where, name, ", ".join(added)))
        if added or removed:
            edit.sets.add(name)
            edit.told.added[name], edit.told.removed[name] = added, removed
        kept[name] = present.keys() - removed.keys() if removed else present.keys()
    return kept


def _in_order(elements: Mapping[str, Any], declared: Sequence[str]) -> Mapping[str, Any]:
    """As they are declared, and then by their text: what is told of them is the same wherever they were read."""
    if len(elements) < 2:
        return elements
    found = {text: elements[text] for text in declared if text in elements}
    found.update((text, elements[text]) for text in sorted(elements.keys() - found.keys()))
    return found


def _edit_chain(edit: _Edit, where: str, chain: Chain, want: TableState, have: TableState, text: Text) -> None:
    name = chain.name
    if chain.hook and want.policies[name] != have.policies.get(name):
        edit.script.append("add chain {0} {1} {{ {2} }}".format(where, name, base_line(chain)))
        edit.told.policies[name] = (have.policies.get(name), want.policies[name])
        edit.more = True
    if name.startswith(USER_CHAIN) or want.rules[name] == have.rules.get(name):
        return
    edit.script.append("flush chain {0} {1}".format(where, name))
    edit.script.extend("add rule {0} {1} {2}".format(where, name, rule) for rule in chain.rules)
    edit.told.rules[name] = (chain_texts(_text_of(edit.table, text)).get(name, []), list(chain.rules))
    edit.more = True


def _replace(edit: _Edit, table: Table, want: TableState, have: Optional[TableState], text: Text) -> None:
    where = "{0} {1}".format(table.family, table.name)
    edit.script.append("add table {0}".format(where))
    edit.script.append("delete table {0}".format(where))
    edit.script.append(table_text(table).rstrip("\n"))
    if have is not None:
        edit.script.extend(_user_rules(where, want, _text_of(table, text)))
    edit.more = True
    edit.told.what = CREATED if have is None else REPLACED
    live = have.elements if have is not None else {}
    for name in dict.fromkeys([*want.elements, *live]):
        wanted, present = want.elements.get(name, {}), live.get(name, {})
        edit.told.added[name] = {text: value for text, value in wanted.items() if text not in present}
        edit.told.removed[name] = {text: value for text, value in present.items() if text not in wanted}


def _text_of(table: Table, text: Text) -> str:
    return text().get((table.family, table.name), "")


def _user_rules(where: str, want: TableState, live_text: str) -> List[str]:
    """The rules in users' chains, carried over into the new table."""
    return [
        "add rule {0} {1} {2}".format(where, name, rule)
        for name, rules in chain_texts(live_text).items()
        if name.startswith(USER_CHAIN) and name in want.chains
        for rule in rules
    ]


def chain_texts(table: str) -> Dict[str, List[str]]:
    """Chain → its rules as text, from ``nft list table``."""
    chains: Dict[str, List[str]] = {}
    current: Optional[List[str]] = None
    for line in table.splitlines():
        if line.startswith("\tchain "):
            current = chains.setdefault(line.split()[1], [])
        elif line == "\t}":
            current = None
        elif current is not None and not line.startswith("\t\ttype "):
            current.append(line.strip())
    return chains


def _stale(
    have: Optional[TableState], want: Optional[TableState], kept: Mapping[str, AbstractSet[str]]
) -> Iterator[StaleFlow]:
    """``kept``: set → the elements that are on both sides, as text; empty where that is yet to be found out."""
    # An element that stays may share its port with one that goes only where some are published at an address.
    unchanged = {} if any(map(_publishes_at_addresses, (have, want))) else kept or _unchanged(have, want)
    before, after = _ports(have, unchanged), _ports(want, unchanged)
    yield from stale_flows(before["published"], after["published"])
    yield from closed_flows(before["reachable"], after["reachable"])


def _publishes_at_addresses(state: Optional[TableState]) -> bool:
    elements = state.elements if state is not None else {}
    return any(elements.get("published{0}_at".format(family)) for family in (4, 6))


def _unchanged(have: Optional[TableState], want: Optional[TableState]) -> Mapping[str, AbstractSet[str]]:
    if have is None or want is None:
        return {}
    return {
        name: elements.keys() & want.elements[name].keys()
        for name, elements in have.elements.items()
        if name in want.elements and name.startswith(_OF_PORTS)
    }


def _ports(state: Optional[TableState], without: Mapping[str, AbstractSet[str]]) -> Dict[str, List[Publication]]:
    found: Dict[str, List[Publication]] = {kind: [] for kind in _OF_PORTS}
    for name, members in state.elements.items() if state is not None else ():
        kind = name[:9]
        if kind in found:
            known = without.get(name, ())
            ports = (_port(name, members[text]) for text in members if text not in known)
            found[kind].extend(port for port in ports if port is not None)
    return found


def _port(name: str, value: Any) -> Optional[Publication]:
    """For a table that somebody else may have built."""
    try:
        return publication(name, value) or reachable(name, value)
    except (KeyError, IndexError, TypeError, ValueError):
        return None
