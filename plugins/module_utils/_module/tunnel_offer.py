# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host offers the fleet for its encrypted networks: by what it is known, and the ports it could have."""

from __future__ import annotations

from typing import Any, Collection, Dict, Iterator, List, Mapping, Optional, Tuple

from .._declaration.encryption_words import OPENVPN
from .._fleet.exchange import VERSION, Membership, TunnelEnd, host_plan
from .._fleet.rotation import RECEIVE, SEND, ends_of
from .._ipam.change import NETWORK_ITSELF
from .._ipam.port_probe import probe_port
from .._ipam.store import open_store
from .._kernel.changes import Change
from .tunnel_keys import Certificates, Keys, WireguardKeys

#: As many topologies of one host may ask at once.
_OFFERED = 16


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
    keys: Keys = Certificates(topology, host_id, check_mode) if kind == OPENVPN else WireguardKeys(topology, check_mode)
    known_by, changes = keys.of(turn)
    further, made = _further(keys, turn, [end.turn for end in ends[1:]], step)
    offered = {**known_by, "turn": turn, "ports": _with_own(ports.get(turn), free)}
    offered["further"] = [
        {
            **key,
            "turn": each,
            "ports": _with_own(ports.get(each), free),
            **keys.readiness(each, memberships, ifnames, step == SEND),
        }
        for each, key in further.items()
    ]
    return offered, [*changes, *made]


def _further(keys: Keys, turn: int, had: List[int], step: str) -> Tuple[Dict[int, Dict[str, str]], List[Change]]:
    """What this host is known by besides that of ``turn``; one more where they begin to change."""
    there = {each: keys.there(each) for each in had}
    found = {each: known_by for each, known_by in there.items() if known_by is not None}
    changes: List[Change] = []
    if step == RECEIVE and not any(each > turn for each in found):
        newest = max([turn, *found]) + 1
        found[newest], changes = keys.of(newest)
    return found, changes


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
