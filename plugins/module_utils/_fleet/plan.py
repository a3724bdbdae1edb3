# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet's plan: what the inventory declares for all hosts × what hosts say of themselves → what each is told. Pure.

It is made on the controller before the first change on any host. Where anything is wrong there is no plan, but all that
is wrong, with host and place.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Dict, Iterator, List, Mapping, Sequence, Set, Tuple

from .._declaration.topology import Attachment, Container, families
from .._kernel.macs import mac_of, vtep_mac
from . import checks
from .addresses import Addresses, of_containers
from .blocks import Blocks
from .exchange import FleetContainer, HostPlan, Left, Membership, Peer, family_of
from .known import Known
from .members import Group, Identity, Member, groups
from .problems import FleetProblem, FleetProblems


@dataclass(frozen=True)
class FleetPlan:
    """``asked``: the hosts that said who they are. ``known``: those that are peers as they were known before."""

    problems: Tuple[FleetProblem, ...] = ()
    hosts: Mapping[str, HostPlan] = field(default_factory=dict)
    asked: Tuple[str, ...] = ()
    known: Tuple[str, ...] = ()


def fleet_plan(members: Sequence[Member], identities: Mapping[str, Identity]) -> FleetPlan:
    """Of one topology. ``members``: the hosts of the inventory that have a container on an overlay. ``identities``:
    inventory name → who answered in this run; nobody else is told anything."""
    problems = FleetProblems()
    known = Known(members[0].topology.name if members else "", identities)
    ids = dict(_ids(members, identities, known))
    checks.check_ids(ids, problems)
    found = [group for group in groups(list(members)) if any(m.host in identities for m in group.members)]
    told: Dict[str, Dict[str, Membership]] = {member.host: {} for member in members if member.host in identities}
    passive: Set[str] = set()
    for group in found:
        checks.check_agreement(group, problems)
        checks.check_clashes(group, identities, problems)
        checks.unknown_peers(group, ids, identities, problems)
        if problems:
            continue  # what is asked next takes for granted that the hosts agree
        peers = dict(_peers(group, ids, identities, known, problems))
        checks.check_underlay(group, peers, problems)
        checks.check_explicit_addresses(group, group.of(group.members[0]).options.mode, peers, problems)
        mtu = checks.mtu_of(group, peers, problems) if peers else 0
        passive.update(host for host in peers if host not in identities)
        for host in peers:
            if host in identities:
                told[host][group.network] = _membership(group, host, peers, mtu)
    checks.check_links(members, identities, problems)
    if problems:
        return FleetPlan(tuple(dict.fromkeys(problems)), asked=tuple(identities))
    by_host = {member.host: member for member in members}
    generations = {host: _generation(host, identities[host], known, told[host]) for host in told}
    hosts = {
        host: HostPlan(
            topology=by_host[host].topology.name,
            host=host,
            host_id=identities[host].host_id,
            generation=generations[host],
            networks={name: _dated(each, host, generations) for name, each in told[host].items()},
            left=_left(known, told[host], identities),
        )
        for host in told
    }
    return FleetPlan((), hosts, tuple(told), tuple(sorted(passive)))


def _generation(host: str, identity: Identity, known: Known, networks: Mapping[str, Membership]) -> int:
    """One more than the last, where what the host says of itself is not what is known of it."""
    last, kept = known.generation(identity.host_id), identity.kept
    before = {name: replace(each.own, generation=0) for name, each in kept.networks.items()} if kept is not None else {}
    same = kept is not None and (kept.host, kept.host_id, kept.generation) == (host, identity.host_id, last)
    return last if same and before == {name: each.own for name, each in networks.items()} else last + 1


def _dated(membership: Membership, host: str, generations: Mapping[str, int]) -> Membership:
    """With the generation of each host that answered in this run."""
    peers = {
        other: replace(peer, generation=generations[other]) if other in generations else peer
        for other, peer in membership.peers.items()
    }
    return replace(membership, own=replace(membership.own, generation=generations[host]), peers=peers)


