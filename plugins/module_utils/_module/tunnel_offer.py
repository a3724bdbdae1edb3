# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host offers the fleet for its encrypted networks: by what it is known, and the ports it could have."""

from __future__ import annotations

from typing import Any, Collection, Dict, Iterator, List, Mapping, Optional, Set, Tuple

from .._declaration.encryption_words import OPENVPN
from .._fleet.exchange import VERSION, Membership, TunnelEnd, host_plan
from .._fleet.openvpn import common_name
from .._fleet.rotation import RECEIVE, SEND, ends_of, ways_to
from .._ipam.change import NETWORK_ITSELF
from .._ipam.port_probe import probe_port
from .._ipam.store import open_store
from .._kernel import names, openvpn, wireguard, x509, x25519
from .._kernel.changes import LEASE, Change, Subject

#: As many topologies of one host may ask at once.
_OFFERED = 16
#: Seconds that a host waits for sessions with all others, before it sends by a new key. A handshake that is lost is
#: begun again after 5 (section 6.4 of the white paper).
_SESSIONS = 20


def offer(
    topology: str,
    kind: str,
    host_id: str,
    begin: int,
    step: str,
    kept: Optional[Mapping[str, Any]],
    ifnames: Collection[str],
    check_mode: bool,
) -> Tuple[Dict[str, Any], List[Change]]:
    """``kind``: by what it is encrypted. ``begin``: where the search for a port begins. ``step``: of keys that change.
    ``kept``: what the host was told last. ``ifnames``: the interfaces that it has. A check makes no key: it answers
    with that of nobody, which no line shows."""
    memberships = _memberships(kept)
    ends = [end for end in _ends(memberships) if end.kind == kind]
    with open_store(check_mode=True) as store:
        rows = store.rows("port", protocol="udp")
    leased = {row["published"] for row in rows}
    of_others = {row["published"] for row in rows if (row["topology"], row["container"]) != (topology, NETWORK_ITSELF)}
    free = list(_free_ports(leased, begin))
    ports = {end.turn: end.port for end in ends if end.searched_from == begin and end.port not in of_others}
    turn = ends[0].turn if ends else 0
    known_by, changes = (
        _certificate(topology, host_id, check_mode) if kind == OPENVPN else _key_of(topology, turn, check_mode)
    )
    offered = {**known_by, "turn": turn, "ports": _with_own(ports.get(turn), free)}
    if kind != OPENVPN:
        further, made = _further(topology, turn, [end.turn for end in ends[1:]], step, check_mode)
        changes += made
        peers = _peers_by_turn(memberships) if step == SEND else {}
        offered["further"] = [
            {
                **key,
                "turn": each,
                "ports": _with_own(ports.get(each), free),
                **_readiness(names.wireguard_ifname(names.tunnel_name(topology, each)), ifnames, peers.get(each, ())),
            }
            for each, key in further.items()
        ]
    return offered, changes


def _further(
    topology: str, turn: int, had: List[int], step: str, check_mode: bool
) -> Tuple[Dict[int, Dict[str, str]], List[Change]]:
    """The keys besides that of ``turn``; one more where they begin to change."""
    keys = {each: wireguard.own_public_key(names.tunnel_name(topology, each)) for each in had}
    found = {each: {"public_key": key} for each, key in keys.items() if key is not None}
    changes: List[Change] = []
    if step == RECEIVE and not any(each > turn for each in found):
        newest = max([turn, *found]) + 1
        found[newest], changes = _key_of(topology, newest, check_mode)
    return found, changes


def _readiness(ifname: str, ifnames: Collection[str], peers: Collection[str]) -> Dict[str, Any]:
    """``peers``: the keys that are waited for."""
    if ifname not in ifnames:
        return {"ready": False, "heard": []}
    return {"ready": True, "heard": sorted(wireguard.await_heard(ifname, peers, _SESSIONS) if peers else ())}


def _peers_by_turn(memberships: Collection[Membership]) -> Dict[int, Set[str]]:
    """Of each end of this host, the keys of those that it talks to."""
    found: Dict[int, Set[str]] = {}
    for membership in memberships:
        for host, peer in membership.peers.items():
            keys = {end.turn: end.public_key for end in ends_of(peer)}
            for turn, theirs in ways_to(membership, host):
                found.setdefault(turn, set()).add(keys[theirs])
    return found


def _certificate(topology: str, host_id: str, check_mode: bool) -> Tuple[Dict[str, Any], List[Change]]:
    found, name = openvpn.own_certificate(topology), common_name(topology, host_id)
    if found is not None and x509.read(found).common_name == name:
        return {"certificate": found}, []
    change = Change("make a certificate for the encrypted networks", Subject(topology=topology, part=LEASE))
    return {"certificate": openvpn.make_certificate(topology, name, check_mode)}, [change]


def _memberships(kept: Optional[Mapping[str, Any]]) -> List[Membership]:
    """Of what the host was told last. What another release wrote, the controller refuses."""
    if kept is None or kept.get("version") != VERSION:
        return []
    return list(host_plan(kept).networks.values())


def _ends(memberships: Collection[Membership]) -> List[TunnelEnd]:
    """Which this host has; first the one that it is known by."""
    found = [end for membership in memberships for end in ends_of(membership.own)]
    first = [membership.own.tunnel for membership in memberships if membership.own.tunnel is not None]
    by_turn = {end.turn: end for end in (*first[:1], *found)}
    return list(by_turn.values())


def _key_of(topology: str, turn: int, check_mode: bool) -> Tuple[Dict[str, Any], List[Change]]:
    """Of WireGuard; made where there is none."""
    name = names.tunnel_name(topology, turn)
    public_key = wireguard.own_public_key(name)
    if public_key is not None:
        return {"public_key": public_key}, []
    text = "make a new key for the encrypted networks" if turn else "make a key for the encrypted networks"
    made = x25519.public_key(x25519.private_key()) if check_mode else wireguard.make_key(name)
    return {"public_key": made}, [Change(text, Subject(topology=topology, part=LEASE))]


def _with_own(own: Optional[int], free: List[int]) -> List[int]:
    """What it has counts first, unless the search is to begin elsewhere now."""
    return free if own is None else [own, *(port for port in free if port != own)][:_OFFERED]


def _free_ports(leased: Collection[int], begin: int) -> Iterator[int]:
    found = 0
    for port in range(begin, 65536):
        if found == _OFFERED:
            break
        if port not in leased and probe_port("udp", None, port) is None:
            found += 1
            yield port
