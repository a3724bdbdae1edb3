# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the hosts of a run know of hosts that are not in it: who they were, and what they held. Pure."""

from __future__ import annotations

from typing import Dict, Iterator, Mapping, Optional, Tuple

from .exchange import HostPlan, Peer
from .members import Identity


class Known:
    """Of several that know the same host, the one counts that heard of its last change."""

    def __init__(self, topology: str, identities: Mapping[str, Identity]) -> None:
        self._peers: Dict[Tuple[str, str], Peer] = {}  # (host id, network)
        self._hosts: Dict[str, Tuple[int, str]] = {}  # inventory name → generation, host id
        self._names: Dict[str, str] = {}  # host id → inventory name
        self._generations: Dict[str, int] = {}  # host id → of its last change
        self.left: Dict[Tuple[str, str], Tuple[str, ...]] = {}  # (host id, network) → blocks, of hosts that went
        for identity in identities.values():
            if identity.kept is not None and identity.kept.topology == topology:
                self._learn(identity.kept)

    def _learn(self, kept: HostPlan) -> None:
        for network, membership in kept.networks.items():
            for host, peer in ((kept.host, membership.own), *membership.peers.items()):
                self._generations[peer.host_id] = max(self._generations.get(peer.host_id, 0), peer.generation)
                now = self._peers.get((peer.host_id, network))
                if now is None or now.generation < peer.generation:
                    self._peers[peer.host_id, network] = peer
                if self._hosts.get(host, (-1, ""))[0] < peer.generation:
                    self._hosts[host] = peer.generation, peer.host_id
                    self._names[peer.host_id] = host
        for host, left in kept.left.items():
            self._names.setdefault(left.host_id, host)
            for network, blocks in left.networks.items():
                self.left.setdefault((left.host_id, network), blocks)

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
        """(host id, blocks) of all that is known to be held."""
        for (host_id, name), peer in self._peers.items():
            if name == network:
                yield host_id, peer.blocks
        for (host_id, name), blocks in self.left.items():
            if name == network and (host_id, name) not in self._peers:
                yield host_id, blocks
