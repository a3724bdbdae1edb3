# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only shows when the hosts of a fleet are seen together. Pure."""

from __future__ import annotations

from bisect import bisect_right
from ipaddress import ip_address, ip_network
from typing import Any, Callable, Dict, Iterable, List, Mapping, Sequence, Set, Tuple

from .._declaration.topology import families
from .._declaration.words import quote
from .encryption import overhead, tunnel_overhead
from .exchange import Peer, family_of
from .members import Group, Identity, Member
from .problems import FleetProblems

IPV6_LEAST_MTU = 1280


def check_ids(ids: Mapping[str, str], problems: FleetProblems) -> None:
    """``ids``: inventory name → host id. Machines that were cloned have one."""
    owners: Dict[str, str] = {}
    for host, host_id in ids.items():
        other = owners.setdefault(host_id, host)
        if other != host:
            text = (
                "{0}: {1} has this host id too, as cloned machines do; give one of them a machine id of its own "
                "(remove /etc/machine-id, then systemd-machine-id-setup), or write topology_host_id"
            )
            problems.note(host, "topology_host_id", text, quote(host_id), other)


def check_agreement(group: Group, problems: FleetProblems) -> None:
    """Each host's word against that of the first one."""
    first = group.members[0]
    for member in group.members[1:]:
        for word, read in _AGREED:
            ours, theirs = read(group, member), read(group, first)
            if ours != theirs:
                path = word if word.startswith("topology_") else "{0}.{1}".format(group.path, word)
                text = "{0}, and {1} on {2}; all hosts of a network have to agree"
                problems.note(member.host, path, text, _shown(ours), _shown(theirs), first.host)


def _subnet(family: int) -> Callable[[Group, Member], Any]:
    def read(group: Group, member: Member) -> Any:
        pool = group.of(member).pool(family)
        return str(group.subnet(pool)) if pool is not None else None

    return read


_AGREED: Tuple[Tuple[str, Callable[[Group, Member], Any]], ...] = (
    ("enable_ipv4", lambda group, member: group.of(member).enable_ipv4),
    ("enable_ipv6", lambda group, member: group.of(member).enable_ipv6),
    ("ipam.config", _subnet(4)),
    ("ipam.config", _subnet(6)),
    ("overlay_mode", lambda group, member: group.of(member).options.mode),
    ("encrypted", lambda group, member: group.of(member).options.encrypted),
    ("topology_encryption", lambda group, member: member.words.encryption.kind),
    ("topology_openvpn_hub", lambda group, member: member.words.encryption.hub or None),
    ("vni", lambda group, member: group.of(member).options.vni),
    ("multicast", lambda group, member: group.of(member).options.multicast),
    ("icc", lambda group, member: group.of(member).icc),
    ("internal", lambda group, member: group.of(member).internal),
    ("topology_vxlan_port", lambda group, member: member.words.vxlan_port),
    ("topology_lease_store", lambda group, member: _store(member)),
)


def _store(member: Member) -> str:
    """Not its endpoints: each host may reach it elsewhere."""
    access = member.words.lease_store
    return "etcd below {0}".format(access.prefix) if access is not None else "host"


def _shown(value: Any) -> str:
    return "none" if value is None else quote(value)


def check_vnis(groups: Sequence[Group], identities: Mapping[str, Identity], problems: FleetProblems) -> None:
    """An identifier is one network's, on the hosts that have it, and no other device's of them on that port."""
    owners: Dict[Tuple[int, int], Group] = {}
    for group in groups:
        if not group.has_vxlan:
            continue
        port = group.members[0].words.vxlan_port
        other = owners.setdefault((group.vni, port), group)
        path = group.path + ".vni"
        if other is not group:
            whose = other.network if other.topology == group.topology else _name(other)
            text = "{0}: the network {1} has this VXLAN identifier too; write another one for one of them"
            problems.note(group.members[0].host, path, text, group.vni, quote(whose))
        for member in group.members:
            for ifname, vni, on_port, owner in identities[member.host].vxlans if member.host in identities else ():
                if (vni, on_port) == (group.vni, port) and owner != _name(group):
                    text = "{0}: the device {1} of this host has this VXLAN identifier on port {2}; write another one"
                    problems.note(member.host, path, text, vni, ifname, port)


