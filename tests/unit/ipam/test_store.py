# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The store: what it leaves on disk, what it takes back, how it grows older, what it says when it is broken."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from pathlib import Path

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.sqlite import file as store_file
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.sqlite import schema
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.sqlite.store import SqliteStore
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.store import revert
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import state
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError

DATA = Path(__file__).parent / "data"
NETWORKS = {"front": "172.20.0.0/24"}
CONTAINERS = {"a": {"front": None}}
LEASE = {
    "kind": "address",
    "topology": "default",
    "network": "front",
    "container": "c",
    "interface": "eth0",
    "family": 4,
    "address": "172.20.0.9",
    "grant_id": "0" * 32,
}


def test_only_root_reads_it(leases):
    leases.declare(NETWORKS)
    assert stat.S_IMODE(os.stat(leases.path).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(os.path.dirname(leases.path)).st_mode) == 0o700
    with leases.open() as opened:
        assert opened.execute("PRAGMA journal_mode") == [("wal",)]
        assert opened.execute("PRAGMA synchronous") == [(1,)]


def test_check_mode_makes_nothing(leases):
    predicted = leases.declare(NETWORKS, CONTAINERS, check_mode=True)
    assert not os.path.exists(os.path.dirname(leases.path))
    assert leases.declare(NETWORKS, CONTAINERS).actions == predicted.actions


def test_check_mode_predicts_exactly_and_touches_no_file(leases, monkeypatch):
    leases.declare(NETWORKS, CONTAINERS)
    monkeypatch.setattr(store_file, "tempfile", None)  # nor makes one elsewhere
    before = leases.files()
    predicted = leases.declare({**NETWORKS, "chosen": None}, {"b": {"front": None}}, check_mode=True)
    assert leases.files() == before
    assert leases.declare({**NETWORKS, "chosen": None}, {"b": {"front": None}}).actions == predicted.actions


def test_check_mode_sees_what_a_running_writer_has_committed_and_disturbs_nobody(leases):
    with leases.open() as writer:
        leases.declare(NETWORKS, CONTAINERS)  # lies in -wal: the writer keeps it from being folded in
        writer.begin()
        before = leases.files()
        assert any(name.endswith("-wal") for name in before)
        assert leases.declare(NETWORKS, CONTAINERS, check_mode=True).actions == ()
        assert leases.files() == before


def test_what_is_not_committed_is_gone(leases):
    with leases.open() as opened:
        opened.begin()
        opened.insert(dict(_subnet("10.0.0.0/24"), grant_id="x"))
    assert leases.rows() == []


def test_revert_is_an_inverse_and_may_be_repeated(leases):
    leases.declare(NETWORKS, {"a": {"front": "172.20.0.10"}})
    before = leases.rows()
    allocation = leases.declare({"front": "172.21.0.0/24", "back": "10.0.0.0/24"}, {"b": {"front": "172.21.0.10"}})
    for _time in range(2):
        with leases.open() as opened:
            revert(opened, allocation.granted, allocation.released)
        assert leases.rows() == before


def test_revert_leaves_what_others_have_made_of_it_since(leases):
    leases.declare(NETWORKS, CONTAINERS)
    first = leases.declare(NETWORKS, {"b": {"front": None}})
    leases.declare(NETWORKS, {})
    leases.declare(NETWORKS, {"b": {"front": None}})
    now = leases.rows()
    with leases.open() as opened:
        revert(opened, first.granted, first.released)
    assert leases.rows() == now


def test_the_lowest_free_address_is_known_whatever_comes_and_goes(leases):
    with leases.open() as opened:
        opened.begin()
        held = set()
        # Multiplying by 7 modulo 31 visits every number once, in no order: runs grow, meet, split and vanish.
        for step in [7 * step % 31 for step in range(31)] + [11 * step % 31 for step in range(31)]:
            row = _address("c{0}".format(step), "10.0.0.{0}".format(step))
            (opened.delete if step in held else opened.insert)(row)
            held ^= {step}
            for start in range(32):
                free = min(number for number in range(start, 64) if number not in held)
                assert opened.next_free(4, (10 << 24) + start) == (10 << 24) + free
        assert opened.execute("SELECT count(*) FROM run") == [(0,)]


def test_an_older_store_is_brought_up_to_date_with_its_leases(leases, monkeypatch):
    leases.declare(NETWORKS, CONTAINERS)
    before = leases.rows()
    monkeypatch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS + (("CREATE TABLE block (first BLOB)",),))
    untouched = leases.files()
    assert leases.rows() == before and leases.files() == untouched
    with leases.open() as opened:
        assert opened.execute("SELECT count(*) FROM block") == [(0,)]
        assert opened.execute("PRAGMA user_version") == [(len(schema.MIGRATIONS),)]
    assert leases.rows() == before


def test_a_migration_that_fails_leaves_the_old_store(leases, monkeypatch):
    leases.declare(NETWORKS, CONTAINERS)
    before = leases.rows()
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS + (("CREATE TABLE block (first BLOB)", "NONSENSE"),))
        with pytest.raises(FabricError), leases.open():
            pass
    assert leases.rows() == before
    with leases.open() as opened:
        assert not opened.execute("SELECT 1 FROM sqlite_master WHERE name = 'block'")


