# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers that are machines on the host's LAN, each by a macvlan: who reaches whom, and what a run does to them."""

from __future__ import annotations

from typing import Any, Dict, Iterator, Tuple

import pytest

from tests.lab import Lab
from tests.lab.place import Refused
from tests.lab.talk import Talk, addresses

FAMILIES = pytest.mark.parametrize("family", [4, 6])
RANGES = [{"ip_range": "198.51.100.192/27"}, {"ip_range": "2001:db8:100::f00/120"}]
LAN = {"driver": "macvlan", "parent": "eth0", "enable_ipv6": True, "ipam": {"config": RANGES}}
CONTAINERS = {"one": {"networks": ["lan"]}, "two": {"networks": ["lan"]}, "web": {"networks": ["front"]}}


def lan(**words: Any) -> Dict[str, Any]:
    return {"lan": {**LAN, **words}, "front": {"enable_ipv6": True}}


def of_party(party: Any, family: int) -> str:
    return party.ipv4 if family == 4 else party.ipv6


@pytest.fixture(scope="module")
def applied(talk, declare) -> Dict[str, Any]:
    return declare(lan(), CONTAINERS, twice=True)


def test_without_a_subnet_it_takes_that_of_its_parent_and_the_hosts_gateway(applied):
    found = applied["networks"]["lan"]
    assert found == {
        "driver": "macvlan",
        "parent": "eth0",
        "macvlan_mode": "bridge",
        "subnets": ["198.51.100.0/24", "2001:db8:100::/64"],
        "gateways": ["198.51.100.1", "2001:db8:100::1"],
    }
    assert applied["containers"]["one"]["interfaces"]["eth0"] == {
        "network": "lan",
        "mac": "02:42:c6:33:64:c1",
        "ipv4": "198.51.100.193",
        "ipv6": "2001:db8:100::f01",
        "gateway": "198.51.100.1",
        "host_interface": None,
        "bandwidth": None,
    }


@FAMILIES
def test_the_lan_the_container_and_its_neighbour_reach_each_other(talk, applied, family):
    one, two = (addresses(applied, name)[family] for name in ("one", "two"))
    client = of_party(talk.lab.client, family)
    with talk.serve("one", 80) as server, talk.serve("client", 7080) as far:
        assert talk.reach("client", one, 80, server) == client
        assert talk.reach("two", one, 80, server) == two
        assert talk.reach("one", client, 7080, far) == one
        assert talk.reach("two", "203.0.113.1" if family == 4 else "2001:db8:ffff::1", 7080, far) == two


@FAMILIES
def test_the_host_does_not_reach_its_own_children_and_they_not_it(talk, applied, family):
    host = talk.lab.host
    with talk.serve("one", 80) as server, talk.serve(host.name, 7081) as own:
        assert talk.blocked(host.name, addresses(applied, "one")[family], 80, server)
        assert talk.blocked("one", of_party(host, family), 7081, own)


@FAMILIES
def test_with_host_access_they_do_and_everybody_else_still_does(talk, applied, declare, family):
    answer = declare(lan(host_access=True), CONTAINERS, twice=True)
    host, one = talk.lab.host, addresses(answer, "one")[family]
    with talk.serve("one", 80) as server, talk.serve(host.name, 7081) as own:
        seen = talk.reach(host.name, one, 80, server)
        assert seen is not None and seen != of_party(host, family), "by an address of its own there"
        assert talk.reach("one", seen, 7081, own) == one
        assert talk.reach("client", one, 80, server) == of_party(talk.lab.client, family)
    without = declare(lan(), CONTAINERS, twice=True)
    (line,) = [line for line in without["actions"] if line.startswith("disconnect")]
    assert line.startswith("disconnect lan-") and line.endswith(" from eth0 (macvlan)")
    with talk.serve("one", 80) as server:
        assert talk.blocked(host.name, one, 80, server)


def test_a_change_of_the_mode_is_made_in_place_and_keeps_neighbours_apart(talk, applied, declare):
    one = addresses(applied, "one")[4]
    with talk.serve("one", 80) as server:
        connection = talk.connect("client", one, 80, server)
        answer = declare(lan(macvlan_mode="private"), CONTAINERS, twice=True)
        assert answer["actions"] == [
            "set mode of one:eth0 from bridge to private",
            "set mode of two:eth0 from bridge to private",
        ]
        assert talk.blocked("two", one, 80, server)
        assert talk.reach("client", one, 80, server) == talk.lab.client.ipv4
        assert connection.works()
        connection.close()
    declare(lan(), CONTAINERS)


def test_there_is_no_packet_rule_for_it(talk, applied):
    ruleset = talk.lab.host.run(["nft", "list", "ruleset"]).stdout
    assert "br-front" in ruleset
    assert "eth0" not in ruleset and "198.51.100." not in ruleset