def _name(group: Group) -> str:
    return "{0}/{1}".format(group.topology, group.network)


def check_links(members: Sequence[Member], identities: Mapping[str, Identity], problems: FleetProblems) -> None:
    """A link may name a container of another host; which one has to be plain."""
    where = _places(members)
    for member in members:
        for container in member.topology.containers.values() if member.host in identities else ():
            for link in container.links:
                if link.container in member.topology.containers:
                    continue
                shared = {each.network for each in container.attachments}
                there = where.get(link.container, {})
                hosts = [host for host, networks in there.items() if host != member.host and networks & shared]
                if not hosts:
                    text = "{0}: there is no such container in this topology, nor on another host of its overlays"
                    problems.note(member.host, link.path, text, quote(link.container))
                elif len(hosts) > 1:
                    text = "{0}: {1} have a container of this name; give one of them another, or link by address"
                    problems.note(member.host, link.path, text, quote(link.container), " and ".join(hosts))


def _places(members: Sequence[Member]) -> Dict[str, Dict[str, Set[str]]]:
    """Container → host → the overlays that it is on there."""
    found: Dict[str, Dict[str, Set[str]]] = {}
    for member in members:
        for network in member.overlays():
            for container, _place in member.places(network.name):
                found.setdefault(container.name, {}).setdefault(member.host, set()).add(network.name)
    return found


def check_clashes(group: Group, identities: Mapping[str, Identity], problems: FleetProblems) -> None:
    """The overlay's subnet is clear of every host's routes."""
    for member in group.members:
        identity = identities.get(member.host)
        network = group.of(member)
        subnets = {str(group.subnet(pool)): pool.path for pool in network.pools}
        for subnet, route, ifname in identity.clashes if identity is not None else ():
            if subnet in subnets:
                text = "{0} overlaps the route {1} of the interface {2} of this host; choose another subnet"
                problems.note(member.host, subnets[subnet], text, subnet, route, ifname)


def check_underlay(group: Group, peers: Mapping[str, Peer], problems: FleetProblems) -> None:
    """``peers``: every host of the network, with itself."""
    owners: Dict[str, str] = {}
    first = next(iter(peers), "")
    for host, peer in peers.items():
        address = peer.underlay_address
        other = owners.setdefault(address, host)
        if other != host:
            text = "{0}: {1} has this address too; write for each where the others reach it"
            problems.note(host, "topology_underlay_address", text, quote(address), other)
        elif family_of(address) != family_of(peers[first].underlay_address):
            text = "{0}: {1} of {2} is of the other family, and {3} one of them; write one of the same"
            how = "a VXLAN speaks" if group.has_vxlan else "the hosts of a network reach each other by"
            path, theirs = "topology_underlay_address", peers[first].underlay_address
            problems.note(host, path, text, quote(address), theirs, first, how)


def mtu_of(group: Group, peers: Mapping[str, Peer], problems: FleetProblems) -> int:
    """The smallest underlay's, less what the way takes; or what is declared, if that fits."""
    left = {host: peer.underlay_mtu - overhead(group, peer.underlay_address) for host, peer in peers.items()}
    narrowest = min(left, key=lambda host: left[host])
    most = left[narrowest]
    network = group.of(group.members[0])
    if network.options.encrypted and group.has_vxlan:
        _check_tunnel(group, narrowest, peers[narrowest], problems)
    if 6 in families(network) and most < IPV6_LEAST_MTU:
        text = (
            "{0} bytes are left of the {1} of this host's underlay, and IPv6 needs {2}; raise the MTU of its interface"
        )
        problems.note(narrowest, group.path + ".mtu", text, most, peers[narrowest].underlay_mtu, IPV6_LEAST_MTU)
    return _declared_mtu(group, most, narrowest, peers[narrowest].underlay_mtu, problems)


