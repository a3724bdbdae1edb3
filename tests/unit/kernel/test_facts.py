# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a choice of subnets and of an mtu is told about a host's routes."""

from __future__ import annotations

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.pools import clashing_route
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.requests import HostFacts
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import facts
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl.read import RTPROT_RA, Link, RouteEntry

LINKS = {2: Link(2, "eth0", mtu=9000), 3: Link(3, "eth1", mtu=1450), 4: Link(4, "wan", mtu=1492)}


def reading(*routes: RouteEntry) -> facts.Reading:
    return facts.Reading(LINKS, routes)


def test_a_multipath_route_is_one_over_each_of_its_interfaces() -> None:
    found = facts.routes(reading(RouteEntry("10.0.0.0/8", next_hops=(2, 3))))
    assert found == (("10.0.0.0/8", "eth0"), ("10.0.0.0/8", "eth1"))


def test_a_subnet_that_would_take_from_a_multipath_route_clashes() -> None:
    host = HostFacts(routes=facts.routes(reading(RouteEntry("172.20.0.0/24", next_hops=(2, 3)))))
    assert clashing_route("172.20.0.0/16", "br-front", host) == ("172.20.0.0/24", "eth0")


def test_a_multipath_route_from_advertisements_names_all_its_interfaces() -> None:
    routes = reading(RouteEntry("::/0", next_hops=(3, 2), protocol=RTPROT_RA))
    assert facts.advertised_interfaces(routes) == ("eth0", "eth1")


@pytest.mark.parametrize(
    ("routes", "mtu"),
    [
        ((), 1500),
        ((RouteEntry("0.0.0.0/0", oif=4),), 1492),
        ((RouteEntry("0.0.0.0/0", oif=4, metric=100), RouteEntry("0.0.0.0/0", oif=2, metric=50)), 9000),
        ((RouteEntry("::/0", oif=2), RouteEntry("0.0.0.0/0", oif=4, metric=100)), 1492),
        ((RouteEntry("0.0.0.0/0", next_hops=(2, 3)),), 1450),
        ((RouteEntry("0.0.0.0/0", next_hops=(2, 3), metric=100), RouteEntry("0.0.0.0/0", oif=4)), 1492),
        ((RouteEntry("0.0.0.0/0", oif=4, table=1000),), 1500),
        ((RouteEntry("0.0.0.0/0", type="unreachable"),), 1500),
    ],
    ids=[
        "no default route",
        "one",
        "the lowest metric counts",
        "IPv4 before IPv6",
        "of several next hops the least, for a packet may take any",
        "a single one before a multipath route with a higher metric",
        "not those of other tables",
        "nor one that leads nowhere",
    ],
)
def test_the_mtu_is_that_of_the_way_out(routes: "tuple[RouteEntry, ...]", mtu: int) -> None:
    assert facts.uplink_mtu(reading(*routes)) == mtu
