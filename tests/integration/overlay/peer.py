# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other hosts of an overlay that are none: what the first play would tell of them, and the packets that they send."""

from __future__ import annotations

import struct
from types import MappingProxyType
from typing import Any, Dict, Mapping

from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.handing import carried
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._fleet.inventory import ANSWERS, plan_of, told_of
from tests.lab import frames

VNI, PORT = 4711, 4789
SHOP: Dict[str, Any] = {"driver": "overlay", "vni": VNI, "ipam": {"config": [{"subnet": "10.88.0.0/16"}]}}


def told(
    networks: Mapping[str, Any],
    addresses: Mapping[str, str],
    containers: Mapping[str, Any],
    kept: Any = None,
    ids: Mapping[str, str] = MappingProxyType({}),
    **all_hosts: Any,
) -> Dict[str, Any]:
    """What the first of these hosts is told. ``addresses``: inventory name → where it is reached. ``containers``: of
    each of them. ``kept``: what the first one was told last. ``ids``: of hosts that are called otherwise now."""
    here = next(iter(addresses))
    variables = {}
    for host, address in addresses.items():
        identity = {
            "version": 1,
            "topology": "default",
            "host_id": ids.get(host, "id-of-" + host),
            "underlay_address": address,
            "underlay_mtu": 1500,
            "clashes": [],
            "vxlans": [],
            "public_key": "key-of-" + host,
            "ports": [51871],
            "kept": carried(kept) if kept is not None and host == here else None,
        }
        declared = {"topology_networks": networks, "topology_containers": containers, **all_hosts}
        variables[host] = {**declared, ANSWERS: {"results": [{"identity": identity}]}}
    plan = plan_of(variables, list(variables), list(variables))
    assert plan["problems"] == []
    found: Dict[str, Any] = told_of(plan, here)["default"]
    return found


def packet(outer: "tuple[str, str]", inner: "tuple[str, str]", to: str, vni: int = VNI) -> bytes:
    """A datagram to the port 7777 as a host sends it over VXLAN (RFC 7348, section 5): a whole IPv4 packet.

    ``outer`` and ``inner`` are (source, target); ``to`` is the MAC that it is for."""
    source_mac = "02:42:" + ":".join("%02x" % int(each) for each in inner[0].split("."))
    datagram = frames.ip4(*inner, 17, frames.udp(*inner, 1111, 7777, b"forged"))
    payload = struct.pack("!II", 0x08000000, vni << 8) + frames.ethernet(source_mac, to, 0x0800, datagram)
    return frames.ip4(*outer, 17, frames.udp(*outer, 5555, PORT, payload))
