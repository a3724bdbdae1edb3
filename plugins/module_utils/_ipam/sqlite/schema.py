# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the lease store, and how an older store becomes a current one.

What must never happen is kept out here, by indexes and triggers, not by the code that allocates:
an address, a port or an owner twice, two subnets that overlap.

``key`` is an address as bytes, its family in front, so that order and neighbours work alike for both families.
``run`` holds the longest unbroken runs of leased addresses. Triggers keep it, so the lowest free address of any
range is one step past the run that covers the range's start: one index look-up, however many leases there are.
"""

from __future__ import annotations

import sqlite3

from ..._kernel.errors import FabricError

#: "fabr": tells a store of ours from another program's SQLite file.
APPLICATION_ID = 0x66616272

_VERSION_1 = (
    """CREATE TABLE subnet (
        topology TEXT NOT NULL, network TEXT NOT NULL, family INTEGER NOT NULL,
        subnet TEXT NOT NULL, external INTEGER NOT NULL, grant_id TEXT NOT NULL,
        first BLOB NOT NULL, last BLOB NOT NULL,
        PRIMARY KEY (topology, network, family)) WITHOUT ROWID""",
    "CREATE INDEX subnet_range ON subnet (first, last)",
    # A bridge that somebody else made may serve several topologies: an equal subnet is fine there, an overlap is not.
    # As no two others overlap, it is enough to look at the last one that begins before the new one's end.
    """CREATE TRIGGER subnet_no_overlap BEFORE INSERT ON subnet
        WHEN EXISTS (SELECT 1 FROM subnet WHERE first = NEW.first AND last = NEW.last
                     AND NOT (external OR NEW.external))
          OR EXISTS (SELECT 1 FROM (SELECT first, last FROM subnet WHERE first <= NEW.last ORDER BY first DESC LIMIT 1)
                     WHERE last >= NEW.first AND NOT (first = NEW.first AND last = NEW.last))
        BEGIN SELECT RAISE(ABORT, 'subnets overlap'); END""",
    """CREATE TABLE address (
        topology TEXT NOT NULL, network TEXT NOT NULL, container TEXT NOT NULL, interface TEXT NOT NULL,
        family INTEGER NOT NULL, address TEXT NOT NULL, grant_id TEXT NOT NULL,
        key BLOB NOT NULL UNIQUE, before BLOB NOT NULL, after BLOB NOT NULL,
        PRIMARY KEY (topology, network, container, interface, family)) WITHOUT ROWID""",
    "CREATE TABLE run (first BLOB NOT NULL PRIMARY KEY, last BLOB NOT NULL) WITHOUT ROWID",
    "CREATE INDEX run_last ON run (last)",
    """CREATE TRIGGER address_leased AFTER INSERT ON address BEGIN
        INSERT OR REPLACE INTO run (first, last) VALUES (
            coalesce((SELECT first FROM run WHERE last = NEW.before), NEW.key),
            coalesce((SELECT last FROM run WHERE first = NEW.after), NEW.key));
        DELETE FROM run WHERE first = NEW.after;
        END""",
    """CREATE TRIGGER address_released AFTER DELETE ON address BEGIN
        INSERT INTO run (first, last) SELECT OLD.after, last FROM run
            WHERE first = (SELECT max(first) FROM run WHERE first <= OLD.key) AND last > OLD.key;
        DELETE FROM run WHERE first = OLD.key;
        UPDATE run SET last = OLD.before
            WHERE first = (SELECT max(first) FROM run WHERE first < OLD.key) AND last >= OLD.key;
        END""",
    "CREATE TRIGGER address_fixed BEFORE UPDATE ON address BEGIN SELECT RAISE(ABORT, 'leases never change'); END",
    """CREATE TABLE port (
        topology TEXT NOT NULL, container TEXT NOT NULL, target INTEGER NOT NULL, protocol TEXT NOT NULL,
        host_ip TEXT NOT NULL, published INTEGER NOT NULL, grant_id TEXT NOT NULL,
        PRIMARY KEY (protocol, published, host_ip)) WITHOUT ROWID""",
    "CREATE INDEX port_owner ON port (topology, container, target, protocol, host_ip)",
    # '' is every address of both families; a specific address beside a wildcard is allowed and wins.
    "CREATE UNIQUE INDEX port_every_ipv4 ON port (protocol, published) WHERE host_ip IN ('', '0.0.0.0')",
    "CREATE UNIQUE INDEX port_every_ipv6 ON port (protocol, published) WHERE host_ip IN ('', '::')",
)

#: One entry for each version, never edited once released: the next version is one more entry.
MIGRATIONS = (_VERSION_1,)


def migrate(connection: sqlite3.Connection, path: str) -> None:
    """Bring the store to the current version; all of it or nothing. The caller holds no transaction."""
    if _version(connection) == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        _upgrade(connection, path)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _upgrade(connection: sqlite3.Connection, path: str) -> None:
    version = _version(connection)  # again: another process may have been faster
    if version > len(MIGRATIONS):
        raise FabricError(
            "The lease store {0} was written by a newer linuxnet.fabric (version {1}, this one knows {2}); "
            "use that release or a newer one on this host.".format(path, version, len(MIGRATIONS))
        )
    for statements in MIGRATIONS[version:]:
        for statement in statements:
            connection.execute(statement)
    connection.execute("PRAGMA application_id = {0:d}".format(APPLICATION_ID))
    connection.execute("PRAGMA user_version = {0:d}".format(len(MIGRATIONS)))


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
