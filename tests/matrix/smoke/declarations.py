# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the story declares: every kind of packet rule, all four modes, both families; and the same after an edit."""

from __future__ import annotations

import copy
from typing import Any, Dict

Declaration = Dict[str, Any]

#: What a host has as its own address in a lab; outgoing packets of the network ``vpn`` carry it.
HOST_IPV4 = "198.51.100.11"


def _subnets(number: int, families: str = "46") -> Dict[str, Any]:
    by_family = {"4": "172.20.{0}.0/24".format(number), "6": "fd00:20:{0}::/64".format(number)}
    return {"config": [{"subnet": by_family[family]} for family in families]}


FIRST: Declaration = {
    "networks": {
        "front": {"enable_ipv6": True, "ipam": _subnets(1)},
        "back": {"enable_ipv6": True, "icc": False, "ipam": _subnets(2)},
        "closed": {"internal": True},
        "lone": {"internal": True, "gateway_mode": "isolated", "ipam": _subnets(4, "4")},
        "plain": {"enable_ipv6": True, "gateway_mode": "routed", "isolate": False, "ipam": _subnets(5)},
        "open": {"gateway_mode": "nat-unprotected", "anti_spoofing": False, "ipam": _subnets(6, "4")},
        "vpn": {"snat_to": HOST_IPV4, "trusted_host_interfaces": ["wg0"], "ipam": _subnets(7, "4")},
        "quiet": {"masquerade": False, "mtu": 1400, "routes": [{"destination": "192.0.2.0/24", "type": "blackhole"}]},
    },
    "containers": {
        "web": {
            "networks": {"front": {"ipv4_address": "172.20.1.10", "aliases": ["www"]}, "back": {}},
            "ports": ["8080:80", "127.0.0.1:8443:443/tcp", "5353:53/udp", "9000-9002:9000-9002", "7000"],
            "links": ["db:database"],
            "sysctls": {"net.ipv4.ip_unprivileged_port_start": "0"},
        },
        "db": {"networks": ["back"], "expose": ["5432"], "hostname": "database", "extra_hosts": ["gate:host-gateway"]},
        "idle": {"networks": ["back", "closed"]},
        "one": {"networks": ["lone", "closed"]},
        "two": {"networks": ["lone"]},
        "router": {"networks": ["plain"], "ports": ["8081:80"]},
        "free": {"networks": ["open"]},
        "far": {"networks": ["vpn"], "ports": ["8082:80"]},
        "calm": {"networks": ["quiet"], "dns": ["192.0.2.53"]},
        "sidecar": {"network_mode": "container:web"},
        "batch": {"network_mode": "none"},
        "agent": {"network_mode": "host"},
    },
}


def edited() -> Declaration:
    """FIRST with ports, mtu and policy changed, a network and two containers fewer, and one of each more."""
    declared = copy.deepcopy(FIRST)
    networks, containers = declared["networks"], declared["containers"]
    networks["front"]["mtu"] = 1400
    networks["back"]["icc"] = True
    del networks["open"], containers["free"], containers["two"]
    networks["new"] = {"ipam": _subnets(8, "4")}
    containers["comer"] = {"networks": ["new", "front"], "ports": ["8083:80"]}
    containers["web"]["ports"] = ["8090:80", "5353:53/udp", "9000-9002:9000-9002", "7000"]
    containers["web"]["links"] = []
    containers["sidecar"] = {"network_mode": "container:db"}
    return declared


def one_more() -> Declaration:
    """What edited() declares, a network and a container more."""
    declared = edited()
    declared["networks"]["late"] = {"icc": False, "ipam": _subnets(9, "4")}
    declared["containers"]["late"] = {
        "networks": ["late"],
        "ports": ["8084:80"],
    }
    return declared


def guest() -> Declaration:
    """What edited() declares, and a network of both families and a container more, of which all rules are known."""
    declared = edited()
    declared["networks"]["guest"] = {"enable_ipv6": True, "ipam": _subnets(9, "46")}
    declared["containers"]["guest"] = {"networks": ["guest"], "ports": ["8084:80"]}
    return declared