def _ids(members: Sequence[Member], identities: Mapping[str, Identity], known: Known) -> Iterator[Tuple[str, str]]:
    """Inventory name → host id: the host's own word, the inventory's, or what others know of it."""
    for member in members:
        identity = identities.get(member.host)
        own = identity.host_id if identity is not None else None
        host_id = own or known.host_id(member.host)
        if host_id is not None:
            yield member.host, host_id


def _peers(
    group: Group, ids: Mapping[str, str], identities: Mapping[str, Identity], known: Known, problems: FleetProblems
) -> Iterator[Tuple[str, Peer]]:
    """Every host of a network: those that answered as they are to be, the others as they are known."""
    pools = group.of(group.members[0]).pools
    blocks = {pool.family: Blocks(group, pool.family, ids, known) for pool in pools}
    for each in blocks.values():
        each.settle(identities, problems)
    for member in group.members:
        host, identity = member.host, identities.get(member.host)
        kept = known.peer(ids[host], group.network)
        if identity is None:
            if kept is not None:
                yield host, kept
            continue
        own = {family: each.of(host) for family, each in blocks.items()}
        found = {family: Addresses(group, member, block, kept) for family, block in own.items() if block is not None}
        for addresses in found.values():
            addresses.settle(problems)
        if len(found) == len(blocks):
            yield host, _peer(group, member, identity, found, [str(own[family]) for family in sorted(own)])


def _peer(group: Group, member: Member, identity: Identity, found: Mapping[int, Addresses], blocks: List[str]) -> Peer:
    addresses = of_containers(found)
    return Peer(
        host_id=identity.host_id,
        generation=0,  # which is known when all networks of the host are
        underlay_address=identity.underlay_address,
        underlay_mtu=identity.underlay_mtu,
        mac=vtep_mac(identity.host_id, group.topology, group.network),
        blocks=tuple(blocks),
        gateways=tuple(found[family].gateway or "" for family in sorted(found)),
        containers={
            container.name: _container(member, container, place, addresses.get(container.name, ()))
            for container, place in member.places(group.network)
        },
    )


def _container(member: Member, container: Container, place: Attachment, addresses: Tuple[str, ...]) -> FleetContainer:
    first = {family_of(text): text for text in addresses}
    hostname = (container.hostname,) if container.hostname else ()
    ports = dict.fromkeys([*container.expose, *((port.container_port, port.protocol) for port in container.ports)])
    return FleetContainer(
        addresses=addresses,
        mac=place.mac_address or mac_of(first.get(4), first.get(6)),
        names=(*hostname, *place.aliases),
        open_ports=tuple(ports),
        links=tuple(link.container for link in container.links if link.container not in member.topology.containers),
    )


def _membership(group: Group, host: str, peers: Mapping[str, Peer], mtu: int) -> Membership:
    member = next(member for member in group.members if member.host == host)
    network = group.of(member)
    return Membership(
        topology=group.topology,
        mode=network.options.mode,
        vni=group.vni,
        port=member.words.vxlan_port,
        mtu=mtu,
        subnets=tuple(str(group.subnet(pool)) for pool in network.pools if pool.family in families(network)),
        own=peers[host],
        peers={other: peer for other, peer in peers.items() if other != host},
    )


def _left(known: Known, networks: Mapping[str, Membership], identities: Mapping[str, Identity]) -> Dict[str, Left]:
    """Hosts that are on these networks no more and did not say so themselves, with what they may still hold."""
    found: Dict[str, Left] = {}
    answered = {identity.host_id for identity in identities.values()}
    for network, membership in networks.items():
        here = {membership.own.host_id, *(peer.host_id for peer in membership.peers.values())}
        for host_id, blocks in known.holders(network):
            if host_id not in here and host_id not in answered and blocks:
                name = known.name(host_id)
                before = found.get(name, Left(host_id))
                found[name] = replace(before, networks={**before.networks, network: blocks})
    return found
