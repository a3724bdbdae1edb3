# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet's plan: what the inventory declares for all hosts × what hosts say of themselves → what each is told. Pure.

It is made on the controller before the first change on any host. Where anything is wrong there is no plan, but all that
is wrong, with host and place.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, replace
from typing import Dict, Iterable, Iterator, List, Mapping, Sequence, Tuple

from .._declaration.topology import Attachment, Container, families
from .._ipam.store import Row
from .._kernel.macs import mac_of, vtep_mac
from . import checks, encryption, openvpn, rotation
from .addresses import Addresses, newly_chosen, of_containers
from .blocks import Blocks
from .claims import check_store, claims
from .exchange import FleetContainer, HostPlan, Left, Membership, Peer, family_of
from .known import Known
from .members import Group, Identity, Member, groups
from .problems import FleetProblem, FleetProblems
from .restored import check_restored, whole
from .rotation import AllWays


@dataclass(frozen=True)
class FleetPlan:
    """``asked``: the hosts that said who they are. ``known``: those that are peers as they were known before."""

    problems: Tuple[FleetProblem, ...] = ()
    hosts: Mapping[str, HostPlan] = field(default_factory=dict)
    asked: Tuple[str, ...] = ()
    known: Tuple[str, ...] = ()
    claims: Mapping[str, Tuple[Row, ...]] = field(default_factory=dict)  # of those that share a store
    behind: Tuple[str, ...] = ()  # hosts that others still know by a former key
    chosen: Mapping[str, str] = field(default_factory=dict)  # address that nobody wrote or had → whose it is to be
    whole: Tuple[str, ...] = ()  # hosts of a store of whose networks all hosts are in this run


def fleet_plan(members: Sequence[Member], identities: Mapping[str, Identity], step: str = "") -> FleetPlan:
    """Of one topology. ``members``: the hosts of the inventory that have a container on an overlay. ``identities``:
    inventory name → who answered in this run; nobody else is told anything. ``step``: of keys that change, as in
    ``rotation``."""
    problems = FleetProblems()
    known = Known(members[0].topology.name if members else "", identities)
    ids = dict(_ids(members, identities, known))
    checks.check_ids(ids, problems)
    found = [group for group in groups(list(members)) if any(m.host in identities for m in group.members)]
    hub, hosts_by_hub = openvpn.by_hub(found)
    step, waited_for = rotation.step_by(hub, hosts_by_hub, identities, step)
    peers_of: Dict[str, Dict[str, Peer]] = {}
    mtus: Dict[str, int] = {}
    ways: Dict[str, AllWays] = {}
    for group in found:
        checks.check_agreement(group, problems)
        checks.check_clashes(group, identities, problems)
        checks.unknown_peers(group, ids, identities, problems)
        if problems:
            continue  # what is asked next takes for granted that the hosts agree
        peers = peers_of[group.network] = dict(_peers(group, ids, identities, known, step, problems))
        checks.check_underlay(group, peers, problems)
        encryption.check_keys(group, peers, problems)
        openvpn.check_certificates(group, identities, problems)
        checks.check_explicit_addresses(group, group.of(group.members[0]).options.mode, peers, problems)
        mtus[group.network] = checks.mtu_of(group, peers, problems) if peers else 0
        if encryption.is_encrypted(group) and not problems:
            settled = rotation.settle(group.network, peers, identities, step, hub)
            peers_of[group.network], ways[group.network] = settled
    openvpn.check_hosts(found, problems)
    checks.check_links(members, identities, problems)
    if problems:
        return FleetPlan(tuple(dict.fromkeys(problems)), asked=tuple(identities))
    told = [member for member in members if member.host in identities]
    generations = {member.host: _generation(member.host, identities[member.host], known, peers_of) for member in told}
    dated = {network: _dated(peers, generations) for network, peers in peers_of.items()}
    left = {network: _left(network, peers, known, identities) for network, peers in peers_of.items()}
    memberships: Dict[str, Dict[str, Membership]] = {member.host: {} for member in told}
    for group in found:
        for member in group.members:
            if member.host in memberships:
                membership = _membership(group, member, dated[group.network], mtus[group.network])
                its_ways = ways.get(group.network, {}).get(member.host, {})
                memberships[member.host][group.network] = replace(membership, ways=its_ways)
    hosts = {
        member.host: HostPlan(
            topology=member.topology.name,
            host=member.host,
            host_id=identities[member.host].host_id,
            generation=generations[member.host],
            networks=memberships[member.host],
            left=_together(left[network] for network in memberships[member.host]),
        )
        for member in told
    }
    passive = {host for peers in peers_of.values() for host in peers if host not in identities}
    wanted = {
        member.host: claims(member, hosts[member.host]) for member in told if member.words.lease_store is not None
    }
    check_store(told, wanted, identities, problems)
    check_restored(found, wanted, identities, problems)
    if problems:
        return FleetPlan(tuple(dict.fromkeys(problems)), asked=tuple(identities))
    claimed = {host: rows for host, rows in wanted.items() if not _is_cut_off(identities[host])}
    behind = {host for told in memberships.values() for each in told.values() for host in rotation.behind(each)}
    behind.update(waited_for)
    chosen = dict(newly_chosen(told, peers_of, known))
    shared = whole(found, identities)
    return FleetPlan((), hosts, tuple(hosts), tuple(sorted(passive)), claimed, tuple(sorted(behind)), chosen, shared)


