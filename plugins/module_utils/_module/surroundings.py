# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a host a declaration must respect: its links, routes, addresses and name servers, and whom it must reach."""

from __future__ import annotations

import functools
from typing import Dict, FrozenSet, List, Tuple

from .._declaration.topology import Topology, families
from .._expansion.drivers.driver import Surroundings
from .._expansion.drivers.registry import driver_of
from .._ipam.requests import Allocation, NeededAddress
from .._kernel import facts, rare, sysctl, tunnels, vxlan
from .._kernel.errors import DeclarationError, Problem
from .._kernel.far_ends import far_ends
from .._kernel.host import Host
from .._kernel.rtnl import read as rtnetlink
from .._kernel.rtnl.rules import read_rules
from .._resources import ownership


def surroundings(host: Host, reading: facts.Reading) -> Surroundings:
    return Surroundings(
        links={link.ifname: link for link in reading.links.values()},
        routes=reading.routes,
        addresses=functools.lru_cache(maxsize=None)(functools.partial(_addresses, host, reading)),
        supports=functools.partial(rare.supports, host),
        nameservers=facts.nameservers(),
        rules=functools.lru_cache(maxsize=None)(functools.partial(read_rules, host.socket)),
    )


def _addresses(host: Host, reading: facts.Reading) -> Dict[int, List[str]]:
    """Of the links that there are, or will be when an interrupted run has been taken back."""
    return {index: cidrs for index, cidrs in rtnetlink.read_addresses(host.socket).items() if index in reading.links}


def refuse_strange_addresses(topology: Topology, allocation: Allocation, around: Surroundings) -> None:
    """DeclarationError where a port is published on an address that the host has not and will not have by this run."""
    ports = [port for container in topology.containers.values() for port in container.ports]
    wanted = {port.host_ip for port in ports if port.host_ip is not None}
    strange = {each for each in wanted if not (each.is_unspecified or each.is_loopback)}
    if not strange:
        return
    own = {cidr.split("/")[0] for cidrs in around.addresses().values() for cidr in cidrs}
    for network in topology.networks.values():
        on_link = (driver_of(network).on_link(network, family, allocation) for family in families(network))
        own.update(lease.gateway for leases in on_link for lease in leases if lease.gateway)
    problems: Dict[str, Problem] = {}
    for port in ports:
        if port.host_ip in strange and str(port.host_ip) not in own and not _may_be_bound(port.host_ip.version):
            text = (
                '"{0}": this host has no such address; publish on one that it has, or set net.ipv{1}.ip_nonlocal_bind '
                "to 1 where it comes and goes"
            )
            problems.setdefault(port.path, Problem(port.path, text.format(port.host_ip, port.host_ip.version)))
    if problems:
        raise DeclarationError(problems.values())


def _may_be_bound(family: int) -> bool:
    return sysctl.read("net/ipv{0}/ip_nonlocal_bind".format(family)) == "1"


def tunnels_of_overlays(reading: facts.Reading) -> FrozenSet[int]:
    """Ours, by index."""
    links = reading.links.values()
    kinds = (vxlan.KIND, *tunnels.KINDS)
    return frozenset(link.index for link in links if link.kind in kinds and ownership.is_marked(link))


def needed(reading: facts.Reading, around: Surroundings) -> Tuple[NeededAddress, ...]:
    """What no subnet of ours may hold: the host, and what it needs to reach.

    Over tunnels of overlays are blocks of other hosts, which the fleet knows.
    """
    found: List[NeededAddress] = []
    tunnels = tunnels_of_overlays(reading)
    for index, cidrs in around.addresses().items():
        if index in tunnels:
            continue
        ifname = reading.links[index].ifname if index in reading.links else ""
        text = "an address of this host ({0})".format(ifname)
        found.extend(NeededAddress(cidr.split("/")[0], text, ifname) for cidr in cidrs)
    for gateway, destination in facts.next_hops(reading, tunnels):
        found.append(NeededAddress(gateway, "the next hop of its route {0}".format(destination)))
    found.extend(NeededAddress(each, "a name server of this host") for each in around.nameservers)
    found.extend(NeededAddress(each, "from where this host is administered (ssh)") for each in far_ends())
    return tuple(found)
