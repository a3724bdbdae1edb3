# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every lease store promises: the one in SQLite, and the fake that other tests use."""

from __future__ import annotations

import pytest
from memory_store import MemoryStore

from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.sqlite.store import SqliteStore
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.store import COLUMNS, leases, open_store, revert


@pytest.fixture(params=["sqlite", "memory"])
def store(request, tmp_path):
    with MemoryStore() if request.param == "memory" else SqliteStore.open(str(tmp_path / "leases.db")) as opened:
        opened.begin()
        yield opened


def subnet(text, **more):
    row = dict(kind="subnet", topology="t", network="net", family=4, subnet=text, external=0, grant_id="x")
    return {**row, **more}


def address(container, text, **more):
    row = dict(kind="address", topology="t", network="net", container=container, interface="eth0", family=4)
    return {**row, "address": text, "grant_id": "x", **more}


def port(host_ip, **more):
    row = dict(kind="port", topology="t", container="web", target=80, protocol="tcp", host_ip=host_ip, published=8080)
    return {**row, "grant_id": "x", **more}


def test_a_row_comes_back_as_it_was_given(store):
    rows = [subnet("10.0.0.0/24"), address("a", "10.0.0.2"), port("127.0.0.1")]
    assert all(store.insert(row) for row in rows)
    assert [row for kind in COLUMNS for row in store.rows(kind)] == rows
    assert all(set(row) == {"kind", *COLUMNS[row["kind"]]} for row in rows)


def test_rows_that_are_kept_together_are_all_kept_or_none_is(store):
    assert store.insert(port("127.0.0.1"))
    assert store.insert_all([port("", published=number) for number in range(8081, 8084)])
    assert not store.insert_all([port("", published=number) for number in range(8084, 8079, -1)])
    assert store.insert_all([])
    assert store.published_ports("tcp", 1, 65535) == {8080, 8081, 8082, 8083}


def test_rows_are_found_by_what_they_say(store):
    for row in (address("a", "10.0.0.2"), address("b", "10.0.0.3"), address("b", "10.0.0.4", network="other")):
        store.insert(row)
    assert store.rows("address", container="b", network="net") == [address("b", "10.0.0.3")]
    assert store.rows("address", container="c") == []


@pytest.mark.parametrize(
    "second, allowed",
    [
        ({"network": "other"}, False),
        ({"network": "other", "subnet": "10.0.0.128/25"}, False),
        ({"network": "other", "subnet": "10.0.0.0/8"}, False),
        ({"network": "other", "subnet": "10.0.1.0/24"}, True),
        ({"network": "other", "external": 1}, True),  # a bridge that somebody made, declared as external elsewhere
        ({"network": "other", "subnet": "10.0.0.0/25", "external": 1}, False),
        ({"subnet": "10.0.1.0/24"}, False),
        ({"subnet": "fd00::/64", "family": 6}, True),
    ],
)
def test_no_two_subnets_have_an_address_in_common(store, second, allowed):
    assert store.insert(subnet("10.0.0.0/24"))
    assert store.insert(subnet("10.0.0.0/24", **second)) is allowed


@pytest.mark.parametrize("second, allowed", [("10.0.0.0/24", True), ("10.0.0.0/25", False), ("10.0.0.0/23", False)])
def test_bridges_that_others_made_may_be_in_several_topologies(store, second, allowed):
    assert store.insert(subnet("10.0.0.0/24", external=1))
    assert store.insert(subnet(second, topology="other", external=1)) is allowed


def test_a_managed_subnet_stays_single_beside_adopted_ones(store):
    for network, external in (("managed", 0), ("adopted", 1), ("adopted-too", 1)):
        assert store.insert(subnet("10.0.0.0/24", network=network, external=external))
    for text in ("10.0.0.0/24", "10.0.0.0/16", "10.0.0.64/26"):
        assert not store.insert(subnet(text, network="another"))
    assert store.insert(subnet("10.0.1.0/24", network="beside"))
    assert not store.insert(subnet("10.0.0.0/23", network="over-both"))


def test_an_address_and_an_owner_are_in_it_once(store):
    assert store.insert(address("a", "10.0.0.2"))
    assert not store.insert(address("b", "10.0.0.2"))
    assert not store.insert(address("a", "10.0.0.3"))
    assert store.insert(address("a", "10.0.0.3", interface="eth1"))


