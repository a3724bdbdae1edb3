# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""New keys on three hosts: no packet is lost, nothing can be read, and a host that was down keeps its place."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Dict, Iterator, List

import pytest

from tests.integration.encryption.hosts import DIRECTORY, SHOP, STEPS, Hosts, Pings, Speaker, Wire
from tests.lab.booted import BootedLab, missing

MARKER = b"nobody-is-to-read-this-on-a-wire"
PAIRS = [("node1", "node2"), ("node2", "node3"), ("node3", "node1")]


@pytest.fixture(scope="module")
def three() -> Iterator[Hosts]:
    lack = missing()
    if lack:
        pytest.skip("lab hosts that boot need " + lack)
    with BootedLab(["node1", "node2", "node3"]) as lab:
        made = Hosts(lab)
        made.own = {"node%d" % number: {"c%d" % number: {"networks": ["shop"]}} for number in (1, 2, 3)}
        try:
            yield made
        finally:
            made.close()


@pytest.fixture(params=["routed", "bridged"])
def shop(request: pytest.FixtureRequest, three: Hosts) -> Iterator[Hosts]:
    three.networks = {"shop": {**SHOP, "overlay_mode": request.param}}
    three.make_all()
    yield three
    for host in three.own:
        three.absent(host)


def _place(host: str) -> str:
    return "{0}/c{1}".format(host, host[-1])


def _address(hosts: Hosts, host: str) -> str:
    (container,) = hosts.told[host]["networks"]["shop"]["own"]["containers"].values()
    return str(container["addresses"][0])


def _keys(hosts: Hosts) -> Dict[str, List[str]]:
    """The names of the files in which each host has a key."""
    listed = {host: hosts.host(host).run(["ls", DIRECTORY]).stdout.split() for host in hosts.own}
    return {host: [name for name in files if name.endswith(".key")] for host, files in listed.items()}


def _pinging(hosts: Hosts, stack: ExitStack) -> List[Pings]:
    """Once they have sessions: of what is said before, no more than a queue is kept."""
    for one, other in PAIRS:
        assert hosts.reaches(_place(one), _place(other), _address(hosts, other)) is not None
    return [stack.enter_context(Pings(hosts, _place(one), _address(hosts, other))) for one, other in PAIRS]


def test_no_ping_of_three_hosts_is_lost_while_all_keys_change_and_nothing_can_be_read(shop: Hosts) -> None:
    with ExitStack() as stack:
        wires = [stack.enter_context(Wire(shop, host)) for host in shop.own]
        stack.enter_context(Speaker(shop, "node1/c1", [_address(shop, "node2"), _address(shop, "node3")], MARKER))
        pings = _pinging(shop, stack)

        shop.rotate()

    print("pings:", [each.sent for each in pings], "lost:", [each.lost for each in pings])
    assert [each.lost for each in pings] == [0, 0, 0]
    assert sum(each.sent for each in pings) >= 2000
    assert not any(wire.has(MARKER) for wire in wires)
    assert _keys(shop) == {host: ["default:1.key"] for host in shop.own} and shop.behind == []
    assert [shop.make(host, check=True)["actions"] for host in shop.own] == [[], [], []]


def test_a_host_that_was_down_through_two_rotations_keeps_its_place_and_is_named(shop: Hosts) -> None:
    with ExitStack() as stack:
        pings = _pinging(shop, stack)
        for _rotation in range(2):
            shop.rotate(["node1", "node2"])
            assert shop.behind == ["node3"]
    assert [each.lost for each in pings] == [0, 0, 0]
    assert _keys(shop)["node1"] == ["default.key", "default:2.key"]

    with ExitStack() as stack:
        pings = _pinging(shop, stack)
        shop.rotate()

    assert [each.lost for each in pings] == [0, 0, 0]
    assert shop.behind == []
    assert _keys(shop) == {"node1": ["default:3.key"], "node2": ["default:3.key"], "node3": ["default:1.key"]}


def test_a_rotation_that_ends_between_two_steps_harms_nobody_and_is_gone_on_with(shop: Hosts) -> None:
    with ExitStack() as stack:
        pings = _pinging(shop, stack)
        shop.step(STEPS[0])
        shop.step("")
        shop.introduce(None, STEPS[1])
        shop.make("node1")
        shop.introduce()
        for host in shop.own:
            shop.make(host)
        shop.rotate()
    assert [each.lost for each in pings] == [0, 0, 0]
    assert shop.behind == []
    assert all(len(names) == 1 for names in _keys(shop).values())
