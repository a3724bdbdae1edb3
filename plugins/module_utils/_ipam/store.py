# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a lease store is: rows, kept in transactions. What may be leased is decided in ``allocate.py``.

A row is plain data, a dict of strings and whole numbers with its ``kind``, so that a journal can keep it as JSON and
any store understands it. To add a store: a folder beside ``sqlite/`` with a class that has these methods, and a line
in ``open_store``; the tests of the contract (tests/unit/ipam/test_contract.py) run with each.
"""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Mapping, Optional, Protocol, Sequence, Set, Tuple

from .._kernel.errors import FabricError
from .._kernel.names import LEASE_STORE

Row = Dict[str, Any]

#: What a row of each kind says besides its kind. ``family`` is 4 or 6; ``external`` is 1 for the subnet of a bridge
#: that is not ours; ``host_ip`` "" is every address of the host; ``grant_id`` tells one grant from a later one.
COLUMNS: Mapping[str, Tuple[str, ...]] = {
    "subnet": ("topology", "network", "family", "subnet", "external", "grant_id"),
    "address": ("topology", "network", "container", "interface", "family", "address", "grant_id"),
    "port": ("topology", "container", "target", "protocol", "host_ip", "published", "grant_id"),
}


class DamagedStore(FabricError):
    """What there is of the store is nothing that can be read as one."""


class Store(Protocol):
    """A store that is open. As a context manager it is closed at the end, and what is not committed is taken back.

    What cannot be read or written is a FabricError that says what to do.
    """

    def begin(self) -> None:
        """Start the one transaction that writes; others wait, or are refused in words that name who is in the way."""

    def commit(self) -> None:
        """On return what was written is durable."""

    def rollback(self) -> None:
        """Take back what was not committed; no transaction is no error."""

    def close(self) -> None:
        """What is not committed is taken back. It may be said again."""

    def __enter__(self) -> "Store": ...

    def __exit__(self, *exception: object) -> None: ...

    def insert(self, row: Mapping[str, Any]) -> bool:
        """Keep a row. False, and nothing is kept, where it cannot be beside those that are there:

        - a subnet that has an address in common with another, unless they are equal and one of them is external;
        - a second subnet of a network in a family, a second address of an interface in a family;
        - an address that is held;
        - a port that is held on the same address, or on every address of a family while this one is, too.
        """

    def insert_all(self, rows: Sequence[Mapping[str, Any]]) -> bool:
        """Keep rows of one kind. False, and none of them is kept, where one cannot be beside those that are there and
        the others."""

    def delete(self, row: Mapping[str, Any]) -> None:
        """Remove the row that says exactly this, its ``grant_id`` too; none is no error."""

    def rows(self, kind: str, **where: Any) -> List[Row]:
        """Those of one kind in which each column named has this value."""

    def next_free(self, family: int, number: int) -> int:
        """The lowest address, as a number, from ``number`` on that nobody holds; it may lie past the end of a subnet.
        Its cost does not grow with how many are held."""

    def published_ports(self, protocol: str, first: int, last: int) -> Set[int]:
        """Host ports from ``first`` to ``last`` that somebody holds, on whatever address."""


def open_store(check_mode: bool, create: bool = True, where: str = LEASE_STORE) -> Store:
    """This host's store. In check mode, and where there is none and ``create`` is False, it is a copy in memory:
    nothing at ``where`` is written, made or locked."""
    from .sqlite.store import SqliteStore  # here, so that only who opens a store loads its library

    return SqliteStore.open(where, check_mode, create)


def set_aside_if_damaged(where: str = LEASE_STORE) -> Optional[str]:
    """Where a store that cannot be read was moved to; None where there is none, or it can be."""
    try:
        with open_store(check_mode=True, where=where) as store:
            leases(store)
    except DamagedStore:
        from .sqlite.file import set_aside

        return set_aside(where)
    return None


def revert(store: Store, granted: Iterable[Mapping[str, Any]], released: Iterable[Mapping[str, Any]]) -> None:
    """Take one allocation back, in a transaction of its own, whatever has happened since; twice is once.

    A released lease that somebody else holds by now stays with them.
    """
    store.begin()
    try:
        for row in granted:
            store.delete(row)
        for row in sorted(released, key=lambda row: bool(row["kind"] != "subnet")):
            store.insert(row)
        store.commit()
    except BaseException:
        store.rollback()
        raise


def leases(store: Store, topology: Optional[str] = None) -> List[Row]:
    """Every lease, subnets first: its kind, its owner and what is held."""
    where = {} if topology is None else {"topology": topology}
    found = [row for kind in COLUMNS for row in store.rows(kind, **where)]
    return [{name: value for name, value in row.items() if name != "grant_id"} for row in found]
