# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same N endpoints for every contender: c0000 at 10.100.0.2 with host port 20000, and so on.

A bridge takes 1,000 of them, so network k is 10.100.(4k).0/22. All ports are below the range from which
the kernel gives local ports.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any, Dict, Iterator, NamedTuple

PER_BRIDGE = 1000
FIRST_PORT = 20000
_BASE = int(ip_address("10.100.0.0"))


class Endpoint(NamedTuple):
    name: str
    network: str
    subnet: str
    gateway: str
    address: str
    mac: str
    port: int


def endpoint(number: int) -> Endpoint:
    network, place = divmod(number, PER_BRIDGE)
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


def topology(size: int) -> Dict[str, Any]:
    """The options of our module; addresses are left to its allocator, as a user would."""
    networks: Dict[str, Any] = {}
    containers: Dict[str, Any] = {}
    for item in endpoints(size):
        networks.setdefault(item.network, {"ipam": {"config": [{"subnet": item.subnet, "gateway": item.gateway}]}})
        containers[item.name] = {"networks": [item.network], "ports": ["{0}:80".format(item.port)]}
    return {"name": "bench", "state": "present", "networks": networks, "containers": containers}


def many_ports(containers: int, ports: int) -> Dict[str, Any]:
    """``ports`` published ports in all, on a few containers, one range each."""
    words = topology(containers)
    each = ports // containers
    for number, container in enumerate(words["containers"].values()):
        first = 10000 + number * each
        container["ports"] = ["{0}-{1}:{0}-{1}".format(first, first + each - 1)]
    return words


def absent() -> Dict[str, Any]:
    return {"name": "bench", "state": "absent"}
