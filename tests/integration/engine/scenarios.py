# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The topologies that are applied again and again, and one run of the module's own code over them."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Optional

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.desired import Desired
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.report import Result
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam import address_probe
from ansible_collections.linuxnet.fabric.plugins.module_utils._module import preparing as module
from ansible_collections.linuxnet.fabric.plugins.module_utils._module.topology import perform_topology
from tests.integration.overlay.peer import told

Declaration = Dict[str, Any]

NOWHERE = {"destination": "203.0.113.0/24", "type": "blackhole"}
_LIMITS = {"ingress": "10mbit", "egress": "5mbit", "burst": "64kb"}
#: One of everything: the four modes, both families, a closed network, ports, routes, settings, aliases, links, limits.
DEMO: Declaration = {
    "networks": {
        "front": {},
        "back": {"enable_ipv6": True, "icc": False},
        "closed": {"internal": True},
    },
    "containers": {
        "web": {
            "networks": {"front": {"aliases": ["www"], "bandwidth": _LIMITS}, "back": {}},
            "ports": ["8080:80", "127.0.0.1:8443:443/tcp", "5353:53/udp"],
            "sysctls": {"net.ipv4.ip_unprivileged_port_start": "0", "net.ipv4.conf.eth0.log_martians": "1"},
        },
        "sidecar": {"network_mode": "container:web"},
        "batch": {"network_mode": "none"},
        "agent": {"network_mode": "host"},
        "db": {
            "networks": ["back"],
            "hostname": "database",
            "extra_hosts": ["gate:host-gateway"],
            "routes": [NOWHERE],
            "bandwidth": {"egress": "1gbit"},
        },
        "mover": {"networks": ["front"], "dns": ["192.0.2.53"], "bandwidth": {"ingress": "5mbit"}},
        "leaver": {"networks": ["front", "closed"], "ports": ["7000"], "bandwidth": {"egress": "8mbit"}},
    },
}

#: DEMO after a change of ports, mtu and network, with a container and a network less and one more.
EDITED: Declaration = {
    "networks": {
        "front": {"mtu": 1400},
        "back": {"enable_ipv6": True},
        "new": {"masquerade": False},
    },
    "containers": {
        "web": {
            "networks": {"front": {"aliases": ["www"], "bandwidth": {"ingress": "20mbit"}}, "back": {}},
            "ports": ["8081:80", "5353:53/udp", "9000-9002:9000-9002"],
            "sysctls": {"net.ipv4.ip_unprivileged_port_start": "80"},
        },
        "sidecar": {"network_mode": "container:batch"},
        "batch": {"network_mode": "none"},
        "agent": {"network_mode": "none"},
        "db": {"networks": ["back"], "hostname": "database2"},
        "mover": {"networks": ["new"], "bandwidth": {"egress": "2mbit", "burst": "32kb"}},
        "comer": {"networks": ["front", "new"], "ports": ["7000"]},
    },
}

#: A network on the LAN of the host, beside one on a bridge: containers with a link on the uplink, and the host's own.
LAN: Declaration = {
    "networks": {
        "lan": {
            "driver": "macvlan",
            "parent": "up0",
            "host_access": True,
            "ipam": {"config": [{"ip_range": "198.51.100.64/27"}]},
        },
        "front": {},
    },
    "containers": {
        "one": {"networks": ["lan"], "sysctls": {"net.ipv4.conf.eth0.log_martians": "1"}},
        "two": {"networks": {"lan": {"aliases": ["second"]}}, "routes": [NOWHERE]},
        "both": {"networks": {"front": {"gw_priority": 1}, "lan": {}}, "ports": ["8080:80"]},
        "web": {"networks": ["front"]},
    },
}

