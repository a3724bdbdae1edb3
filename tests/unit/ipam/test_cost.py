# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an allocation costs, in steps of SQLite's virtual machine: the same work on any machine, at any load."""

from __future__ import annotations

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.allocate import allocate
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.requests import (
    AddressRequest,
    HostFacts,
    LeaseRequests,
    SubnetRequest,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.sqlite.store import SqliteStore


def _steps(store, requests):
    """Virtual machine steps of one lease by hand, inside a transaction that is then rolled back."""
    counted = [0]

    def count():
        counted[0] += 1

    store.begin()
    store._connection.set_progress_handler(count, 1)
    allocation = allocate(store, requests, HostFacts(), release_others=False)
    store._connection.set_progress_handler(None, 1)
    store.rollback()
    assert len(allocation.granted) == 1
    return counted[0]


def _one(family=4, ip_range=None):
    subnets = (SubnetRequest("net", 4, "10.0.0.0/16", ip_range=ip_range, needs_gateway=False),) if ip_range else ()
    return LeaseRequests("t", subnets, (AddressRequest("net", "the-next", "eth0", family),))


def _fill(path, subnet, count):
    store = SqliteStore.open(path)
    store.begin()
    family = 6 if ":" in subnet else 4
    addresses = tuple(AddressRequest("net", "c{0}".format(index), "eth0", family) for index in range(count))
    allocate(store, LeaseRequests("t", (SubnetRequest("net", family, subnet),), addresses), HostFacts())
    store.commit()
    return store


@pytest.fixture(scope="module")
def empty_steps(tmp_path_factory):
    with _fill(str(tmp_path_factory.mktemp("empty") / "leases.db"), "10.0.0.0/16", 0) as store:
        return _steps(store, _one())


def test_the_lease_after_60000_costs_what_the_first_does(tmp_path, empty_steps):
    with _fill(str(tmp_path / "leases.db"), "10.0.0.0/16", 60000) as store:
        assert _steps(store, _one()) <= 1.5 * empty_steps
        store.begin()
        store.execute("DELETE FROM address WHERE address LIKE '%7'")  # thousands of holes
        store.commit()
        assert _steps(store, _one()) <= 1.5 * empty_steps
        assert _steps(store, _one(ip_range="10.0.128.0/17")) <= 2 * empty_steps  # one more question: the subnet


@pytest.mark.parametrize("subnet", ["10.0.0.0/8", "10.0.0.0/24", "fd00::/64"])
def test_the_size_of_a_subnet_costs_nothing(tmp_path, empty_steps, subnet):
    with _fill(str(tmp_path / "leases.db"), subnet, 0) as store:
        assert _steps(store, _one(6 if ":" in subnet else 4)) <= 1.5 * empty_steps
