# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run warns of: something of the host keeps a declared packet from its way, and is not ours to change."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Callable, Collection, Iterable, Iterator, List

from .._declaration.topology import Topology, families
from .._expansion.addressing import default_attachment
from .._expansion.drivers.driver import Surroundings
from .._expansion.drivers.registry import driver_of
from .._expansion.files import name_servers
from .._ipam.requests import Allocation
from .._kernel import facts, sysctl
from .._kernel.rtnl.rules import Rule
from . import intruders

_SHOWN = 5


def cautions(
    topology: Topology,
    allocation: Allocation,
    reading: facts.Reading,
    around: Surroundings,
    in_front: Callable[[Collection[str]], Iterable[str]],
) -> Iterator[str]:
    """``reading``, ``around``: of the host before the run. ``in_front``: the host's addresses → what translates first,
    as of the run's end."""
    yield from _closed_uplinks(topology, reading)
    yield from _without_name_server(topology, allocation)
    rules = [rule for rule in around.rules() if not rule.is_usual]
    yield from _diverted(topology, allocation, rules)
    yield from _by_the_hosts_address(topology, around, rules)
    yield from intruders.led_away(topology, allocation, reading)
    yield from intruders.ports_of_others(topology, reading)
    yield from in_front([cidr.split("/")[0] for cidrs in around.addresses().values() for cidr in cidrs])


def _without_name_server(topology: Topology, allocation: Allocation) -> Iterator[str]:
    lines = facts.resolv_conf_lines()
    poor = [
        container.name
        for container in topology.containers.values()
        if not name_servers(topology, container, lines)  # which most have
        and any(default_attachment(container, topology, allocation, family) for family in (4, 6))
    ]
    if poor:
        text = (
            "{0} {1} no name server: of the host's own none can be reached from there (its loopback, a link-local "
            "address, or a family that the container does not have). Write one: dns"
        )
        yield text.format(_listed(poor), "has" if len(poor) == 1 else "have")


def _diverted(topology: Topology, allocation: Allocation, rules: List[Rule]) -> Iterator[str]:
    """Policy rules that name our networks: the way that the bridges' routes give is not the first to be asked for."""
    for network in topology.networks.values():
        for family in families(network):
            subnet = allocation.subnets[(network.name, family)].subnet
            for rule in rules:
                if rule.family == family and rule.priority < 32766 and _names(rule, network.bridge, subnet):
                    text = (
                        "a policy rule of the host is asked before the routes of the network {0} ({1}): {2}. It "
                        "decides where packets of the network go, and is left as it is"
                    )
                    yield text.format(network.name, subnet, rule)


def _names(rule: Rule, bridge: str, subnet: str) -> bool:
    if bridge and bridge in (rule.iif, rule.oif):
        return True
    ranges = [each for each in (rule.source, rule.destination) if each]
    return any(ip_network(each).overlaps(ip_network(subnet)) for each in ranges)


def _by_the_hosts_address(topology: Topology, around: Surroundings, rules: List[Rule]) -> Iterator[str]:
    """Answers of published ports have the container's address where the kernel routes them."""
    if not any(container.ports for container in topology.containers.values()):
        return
    own = [ip_address(cidr.split("/")[0]) for cidrs in around.addresses().values() for cidr in cidrs]
    for rule in rules:
        if rule.source and rule.table and any(address in ip_network(rule.source) for address in own):
            text = (
                "the host routes by its own address ({0}), and answers of published ports do not follow such a rule: "
                "they leave by the main table, so a client behind another uplink may not get them"
            )
            yield text.format(rule)
            return


def _listed(names: List[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (" and {0} more".format(more) if more > 0 else "")


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
