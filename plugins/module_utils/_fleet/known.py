# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the hosts of a run know of hosts that are not in it: who they were, and what they held. Pure."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from .._ipam.fleet_store import ADDRESS, BLOCK, MEMBER
from .._ipam.store import Row
from .exchange import HostPlan, Peer, peer_of
from .members import Identity, latest


class Known:
    """Of several that know the same host, the one counts that heard of its last change."""

    def __init__(self, topology: str, identities: Mapping[str, Identity]) -> None:
        self._peers: Dict[Tuple[str, str], Peer] = {}  # (host id, network)
        self._hosts: Dict[str, Tuple[int, str]] = {}  # inventory name → generation, host id
        self._names: Dict[str, str] = {}  # host id → inventory name
        self._generations: Dict[str, int] = {}  # host id → of its last change
        self.left: Dict[Tuple[str, str], Tuple[str, ...]] = {}  # (host id, network) → blocks, of hosts that went
        self._addresses: Dict[Tuple[str, str], List[str]] = {}  # (host id, network) → by hand, as the store has them
        self._speaking = {each.host_id for each in identities.values() if each.kept is not None}
        for identity in identities.values():
            if identity.kept is not None and identity.kept.topology == topology:
                self._learn(identity.kept)
        self._learn_from_store([row for row in latest(identities).rows if row["topology"] == topology])

    def _learn(self, kept: HostPlan) -> None:
        for network, membership in kept.networks.items():
            for host, peer in ((kept.host, membership.own), *membership.peers.items()):
                self._meet(network, host, peer)
        for host, left in kept.left.items():
            self._names.setdefault(left.host_id, host)
            for network, blocks in left.networks.items():
                self.left.setdefault((left.host_id, network), blocks)

    def _meet(self, network: str, host: str, peer: Peer) -> None:
        self._generations[peer.host_id] = max(self._generations.get(peer.host_id, 0), peer.generation)
        now = self._peers.get((peer.host_id, network))
        if now is None or now.generation < peer.generation:
            self._peers[peer.host_id, network] = peer
        if self._hosts.get(host, (-1, ""))[0] < peer.generation:
            self._hosts[host] = peer.generation, peer.host_id
            self._names[peer.host_id] = host

    def _learn_from_store(self, rows: Sequence[Row]) -> None:
        """What a host says of itself counts for more than what the store has of it, which may be from a backup."""
        blocks: Dict[Tuple[str, str], List[str]] = {}
        for row in rows:
            key = (str(row.get("host_id")), row["network"])
            if row["kind"] == MEMBER and key[0] not in self._speaking:
                self._meet(row["network"], row["told"]["host"], peer_of(row["told"]["peer"], row["told"]["host"]))
            elif row["kind"] in (BLOCK, ADDRESS):
                self._names.setdefault(key[0], row["host"])
                found = blocks if row["kind"] == BLOCK else self._addresses
                found.setdefault(key, []).append(row["block"] if row["kind"] == BLOCK else row["address"])
        for key, texts in blocks.items():
            self.left.setdefault(key, tuple(texts))

    def host_id(self, host: str) -> Optional[str]:
        return self._hosts[host][1] if host in self._hosts else None

    def name(self, host_id: str) -> str:
        return self._names.get(host_id, host_id)

    def generation(self, host_id: str) -> int:
        """Of the last change of a host that anybody heard of; 0 where nobody knows it."""
        return self._generations.get(host_id, 0)

    def peer(self, host_id: str, network: str) -> Optional[Peer]:
        return self._peers.get((host_id, network))

    def holders(self, network: str) -> Iterator[Tuple[str, Tuple[str, ...]]]:
        """(host id, blocks) of all that is known to be held, with addresses by hand that are in none of its blocks."""
        held = {key: peer.blocks for key, peer in self._peers.items() if key[1] == network}
        for key in (*self.left, *self._addresses):
            if key[1] == network:
                held.setdefault(key, self.left.get(key, ()))
        for (host_id, name), blocks in held.items():
            by_hand = self._addresses.get((host_id, name), ())
            yield host_id, (*blocks, *(each for each in by_hand if not any(_in(each, block) for block in blocks)))


def _in(address: str, block: str) -> bool:
    return ip_address(address) in ip_network(block)
