# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several encrypted networks share one tunnel, and stay what they are: apart, internal, with neighbours kept apart."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Tuple

import pytest

from tests.integration.encryption.hosts import IFNAME, Hosts
from tests.lab.talk import MOMENT
from tests.lab.waiting import wait_for


def _network(subnet: str, **words: Any) -> Dict[str, Any]:
    return {"driver": "overlay", "encrypted": True, "ipam": {"config": [{"subnet": subnet}]}, **words}


NETWORKS: Dict[str, Any] = {
    "open": _network("10.88.0.0/16"),
    "apart": _network("10.89.0.0/16", icc=False),
    "closed": _network("10.90.0.0/16", internal=True),
    "loose": _network("10.91.0.0/16", isolate=False),
}


#: What encrypts → the first interface of a host that listens, and the port of a second topology.
WAYS = {"wireguard": (IFNAME, 51872), "openvpn": (IFNAME.replace("wg-", "ov-"), 1195)}


@pytest.fixture(params=sorted(WAYS))
def several(request: pytest.FixtureRequest, hosts: Hosts) -> Iterator[Hosts]:
    hosts.words = {host: {"topology_encryption": request.param} for host in ("node1", "node2")}
    hosts.networks = NETWORKS
    hosts.own = {
        host: {name + number: {"networks": [name]} for name in NETWORKS}
        for host, number in (("node1", "1"), ("node2", "2"))
    }
    hosts.own["node1"]["app"] = {"networks": ["apart"], "links": ["db"]}
    hosts.own["node2"]["db"] = {"networks": ["apart"], "expose": ["5432"]}
    hosts.make_all()
    wait_for(lambda: _calls(hosts, "open1", "open2"), 60, "the tunnel to be there")
    yield hosts
    for host in hosts.own:
        hosts.absent(host)
    hosts.words = {}


def _tunnels(hosts: Hosts) -> List[str]:
    """The interfaces of node1."""
    listed = hosts.host("node1").json(["ip", "-j", "link"])
    return [link["ifname"] for link in listed if link["ifname"].startswith(("wg-", "ov-"))]


def _way(hosts: Hosts) -> Tuple[str, int]:
    return WAYS[hosts.words["node1"]["topology_encryption"]]


def _calls(hosts: Hosts, source: str, target: str, port: int = 8080) -> bool:
    """Whether a connection comes about, from one host's container to the other's."""
    network = hosts.own["node2"][target]["networks"][0]
    (address,) = hosts.told["node2"]["networks"][network]["own"]["containers"][target]["addresses"]
    server = hosts.talk.serve("node2/" + target, port)
    try:
        return hosts.talk.reach("node1/" + source, address, port, server, wait=5 * MOMENT) is not None
    finally:
        server.close()


def test_networks_in_one_tunnel_are_as_apart_as_in_their_own(several: Hosts) -> None:
    assert _tunnels(several) == [_way(several)[0]]
    reached = {
        (source, target): _calls(several, source + "1", target + "2") for source in NETWORKS for target in NETWORKS
    }
    inside = {(name, name) for name in NETWORKS if name != "apart"}
    assert {pair for pair, there in reached.items() if there} == inside
    assert _calls(several, "app", "db", 5432)
    assert not _calls(several, "app", "db", 5433)
    assert not _calls(several, "apart1", "db", 5432)
    assert [several.make(host, check=True)["actions"] for host in several.own] == [[], []]


def test_each_topology_of_a_host_has_a_tunnel_and_a_port_of_its_own(several: Hosts) -> None:
    other = Hosts(several.lab, "other")
    other.words = several.words
    other.networks = {"back": _network("10.99.0.0/16")}
    other.own = {host: {"back" + host[-1]: {"networks": ["back"]}} for host in several.own}
    try:
        made = other.make_all()

        assert made["node1"]["networks"]["back"]["listen_port"] == _way(several)[1]
        assert len(_tunnels(several)) == 2
        (address,) = other.told["node2"]["networks"]["back"]["own"]["containers"]["back2"]["addresses"]
        wait_for(lambda: other.reaches("node1/back1", "node2/back2", address) is not None, 60, "the other tunnel")
        assert _calls(several, "open1", "open2")
    finally:
        for host in other.own:
            other.absent(host)
        other.close()
    assert _tunnels(several) == [_way(several)[0]]
