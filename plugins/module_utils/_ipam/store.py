# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The leases of this host, in SQLite. Knows rows and transactions; what may be leased is decided in ``allocate.py``.

A row is a dict with its ``kind`` (subnet, address or port), so that a journal can keep it as JSON.
A fleet's store is another class with the methods of this one.
"""

from __future__ import annotations

import ipaddress
import sqlite3
import uuid
from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple

from . import schema
from .store_file import connect, copy_to_memory, explained, explanation

Row = Dict[str, Any]

COLUMNS: Mapping[str, Tuple[str, ...]] = {
    "subnet": ("topology", "network", "family", "subnet", "external", "grant_id"),
    "address": ("topology", "network", "container", "interface", "family", "address", "grant_id"),
    "port": ("topology", "container", "target", "protocol", "host_ip", "published", "grant_id"),
}
_DERIVED: Mapping[str, Tuple[str, ...]] = {
    "subnet": ("first", "last"),
    "address": ("key", "before", "after"),
    "port": (),
}
_INSERT = {
    kind: "INSERT INTO {0} ({1}) VALUES ({2})".format(
        kind, ", ".join(COLUMNS[kind] + _DERIVED[kind]), ", ".join("?" * len(COLUMNS[kind] + _DERIVED[kind]))
    )
    for kind in COLUMNS
}
# Every column: exactly this grant goes, not one that somebody made of the same owner since.
_DELETE = {
    kind: "DELETE FROM {0} WHERE {1}".format(kind, " AND ".join(column + " = ?" for column in COLUMNS[kind]))
    for kind in COLUMNS
}
_SELECT = {kind: "SELECT {0} FROM {1}".format(", ".join(COLUMNS[kind]), kind) for kind in COLUMNS}

_WIDTH = {4: 32, 6: 128}


def key(family: int, number: int) -> bytes:
    """An address as the store sorts it: its family, then its bytes. ``number`` may be one off either end."""
    return ((family << _WIDTH[family]) + number).to_bytes(1 + _WIDTH[family] // 8, "big")


def number_of(family: int, stored: bytes) -> int:
    return int.from_bytes(stored, "big") - (family << _WIDTH[family])


class LeaseStore:
    """Open with ``LeaseStore.open``; use as a context manager. What is not committed is taken back."""

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        self._connection = connection
        self.path = path
        self.grant_id = ""  # of the transaction that is open, on every row it grants

    # -- opening, transactions

    @classmethod
    def open(cls, path: str, check_mode: bool = False) -> "LeaseStore":
        """In check mode the store is a copy in memory: nothing beside ``path`` is written, made or locked."""
        with explained(path):
            connection = copy_to_memory(path) if check_mode else connect(path)
            try:
                schema.migrate(connection, path)
            except BaseException:
                connection.close()
                raise
        return cls(connection, path)

    def begin(self) -> None:
        self.execute("BEGIN IMMEDIATE")
        self.grant_id = uuid.uuid4().hex

    def commit(self) -> None:
        self.execute("COMMIT")

    def rollback(self) -> None:
        if self._connection.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        with explained(self.path):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            self._connection.close()

    def __enter__(self) -> "LeaseStore":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    # -- rows

    def execute(self, statement: str, values: Tuple[Any, ...] = ()) -> List[Tuple[Any, ...]]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            raise explanation(self.path, error) from error

    def insert(self, row: Mapping[str, Any]) -> None:
        """Raises sqlite3.IntegrityError where the schema says no."""
        kind = row["kind"]
        self.execute(_INSERT[kind], tuple(row[column] for column in COLUMNS[kind]) + _derived(row))

    def delete(self, row: Mapping[str, Any]) -> None:
        kind = row["kind"]
        self.execute(_DELETE[kind], tuple(row[column] for column in COLUMNS[kind]))

    def rows(self, kind: str, **where: Any) -> List[Row]:
        statement = _SELECT[kind]
        if where:
            statement += " WHERE " + " AND ".join(column + " = ?" for column in where)
        return [_row(kind, found) for found in self.execute(statement, tuple(where.values()))]

    def overlapping(self, family: int, first: int, last: int) -> List[Row]:
        """Leased subnets, anybody's, that have an address in common with first..last."""
        statement = _SELECT["subnet"] + " WHERE first <= ? AND last >= ?"
        return [_row("subnet", found) for found in self.execute(statement, (key(family, last), key(family, first)))]

    def holder(self, family: int, number: int) -> Optional[Row]:
        """Whose lease an address is."""
        found = self.execute(_SELECT["address"] + " WHERE key = ?", (key(family, number),))
        return _row("address", found[0]) if found else None

    def next_free(self, family: int, number: int) -> int:
        """The lowest address from ``number`` on that nobody holds; it may lie past the end of the subnet."""
        found = self.execute(
            "SELECT last FROM run WHERE first <= ? ORDER BY first DESC LIMIT 1", (key(family, number),)
        )
        return max(number, number_of(family, found[0][0]) + 1) if found else number

    # -- what callers ask for beside allocation

    def revert(self, granted: Iterable[Mapping[str, Any]], released: Iterable[Mapping[str, Any]]) -> None:
        """Take one allocation back, whatever has happened since; doing it twice is doing it once.

        A released lease that somebody else holds by now stays with them.
        """
        self.begin()
        try:
            for row in granted:
                self.delete(row)
            for row in sorted(released, key=lambda row: row["kind"] != "subnet"):
                try:
                    self.insert(row)
                except sqlite3.IntegrityError:
                    continue
            self.commit()
        except BaseException:
            self.rollback()
            raise

    def leases(self, topology: Optional[str] = None) -> List[Row]:
        """Every lease, subnets first: its kind, its owner and what is held."""
        where = {} if topology is None else {"topology": topology}
        found = [row for kind in COLUMNS for row in self.rows(kind, **where)]
        return [{name: value for name, value in row.items() if name != "grant_id"} for row in found]


def _row(kind: str, values: Tuple[Any, ...]) -> Row:
    row: Row = dict(zip(COLUMNS[kind], values))
    row["kind"] = kind
    return row


def _derived(row: Mapping[str, Any]) -> Tuple[bytes, ...]:
    if row["kind"] == "subnet":
        subnet = ipaddress.ip_network(row["subnet"])
        return (
            key(row["family"], int(subnet.network_address)),
            key(row["family"], int(subnet.broadcast_address)),
        )
    if row["kind"] == "address":
        number = int(ipaddress.ip_address(row["address"]))
        return tuple(key(row["family"], number + step) for step in (0, -1, 1))
    return ()
