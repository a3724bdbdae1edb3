# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is changed is changed on the living network: TCP connections that were open before pass data after."""

from __future__ import annotations

import copy

import pytest

from tests.lab.talk import MOMENT, addresses

NETWORKS = {
    "front": {
        "enable_ipv6": True,
        "ipam": {"config": [{"subnet": "172.20.0.0/24"}, {"subnet": "fd00:20::/64"}]},
    },
    "back": {"enable_ipv6": True},
    "more": {"enable_ipv6": True},
}
CONTAINERS = {
    "web": {"networks": {"front": {"gw_priority": 1}, "back": {}}, "ports": ["8080:80", "8081:81"]},
    "peer": {"networks": {"front": {}}},
    "other": {"networks": {"back": {}}, "ports": ["9090:90"]},
}


class Declared:
    """The topology, changed by a function and applied."""

    def __init__(self, talk, declare):
        self.talk, self.declare = talk, declare
        self.networks, self.containers = copy.deepcopy(NETWORKS), copy.deepcopy(CONTAINERS)
        self.answer = declare(self.networks, self.containers)

    def change(self, how):
        how(self.networks, self.containers)
        self.answer = self.declare(self.networks, self.containers)
        assert self.answer["changed"]


@pytest.fixture
def declared(talk, declare):
    return Declared(talk, declare)


@pytest.fixture
def connections(talk, declared):
    """name → connection: from outside, from the host, to the outside, from a neighbour, on the other network."""
    host, client = talk.lab.host, talk.lab.client
    made = {}
    servers = {place: talk.serve(place, port) for place, port in (("web", 80), ("client", 7075), ("other", 90))}
    for family, at_host, outside in ((4, host.ipv4, client.ipv4), (6, host.ipv6, client.ipv6)):
        for name, source, address, port, server in (
            ("from outside", "client", at_host, 8080, "web"),
            ("from the host", host.name, at_host, 8080, "web"),
            ("to the outside", "web", outside, 7075, "client"),
            ("from a neighbour", "peer", addresses(declared.answer, "web")[family], 80, "web"),
            ("from a neighbour by the host", "peer", at_host, 8080, "web"),
            ("from another network", "other", at_host, 8080, "web"),
            ("of another container", "client", at_host, 9090, "other"),
        ):
            made["{0}, IPv{1}".format(name, family)] = talk.connect(source, address, port, servers[server])
    yield made
    for each in [*made.values(), *servers.values()]:
        each.close()


def dead(connections):
    return [name for name, connection in connections.items() if not connection.works()]


def put(where, name, **words):
    def change(networks, containers):
        {"networks": networks, "containers": containers}[where][name].update(words)

    return change


def connect(networks, containers):
    containers["web"]["networks"]["more"] = {}


def disconnect(networks, containers):
    del containers["web"]["networks"]["more"]


def beside(networks, containers):
    containers["new"] = {"networks": {"front": {}, "more": {}}, "ports": ["8099:80"]}


def not_beside(networks, containers):
    del containers["new"]


def rid(networks, containers):
    del networks["more"]


#: What is changed, one after the other, on the same connections.
CHANGES = {
    "a port added": put("containers", "web", ports=["8080:80", "8081:81", "8082:82", "8090-8092:90-92"]),
    "ports removed": put("containers", "web", ports=["8080:80"]),
    "masquerade off": put("networks", "front", masquerade=False),
    "masquerade on": put("networks", "front", masquerade=True),
    "mtu": put("networks", "front", mtu=1400),
    "mtu back": put("networks", "front", mtu=1500),
    "an alias": put("containers", "web", networks={"front": {"gw_priority": 1, "aliases": ["www"]}, "back": {}}),
    "DNS": put("containers", "web", dns=["192.0.2.53"], dns_search=["example.org"]),
    "extra hosts and a hostname": put("containers", "web", extra_hosts=["a:192.0.2.1"], hostname="w"),
    "a network connected": connect,
    "a network disconnected": disconnect,
    "a container added beside it": beside,
    "a container removed beside it": not_beside,
    "a network removed": rid,
    "no isolation": put("networks", "front", isolate=False),
    "another gateway mode": put("networks", "front", gateway_mode="nat-unprotected"),
    "and back": put("networks", "front", gateway_mode="nat", isolate=True),
    "anti-spoofing off": put("networks", "front", anti_spoofing=False),
    "anti-spoofing on": put("networks", "front", anti_spoofing=True),
    "routes": put("networks", "front", routes=[{"destination": "198.18.0.0/15", "type": "blackhole"}]),
    "the other network unmasqueraded": put("networks", "back", masquerade=False),
    "sysctls": put("containers", "web", sysctls={"net.ipv4.ip_local_port_range": "20000 30000"}),
    "the other container's ports": put("containers", "other", ports=["9090:90", "9091:91"]),
}


