# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stores under tmp_path, and short ways to ask them for something."""

from __future__ import annotations

import os
from contextlib import contextmanager

import pytest
from memory_store import MemoryStore

from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.allocate import allocate, release_topology
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.requests import (
    AddressRequest,
    HostFacts,
    LeaseRequests,
    SubnetRequest,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.store import leases, open_store

POOLS = (("172.17.0.0/16", 16), ("172.18.0.0/16", 16), ("192.168.0.0/16", 20))


def nobody_listens(protocol, host_ip, port):
    return None


class Leases:
    """What a run does, without a kernel: open, begin, allocate, commit, close."""

    def __init__(self, path):
        self.path = str(path)

    def opened(self, check_mode=False):
        return open_store(check_mode, where=self.path)

    def declare(self, networks=None, containers=None, ports=(), topology="default", check_mode=False, **more):
        """networks: name → CIDR, None or SubnetRequest fields; containers: name → {network: address or None}."""
        requests = LeaseRequests(
            topology,
            tuple(_subnet(name, value) for name, value in (networks or {}).items()),
            tuple(_addresses(containers or {})),
            tuple(ports),
            more.pop("pools", POOLS),
            more.pop("port_range", None),
        )
        host = more.pop("host", HostFacts(machine_id="a host"))
        more.setdefault("probe", nobody_listens)
        with self.opened(check_mode) as store:
            store.begin()
            allocation = allocate(store, requests, host, **more)
            store.commit()
        return allocation

    def remove(self, topology="default"):
        with self.opened() as store:
            store.begin()
            allocation = release_topology(store, topology)
            store.commit()
        return allocation

    def rows(self, topology=None):
        with self.opened(check_mode=True) as store:
            return leases(store, topology)

    @contextmanager
    def open(self, check_mode=False):
        with self.opened(check_mode) as store:
            yield store

    def files(self):
        directory = os.path.dirname(self.path)
        found = {}
        for name in sorted(os.listdir(directory)) if os.path.isdir(directory) else ():
            with open(os.path.join(directory, name), "rb") as file:
                found[name] = (os.stat(file.fileno()).st_mtime_ns, file.read())
        return found


def _subnet(name, value):
    fields = dict(value) if isinstance(value, dict) else {"subnet": value}
    family = fields.pop("family", 6 if ":" in (fields.get("subnet") or "") else 4)
    fields.setdefault("path", "networks." + name)
    return SubnetRequest(name, family, **fields)


def _addresses(containers):
    for name, places in containers.items():
        for index, (network, address) in enumerate(places.items()):
            network, _slash, family = network.partition("/")
            yield AddressRequest(
                network, name, "eth{0}".format(index), int(family or 4), address, path="containers." + name
            )


class LeasesInMemory(Leases):
    """The same with the fake store."""

    def __init__(self):
        self._store = MemoryStore()

    def opened(self, check_mode=False):
        return MemoryStore(self._store.committed) if check_mode else self._store


@pytest.fixture(params=["sqlite", "memory"])
def any_leases(request, tmp_path):
    """Whatever the store is, who gets what is decided alike."""
    return LeasesInMemory() if request.param == "memory" else Leases(tmp_path / "state" / "leases.db")


@pytest.fixture(name="leases")
def leases_fixture(tmp_path):
    return Leases(tmp_path / "state" / "leases.db")
