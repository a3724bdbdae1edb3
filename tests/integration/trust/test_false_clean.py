# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a kernel fills in by itself and somebody takes away: a check says so, an apply brings it back, packets pass."""

from __future__ import annotations

import json

import pytest

from tests.lab import wait_for

WORDS = {
    "networks": {
        "front": {
            "enable_ipv6": True,
            "ipam": {"config": [{"subnet": "172.20.0.0/24"}, {"subnet": "fd00:20::/64"}]},
        }
    },
    "containers": {
        "web": {"networks": {"front": {"ipv4_address": "172.20.0.10", "ipv6_address": "fd00:20::10"}}},
        "db": {"networks": {"front": {"ipv4_address": "172.20.0.11", "ipv6_address": "fd00:20::11"}}},
    },
}
INSIDE, ON_HOST = ["ip", "-n", "web"], ["ip"]
BOTH = [4, 6]
#: Packets take another way, as long as the network lets them.
BY_THE_GATEWAY = []
#: What somebody does, with words of ip(8), and in which families packets pass no more.
HARM = {
    "the routes of a container": (INSIDE, ["route", "flush", "table", "main"], [4]),
    "the IPv6 routes of a container": (INSIDE, ["-6", "route", "flush", "table", "main"], [6]),
    "the connected route of a container": (INSIDE, ["route", "del", "172.20.0.0/24", "dev", "eth0"], BY_THE_GATEWAY),
    "the connected IPv6 route of a container": (
        INSIDE,
        ["-6", "route", "del", "fd00:20::/64", "dev", "eth0"],
        BY_THE_GATEWAY,
    ),
    "the connected route of the host": (ON_HOST, ["route", "del", "172.20.0.0/24", "dev", "br-front"], [4]),
    "the connected IPv6 route of the host": (ON_HOST, ["-6", "route", "del", "fd00:20::/64", "dev", "br-front"], [6]),
    "the local routes of a container": (INSIDE, ["route", "flush", "table", "local"], [4]),
    "the local IPv6 routes of a container": (INSIDE, ["-6", "route", "flush", "table", "local"], [6]),
    "the host's own IPv6 address on the bridge": (
        ON_HOST,
        ["-6", "route", "del", "table", "local", "local", "fd00:20::1", "dev", "br-front"],
        BY_THE_GATEWAY,
    ),
    "the multicast route of a container": (
        INSIDE,
        ["-6", "route", "del", "table", "local", "multicast", "ff00::/8", "dev", "eth0"],
        [6],
    ),
    "a neighbour of the container, set for good": (
        INSIDE,
        ["neigh", "replace", "172.20.0.11", "lladdr", "02:00:00:00:00:99", "dev", "eth0", "nud", "permanent"],
        [4],
    ),
    "the container as neighbour of the host, set for good": (
        ON_HOST,
        ["-6", "neigh", "replace", "fd00:20::10", "lladdr", "02:00:00:00:00:99", "dev", "br-front", "nud", "permanent"],
        [6],
    ),
}


@pytest.fixture(scope="module")
def host(shared_lab):
    host = shared_lab.host
    host.module("topology", WORDS)
    for name in WORDS["containers"]:
        host.container(name).serve("tcp", 80)
    return host


def reached(host, family):
    """By the host and by a neighbour, and back out to the wire."""
    address = {4: "172.20.0.10", 6: "fd00:20::10"}[family]
    neighbour = {4: "172.20.0.11", 6: "fd00:20::11"}[family]
    web, db = host.container("web"), host.container("db")
    ways = [host.ask("tcp", address, 80, timeout=0.5), db.ask("tcp", address, 80, timeout=0.5)]
    return all([*ways, web.ask("tcp", neighbour, 80, timeout=0.5)])


@pytest.mark.parametrize("what", HARM)
def test_it_is_drift_and_comes_back(host, what):
    where, words, families = HARM[what]
    for family in BOTH:
        wait_for(lambda family=family: reached(host, family), what="packets in IPv{0}".format(family))
    host.run([*where, *words])
    for place in ([], ["-n", "web"], ["-n", "db"]):
        host.run(["ip", *place, "neigh", "flush", "all"])  # what they have learned, not what somebody set
    if families:
        assert not all(reached(host, family) for family in families)
    check = host.module("topology", WORDS, check=True)
    assert check["drift"] and check["intended"] == []
    assert host.module("topology", WORDS)["actions"] == check["actions"]
    for family in BOTH:
        wait_for(lambda family=family: reached(host, family), what="packets in IPv{0}".format(family))
    assert not host.module("topology", WORDS)["changed"]


def test_what_came_back_goes_with_its_address(host):
    """A route that was set again is the kernel's: nothing is left of it when the container moves on."""
    host.run(["ip", "-n", "web", "route", "flush", "table", "local"])
    host.run(["ip", "-n", "web", "-6", "route", "flush", "table", "local"])
    host.module("topology", WORDS)
    moved = json.loads(json.dumps(WORDS))
    moved["containers"]["web"]["networks"]["front"] = {"ipv4_address": "172.20.0.20", "ipv6_address": "fd00:20::20"}
    host.module("topology", moved)
    local = host.json(["ip", "-n", "web", "-j", "route", "show", "table", "local"])
    local += host.json(["ip", "-n", "web", "-6", "-j", "route", "show", "table", "local"])
    assert not [route for route in local if route["dst"] in ("172.20.0.10", "fd00:20::10")]
    host.module("topology", WORDS)


def test_a_neighbour_that_is_right_or_not_declared_is_let_be(host):
    right = ["172.20.0.11", "lladdr", "02:42:ac:14:00:0b"]
    other = ["172.20.0.99", "lladdr", "02:00:00:00:00:99"]
    for entry in (right, other):
        host.run(["ip", "-n", "web", "neigh", "replace", *entry, "dev", "eth0", "nud", "permanent"])
    assert not host.module("topology", WORDS)["changed"]


def test_a_bridge_without_any_container_is_clean(lab):
    """It has no carrier, and so the kernel does not use its IPv6 address yet."""
    words = {"networks": WORDS["networks"], "containers": {}}
    lab.host.module("topology", words)
    assert not lab.host.module("topology", words)["changed"]
