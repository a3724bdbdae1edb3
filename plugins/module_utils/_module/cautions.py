# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run warns of: something of the host keeps a declared packet from its way, and is not ours to change."""

from __future__ import annotations

from typing import Iterator

from .._declaration.topology import Topology, families
from .._expansion.drivers.registry import driver_of
from .._kernel import facts, sysctl


def cautions(topology: Topology, reading: facts.Reading) -> Iterator[str]:
    """``reading``: of the host before the run."""
    yield from _closed_uplinks(topology, reading)


def _closed_uplinks(topology: Topology, reading: facts.Reading) -> Iterator[str]:
    """Of IPv6 the kernel asks ``all`` alone (ip6_forward() in net/ipv6/ip6_output.c), which is ours to set."""
    forwarded = any(
        4 in families(network) and driver_of(network).forwards(network, 4) and not network.internal
        for network in topology.networks.values()
    )
    if not forwarded or sysctl.read("net/ipv4/ip_forward") != "1":
        return
    for link in facts.uplinks(reading, (4,)):
        if sysctl.read("net/ipv4/conf/{0}/forwarding".format(link.ifname)) == "0":
            text = (
                "{0}, by which this host has its default route, does not forward IPv4, though the host does: what "
                "comes in by it reaches no container. If it is to, set net.ipv4.conf.{0}.forwarding to 1"
            )
            yield text.format(link.ifname)
