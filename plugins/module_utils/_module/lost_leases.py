# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Leases that the store has lost, for it was emptied or moved away: what a living topology has is leased to it again
before anything else is leased, so that nothing is renumbered.

The interfaces say who has which subnet and address, the packet rules who has which port, and the declaration, this one
or the last that was made real, who may have one at all.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from typing import Any, Callable, Dict, FrozenSet, Iterator, List, Mapping, Optional, Tuple

from .._declaration.topology import Topology
from .._engine import declared as declarations
from .._engine.view import View
from .._expansion.lease_requests import lease_requests
from .._expansion.projects import settle_default_bridge
from .._expansion.seen import Seen
from .._ipam.change import GATEWAY, NETWORK_ITSELF, Change
from .._ipam.requests import Allocation, LeaseRequests, PortRequest
from .._ipam.store import Store
from .._kernel import names
from .._kernel.errors import DeclarationError
from .._kernel.facts import Reading

Parse = Callable[[str, Mapping[str, Any], bool], Topology]


def lease_again(view: View, store: Store, topology: Optional[Topology], reading: Reading, parse: Parse) -> Allocation:
    """What was leased again, in the store's open transaction: nothing where it knows every topology's networks.

    ``topology``: the one that is to be made; None: all as they were made real last.
    """
    lost = dict(_lost(view, store, topology, reading, parse))
    if not lost:
        return Allocation()
    from .topology_info import seen_of  # only where a store has lost something

    with view.visits({}, lost) as visits:
        observed = view.observe((), visits)
    found: List[Allocation] = []
    for name, declared in lost.items():
        with view.rules(name):
            seen = seen_of(name, observed, [])
        change = Change(store, name)
        _grant(change, lease_requests(declared), seen)
        found.append(change.allocation())
    return Allocation(
        granted=tuple(row for each in found for row in each.granted),
        changes=tuple(change for each in found for change in each.changes),
    )


def after(first: Allocation, allocation: Allocation) -> Allocation:
    """One that was made after what was leased again, as one change of the store."""
    return replace(
        allocation,
        granted=(*first.granted, *allocation.granted),
        changes=(*first.changes, *allocation.changes),
    )


def _lost(
    view: View, store: Store, topology: Optional[Topology], reading: Reading, parse: Parse
) -> Iterator[Tuple[str, Topology]]:
    """Topologies that were made on this host and of whose networks the store knows none; and the one that is to be
    made, where the store does not know all of it that is there."""
    if topology is not None and topology.networks:
        if not store.rows("subnet", topology=topology.name):
            if view.declared(topology.name) is not None or _marked(topology.name, reading):
                yield topology.name, topology
        elif _has_more(topology, store, reading):
            yield topology.name, topology
    for name in declarations.topologies():
        if (topology is not None and name == topology.name) or store.rows("subnet", topology=name):
            continue
        other = _last(view, name, reading, parse)
        if other is not None and other.networks:
            yield name, other


def _marked(topology: str, reading: Reading) -> FrozenSet[str]:
    """What the host's links say that they are of it: ``web:eth0``, ``network front``."""
    marks = (names.parse_alias(link.alias) for link in reading.links.values())
    return frozenset(mark[1] for mark in marks if mark is not None and mark[0] == topology)


def _has_more(topology: Topology, store: Store, reading: Reading) -> bool:
    """Whether the host has an interface of it without any address in the store, or a network without its subnet."""
    there, rows = _marked(topology.name, reading), store.rows("address", topology=topology.name)
    known = {"{container}:{interface}".format(**row) for row in rows}
    known.update("network " + row["network"] for row in store.rows("subnet", topology=topology.name))
    requests = lease_requests(topology)
    asked = {"{0.container}:{0.interface}".format(each) for each in requests.addresses}
    asked.update("network " + each.network for each in requests.subnets)
    return not (asked & there) <= known


def _last(view: View, name: str, reading: Reading, parse: Parse) -> Optional[Topology]:
    """Another one, as it was made real last; None where this release does not understand that."""
    kept = view.declared(name)
    if kept is None:
        return None
    try:
        return settle_default_bridge(parse(name, kept.words, False), reading.links.values())
    except (DeclarationError, KeyError):
        return None


def _grant(change: Change, requests: LeaseRequests, seen: Seen) -> None:
    """What is asked for and there. Where somebody else has it by now, it is chosen anew like any other."""
    from .._expansion.recognise import recognise_containers, recognise_networks

    networks, containers = recognise_networks(seen), recognise_containers(seen)
    pools: Dict[Tuple[str, int], Mapping[str, Any]] = {
        (name, ip_network(pool["subnet"]).version): pool
        for name, words in networks.items()
        for pool in words["ipam"]["config"]
        if "subnet" in pool
    }
    for subnet in requests.subnets:
        place = {"network": subnet.network, "family": subnet.family}
        pool = pools.get((subnet.network, subnet.family))
        if pool is None:
            continue
        change.grant("subnet", subnet=pool["subnet"], external=int(subnet.external), **place)
        if subnet.needs_gateway and not subnet.external and "gateway" in pool:
            of_network = {"container": NETWORK_ITSELF, "interface": GATEWAY, "address": pool["gateway"]}
            change.grant("address", **of_network, **place)
    for request in requests.addresses:
        words = _attachment(containers, request.container, request.network, request.interface)
        address = words.get("ipv{0}_address".format(request.family))
        if address is not None and (request.network, request.family) in pools:
            change.grant(
                "address",
                network=request.network,
                container=request.container,
                interface=request.interface,
                family=request.family,
                address=address,
            )
    own = {name: frozenset(_addresses(words)) for name, words in containers.items()}
    for port in requests.ports:
        published = _published(port, own.get(port.container, frozenset()), seen)
        if published is not None:
            change.grant(
                "port",
                container=port.container,
                target=port.container_port,
                protocol=port.protocol,
                host_ip=port.host_ip or "",
                published=published,
            )


def _attachment(
    containers: Mapping[str, Dict[str, Any]], container: str, network: str, interface: str
) -> Mapping[str, Any]:
    words: Mapping[str, Any] = containers.get(container, {}).get("networks", {}).get(network, {})
    return words if words.get("interface_name") == interface else {}


def _addresses(words: Mapping[str, Any]) -> Iterator[str]:
    for attachment in words.get("networks", {}).values():
        for family in (4, 6):
            address = attachment.get("ipv{0}_address".format(family))
            if address is not None:
                yield str(address)


def _published(request: PortRequest, own: Any, seen: Seen) -> Optional[int]:
    """The host port that leads to this one."""
    for port in seen.publications:
        target = (port.container_port, port.protocol, port.host_ip)
        if port.container_address in own and target == (request.container_port, request.protocol, request.host_ip):
            if request.published in (None, port.published):
                return port.published
    return None
