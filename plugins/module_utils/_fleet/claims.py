# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the hosts of a fleet hold in a store that all of them share (``_ipam/fleet_store.py``). Pure.

The store is only asked for what is new. What a host was told last is its copy of what it holds there, so that without
the store everything goes on but a new lease.
"""

from __future__ import annotations

from typing import Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from .._ipam.fleet_store import ADDRESS, BLOCK, MEMBER, VNI, Conflict, conflicts, what
from .._ipam.store import Row
from .exchange import HostPlan, peer_as_data
from .members import Identity, Member, latest
from .problems import FleetProblems

GOES_ON = "what is leased goes on working, and so does a run that needs no new lease"


def claims(member: Member, plan: HostPlan) -> Tuple[Row, ...]:
    """All rows that are a host's: its blocks, the addresses that are written by hand, and what others know of it."""
    return tuple(row for network in plan.networks for row in _of_network(member, plan, network))


def _of_network(member: Member, plan: HostPlan, network: str) -> Iterator[Row]:
    membership = plan.networks[network]
    there = {"topology": plan.topology, "network": network}
    own = dict(there, host_id=plan.host_id, host=plan.host)
    if membership.vni:
        yield dict(there, kind=VNI, port=membership.port, vni=membership.vni)
    for block in membership.own.blocks:
        yield dict(own, kind=BLOCK, block=block)
    for container, place in member.places(network):
        for address in (place.ipv4_address, place.ipv6_address):
            if address is not None:
                yield dict(own, kind=ADDRESS, address=str(address), container=container.name)
    told = {"host": plan.host, "peer": peer_as_data(membership.own)}
    yield dict(there, kind=MEMBER, host_id=plan.host_id, told=told)


def new(rows: Sequence[Row], kept: Optional[HostPlan]) -> List[Row]:
    """Those that a host does not hold by its own copy, which is what it was told last."""
    return [row for row in rows if row["kind"] != MEMBER and not is_in(row, kept)]


def is_in(row: Row, kept: Optional[HostPlan]) -> bool:
    """Whether a host goes by a row of its own, by what it was told."""
    membership = kept.networks.get(row["network"]) if kept is not None else None
    if membership is None:
        return False
    if row["kind"] == MEMBER:
        return True
    if row["kind"] == VNI:
        return (membership.port, membership.vni) == (row["port"], row["vni"])
    if row["kind"] == BLOCK:
        return row["block"] in membership.own.blocks
    container = membership.own.containers.get(row["container"])
    return container is not None and row["address"] in container.addresses


def refused(rows: Sequence[Row], trouble: str) -> str:
    """Why a host cannot have new leases."""
    return "{0}: a new lease, which the store has to give. {1}. {2}".format(
        "; ".join(map(what, rows)), trouble, GOES_ON[0].upper() + GOES_ON[1:]
    )


def check_store(
    members: Sequence[Member],
    wanted: Mapping[str, Sequence[Row]],
    identities: Mapping[str, Identity],
    problems: FleetProblems,
) -> None:
    """``wanted``: inventory name → its rows. New leases need the store; what others hold in it is theirs."""
    rows = latest(identities).rows
    here = {identity.host_id for identity in identities.values()}
    # What the hosts of this run hold there is as they say themselves, and written so before the others look.
    others = [row for row in rows if row["kind"] == VNI or row.get("host_id") not in here]
    paths = {member.host: member for member in members}
    _check_one_store(identities, problems)
    for host, mine in wanted.items():
        identity = identities[host]
        lacking = new(mine, identity.kept)
        if identity.store is not None and identity.store.trouble and lacking:
            path = "topology_networks." + lacking[0]["network"]
            problems.note(host, path, "{0}", refused(lacking, identity.store.trouble))
        for conflict in conflicts(identity.host_id, mine, others) if others else ():
            path = _path(paths[host], conflict.wanted)
            problems.note(host, path, "{0}", told_conflict(conflict))


def told_conflict(conflict: Conflict) -> str:
    held = conflict.held
    if held["kind"] == VNI:
        text = "{0}: in the store it is that of the network {1} of the topology {2}; write another one"
        return text.format(conflict.wanted["vni"], held["network"], held["topology"])
    text = "{0}: the store has {1} as held by {2} ({3}); choose another, or take that back first"
    return text.format(what(conflict.wanted), what(held), held["host"], held["host_id"])


def _check_one_store(identities: Mapping[str, Identity], problems: FleetProblems) -> None:
    stores: Dict[str, str] = {}
    for host, identity in identities.items():
        if identity.store is not None and identity.store.store_id:
            stores.setdefault(identity.store.store_id, host)
    if len(stores) > 1:
        first, other = list(stores.values())[:2]
        text = "this etcd is another one than that of {0}; the hosts of a fleet have to ask one"
        problems.note(other, "topology_lease_store.etcd.endpoints", text, first)


def _path(member: Member, row: Row) -> str:
    if row["kind"] == VNI:
        return "topology_networks.{0}.vni".format(row["network"])
    if row["kind"] == ADDRESS:
        for container, place in member.places(row["network"]):
            if container.name == row["container"]:
                return "{0}.ipv{1}_address".format(place.path, 6 if ":" in row["address"] else 4)
    return "topology_networks.{0}".format(row["network"])