def _is_cut_off(identity: Identity) -> bool:
    """From the store: it wants nothing new there, and to ask once more would only be waited for."""
    return identity.store is not None and bool(identity.store.trouble)


def _generation(host: str, identity: Identity, known: Known, peers_of: Mapping[str, Mapping[str, Peer]]) -> int:
    """One more than the last, where what the host says of itself is not what is known of it."""
    last, kept = known.generation(identity.host_id), identity.kept
    before = {name: replace(each.own, generation=0) for name, each in kept.networks.items()} if kept is not None else {}
    now = {network: peers[host] for network, peers in peers_of.items() if host in peers}
    same = kept is not None and (kept.host, kept.host_id, kept.generation) == (host, identity.host_id, last)
    return last if same and before == now else last + 1


def _dated(peers: Mapping[str, Peer], generations: Mapping[str, int]) -> Dict[str, Peer]:
    """With the generation of each host that answered in this run."""
    return {
        host: replace(peer, generation=generations[host]) if host in generations else peer
        for host, peer in peers.items()
    }


def _ids(members: Sequence[Member], identities: Mapping[str, Identity], known: Known) -> Iterator[Tuple[str, str]]:
    """Inventory name → host id: the host's own word, the inventory's, or what others know of it."""
    for member in members:
        identity = identities.get(member.host)
        own = identity.host_id if identity is not None else None
        host_id = own or known.host_id(member.host)
        if host_id is not None:
            yield member.host, host_id


def _peers(
    group: Group,
    ids: Mapping[str, str],
    identities: Mapping[str, Identity],
    known: Known,
    step: str,
    problems: FleetProblems,
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
        found: Dict[int, Addresses] = {}
        for family, each in blocks.items():
            if each.of(host):
                further = functools.partial(each.further, member, problems)
                found[family] = Addresses(group, member, each.of(host), kept, further)
                found[family].settle(problems)
        if len(found) == len(blocks):
            own = [str(block) for family in sorted(blocks) for block in blocks[family].of(host)]
            yield host, _peer(group, member, identity, found, own, step)


def _peer(
    group: Group,
    member: Member,
    identity: Identity,
    found: Mapping[int, Addresses],
    blocks: List[str],
    step: str,
) -> Peer:
    addresses = of_containers(found)
    tunnel, further = encryption.tunnel_ends(group, member, identity, step)
    return Peer(
        host_id=identity.host_id,
        generation=0,  # which is known when all networks of the host are
        underlay_address=identity.underlay_address,
        underlay_mtu=identity.underlay_mtu,
        mac=vtep_mac(identity.host_id, group.topology, group.network),
        blocks=tuple(blocks),
        gateways=tuple(gateway for family in sorted(found) for gateway in found[family].gateways),
        containers={
            container.name: _container(member, container, place, addresses.get(container.name, ()))
            for container, place in member.places(group.network)
        },
        tunnel=tunnel,
        further=further,
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


def _membership(group: Group, member: Member, peers: Mapping[str, Peer], mtu: int) -> Membership:
    network, others = group.of(member), dict(peers)
    del others[member.host]
    return Membership(
        topology=group.topology,
        mode=network.options.mode,
        vni=group.vni,
        port=member.words.vxlan_port,
        mtu=mtu,
        subnets=tuple(str(group.subnet(pool)) for pool in network.pools if pool.family in families(network)),
        own=peers[member.host],
        peers=others,
        encryption=member.words.encryption.kind if network.options.encrypted else "",
        hub=member.words.encryption.hub if network.options.encrypted else "",
    )


def _left(network: str, peers: Mapping[str, Peer], known: Known, identities: Mapping[str, Identity]) -> Dict[str, Left]:
    """Hosts that are on a network no more and did not say so themselves, with what they may still hold."""
    here = {peer.host_id for peer in peers.values()} | {identity.host_id for identity in identities.values()}
    return {
        known.name(host_id): Left(host_id, {network: blocks})
        for host_id, blocks in known.holders(network)
        if host_id not in here and blocks
    }


def _together(parts: Iterable[Mapping[str, Left]]) -> Dict[str, Left]:
    found: Dict[str, Left] = {}
    for part in parts:
        for name, left in part.items():
            before = found.get(name, left)
            found[name] = replace(before, networks={**before.networks, **left.networks})
    return found
