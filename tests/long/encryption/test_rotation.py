# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""New keys on three hosts, by WireGuard and by OpenVPN: no packet is lost, nothing can be read, and a host that was
down keeps its place."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Dict, Iterator, List

import pytest

from tests.integration.encryption.hosts import SHOP, STEPS, Hosts, Pings, Speaker, Wire
from tests.lab.booted import BootedLab, missing
from tests.lab.waiting import wait_for

MARKER = b"nobody-is-to-read-this-on-a-wire"
HUB = {"topology_openvpn_hub": "node2"}
LIST = "cd /var/lib/linuxnet-fabric; ls wireguard openvpn | grep -E '[.](key|pem)$'"
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


def _made(three: Hosts, way: str) -> Iterator[Hosts]:
    """``way``: such as "routed by openvpn"."""
    mode, _by, what = way.split()
    three.networks = {"shop": {**SHOP, "overlay_mode": mode}}
    words = {"topology_encryption": "wireguard" if what == "wireguard" else "openvpn"}
    three.words = {host: {**words, **HUB} if what == "hub" else words for host in three.own}
    three.make_all()
    yield three
    for host in three.own:
        three.absent(host)


@pytest.fixture(params=["routed by wireguard", "bridged by wireguard", "routed by openvpn", "bridged by openvpn"])
def shop(request: pytest.FixtureRequest, three: Hosts) -> Iterator[Hosts]:
    """All talk to all."""
    yield from _made(three, request.param)


@pytest.fixture(params=["routed by hub", "bridged by hub"])
def hub(request: pytest.FixtureRequest, three: Hosts) -> Iterator[Hosts]:
    """All others call node2."""
    yield from _made(three, request.param)


def _place(host: str) -> str:
    return "{0}/c{1}".format(host, host[-1])


def _address(hosts: Hosts, host: str) -> str:
    (container,) = hosts.told[host]["networks"]["shop"]["own"]["containers"].values()
    return str(container["addresses"][0])


def _keys(hosts: Hosts) -> Dict[str, List[str]]:
    """Host → which keys it has: how many it had before each."""
    return {host: sorted(map(_turn, hosts.host(host).run(["sh", "-c", LIST]).stdout.split())) for host in hosts.own}


def _turn(name: str) -> str:
    return name.rpartition(".")[0].partition(":")[2] or "0"


def _reaches(hosts: Hosts, one: str, other: str) -> bool:
    return hosts.reaches(_place(one), _place(other), _address(hosts, other)) is not None


def _pinging(hosts: Hosts, stack: ExitStack) -> List[Pings]:
    """Once they have sessions: of what is said before, no more than a queue is kept."""
    for one, other in PAIRS:
        wait_for(lambda: _reaches(hosts, one, other), 60, "{0} to reach {1}".format(one, other))  # noqa: B023
    return [stack.enter_context(Pings(hosts, _place(one), _address(hosts, other))) for one, other in PAIRS]


def _rotate(hosts: Hosts) -> None:
    with ExitStack() as stack:
        wires = [stack.enter_context(Wire(hosts, host)) for host in hosts.own]
        targets = [_address(hosts, host) for host in ("node2", "node3")]
        stack.enter_context(Speaker(hosts, "node1/c1", targets, MARKER, 0.02))
        pings = _pinging(hosts, stack)

        hosts.rotate()

    print("pings:", [each.sent for each in pings], "lost:", [each.lost for each in pings])
    assert [each.lost for each in pings] == [0, 0, 0]
    assert sum(each.sent for each in pings) >= 2000
    assert not any(wire.has(MARKER) for wire in wires)
    assert _keys(hosts) == {host: ["1"] for host in hosts.own} and hosts.behind == []
    assert [hosts.make(host, check=True)["actions"] for host in hosts.own] == [[], [], []]


def test_no_ping_of_three_hosts_is_lost_while_all_keys_change_and_nothing_can_be_read(shop: Hosts) -> None:
    _rotate(shop)


def test_no_ping_by_way_of_a_hub_is_lost_either(hub: Hosts) -> None:
    _rotate(hub)


def _rotate_twice_without_the_third(hosts: Hosts) -> None:
    with ExitStack() as stack:
        pings = _pinging(hosts, stack)
        for _rotation in range(2):
            hosts.rotate(["node1", "node2"])
            assert hosts.behind == ["node3"]
    assert [each.lost for each in pings] == [0, 0, 0]


def _rotate_with_the_third(hosts: Hosts) -> None:
    with ExitStack() as stack:
        pings = _pinging(hosts, stack)
        hosts.rotate()

    assert [each.lost for each in pings] == [0, 0, 0]


def test_by_way_of_a_hub_all_wait_for_one_that_was_down(hub: Hosts) -> None:
    _rotate_twice_without_the_third(hub)
    assert _keys(hub) == {"node1": ["0", "1"], "node2": ["0", "1"], "node3": ["0"]}

    _rotate_with_the_third(hub)
    assert hub.behind == [] and _keys(hub) == {host: ["1"] for host in hub.own}


def test_a_host_that_was_down_through_two_rotations_keeps_its_place_and_is_named(shop: Hosts) -> None:
    _rotate_twice_without_the_third(shop)
    assert _keys(shop)["node1"] == ["0", "2"]

    _rotate_with_the_third(shop)
    assert shop.behind == []
    assert _keys(shop) == {"node1": ["3"], "node2": ["3"], "node3": ["1"]}


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
