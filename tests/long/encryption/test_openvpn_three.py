# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenVPN between three hosts, in pairs and by way of a hub, routed and bridged: all reach all, nothing can be read, a
member cannot be another; and a host that comes later."""

from __future__ import annotations

import itertools
import socket
from typing import Any, Dict, Iterator, List

import pytest

from tests.integration.encryption.hosts import IFNAME, SHOP, Hosts, Speaker, Wire
from tests.lab import frames
from tests.lab.booted import BootedLab, missing
from tests.lab.talk import MOMENT
from tests.lab.waiting import wait_for

MARKER = b"nobody-is-to-read-this-on-a-wire"
HOSTS = ("node1", "node2", "node3")
LISTENER = IFNAME.replace("wg-", "ov-")


@pytest.fixture(scope="module")
def lab() -> Iterator[BootedLab]:
    lack = missing()
    if lack:
        pytest.skip("lab hosts that boot need " + lack)
    with BootedLab(list(HOSTS)) as made:
        yield made


@pytest.fixture(params=["routed in pairs", "bridged in pairs", "routed by a hub", "bridged by a hub"])
def three(request: Any, lab: BootedLab) -> Iterator[Hosts]:
    """A container on each; the hub is node2."""
    hosts = Hosts(lab)
    mode, *_how, last = request.param.split()
    words: Dict[str, Any] = {"topology_encryption": "openvpn"}
    if last == "hub":
        words["topology_openvpn_hub"] = "node2"
    hosts.networks = {"shop": {**SHOP, "overlay_mode": mode}}
    hosts.own = {host: {_container(host): {"networks": ["shop"]}} for host in HOSTS}
    hosts.words = {host: words for host in HOSTS}
    try:
        yield hosts
    finally:
        for host in HOSTS:
            hosts.absent(host)
        hosts.close()


def _container(host: str) -> str:
    return "c" + host[-1]


def _addresses(hosts: Hosts, host: str) -> List[str]:
    (container,) = hosts.told[host]["networks"]["shop"]["own"]["containers"].values()
    return list(container["addresses"])


def _reached(hosts: Hosts, source: str, target: str, size: int = 5) -> List[Any]:
    places = ["{0}/{1}".format(host, _container(host)) for host in (source, target)]
    return [hosts.reaches(*places, each, size=size) for each in _addresses(hosts, target)]


def _all_reach_all(hosts: Hosts) -> None:
    for source, target in itertools.permutations(hosts.own, 2):
        what = "{0} to reach {1}".format(source, target)
        wait_for(lambda: _reached(hosts, source, target) == _addresses(hosts, source), 60, what)  # noqa: B023
        assert _reached(hosts, source, target, size=200_000) == _addresses(hosts, source), what


@pytest.mark.parametrize("underlay", [4, 6])
def test_all_reach_all_and_nothing_can_be_read(three: Hosts, underlay: int) -> None:
    if underlay == 6:
        three.words = {
            host: {**three.words[host], "topology_underlay_address": three.host(host).ipv6} for host in HOSTS
        }
    three.introduce()
    with Wire(three, "node1") as first, Wire(three, "node2") as second:
        for host in HOSTS:
            foretold = three.make(host, check=True)["actions"]
            assert three.make(host)["actions"] == foretold
        targets = [each for host in ("node1", "node2") for each in _addresses(three, host)]
        with Speaker(three, "node3/c3", targets, MARKER) as speaker:
            _all_reach_all(three)
            said = speaker.said
    assert said > 10
    assert not first.has(MARKER)
    assert not second.has(MARKER)
    assert [three.make(host, check=True)["actions"] for host in HOSTS] == [[], [], []]


def test_a_member_cannot_be_another(three: Hosts) -> None:
    if three.networks["shop"]["overlay_mode"] == "bridged":
        pytest.skip("what is inside the VXLAN there is the subject of the overlay's own tests")
    three.make_all()
    _all_reach_all(three)
    (web, *_more), (other, *_others), (own, *_rest) = (_addresses(three, host) for host in HOSTS)
    server = three.talk.serve("node1/c1", 7777, "udp")
    server.settimeout(10)
    routes = three.host("node3").json(["ip", "-j", "route", "get", web])
    for source, arrives in ((own, True), (other, False)):
        packet = frames.ip4(source, web, 17, frames.udp(source, web, 1111, 7777, b"as " + source.encode()))
        forger = three.talk.socket("node3", socket.AF_PACKET, socket.SOCK_DGRAM)
        forger.sendto(packet, (routes[0]["dev"], 0x0800))
        if arrives:
            assert server.recv(100) == b"as " + source.encode()
            server.settimeout(MOMENT)
        else:
            with pytest.raises(socket.timeout):
                server.recv(100)


def test_a_host_that_comes_later_restarts_who_it_calls_and_the_line_says_so(three: Hosts) -> None:
    late = {host: three.own[host] for host in HOSTS}
    three.own = {host: late[host] for host in ("node1", "node2")}
    three.make_all()
    three.own = late
    three.introduce()
    hub = three.words["node1"].get("topology_openvpn_hub", "")
    listener = hub or "node1"

    foretold = three.make(listener, check=True)["actions"]

    restarted = [line for line in foretold if line.startswith("restart ")]
    assert restarted == [
        "restart linuxnet-fabric-openvpn@{0}.service: the way to {1} is made anew, and what is sent there meanwhile is "
        "lost".format(LISTENER, ", ".join(host for host in HOSTS if host != listener))
    ]
    assert three.make(listener)["actions"] == foretold
    for host in HOSTS:
        three.make(host)
    _all_reach_all(three)
    three.own = {host: late[host] for host in ("node1", "node2")}
    three.absent("node3")
    three.introduce()
    gone = three.make(listener)["actions"]
    assert any(line.startswith("remove the peer ") for line in gone), gone
