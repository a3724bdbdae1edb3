# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three hosts, routed and bridged, over an underlay of IPv4 and of IPv6: whoever is on a network reaches all of it, in
both families, with full segments. And twelve that a thirteenth joins."""

from __future__ import annotations

import itertools
import socket
from typing import Any, Dict, Iterator, List

import pytest

from tests.integration.encryption.hosts import IFNAME, SHOP, Hosts
from tests.lab.booted import BootedLab, missing
from tests.lab.waiting import wait_for

NAMES = ("node1", "node2", "node3")
#: What a way takes of 1500 bytes: the underlay's IP, UDP and WireGuard; bridged, what is in a VXLAN besides.
MTUS = {("routed", 4): 1440, ("routed", 6): 1420, ("bridged", 4): 1370, ("bridged", 6): 1350}


def _booted(*names: str) -> Iterator[Hosts]:
    lack = missing()
    if lack:
        pytest.skip("lab hosts that boot need " + lack)
    with BootedLab(list(names)) as lab:
        made = Hosts(lab)
        try:
            yield made
        finally:
            made.close()


@pytest.fixture(scope="module")
def three() -> Iterator[Hosts]:
    yield from _booted(*NAMES)


@pytest.fixture
def thirteen() -> Iterator[Hosts]:
    yield from _booted(*("node%d" % number for number in range(1, 14)))


def _declare(hosts: Hosts, names: "tuple[str, ...]", mode: str, underlay: int) -> None:
    hosts.networks = {"shop": {**SHOP, "overlay_mode": mode}}
    hosts.own = {name: {"c" + name[4:]: {"networks": ["shop"]}} for name in names}
    hosts.words = {name: {"topology_underlay_address": _underlay(hosts, name, underlay)} for name in names}


def _underlay(hosts: Hosts, name: str, family: int) -> str:
    host = hosts.host(name)
    return host.ipv4 if family == 4 else host.ipv6


def _addresses(hosts: Hosts, name: str) -> List[str]:
    (container,) = hosts.told[name]["networks"]["shop"]["own"]["containers"].values()
    return list(container["addresses"])


def _unreached(hosts: Hosts, names: "tuple[str, ...]") -> List[Any]:
    """Who does not reach whom, or is seen as another."""
    found = []
    for source, target in itertools.permutations(names, 2):
        own, there = _addresses(hosts, source), _addresses(hosts, target)
        ends = ["{0}/c{1}".format(name, name[4:]) for name in (source, target)]
        seen = [hosts.reaches(ends[0], ends[1], address, size=100_000) for address in there]
        found += [] if seen == own else [(source, target, seen)]
    return found


@pytest.mark.parametrize("underlay", [4, 6])
@pytest.mark.parametrize("mode", ["routed", "bridged"])
def test_each_reaches_each_in_both_families(three: Hosts, mode: str, underlay: int) -> None:
    _declare(three, NAMES, mode, underlay)
    made = three.make_all()
    try:
        assert _unreached(three, NAMES) == []
        ends = three.host("node1").run(["wg", "show", IFNAME, "endpoints"]).stdout.split()[1::2]
        port = "[{0}]:51871" if underlay == 6 else "{0}:51871"
        assert sorted(ends) == sorted(port.format(_underlay(three, name, underlay)) for name in NAMES[1:])
        inside = three.host("node1").json(["ip", "-n", "c1", "-j", "link", "show", "dev", "eth0"])
        assert inside[0]["mtu"] == MTUS[mode, underlay]
        assert [three.make(name, check=True)["actions"] for name in NAMES] == [[], [], []]
        assert {name: made[name]["networks"]["shop"]["listen_port"] for name in NAMES} == dict.fromkeys(NAMES, 51871)
    finally:
        for name in NAMES:
            three.absent(name)


def test_a_thirteenth_host_joins_twelve_and_nothing_that_is_there_is_interrupted(thirteen: Hosts) -> None:
    names = tuple(host.name for host in thirteen.lab.hosts)
    twelve = names[:12]
    _declare(thirteen, twelve, "routed", 4)
    thirteen.make_all()
    before = _programs(thirteen, twelve)
    (there, *_more) = _addresses(thirteen, "node2")
    server = thirteen.talk.serve("node2/c2", 7070)
    client = thirteen.talk.socket("node1/c1", socket.AF_INET, server.type)
    client.connect((there, 7070))
    kept, _peer = server.accept()

    _declare(thirteen, names, "routed", 4)
    thirteen.introduce()
    actions: Dict[str, List[str]] = {name: thirteen.make(name)["actions"] for name in names}

    routes, address = "10.88.12.0/24, fd88::c:0:0:0/80", thirteen.host("node13").ipv4
    line = "reach node13 at {0}:51871 over {1}: {2}".format(address, IFNAME, routes)
    assert {name: [each for each in actions[name] if IFNAME in each] for name in twelve} == {
        name: [line] for name in twelve
    }
    wait_for(lambda: _unreached(thirteen, ("node1", "node7", "node13")) == [], 60, "the thirteenth to be reached")
    assert _programs(thirteen, twelve) == before
    client.sendall(b"still there")
    assert kept.recv(100) == b"still there"
    assert [thirteen.make(name, check=True)["actions"] for name in ("node1", "node13")] == [[], []]


def _programs(hosts: Hosts, names: "tuple[str, ...]") -> List[str]:
    """When each was started."""
    show = ["systemctl", "show", "-P", "ExecMainStartTimestampMonotonic", "linuxnet-fabric-wireguard@default.service"]
    return [hosts.host(name).run(show).stdout.strip() for name in names]
