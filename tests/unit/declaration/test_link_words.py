# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The small modules read a word as the topology reads it: with the same errors, before anything reaches the kernel."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.compose import parse_topology
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.drivers.registry import DRIVERS
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError
from ansible_collections.linuxnet.fabric.plugins.module_utils._module import small

VETH: Dict[str, Any] = dict(
    name="to-web",
    state="present",
    netns="web",
    ifname="eth0",
    mac=None,
    mtu=None,
    addresses=["10.0.0.2/24"],
    gateway=[],
    routes=[],
    master=None,
    isolated=False,
    hairpin=False,
    learning=True,
    guard=False,
    host_addresses=[],
    topology_name="by_hand",
)
BRIDGE: Dict[str, Any] = dict(
    name="br0",
    state="present",
    addresses=[],
    mtu=None,
    mac=None,
    stp=False,
    ageing_time=300,
    forward_delay=None,
    multicast_snooping=True,
    up=True,
    topology_name="by_hand",
)
NETNS: Dict[str, Any] = dict(name="web", state="present", attach=None, sysctls={}, topology_name="by_hand")


def said(perform: Any, params: Dict[str, Any]) -> str:
    with pytest.raises(DeclarationError) as found:
        perform(params, True)
    return str(found.value)


@pytest.mark.parametrize(
    "route, message",
    [
        (
            {"destination": "10.9.0.0/16", "gateway": "fd00::3"},
            "routes[0]: the gateway fd00::3 and the destination 10.9.0.0/16 are of different families",
        ),
        (
            {"destination": "10.9.0.0/16", "type": "blackhole", "gateway": "10.0.0.1"},
            "routes[0]: a blackhole route leads nowhere: it takes neither gateway nor onlink",
        ),
        (
            {"destination": "10.9.0.0/16", "gateway": "10.0.0.1", "metric": -1},
            "routes[0].metric: -1: the metric must be between 0 and 4294967295",
        ),
        ({"destination": "10.9.0.0/16"}, "routes[0]: a unicast route needs a gateway"),
        (
            {"destination": "10.9.0.1/16", "gateway": "10.0.0.1"},
            "routes[0].destination: invalid destination 10.9.0.1/16: it should be 10.9.0.0/16",
        ),
    ],
)
def test_a_route_of_a_veth_is_refused_in_the_words_of_a_topology(route: Dict[str, Any], message: str) -> None:
    assert said(small.perform_veth, dict(VETH, routes=[route])) == message
    networks = {"front": {"ipam": {"config": [{"subnet": "10.0.0.0/24"}]}}}
    containers = {"web": {"networks": ["front"], "routes": [route]}}
    with pytest.raises(DeclarationError) as found:
        parse_topology("default", networks, containers, drivers=DRIVERS)
    assert str(found.value) == "topology_containers.web." + message


@pytest.mark.parametrize(
    "words, message",
    [
        (
            {"routes": [{"destination": "10.9.0.0/16", "gateway": "10.1.0.1"}]},
            'routes[0].gateway: "10.1.0.1": no subnet here holds it; set onlink if it is a neighbour all the same',
        ),
        ({"gateway": ["fd00::1"]}, 'gateway[0]: "::/0": no address here has IPv6; add one to addresses'),
        ({"gateway": ["10.0.0.256"]}, 'gateway[0]: "10.0.0.256": expected an IP address'),
        (
            {"gateway": ["10.0.0.1", "10.0.0.3"]},
            'gateway[1]: "0.0.0.0/0": the namespace has a route there with the same metric, declared at gateway[0]; '
            "give one of them another metric",
        ),
        (
            {"addresses": ["10.0.0.2"]},
            'addresses[0]: "10.0.0.2": expected an address with its prefix length, such as 172.20.0.1/24',
        ),
        ({"addresses": ["224.0.0.1/24"]}, 'addresses[0]: "224.0.0.1/24": no interface can have this address'),
        ({"addresses": ["::1/128"]}, 'addresses[0]: "::1/128": no interface can have this address'),
        (
            {"addresses": ["10.0.0.2/24", "10.0.0.2/16"]},
            'addresses[1]: "10.0.0.2/16": given as 10.0.0.2/24 already; an interface has an address once',
        ),
        ({"mtu": 67}, "mtu: 67: the MTU must be between 68 and 65535"),
        ({"mtu": 1000, "addresses": ["fd00::2/64"]}, "mtu: 1000: IPv6 needs an MTU of at least 1280"),
    ],
)
def test_what_the_kernel_would_refuse_of_a_veth_is_said_before(words: Dict[str, Any], message: str) -> None:
    assert said(small.perform_veth, dict(VETH, **words)) == message


@pytest.mark.parametrize(
    "words, message",
    [
        ({"ageing_time": -1}, "ageing_time: -1: the ageing_time must be between 0 and 42949672"),
        (
            {"stp": True, "forward_delay": 0},
            "forward_delay: 0: the forward_delay of a bridge with stp must be between 2 and 30",
        ),
        ({"mtu": 70000}, "mtu: 70000: the MTU must be between 68 and 65535"),
        ({"addresses": ["fd00::1/129"]}, 'addresses[0]: "fd00::1/129": expected an address with its prefix length, '),
    ],
)
def test_what_the_kernel_would_refuse_of_a_bridge_is_said_before(words: Dict[str, Any], message: str) -> None:
    assert said(small.perform_bridge, dict(BRIDGE, **words)).startswith(message)


@pytest.mark.parametrize(
    "words, message",
    [
        (
            {"sysctls": {"kernel.hostname": "x"}},
            'sysctls.kernel.hostname: "kernel.hostname": only net.* belongs to a network namespace; set others on the',
        ),
        ({"sysctls": {"net.ipv4.ip_forward": None}}, "sysctls.net.ipv4.ip_forward: nothing: expected text"),
        ({"attach": "pid:web"}, 'attach: "pid:web": expected the number of a process, as in "pid:1234"'),
        ({"attach": "netns:../x"}, 'attach: "../x": a name has letters, digits'),
        ({"attach": "web"}, 'attach: "web": expected host, netns:NAME, pid:N or the path of a namespace'),
    ],
)
def test_what_the_kernel_would_refuse_of_a_namespace_is_said_before(words: Dict[str, Any], message: str) -> None:
    assert said(small.perform_netns, dict(NETNS, **words)).startswith(message)