def _check_tunnel(group: Group, host: str, peer: Peer, problems: FleetProblems) -> None:
    """Inside of it the hosts of a bridged network reach each other by IPv6."""
    left = peer.underlay_mtu - tunnel_overhead(group, family_of(peer.underlay_address))
    if left < IPV6_LEAST_MTU:
        text = "{0} bytes are left of the {1} of this host's underlay, and IPv6 in the tunnel needs {2}; raise its MTU"
        problems.note(host, group.path + ".encrypted", text, left, peer.underlay_mtu, IPV6_LEAST_MTU)


def _declared_mtu(group: Group, most: int, narrowest: str, underlay: int, problems: FleetProblems) -> int:
    least = most
    for member in group.members:
        declared = group.of(member).mtu
        if declared is not None and declared > most:
            text = "{0}: the way to {1}, whose underlay has {2}, leaves {3}; leave the word out, or write no more"
            problems.note(member.host, group.path + ".mtu", text, declared, narrowest, underlay, most)
        least = min(least, declared or most)
    return least


def check_explicit_addresses(group: Group, mode: str, peers: Mapping[str, Peer], problems: FleetProblems) -> None:
    """An address is one container's. Where it may be in any block (bridged), not in another host's."""
    owners: Dict[str, Tuple[str, str]] = {}
    blocks = _Blocks(peers)
    written = {(m.host, c.name): place for m in group.members for c, place in m.places(group.network)}
    for host, peer in peers.items():
        for name, container in peer.containers.items():
            place = written.get((host, name))
            for address in container.addresses:
                other = owners.setdefault(address, (host, name))
                path = "topology_containers.{0}".format(name)
                if place is not None:
                    path = "{0}.ipv{1}_address".format(place.path, family_of(address))
                if other != (host, name):
                    text = "{0}: {1} on {2} has this address too; choose another for one of them"
                    problems.note(host, path, text, quote(address), other[1], other[0])
                    continue
                block, whose = blocks.of(address) if mode == "bridged" else ("", host)
                if whose not in ("", host):
                    text = "{0}: in {1}, the block of {2}; choose one that is in no other host's block"
                    problems.note(host, path, text, quote(address), block, whose)


class _Blocks:
    """Those of all hosts of a network, of which no two overlap."""

    def __init__(self, peers: Mapping[str, Peer]) -> None:
        blocks: List[Tuple[Any, str]] = [(ip_network(each), host) for host, p in peers.items() for each in p.blocks]
        self._sorted = sorted(((block.version, int(block[0])), block, host) for block, host in blocks)
        self._starts = [start for start, _block, _host in self._sorted]

    def of(self, address: str) -> Tuple[str, str]:
        """The block that an address is in, and whose it is; empty both where it is in none."""
        wanted: Any = ip_address(address)
        at = bisect_right(self._starts, (wanted.version, int(wanted))) - 1
        if at >= 0 and wanted in self._sorted[at][1]:
            return str(self._sorted[at][1]), self._sorted[at][2]
        return "", ""


def unknown_peers(group: Group, ids: Mapping[str, str], asked: Iterable[str], problems: FleetProblems) -> List[str]:
    """The hosts of a network that nobody knows and that did not answer, each an error of its own."""
    answered = set(asked)
    lacking = [member.host for member in group.members if member.host not in ids]
    for host in lacking:
        text = (
            "it is on this network, did not say in this run who it is, and no host that did knows it from before; run "
            "it together with {0}, or take its containers off the network"
        )
        others = ", ".join(sorted(member.host for member in group.members if member.host in answered)) or "the others"
        problems.note(host, group.path, text, others)
    return lacking
