# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's declaration, with what it is told of its overlays: blocks, addresses, peers take their place in it. Pure."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping, Optional

from .._declaration.topology import OVERLAY, Attachment, Container, Network, Topology
from .._kernel.errors import DeclarationError, Problem

if TYPE_CHECKING:
    from .exchange import Membership


def join(topology: Topology, told: Optional[Mapping[str, Any]]) -> Topology:
    """``told``: ``HostPlan.as_data`` of this host. An overlay that no container is on is left out: this host takes no
    part in it. DeclarationError where an overlay is used and nothing was told of it."""
    overlays = {name for name, network in topology.networks.items() if network.driver == OVERLAY}
    if not overlays:
        return topology
    from .exchange import host_plan  # only where there is one

    used = {place.network for container in topology.containers.values() for place in container.attachments}
    plan = host_plan(told) if told else None
    memberships = dict(plan.networks) if plan is not None else {}
    problems: List[Problem] = []
    for name in sorted(overlays & used):
        problems.extend(_strange(topology, name, memberships[name]) if name in memberships else (_untold(name),))
    if problems:
        raise DeclarationError(problems)
    networks: Dict[str, Network] = {}
    for name, network in topology.networks.items():
        if name not in overlays:
            networks[name] = network
        elif name in used:
            networks[name] = _joined(network, memberships[name])
    containers = {name: _placed(container, memberships) for name, container in topology.containers.items()}
    return replace(topology, networks=networks, containers=containers)


def _untold(name: str) -> Problem:
    text = (
        "an overlay needs to know its hosts: run the playbook linuxnet.fabric.site, or import the role before on all "
        "hosts with tasks_from: introduce"
    )
    return Problem("topology_networks." + name, text)


def _strange(topology: Topology, name: str, membership: Membership) -> Iterator[Problem]:
    """What was told has to be about this declaration."""
    on_it = {
        container.name
        for container in topology.containers.values()
        if any(place.network == name for place in container.attachments)
    }
    lacking = sorted(on_it - set(membership.own.containers))
    if lacking:
        text = "the hosts were introduced for another declaration, in which {0} is not on this network; run it again"
        yield Problem("topology_networks." + name, text.format(", ".join(lacking)))


def _joined(network: Network, membership: Membership) -> Network:
    pools = []
    for pool in network.pools:
        subnet = membership.subnet(pool.family)
        pools.append(pool._replace(subnet=ip_network(subnet) if subnet is not None else pool.subnet))
    options = replace(network.options, membership=membership, vni=membership.vni)
    return replace(network, pools=tuple(pools), options=options, mtu=membership.mtu)


def _placed(container: Container, memberships: Mapping[str, Membership]) -> Container:
    from .exchange import family_of

    places: List[Attachment] = []
    for place in container.attachments:
        membership = memberships.get(place.network)
        own = membership.own.containers.get(container.name) if membership is not None else None
        addresses = {family_of(text): ip_address(text) for text in (own.addresses if own is not None else ())}
        ipv4, ipv6 = addresses.get(4, place.ipv4_address), addresses.get(6, place.ipv6_address)
        places.append(place._replace(ipv4_address=ipv4, ipv6_address=ipv6))  # type: ignore[arg-type]
    return replace(container, attachments=tuple(places))
