# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Of a fleet's encrypted networks: which port each tunnel has, whose a key is, and what a way costs. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from ipaddress import IPv6Address
from typing import Dict, Iterable, List, Mapping, Optional, Set, Tuple

from .._declaration.encryption_words import OPENVPN, WIREGUARD
from .._declaration.words import quote
from . import openvpn, rotation
from .exchange import Peer, TunnelEnd, family_of
from .members import Group, Identity, Member, Offered
from .problems import FleetProblems

#: What a VXLAN takes of a packet: outer IPv4 or IPv6, UDP, VXLAN, inner Ethernet (RFC 7348, section 5).
VXLAN_OVERHEADS = {4: 20 + 8 + 8 + 14, 6: 40 + 8 + 8 + 14}
#: The same of WireGuard: outer IPv4 or IPv6, UDP, a data message's header and its authenticator (section 5.4.6 of the
#: white paper).
WIREGUARD_OVERHEADS = {4: 20 + 8 + 16 + 16, 6: 40 + 8 + 16 + 16}

_OVERHEADS = {WIREGUARD: WIREGUARD_OVERHEADS, OPENVPN: openvpn.OVERHEADS}

#: Topology → inventory name → who answered.
Identities = Mapping[str, Mapping[str, Identity]]


def overhead(group: Group, underlay_address: str) -> int:
    """What the way between hosts takes of a packet."""
    family = family_of(underlay_address)
    if not is_encrypted(group):
        return VXLAN_OVERHEADS[family]
    return tunnel_overhead(group, family) + (VXLAN_OVERHEADS[6] if group.has_vxlan else 0)


def tunnel_overhead(group: Group, family: int) -> int:
    """Of the underlay's family, what encryption takes of a packet."""
    return _OVERHEADS[group.members[0].words.encryption.kind][family]


def tunnel_address(topology: str, host_id: str) -> str:
    """A host's own inside a topology's tunnel, of fd00::/8 (RFC 4193): made of the names, so that it is nobody else's
    and nobody has to remember it."""
    bits = [hashlib.sha256(text.encode("utf-8")).digest() for text in ("tunnel\0" + topology, host_id)]
    return str(IPv6Address(b"\xfd" + bits[0][:7] + bits[1][:8]))


def is_encrypted(group: Group) -> bool:
    return bool(group.of(group.members[0]).options.encrypted)


def with_ports(identities: Identities) -> Dict[str, Dict[str, Identity]]:
    """The same, each end of a tunnel with one port: the topologies of a host have their own. What it has counts first;
    among the others the names decide."""
    taken: Dict[str, Set[int]] = {}
    found: Dict[str, Dict[str, Identity]] = {topology: dict(hosts) for topology, hosts in identities.items()}
    having = [
        (topology, host, number)
        for topology in sorted(found)
        for host, identity in found[topology].items()
        for number, ports in enumerate(_offered_ports(identity))
        if ports
    ]
    having.sort(key=lambda place: not _has_port(found[place[0]][place[1]], place[2]))
    for topology, host, number in having:
        ports, of_host = _offered_ports(found[topology][host])[number], taken.setdefault(host, set())
        port = next((each for each in ports if each not in of_host), ports[-1])
        of_host.add(port)
        found[topology][host] = _with_port(found[topology][host], number, port)
    return found


def _offered_ports(identity: Identity) -> List[Tuple[int, ...]]:
    """Of each of its ends; first the one by which it is known."""
    return [identity.ports, *(each.ports for each in identity.further)]


def _with_port(identity: Identity, number: int, port: int) -> Identity:
    if not number:
        return replace(identity, ports=(port,))
    further = list(identity.further)
    further[number - 1] = further[number - 1]._replace(ports=(port,))
    return replace(identity, further=tuple(further))


def _has_port(identity: Identity, number: int) -> bool:
    """Whether the first that it offers is the one that it has."""
    turn = identity.further[number - 1].turn if number else identity.turn
    kept = [each.own for each in identity.kept.networks.values()] if identity.kept is not None else []
    had = next((end.port for own in kept for end in rotation.ends_of(own) if end.turn == turn), None)
    return had == _offered_ports(identity)[number][0]


def tunnel_ends(
    group: Group, member: Member, identity: Identity, step: str
) -> Tuple[Optional[TunnelEnd], Tuple[TunnelEnd, ...]]:
    """That by which others are told to know the host, and further ones while keys change (``step``). None and none on a
    network that is not encrypted."""
    if not is_encrypted(group):
        return None, ()
    words = member.words.encryption
    address = tunnel_address(group.topology, identity.host_id)
    offered = [
        Offered(identity.turn, identity.public_key, identity.ports or (words.port,), True),
        *identity.further,
    ]
    ends = [
        TunnelEnd(words.kind, each.public_key, each.ports[0], words.port, words.keepalive, address, each.turn)
        for each in offered
    ]
    ready = max(each.turn for each in offered if each.ready)
    return rotation.in_use(ends, identity.turn, ready, step)


def check_keys(group: Group, peers: Mapping[str, Peer], problems: FleetProblems) -> None:
    """Each host of an encrypted network has a key, which is no other's."""
    if not is_encrypted(group):
        return
    owners: Dict[str, str] = {}
    for host, peer in peers.items():
        key = peer.tunnel.public_key if peer.tunnel is not None else ""
        if not key:
            text = (
                "it did not say in this run by which key it is known, and was on no encrypted network before; run it "
                "together with {0}"
            )
            problems.note(host, group.path + ".encrypted", text, _listed(each for each in peers if each != host))
            continue
        other = owners.setdefault(key, host)
        if other != host:
            text = (
                "its key is that of {0} too, as cloned machines have it; remove {1} on one of them, and it makes "
                "another"
            )
            where = quote(_FILES[group.members[0].words.encryption.kind].format(group.topology))
            problems.note(host, group.path + ".encrypted", text, other, where)


_FILES = {
    WIREGUARD: "/var/lib/linuxnet-fabric/wireguard/{0}.key",
    OPENVPN: "/var/lib/linuxnet-fabric/openvpn/{0}.pem",
}


def _listed(hosts: Iterable[str]) -> str:
    found: List[str] = sorted(hosts)
    return ", ".join(found) or "the others"
