# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The leases of this host, in SQLite: what ``store.Store`` promises, by the constraints of a schema."""

from __future__ import annotations

import ipaddress
import os
import sqlite3
from operator import itemgetter
from typing import Any, List, Mapping, Sequence, Set, Tuple

from ..._kernel import state
from ..store import COLUMNS, Row
from . import schema
from .file import connect, copy_to_memory, explained, explanation

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
_COLUMNS = {kind: itemgetter(*COLUMNS[kind]) for kind in COLUMNS}
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


class SqliteStore:
    """Open with ``SqliteStore.open``."""

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        self._connection, self._is_open = connection, True
        self.path = path

    # -- opening, transactions

    @classmethod
    def open(cls, path: str, check_mode: bool = False, create: bool = True) -> "SqliteStore":
        """In check mode, or where there is none and none is to be made, the store is a copy in memory: nothing beside
        ``path`` is written, made or locked."""
        with explained(path):
            in_memory = check_mode or not (create or os.path.exists(path))
            connection = copy_to_memory(path) if in_memory else connect(path)
            try:
                schema.migrate(connection, path)
            except BaseException:
                connection.close()
                raise
        return cls(connection, path)

    def begin(self) -> None:
        self.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """On the disk with one sync less than by ``synchronous = FULL``: the log is synced once, on its way into the
        store (https://sqlite.org/wal.html). Where somebody reads meanwhile, not all of it may go there yet."""
        self.execute("COMMIT")
        is_busy, logged, stored = self.execute("PRAGMA wal_checkpoint(PASSIVE)")[0]
        if is_busy or stored < logged:
            with explained(self.path):
                state.sync(self.path + "-wal")

    def rollback(self) -> None:
        if self._is_open and self._connection.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        with explained(self.path):
            self.rollback()
            self._is_open = False
            self._connection.close()

    def __enter__(self) -> "SqliteStore":
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

    def insert(self, row: Mapping[str, Any]) -> bool:
        """False where the schema says no."""
        kind = row["kind"]
        try:
            self.execute(_INSERT[kind], _values(row))
        except sqlite3.IntegrityError:
            return False
        return True

    def insert_all(self, rows: Sequence[Mapping[str, Any]]) -> bool:
        """By one statement: a range of ports is some ten thousand rows."""
        if not rows:
            return True
        self.execute("SAVEPOINT together")
        try:
            self._connection.executemany(_INSERT[rows[0]["kind"]], map(_values, rows))
            kept = True
        except sqlite3.IntegrityError:
            self.execute("ROLLBACK TO together")
            kept = False
        except sqlite3.Error as error:  # SQLite may have ended the transaction by itself, the savepoint with it
            raise explanation(self.path, error) from error
        self.execute("RELEASE together")
        return kept

    def delete(self, row: Mapping[str, Any]) -> None:
        kind = row["kind"]
        self.execute(_DELETE[kind], _COLUMNS[kind](row))

    def rows(self, kind: str, **where: Any) -> List[Row]:
        statement = _SELECT[kind]
        if where:
            statement += " WHERE " + " AND ".join(column + " = ?" for column in where)
        return [_row(kind, found) for found in self.execute(statement, tuple(where.values()))]

    def next_free(self, family: int, number: int) -> int:
        found = self.execute(
            "SELECT last FROM run WHERE first <= ? ORDER BY first DESC LIMIT 1", (key(family, number),)
        )
        return max(number, number_of(family, found[0][0]) + 1) if found else number

    def published_ports(self, protocol: str, first: int, last: int) -> Set[int]:
        found = self.execute(
            "SELECT published FROM port WHERE protocol = ? AND published BETWEEN ? AND ?", (protocol, first, last)
        )
        return {row[0] for row in found}


def _row(kind: str, values: Tuple[Any, ...]) -> Row:
    row: Row = dict(zip(COLUMNS[kind], values))
    row["kind"] = kind
    return row


def _values(row: Mapping[str, Any]) -> Tuple[Any, ...]:
    kind = row["kind"]
    values: Tuple[Any, ...] = _COLUMNS[kind](row)
    return values if kind == "port" else values + _derived(row)


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
