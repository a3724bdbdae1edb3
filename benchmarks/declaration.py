# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same N endpoints for every contender: c0000 at 10.100.0.2 with host port 20000, and so on.

A bridge takes 1,000 of them, so network k is 10.100.(4k).0/22; where networks are counted, each has one. All ports are
below the range from which the kernel gives local ports.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any, Dict, Iterator, NamedTuple

PER_BRIDGE = 1000
FIRST_PORT, FIRST_OF_MANY_PORTS = 20000, 10000
_BASE = int(ip_address("10.100.0.0"))


class Endpoint(NamedTuple):
    name: str
    network: str
    subnet: str
    gateway: str
    address: str
    mac: str
    port: int


def endpoint(number: int, per_bridge: int = PER_BRIDGE) -> Endpoint:
    network, place = divmod(number, per_bridge)
    base = _BASE + network * 1024
    address = ip_address(base + 2 + place)
    return Endpoint(
        name="c{0:04d}".format(number),
        network="net{0}".format(network),
        subnet="{0}/22".format(ip_address(base)),
        gateway=str(ip_address(base + 1)),
        address=str(address),
        mac="02:42:" + address.packed.hex(":"),
        port=FIRST_PORT + number,
    )


def endpoints(size: int) -> Iterator[Endpoint]:
    return map(endpoint, range(size))


def topology(size: int, per_bridge: int = PER_BRIDGE) -> Dict[str, Any]:
    """The options of our module; addresses are left to its allocator, as a user would."""
    networks: Dict[str, Any] = {}
    containers: Dict[str, Any] = {}
    for item in (endpoint(number, per_bridge) for number in range(size)):
        networks.setdefault(item.network, {"ipam": {"config": [{"subnet": item.subnet, "gateway": item.gateway}]}})
        containers[item.name] = {"networks": [item.network], "ports": ["{0}:80".format(item.port)]}
    return {"name": "bench", "state": "present", "networks": networks, "containers": containers}


def many_ports(containers: int, ports: int) -> Dict[str, Any]:
    """``ports`` published ports in all, on a few containers, one range each."""
    words = topology(containers)
    each = ports // containers
    for number, container in enumerate(words["containers"].values()):
        first = FIRST_OF_MANY_PORTS + number * each
        container["ports"] = ["{0}-{1}:{0}-{1}".format(first, first + each - 1)]
    return words


def linked(size: int) -> Dict[str, Any]:
    """Neighbours that see each other only over links: each may call the port 80 of the one before it."""
    words = topology(size)
    words["networks"]["net0"]["icc"] = False
    before = None
    for name, container in words["containers"].items():
        del container["ports"]
        container["expose"] = ["80"]
        if before is not None:
            container["links"] = [before]
        before = name
    return words


def absent() -> Dict[str, Any]:
    return {"name": "bench", "state": "absent"}
