# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""By what a host is known on encrypted networks: keys of WireGuard, or certificates. One for each end of its tunnel,
made where there is none; and whether others can be reached by one already."""

from __future__ import annotations

from typing import Any, Collection, Dict, List, Optional, Protocol, Set, Tuple

from .._expansion import openvpn as ways
from .._fleet.exchange import Membership
from .._fleet.openvpn import common_name
from .._fleet.rotation import ends_of, ways_to
from .._kernel import names, openvpn, wireguard, x509, x25519
from .._kernel.changes import LEASE, Change, Subject

#: Seconds that a host waits for sessions with all others, before it sends by a new key. A handshake that is lost is
#: begun again after 5 (section 6.4 of WireGuard's white paper); OpenVPN calls again after 1 to 4.
SESSIONS = 20

#: Part of what a host answers: ``public_key`` or ``certificate``.
KnownBy = Dict[str, str]


class Keys(Protocol):
    """``turn``: how many there were before."""

    def there(self, turn: int) -> Optional[KnownBy]:
        """None where there is none that can be used."""

    def of(self, turn: int) -> Tuple[KnownBy, List[Change]]:
        """Made where there is none. A check makes none: it answers with that of nobody, which no line shows."""

    def readiness(
        self, turn: int, memberships: Collection[Membership], ifnames: Collection[str], wait: bool
    ) -> Dict[str, Any]:
        """``ready``: packets are taken by this end. ``heard``: the keys of those with which it agreed on a session;
        where that is waited for, once it did with all of them or some time went by. ``ifnames``: what the host has."""


class WireguardKeys:
    def __init__(self, topology: str, check_mode: bool) -> None:
        self._topology, self._check_mode = topology, check_mode

    def there(self, turn: int) -> Optional[KnownBy]:
        public_key = wireguard.own_public_key(self._name(turn))
        return {"public_key": public_key} if public_key is not None else None

    def of(self, turn: int) -> Tuple[KnownBy, List[Change]]:
        found = self.there(turn)
        if found is not None:
            return found, []
        made = x25519.public_key(x25519.private_key()) if self._check_mode else wireguard.make_key(self._name(turn))
        return {"public_key": made}, [_making("key", turn, self._topology)]

    def readiness(
        self, turn: int, memberships: Collection[Membership], ifnames: Collection[str], wait: bool
    ) -> Dict[str, Any]:
        ifname = names.wireguard_ifname(self._name(turn))
        if ifname not in ifnames:
            return {"ready": False, "heard": []}
        peers = _peers(turn, memberships) if wait else set()
        return {"ready": True, "heard": sorted(wireguard.await_heard(ifname, peers, SESSIONS) if peers else ())}

    def _name(self, turn: int) -> str:
        return names.tunnel_name(self._topology, turn)


class Certificates:
    def __init__(self, topology: str, host_id: str, check_mode: bool) -> None:
        self._topology, self._check_mode = topology, check_mode
        self._common_name = common_name(topology, host_id)

    def there(self, turn: int) -> Optional[KnownBy]:
        found = openvpn.own_certificate(self._name(turn))
        is_own = found is not None and x509.read(found).common_name == self._common_name
        return {"certificate": found} if found is not None and is_own else None

    def of(self, turn: int) -> Tuple[KnownBy, List[Change]]:
        found = self.there(turn)
        if found is not None:
            return found, []
        made = openvpn.make_certificate(self._name(turn), self._common_name, self._check_mode)
        return {"certificate": made}, [_making("certificate", turn, self._topology)]

    def readiness(
        self, turn: int, memberships: Collection[Membership], ifnames: Collection[str], wait: bool
    ) -> Dict[str, Any]:
        """Of two hosts the one that calls knows whether they agreed."""
        called: Dict[str, str] = {}
        is_told = any(end.turn == turn for membership in memberships for end in ends_of(membership.own))
        for membership in memberships:
            called.update(ways.ways_of(turn, membership))
        if not is_told or not set(called) <= set(ifnames):
            return {"ready": False, "heard": []}
        calling = [ifname for ifname, key in called.items() if key]
        heard = openvpn.await_connected(calling, SESSIONS) if wait and calling else set()
        return {"ready": True, "heard": sorted(called[ifname] for ifname in heard)}

    def _name(self, turn: int) -> str:
        return names.tunnel_name(self._topology, turn)


def _making(what: str, turn: int, topology: str) -> Change:
    text = "make a {0}{1} for the encrypted networks".format("new " if turn else "", what)
    return Change(text, Subject(topology=topology, part=LEASE))


def _peers(turn: int, memberships: Collection[Membership]) -> Set[str]:
    """The keys of those to whom this host talks by one of its ends."""
    found: Set[str] = set()
    for membership in memberships:
        for host, peer in membership.peers.items():
            keys = {end.turn: end.public_key for end in ends_of(peer)}
            found.update(keys[theirs] for own, theirs in ways_to(membership, host) if own == turn)
    return found
