# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which routes and settings a declaration makes, and on what."""

from __future__ import annotations

from typing import Any, Dict, List

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.desired import Desired
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.addressing import HostDefaults
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.describe import describe_containers
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.drivers.registry import parse_declaration
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.expand import expand
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.lease_requests import port_request
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.requests import Allocation, SubnetLease

NETWORKS: Dict[str, Any] = {
    "front": {"ipam": {"config": [{"subnet": "10.1.0.0/24"}]}},
    "back": {"ipam": {"config": [{"subnet": "10.2.0.0/24"}]}},
}
_SUBNETS = {("front", 4): SubnetLease("10.1.0.0/24", "10.1.0.1"), ("back", 4): SubnetLease("10.2.0.0/24", "10.2.0.1")}
_ADDRESSES = {("front", "web", 4): "10.1.0.2", ("back", "web", 4): "10.2.0.2"}
_OFF = ("net/ipv6/conf/all/disable_ipv6", "net/ipv6/conf/default/disable_ipv6")
_NO_ROUTER = {"net/ipv4/ip_forward": "0"}
BLACKHOLE = {"destination": "203.0.113.0/24", "type": "blackhole"}


def web(networks: Dict[str, Any], **words: Any) -> Desired:
    topology = parse_declaration("default", networks, {"web": {"networks": ["front", "back"], **words}})
    return expand(topology, Allocation(_SUBNETS, _ADDRESSES), HostDefaults())


def routes(desired: Desired) -> Dict[str, List[str]]:
    found = {pair.ifname: [str(route) for route in pair.routes] for pair in desired.links_inside()}
    found["none"] = [str(route) for route in desired.namespaces[0].routes or ()]
    return found


def test_a_route_goes_over_the_interface_whose_subnet_holds_its_gateway() -> None:
    desired = web(NETWORKS, routes=[{"destination": "198.18.0.0/15", "gateway": "10.1.0.9"}])
    assert routes(desired) == {"eth0": ["198.18.0.0/15 via 10.1.0.9"], "eth1": ["default via 10.2.0.1"], "none": []}


def test_a_declared_default_route_takes_the_place_of_the_networks() -> None:
    desired = web(NETWORKS, routes=[{"destination": "default", "gateway": "10.1.0.9"}])
    assert routes(desired) == {"eth0": ["default via 10.1.0.9"], "eth1": [], "none": []}


def test_a_route_that_leads_nowhere_is_the_namespaces_and_there_once() -> None:
    networks = {name: {**words, "routes": [BLACKHOLE]} for name, words in NETWORKS.items()}
    desired = web(networks, routes=[BLACKHOLE])
    assert routes(desired) == {"eth0": [], "eth1": ["default via 10.2.0.1"], "none": ["blackhole 203.0.113.0/24"]}


def test_what_a_container_says_of_a_setting_counts() -> None:
    said = web(NETWORKS, sysctls={"net.ipv6.conf.all.disable_ipv6": 0, "net.ipv4.conf.default.rp_filter": 1})
    settings = said.namespaces[0].sysctls
    assert dict(settings) == {**_NO_ROUTER, _OFF[0]: "0", _OFF[1]: "0", "net/ipv4/conf/default/rp_filter": "1"}
    assert len(settings) == 4


def test_ipv6_is_off_where_nobody_says_anything() -> None:
    settings = dict(web(NETWORKS).namespaces[0].sysctls)
    assert settings == {**_NO_ROUTER, _OFF[0]: "1", _OFF[1]: "1", "net/ipv4/conf/default/rp_filter": "2"}


def test_a_container_on_two_networks_that_says_so_is_a_router() -> None:
    settings = web(NETWORKS, sysctls={"net.ipv4.ip_forward": 1}).namespaces[0].sysctls
    assert settings[0] == ("net/ipv4/ip_forward", "1")


def test_ports_come_in_by_each_family_as_its_own_network_says() -> None:
    networks = {"a": {"host_binding": "127.0.0.1"}, "b": {"enable_ipv4": False, "enable_ipv6": True}}
    topology = parse_declaration("default", networks, {"web": {"networks": ["a", "b"], "ports": ["8080:80", "7000"]}})
    allocation = Allocation(
        subnets={("a", 4): SubnetLease("10.1.0.0/24", "10.1.0.1"), ("b", 6): SubnetLease("fd00::/64", "fd00::1")},
        addresses={("a", "web", 4): "10.1.0.2", ("b", "web", 6): "fd00::2"},
        ports={port_request("web", port): port.published or 40000 for port in topology.containers["web"].ports},
    )
    ruleset = expand(topology, allocation, HostDefaults()).ruleset
    assert ruleset is not None
    assert {(port.host_ip, port.published, port.container_address) for port in ruleset.publications} == {
        ("127.0.0.1", 8080, "10.1.0.2"),
        (None, 8080, "fd00::2"),
        ("127.0.0.1", 40000, "10.1.0.2"),
        (None, 40000, "fd00::2"),
    }
    described = describe_containers(topology, allocation)["web"]["ports"]
    assert {(port["host_ip"], port["published"]) for port in described} == {
        ("127.0.0.1", 8080),
        ("::", 8080),
        ("127.0.0.1", 40000),
        ("::", 40000),
    }
