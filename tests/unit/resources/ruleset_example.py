# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small topology that has one of everything. Also what docs/ruleset.md shows."""

from __future__ import annotations

from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.model import (
    Beyond,
    Endpoint,
    LinkRule,
    NetworkPolicy,
    Outer,
    Publication,
    Ruleset,
    Tunnel,
    Underlay,
)


def example(ports: int = 1, **fields: object) -> Ruleset:
    """``ports`` are published one after the other from 8080 on."""
    everything: dict = {
        "topology": "default",
        "networks": (
            NetworkPolicy("front", "br-front", 4, "172.20.0.0/24", "172.20.0.1"),
            NetworkPolicy("front", "br-front", 6, "fd00:20::/64", "fd00:20::1"),
            NetworkPolicy(
                "back", "br-back", 4, "172.21.0.0/24", "172.21.0.1", internal=True, icc=False, mac="02:42:ac:15:00:01"
            ),
            NetworkPolicy("lab", "br-lab", 4, "172.22.0.0/24", "172.22.0.1", gateway_mode="routed", isolate=False),
            NetworkPolicy(
                "vpn", "br-vpn", 4, "172.23.0.0/24", "172.23.0.1", snat_to="192.0.2.7", trusted_host_interfaces=("wg0",)
            ),
        ),
        "endpoints": (
            Endpoint("web", "br-front", "veth0000000web", "02:42:ac:14:00:0a", ("172.20.0.10", "fd00:20::a"), "eth0"),
            Endpoint("db", "br-back", "veth00000000db", "02:42:ac:15:00:0a", ("172.21.0.10",), "eth0"),
            Endpoint("app", "br-back", "veth0000000app", "02:42:ac:15:00:0b", ("172.21.0.11",), "eth0"),
            Endpoint("web", "br-lab", "veth00000000lab", "02:42:ac:16:00:0b", ("172.22.0.11",), "eth1"),
        ),
        "publications": tuple(Publication(4, "tcp", 8080 + i, "172.20.0.10", 80, "br-front") for i in range(ports))
        + (
            Publication(6, "tcp", 8080, "fd00:20::a", 80, "br-front"),
            Publication(4, "udp", 53, "172.20.0.10", 53, "br-front", "127.0.0.1"),
            Publication(4, "tcp", 2222, "172.22.0.10", 22, "br-lab"),
        ),
        "links": (LinkRule("br-back", "172.21.0.11", "172.21.0.10", "tcp", 5432),),
    }
    everything.update(fields)
    return Ruleset(**everything)


def across_hosts() -> Ruleset:
    """The host 192.0.2.11 on a routed and on a bridged overlay, each with the same two others."""
    node2, node3 = "192.0.2.12", "192.0.2.13"
    shop = (Beyond(node2, "10.88.1.0/24"), Beyond(node3, "10.88.2.0/24"))
    flat = (Beyond(node2, "10.89.1.0/24"), Beyond(node3, "10.89.2.0/24"))
    routed, bridged = "vxlan0000000001", "vxlan0000000002"
    return Ruleset(
        topology="default",
        networks=(
            NetworkPolicy("shop", "br-shop", 4, "10.88.0.0/24", "10.88.0.1", tunnel=Tunnel((routed,), "10.88.0.0/16")),
            NetworkPolicy("flat", "br-flat", 4, "10.89.0.0/16", "10.89.0.1"),
        ),
        endpoints=(
            Endpoint("web", "br-shop", "veth0000000web", "02:42:0a:58:00:02", ("10.88.0.2",), "eth0"),
            Endpoint("db@node2", "br-flat", bridged, "02:42:0a:59:01:02", ("10.89.1.2",), peer=node2),
            Endpoint("mq@node3", "br-flat", bridged, "02:42:0a:59:02:02", ("10.89.2.2",), peer=node3),
        ),
        underlays=(
            Underlay("shop", 4711, 4789, (node2, node3), routed, shop, (Beyond(node2, "10.88.1.2"),)),
            Underlay("flat", 4712, 4789, (node2, node3), "br-flat", flat, bridged=bridged),
        ),
    )


def encrypted() -> Ruleset:
    """The host 192.0.2.11 on an encrypted overlay with the same two others."""
    node2, node3, way = "192.0.2.12", "192.0.2.13", "wg-000000000001"
    tunnel = Tunnel((way,), "10.88.0.0/16", encrypts=True)
    beyond = (Beyond(node2, "10.88.1.0/24"), Beyond(node3, "10.88.2.0/24"))
    return Ruleset(
        topology="default",
        networks=(NetworkPolicy("shop", "br-shop", 4, "10.88.0.0/24", "10.88.0.1", tunnel=tunnel),),
        endpoints=(Endpoint("web", "br-shop", "veth0000000web", "02:42:0a:58:00:02", ("10.88.0.2",), "eth0"),),
        underlays=(Underlay("shop", 0, 0, (), way, beyond, outer=Outer((way,), 51871, (node2, node3))),),
    )
