# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a host a declaration is leased and expanded with: its links, routes, addresses, name servers, port ranges."""

from __future__ import annotations

import functools
from typing import Iterable, List, Tuple

from .._declaration.topology import Topology
from .._expansion.addressing import HostDefaults
from .._expansion.drivers.driver import Surroundings
from .._expansion.drivers.registry import driver_of
from .._ipam.requests import HostFacts, NeededAddress, SubnetRequest
from .._kernel import facts, rare
from .._kernel.errors import DeclarationError, Problem
from .._kernel.far_ends import far_ends
from .._kernel.host import Host
from .._kernel.rtnl import read as rtnetlink


def host_defaults(topology: Topology, reading: facts.Reading) -> HostDefaults:
    ipv6 = any(network.enable_ipv6 for network in topology.networks.values())
    return HostDefaults(
        mtu=facts.uplink_mtu(reading),
        links={link.ifname: link for link in reading.links.values()},
        resolv_conf=tuple(facts.resolv_conf_lines()),
        advertised_interfaces=facts.advertised_interfaces(reading) if ipv6 else (),
    )


def host_facts(reading: facts.Reading, around: Surroundings) -> HostFacts:
    """What an allocation must respect."""
    return HostFacts(
        routes=facts.routes(reading),
        needs=functools.lru_cache(maxsize=None)(functools.partial(_needed, reading, around)),
        nameservers=around.nameservers,
        ip_local_port_range=facts.local_port_range(),
        ip_local_reserved_ports=facts.reserved_ports(),
        machine_id=facts.machine_id(),
    )


def adopted(topology: Topology, subnets: Iterable[SubnetRequest], host: Surroundings) -> Tuple[SubnetRequest, ...]:
    """The same, once each network's driver has seen the host."""
    problems: List[Problem] = []
    found: List[SubnetRequest] = []
    for request in subnets:
        network = topology.networks[request.network]
        found.append(driver_of(network).adopt(network, request, host, problems))
    if problems:
        raise DeclarationError(problems)
    return tuple(found)


def surroundings(host: Host, reading: facts.Reading) -> Surroundings:
    return Surroundings(
        links={link.ifname: link for link in reading.links.values()},
        routes=reading.routes,
        addresses=functools.lru_cache(maxsize=None)(functools.partial(rtnetlink.read_addresses, host.socket)),
        supports=functools.partial(rare.supports, host),
        nameservers=facts.nameservers(),
    )


def _needed(reading: facts.Reading, around: Surroundings) -> Tuple[NeededAddress, ...]:
    """What no subnet of ours may hold: the host, and what it needs to reach."""
    found: List[NeededAddress] = []
    for index, cidrs in around.addresses().items():
        ifname = reading.links[index].ifname if index in reading.links else ""
        text = "an address of this host ({0})".format(ifname)
        found.extend(NeededAddress(cidr.split("/")[0], text, ifname) for cidr in cidrs)
    for gateway, destination in facts.next_hops(reading):
        found.append(NeededAddress(gateway, "the next hop of its route {0}".format(destination)))
    found.extend(NeededAddress(each, "a name server of this host") for each in around.nameservers)
    found.extend(NeededAddress(each, "from where this host is administered (ssh)") for each in far_ends())
    return tuple(found)