@pytest.mark.parametrize("version", range(1, len(schema.MIGRATIONS) + 1))
def test_a_store_that_an_older_release_wrote_is_understood(leases, version):
    """data/store-N.sql is what version N wrote: a new version of the schema needs one more, and no old one changes."""
    _write_store(leases.path, DATA / "store-{0}.sql".format(version))
    with leases.open():
        pass
    assert {_told(row) for row in leases.rows()} == {
        ("subnet", "front", "10.1.0.0/24"),
        ("subnet", "back", "fd00:2::/64"),
        ("address", "front", "", "10.1.0.1"),
        ("address", "front", "web", "10.1.0.9"),
        ("address", "front", "db", "10.1.0.2"),
        ("address", "back", "", "fd00:2::1"),
        ("address", "back", "db", "fd00:2::2"),
        ("port", "web", "", 8080),
        ("port", "web", "127.0.0.1", 32768),
    }


def test_a_store_that_an_older_release_wrote_ends_as_a_new_one_is_made(leases, tmp_path):
    _write_store(leases.path, DATA / "store-1.sql")
    with leases.open() as old, SqliteStore.open(str(tmp_path / "new" / "leases.db")) as new:
        assert _schema(old) == _schema(new)


def _write_store(path, dump):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    connection = sqlite3.connect(path)
    connection.executescript(dump.read_text(encoding="utf-8"))
    connection.close()


def _told(row):
    names = {"subnet": ("network", "subnet"), "address": ("network", "container", "address")}
    names["port"] = ("container", "host_ip", "published")
    return (row["kind"], *(row[name] for name in names[row["kind"]]))


def _schema(store):
    return {(name, " ".join(sql.split())) for name, sql in store.execute("SELECT name, sql FROM sqlite_master") if sql}


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_store_of_a_newer_release_is_not_touched(leases, check_mode):
    leases.declare(NETWORKS)
    with leases.open() as opened:
        opened.execute("PRAGMA user_version = 99")
    with pytest.raises(FabricError, match="newer linuxnet.fabric .version 99, this one knows 1.; use that release"):
        SqliteStore.open(leases.path, check_mode)


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_file_that_is_no_database_is_a_clear_error(leases, check_mode):
    os.makedirs(os.path.dirname(leases.path))
    with open(leases.path, "wb") as file:
        file.write(b"not a database at all" * 1000)
    with pytest.raises(FabricError, match="is damaged; restore it from a backup, or move .*leases.db"):
        SqliteStore.open(leases.path, check_mode)


def test_a_damaged_page_is_a_clear_error(leases):
    leases.declare(NETWORKS, {"c{0}".format(number): {"front": None} for number in range(200)})
    with open(leases.path, "r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (os.path.getsize(leases.path) - 4096))
    with pytest.raises(FabricError, match="is damaged"):
        leases.declare(NETWORKS, CONTAINERS)


def test_another_program_s_database_is_refused(leases):
    os.makedirs(os.path.dirname(leases.path))
    other = sqlite3.connect(leases.path)
    other.execute("CREATE TABLE theirs (x)")
    other.close()
    with pytest.raises(FabricError, match="database of another program"):
        SqliteStore.open(leases.path, False)


def test_a_store_held_by_another_run_is_a_clear_error(leases, monkeypatch):
    monkeypatch.setattr(store_file, "PATIENCE", 0.05)
    with leases.open() as one, leases.open() as other:
        one.begin()
        with pytest.raises(FabricError, match="another run has held it for 0 s; wait for it, or end it"):
            other.begin()


def test_a_path_that_cannot_be_made_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FabricError, match="The lease store .* does not work: .*"):
        SqliteStore.open(str(tmp_path / "file" / "leases.db"), False)


def _subnet(subnet):
    return dict(kind="subnet", topology="t", network="net", family=4, subnet=subnet, external=0, grant_id="x")


def _address(container, address):
    return dict(
        kind="address",
        topology="t",
        network="net",
        container=container,
        interface="eth0",
        family=4,
        address=address,
        grant_id="x",
    )


def test_rows_that_have_no_room_together_are_refused_with_the_reason(tmp_path):
    with SqliteStore.open(str(tmp_path / "leases.db"), check_mode=False) as store:
        store.begin()
        (pages,) = store.execute("PRAGMA page_count")[0]
        store.execute("PRAGMA max_page_count = {0}".format(pages + 2))
        words = dict(kind="port", topology="t", container="web", target=80, protocol="tcp", host_ip="", grant_id="x")
        with pytest.raises(FabricError, match="its file system is full"):
            store.insert_all([dict(words, published=number) for number in range(1, 10000)])


@pytest.fixture
def synced(monkeypatch):
    """What was synced by ourselves."""
    found = []
    monkeypatch.setattr(state, "sync", found.append)
    return found


def addresses_in_the_store_itself(path):
    """Without its log."""
    with contextlib.closing(sqlite3.connect("file:{0}?immutable=1".format(path), uri=True)) as opened:
        return opened.execute("SELECT count(*) FROM address").fetchone()[0]


def test_what_is_committed_is_in_the_store_before_it_is_closed(leases, synced):
    with leases.open() as opened:
        opened.begin()
        assert opened.insert(LEASE)
        opened.commit()
        assert addresses_in_the_store_itself(leases.path) == 1
    assert synced == []


def test_where_somebody_reads_meanwhile_the_log_is_on_the_disk_when_it_is_committed(leases, synced):
    leases.declare(NETWORKS)
    with leases.open() as opened, contextlib.closing(sqlite3.connect(leases.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM address").fetchall()
        for number in range(2):  # what came before it began may go into the store, what comes then may not
            opened.begin()
            assert opened.insert(
                dict(LEASE, container="c{0}".format(number), address="172.20.0.{0}".format(9 + number))
            )
            opened.commit()
        assert synced[-1] == leases.path + "-wal"
    assert addresses_in_the_store_itself(leases.path) >= 2