#: LAN after a change of mode, mtu, address and network, without the host's own link and with a network less.
LAN_EDITED: Declaration = {
    "networks": {
        "lan": {
            "driver": "macvlan",
            "parent": "up0",
            "macvlan_mode": "vepa",
            "mtu": 1400,
            "ipam": {"config": [{"ip_range": "198.51.100.64/27"}]},
        },
        "back": {},
    },
    "containers": {
        "one": {"networks": {"lan": {"ipv4_address": "198.51.100.90"}}},
        "two": {"networks": ["back"]},
        "both": {"networks": ["lan"]},
        "three": {"networks": ["lan"]},
        "web": {"networks": ["back"]},
    },
}


def _overlay(
    networks: Dict[str, Any], peers: Dict[str, str], containers: Dict[str, Any], kept: Any = None
) -> Declaration:
    told_here = told(networks, {"here": "198.51.100.2", **peers}, containers, kept)
    return {"networks": networks, "containers": containers, "fleet": told_here}


_SHOP = {"driver": "overlay", "vni": 4711, "ipam": {"config": [{"subnet": "10.88.0.0/16"}]}}
_FLAT = {**_SHOP, "overlay_mode": "bridged", "vni": 4712, "ipam": {"config": [{"subnet": "10.89.0.0/16"}]}}
#: Both ways of a network across hosts, of which this is one and the others need not be there.
OVERLAY = _overlay(
    {"shop": _SHOP, "flat": {**_FLAT, "multicast": True}},
    {"node2": "198.51.100.12", "node3": "198.51.100.13"},
    {"web": {"networks": ["shop", "flat"]}},
)
#: OVERLAY after one host has left, one has another address, one is new, and a network has become the other way.
OVERLAY_EDITED = _overlay(
    {"shop": {**_SHOP, "overlay_mode": "bridged"}, "flat": _FLAT},
    {"node3": "198.51.100.33", "node4": "198.51.100.14"},
    {"web": {"networks": ["shop", "flat"]}, "db": {"networks": ["flat"]}},
    OVERLAY["fleet"],
)

NOTHING: Optional[Declaration] = None

# Nobody is on the lab host's wire, so nobody's answer has to be awaited.
address_probe.PAUSE = 0.001


def run(
    declared: Optional[Declaration], check: bool = False, name: str = "default", lock_timeout: float = 5, **more: Any
) -> Result:
    """``declared`` None, or with nothing in it: the topology is to be absent."""
    return through(perform_topology, declared, check, name, lock_timeout, **more)


def through(
    door: Callable[[Mapping[str, Any], bool], Result],
    declared: Optional[Declaration],
    check: bool = False,
    name: str = "default",
    lock_timeout: float = 5,
    **more: Any,
) -> Result:
    """The same by another door than that one."""
    words = declared or {"networks": {}, "containers": {}}
    params = {
        "name": name,
        "state": "present" if words["networks"] or words["containers"] else "absent",
        "networks": words["networks"],
        "containers": words["containers"],
        "default_address_pools": words.get("default_address_pools"),
        "port_range": words.get("port_range"),
        "fleet": words.get("fleet"),
        "lock_timeout": lock_timeout,
        "firewall": words.get("firewall", "warn"),
        "quarantine": False,  # where a write fails, the whole run is to go back
        **more,
    }
    return door(params, check)


def desired(declared: Declaration) -> Desired:
    """What the module makes of a declaration on this host."""
    found: List[Desired] = []
    usual = module.Planner

    class Noting(usual):  # type: ignore[misc, valid-type]
        def __init__(self, host: object, wanted: Desired, *more: object) -> None:
            found.append(wanted)
            super().__init__(host, wanted, *more)

    module.Planner = Noting  # type: ignore[misc]
    try:
        run(declared, check=True)
    finally:
        module.Planner = usual  # type: ignore[misc]
    return found[0]


def settle(declared: Optional[Declaration]) -> None:
    """From nothing to this state, whatever was there. Forwarding, which a removal leaves on, is off again."""
    run(NOTHING)
    for key in ("net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"):
        with open("/proc/sys/" + key, "w", encoding="ascii") as file:
            file.write("0")
    if declared is not None:
        run(declared)