def test_the_bridge_network_beside_it_is_as_ever(talk, applied):
    with talk.serve("web", 80) as server, talk.serve("client", 7080) as far:
        assert talk.reach(talk.lab.host.name, addresses(applied, "web")[4], 80, server)
        assert talk.reach("web", talk.lab.client.ipv4, 7080, far)


def test_what_topology_info_tells_is_what_is_there(talk, applied, declare):
    declare(lan(host_access=True), CONTAINERS)
    told = talk.lab.host.module("topology_info", {"name": "default"})
    words = told["networks"]["lan"]
    assert {name: words[name] for name in ("driver", "parent", "macvlan_mode", "host_access", "enable_ipv6")} == {
        "driver": "macvlan",
        "parent": "eth0",
        "macvlan_mode": "bridge",
        "host_access": True,
        "enable_ipv6": True,
    }
    again = talk.lab.host.module("topology", {key: told[key] for key in ("networks", "containers")}, check=True)
    assert again["actions"] == []
    declare(lan(), CONTAINERS)


@pytest.fixture
def other_lab(lab: Lab) -> Iterator[Tuple[Lab, Talk]]:
    made = Talk(lab)
    yield lab, made
    made.close()


def test_an_address_of_the_lan_that_is_in_use_is_passed_over_or_refused(other_lab):
    """The attacker has .66."""
    host = other_lab[0].host
    network = {"driver": "macvlan", "parent": "eth0", "ipam": {"config": [{"ip_range": "198.51.100.64/29"}]}}
    containers = {name: {"networks": ["lan"]} for name in ("one", "two", "three")}
    words = {"networks": {"lan": network}, "containers": containers}
    announced = host.module("topology", words, check=True)
    answer = host.module("topology", words)
    given = [answer["containers"][name]["interfaces"]["eth0"]["ipv4"] for name in containers]
    assert given == ["198.51.100.65", "198.51.100.67", "198.51.100.68"]
    assert announced["actions"] == answer["actions"]
    containers["four"] = {"networks": {"lan": {"ipv4_address": "198.51.100.66"}}}
    refused = host.module("topology", words, fail=True)["msg"]
    mac = other_lab[0].attacker.json(["ip", "-j", "link", "show", "eth0"])[0]["address"]
    path = "topology_containers.four.networks.lan.ipv4_address"
    text = "{0}: 198.51.100.66 is in use on the wire of lan, by the MAC {1}; choose another address, or free it there"
    assert refused == text.format(path, mac)
    del containers["four"]
    assert host.module("topology", words)["actions"] == []


def test_an_ipv6_address_of_the_lan_that_is_in_use_is_passed_over(other_lab):
    """The attacker is ::66 there."""
    host = other_lab[0].host
    config = [{"subnet": "2001:db8:100::/64", "ip_range": "2001:db8:100::66/127"}]
    network = {"driver": "macvlan", "parent": "eth0", "enable_ipv4": False, "enable_ipv6": True}
    words = {"networks": {"lan": {**network, "ipam": {"config": config}}}, "containers": {"one": {"networks": ["lan"]}}}
    answer = host.module("topology", words)
    assert answer["containers"]["one"]["interfaces"]["eth0"]["ipv6"] == "2001:db8:100::67"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"parent": "eth7"}, 'topology_networks.lan.parent: "eth7": there is no such interface on this host'),
        (
            {"ipam": {"config": [{"ip_range": "10.9.0.0/28"}]}, "enable_ipv6": False},
            "topology_networks.lan.ipam.config[0]: eth0 has no IPv4 subnet that holds the ip_range 10.9.0.0/28; write "
            "the subnet of the LAN beside it",
        ),
        ({"mtu": 9000}, "topology_networks.lan.mtu: 9000: more than that of eth0, which is 1500"),
    ],
)
def test_what_does_not_fit_the_host_is_refused_before_anything_is_touched(talk, applied, words, message):
    refused = talk.lab.host.module("topology", {"networks": lan(**words), "containers": CONTAINERS}, fail=True)
    assert refused["msg"] == message


def test_ipvlan_works_or_is_refused_with_the_reason(other_lab):
    lab, talk = other_lab
    network = {"driver": "ipvlan", "parent": "eth0", "ipam": {"config": [RANGES[0]]}, "host_access": True}
    words = {"networks": {"lan": network}, "containers": {"one": {"networks": ["lan"]}, "two": {"networks": ["lan"]}}}
    try:
        answer = lab.host.module("topology", words)
    except Refused as refusal:
        assert (
            "topology_networks.lan.driver: this host's kernel has no ipvlan; load or install the module ipvlan, or use "
            "another driver" in str(refusal)
        )
        return
    assert lab.host.module("topology", words)["actions"] == []
    one, two = (addresses(answer, name)[4] for name in ("one", "two"))
    with talk.serve("one", 80) as server:
        assert talk.reach("client", one, 80, server) == lab.client.ipv4
        assert talk.reach("two", one, 80, server) == two
        assert talk.reach(lab.host.name, one, 80, server)
