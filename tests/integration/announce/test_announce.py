# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An address that comes back with another MAC is told to the neighbours, which never asked."""

from __future__ import annotations

from tests.lab.waiting import wait_for

NETWORKS = {
    "front": {
        "enable_ipv6": True,
        "ipam": {"config": [{"subnet": "172.30.0.0/24"}, {"subnet": "fd00:30::/64"}]},
    }
}
ADDRESSES = {"ipv4_address": "172.30.0.10", "ipv6_address": "fd00:30::10"}
OLD, NEW = "02:00:00:00:00:01", "02:00:00:00:00:02"


def declared(name, mac):
    return {
        "networks": NETWORKS,
        "containers": {"db": {"networks": ["front"]}, name: {"networks": {"front": dict(ADDRESSES, mac_address=mac)}}},
    }


def known_of(container):
    """Address → MAC, as a container remembers its neighbours."""
    return {entry["dst"]: entry.get("lladdr") for entry in container.json(["ip", "-j", "neighbour", "show"])}


def test_a_neighbour_forgets_the_old_place_of_an_address_at_once(lab):
    lab.host.module("topology", declared("first", OLD))
    db = lab.host.container("db")
    for address in ADDRESSES.values():
        db.run(["ping", "-c1", "-W3", address])
    assert {known_of(db)[address] for address in ADDRESSES.values()} == {OLD}

    lab.host.module("topology", declared("second", NEW))

    for address in ADDRESSES.values():
        wait_for(lambda address=address: known_of(db)[address] == NEW, what="the new MAC of " + address)
