# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the drivers macvlan and ipvlan make of a network: what they look for on a host, and which links there are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, List, Tuple

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.topology import Topology
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.desired import Desired
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.addressing import HostDefaults
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.describe import describe_networks
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.drivers.driver import Surroundings
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.drivers.registry import (
    driver_of,
    parse_declaration,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.expand import expand
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.lease_requests import lease_requests
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.requests import (
    Allocation,
    SubnetLease,
    SubnetRequest,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl.read import Link, RouteEntry
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.ipvlan import Ipvlan
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.macvlan import Macvlan
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.routes import StaticRoute

ETH0 = Link(2, "eth0", "", True, "52:54:00:00:00:01", 1400)
HOST = Surroundings(
    links={"eth0": ETH0, "br0": Link(5, "br0", "bridge")},
    routes=(
        RouteEntry("0.0.0.0/0", "192.168.1.254", metric=200, oif=2),
        RouteEntry("0.0.0.0/0", "192.168.1.1", metric=100, oif=2),
        RouteEntry("0.0.0.0/0", "10.0.0.1", oif=5),
    ),
    addresses=lambda: {2: ["192.168.1.7/24", "192.168.1.8/24", "10.7.0.1/16"]},
    supports=lambda kind: True,
)
LAN = {"driver": "macvlan", "parent": "eth0", "ipam": {"config": [{"ip_range": "192.168.1.192/27"}]}}


def topology(**words: Any) -> Topology:
    return parse_declaration("default", {"lan": {**LAN, **words}}, {"web": {"networks": ["lan"]}})


def adopted(host: Surroundings = HOST, **words: Any) -> Tuple[SubnetRequest, List[str]]:
    declared, problems = topology(**words), []  # type: Topology, List[Problem]
    (request,) = lease_requests(declared).subnets
    network = declared.networks["lan"]
    found = driver_of(network).adopt(network, request, host, problems)
    return found, [str(problem) for problem in problems]


def test_without_a_subnet_it_is_that_of_the_parent_which_the_range_is_in() -> None:
    request, problems = adopted()
    assert problems == []
    assert (request.subnet, request.gateway) == ("192.168.1.0/24", "192.168.1.1")
    assert request.set_aside == ("192.168.1.7", "192.168.1.8", "192.168.1.192", "192.168.1.223")
    assert request.avoided == ("192.168.1.1", "192.168.1.254")
    assert request.wires == ("eth0",)


def test_a_subnet_that_is_written_has_the_gateway_that_is_written() -> None:
    request, problems = adopted(ipam={"config": [{"subnet": "192.168.1.0/24"}]})
    assert (problems, request.gateway) == ([], None)


@pytest.mark.parametrize(
    ("host", "words", "expected"),
    [
        (HOST, {"parent": "eth7"}, 'topology_networks.lan.parent: "eth7": there is no such interface on this host'),
        (
            replace(HOST, supports=lambda kind: False),
            {},
            "topology_networks.lan.driver: this host's kernel has no macvlan; load or install the module macvlan, or "
            "use another driver",
        ),
        (
            replace(HOST, links={**HOST.links, "eth0": ETH0._replace(master=5)}),
            {},
            'topology_networks.lan.parent: "eth0": it is a port of br0, which takes all that comes in; name br0',
        ),
        (HOST, {"mtu": 1500}, "topology_networks.lan.mtu: 1500: more than that of eth0, which is 1400"),
        (
            HOST,
            {"ipam": {"config": [{"ip_range": "172.30.0.0/28"}]}},
            "topology_networks.lan.ipam.config[0]: eth0 has no IPv4 subnet that holds the ip_range 172.30.0.0/28; "
            "write the subnet of the LAN beside it",
        ),
    ],
)
def test_what_does_not_fit_the_host_is_told(host: Surroundings, words: Dict[str, Any], expected: str) -> None:
    assert adopted(host, **words)[1] == [expected]


def expanded(lease: SubnetLease, **words: Any) -> Desired:
    allocation = Allocation({("lan", 4): lease}, {("lan", "web", 4): "192.168.1.193"})
    return expand(topology(**words), allocation, HostDefaults(links={"eth0": ETH0}))


LEASE = SubnetLease("192.168.1.0/24", "192.168.1.1")


def test_a_macvlan_network_is_a_link_in_each_container_and_nothing_else() -> None:
    desired = expanded(LEASE, macvlan_mode="vepa")
    assert desired.links == (
        Macvlan(
            netns="web",
            ifname="eth0",
            alias="linuxnet.fabric/default web:eth0",
            network="linuxnet.fabric/default network lan",
            parent="eth0",
            mode="vepa",
            owner="web:eth0",
            mac="02:42:c0:a8:01:c1",
            mtu=1400,
            addresses=("192.168.1.193/24",),
            routes=(StaticRoute("0.0.0.0/0", "192.168.1.1"),),
        ),
    )
    assert (desired.ruleset, desired.sysctls) == (None, ())


def test_the_hosts_own_link_has_the_prefix_of_the_range() -> None:
    own = expanded(LEASE._replace(host_address="192.168.1.194"), host_access=True).links[0]
    assert isinstance(own, Macvlan)
    assert (own.netns, own.ifname, own.addresses) == (None, "lan-1dd4563320a", ("192.168.1.194/27",))
    assert own.sysctls == (("net/ipv6/conf/lan-1dd4563320a/disable_ipv6", "1"),)


@pytest.mark.parametrize(
    ("mode", "direct", "route"), [("l2", False, "default via 192.168.1.1"), ("l3", True, "default")]
)
def test_an_ipvlan_has_no_mac_of_its_own_and_in_l3_no_gateway(mode: str, direct: bool, route: str) -> None:
    words = {"driver": "ipvlan", "ipvlan_mode": mode}
    (request,) = lease_requests(topology(**words)).subnets
    assert request.direct is direct
    lease = SubnetLease("192.168.1.0/24", None if direct else "192.168.1.1", direct=direct)
    (link,) = expanded(lease, **words).links
    assert isinstance(link, Ipvlan)
    assert (link.mode, link.mac, [str(each) for each in link.routes]) == (mode, None, [route])


def test_a_result_tells_the_parent_and_the_mode() -> None:
    (found,) = describe_networks(topology(), Allocation({("lan", 4): LEASE})).values()
    assert found == {
        "driver": "macvlan",
        "parent": "eth0",
        "macvlan_mode": "bridge",
        "subnets": ["192.168.1.0/24"],
        "gateways": ["192.168.1.1"],
    }


def test_what_a_link_of_ours_has_is_leased_and_so_not_set_aside() -> None:
    """Nor is what a link had that is to go: a check after an interrupted run does not see it."""
    own = Link(9, "lan-77", "macvlan", True, alias="linuxnet.fabric/default network lan")
    cidrs = {2: ["192.168.1.7/24"], 9: ["192.168.1.194/27"], 10: ["192.168.1.195/27"]}
    host = replace(HOST, links={**HOST.links, "lan-77": own}, addresses=lambda: cidrs)
    assert adopted(host)[0].set_aside == ("192.168.1.7", "192.168.1.192", "192.168.1.223")