@pytest.mark.parametrize(
    "one, other, allowed",
    [
        ("127.0.0.1", "127.0.0.1", False),
        ("127.0.0.1", "10.0.0.1", True),
        ("127.0.0.1", "", True),
        ("", "0.0.0.0", False),
        ("", "::", False),
        ("0.0.0.0", "::", True),
    ],
)
def test_a_port_is_held_once_on_an_address_and_on_every_one_of_a_family(store, one, other, allowed):
    assert store.insert(port(one))
    assert store.insert(port(other, container="other")) is allowed
    assert store.insert(port(other, container="udp", protocol="udp"))


def test_what_was_refused_is_not_there(store):
    store.insert(address("a", "10.0.0.2"))
    store.insert(address("b", "10.0.0.2"))
    assert store.rows("address") == [address("a", "10.0.0.2")]
    assert store.next_free(4, 10 << 24 | 2) == 10 << 24 | 3


def test_only_this_grant_is_deleted(store):
    store.insert(address("a", "10.0.0.2"))
    store.delete(address("a", "10.0.0.2", grant_id="a later one"))
    assert len(store.rows("address")) == 1
    store.delete(address("a", "10.0.0.2"))
    store.delete(address("a", "10.0.0.2"))
    assert store.rows("address") == []


def test_the_next_free_address_is_the_lowest_that_nobody_holds(store):
    for last in (2, 3, 5):
        store.insert(address("c{0}".format(last), "10.0.0.{0}".format(last)))
    free = [store.next_free(4, (10 << 24) + start) - (10 << 24) for start in range(7)]
    assert free == [0, 1, 4, 4, 4, 6, 6]
    assert store.next_free(6, (10 << 24) + 2) == (10 << 24) + 2


def test_published_ports_are_those_of_a_protocol_in_a_range(store):
    for number, host_ip, protocol in ((100, "", "tcp"), (101, "127.0.0.1", "tcp"), (102, "", "udp"), (200, "", "tcp")):
        assert store.insert(port(host_ip, published=number, protocol=protocol))
    assert store.published_ports("tcp", 100, 199) == {100, 101}


def test_a_rollback_takes_back_what_was_not_committed(store):
    store.insert(address("a", "10.0.0.2"))
    store.commit()
    store.begin()
    store.insert(address("b", "10.0.0.3"))
    store.delete(address("a", "10.0.0.2"))
    store.rollback()
    store.rollback()
    assert store.rows("address") == [address("a", "10.0.0.2")]


def test_an_allocation_is_taken_back_whatever_came_since(store):
    """By the rows of a journal: plain data, which any store understands."""
    old, new = address("a", "10.0.0.2"), address("a", "10.0.0.9", grant_id="y")
    store.insert(subnet("10.0.0.0/24"))
    store.insert(new)
    store.commit()
    for _time in range(2):
        revert(store, granted=[new], released=[old, subnet("10.0.0.0/24")])
        assert store.rows("address") == [old]
    store.begin()
    store.delete(old)
    store.insert(address("b", "10.0.0.2"))
    store.commit()
    revert(store, granted=[], released=[old])
    assert store.rows("address") == [address("b", "10.0.0.2")], "somebody else holds it by now"


def test_leases_tell_their_owner_and_no_inner_business(store):
    store.insert(address("a", "10.0.0.2"))
    store.insert(subnet("10.0.0.0/24"))
    store.insert(subnet("10.1.0.0/24", topology="other"))
    assert [row["kind"] for row in leases(store)] == ["subnet", "subnet", "address"]
    assert [row["topology"] for row in leases(store, "other")] == ["other"]
    assert all("grant_id" not in row for row in leases(store))


def test_a_store_is_opened_at_one_place_and_not_made_where_nothing_is_to_be_kept(tmp_path):
    where = str(tmp_path / "state" / "leases.db")
    for options in ({"check_mode": True}, {"check_mode": False, "create": False}):
        with open_store(where=where, **options) as nothing:
            assert leases(nothing) == []
        assert not (tmp_path / "state").exists()
    with open_store(check_mode=False, where=where) as opened:
        opened.begin()
        opened.insert(address("a", "10.0.0.2"))
        opened.commit()
    with open_store(check_mode=False, create=False, where=where) as again:
        assert len(leases(again)) == 1
