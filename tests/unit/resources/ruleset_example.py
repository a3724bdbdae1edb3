# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small topology that has one of everything. Also what docs/ruleset.md shows."""

from __future__ import annotations

from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.model import (
    Endpoint,
    LinkRule,
    NetworkPolicy,
    Publication,
    Ruleset,
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