def test_connections_survive_every_change_that_does_not_forbid_them(declared, connections):
    for name, change in CHANGES.items():
        declared.change(change)
        assert dead(connections) == [], name


def test_without_icc_neighbours_are_cut_and_nobody_else(talk, declared, connections):
    """Whether one that was open by the host's address goes on depends on br_netfilter."""
    neighbours = {name: each for name, each in connections.items() if name.startswith("from a neighbour")}
    declared.change(put("networks", "front", icc=False))
    assert [name for name, each in neighbours.items() if "host" not in name and each.works(MOMENT)] == []
    assert dead({name: each for name, each in connections.items() if name not in neighbours}) == []
    with talk.serve("web", 81) as server:  # a published port stays everybody's
        assert talk.reach("peer", talk.lab.host.ipv4, 8081, server)
        assert talk.reach("peer", talk.lab.host.ipv6, 8081, server)
    declared.change(put("networks", "front", icc=True))
    assert dead(connections) == []


def test_an_internal_network_is_cut_off_and_comes_back(declared, connections):
    """What is on it and not published goes on among its own."""
    declared.change(put("containers", "web", ports=[]))
    declared.change(put("networks", "front", internal=True))
    outside = [name for name in connections if name.startswith("to the outside")]
    inside = [name for name in connections if name.startswith(("from a neighbour,", "of another"))]
    assert [name for name in outside if connections[name].works(MOMENT)] == []
    assert [name for name in inside if not connections[name].works()] == []
    declared.change(put("networks", "front", internal=False))
    assert [name for name in outside + inside if not connections[name].works()] == []


@pytest.mark.parametrize("family", [4, 6])
def test_a_port_that_moves_takes_the_datagrams_of_a_known_flow_along_and_no_other_flow(talk, declared, family):
    """The module's own run deletes what the kernel remembers of the moved port."""
    host, client = talk.lab.host, talk.lab.client
    at_host, outside = (host.ipv4, client.ipv4) if family == 4 else (host.ipv6, client.ipv6)
    servers = {name: talk.serve(name, 53, "udp") for name in ("web", "peer")}
    flows = {port: talk.serve("client", 4000 + port % 1000, "udp", outside) for port in (5353, 5354)}

    def heard_by(port, name):
        flows[port].sendto(b"there", (at_host, port))
        servers[name].settimeout(10)
        return servers[name].recvfrom(64)[1][0].endswith(outside)

    declared.change(put("containers", "web", ports=["5353:53/udp", "5354:53/udp"]))
    assert heard_by(5353, "web") and heard_by(5354, "web")

    def move(_networks, containers):
        containers["web"]["ports"] = ["5354:53/udp"]
        containers["peer"]["ports"] = ["5353:53/udp"]

    declared.change(move)
    assert heard_by(5353, "peer") and heard_by(5354, "web")
    for each in [*servers.values(), *flows.values()]:
        each.close()


def test_a_connection_to_the_one_address_that_a_port_keeps_goes_on(talk, declared, connections):
    kept = {name: each for name, each in connections.items() if name.startswith("from outside")}
    own = [talk.lab.host.ipv4, "[{0}]".format(talk.lab.host.ipv6)]
    declared.change(put("containers", "web", ports=["{0}:8080:80".format(address) for address in own]))
    assert dead(kept) == []
    declared.change(put("containers", "web", ports=["8080:80"]))
    assert dead(kept) == []


def test_a_port_that_goes_ends_its_connections_and_no_other(talk, declared, connections):
    ended = [name for name, each in connections.items() if "outside" in name or "host" in name or "network" in name]
    ended = [name for name in ended if not name.startswith("to the outside")]
    declared.change(put("containers", "web", ports=["8081:81"]))
    assert [name for name in ended if connections[name].works(MOMENT)] == []
    assert dead({name: each for name, each in connections.items() if name not in ended}) == []
