# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file by which WireGuard is configured: what is in it, what it says, and how what runs differs from it. Pure."""

from __future__ import annotations

from typing import Any, Collection, Dict, Iterator, List, Mapping, Optional, Tuple, Union

from . import x25519
from .data import NamedTuple


class PeerConfig(NamedTuple):
    """``endpoint``: ``192.0.2.12:51871``, ``[2001:db8::12]:51871``; ``allowed``: prefixes, sorted."""

    public_key: str
    endpoint: str = ""
    allowed: Tuple[str, ...] = ()
    keepalive: int = 0  # seconds; 0: none


class Config(NamedTuple):
    """Of a tunnel, with the public half of its key. ``peers`` are sorted."""

    public_key: str
    port: int
    peers: Tuple[PeerConfig, ...] = ()

    def words(self) -> Dict[str, Any]:
        """As JSON has it."""
        return {"public_key": self.public_key, "port": self.port, "peers": [list(each) for each in self.peers]}


def config_of(words: Optional[Mapping[str, Any]]) -> Optional[Config]:
    """From ``Config.words``."""
    if words is None:
        return None
    peers = (PeerConfig(key, endpoint, tuple(allowed), alive) for key, endpoint, allowed, alive in words["peers"])
    return Config(words["public_key"], words["port"], tuple(peers))


def endpoint(address: str, port: Union[int, str]) -> str:
    """As wg(8) writes it."""
    return "{0}:{1}".format("[{0}]".format(address) if ":" in address else address, port)


def config_text(private: str, config: Config) -> str:
    """As wg(8) reads it."""
    lines = ["[Interface]", "PrivateKey = " + private, "ListenPort = {0}".format(config.port)]
    for peer in config.peers:
        lines += ["", "[Peer]", "PublicKey = " + peer.public_key]
        lines += ["AllowedIPs = " + ", ".join(peer.allowed)] if peer.allowed else []
        lines += ["Endpoint = " + peer.endpoint] if peer.endpoint else []
        # Said where there is none, too: wg syncconf leaves what a file does not say.
        lines.append("PersistentKeepalive = {0}".format(peer.keepalive or "off"))
    return "\n".join(lines) + "\n"


def parsed(text: str) -> Config:
    sections: List[Dict[str, str]] = []
    for line in text.splitlines():
        if line.startswith("["):
            sections.append({"": line})
        elif line:
            name, _equals, value = line.partition(" = ")
            sections[-1][name] = value
    own, peers = sections[0], sections[1:]
    public = x25519.public_key(own["PrivateKey"])
    return Config(public, int(own["ListenPort"]), tuple(sorted(map(_peer_of, peers))))


def _peer_of(section: Mapping[str, str]) -> PeerConfig:
    allowed = section.get("AllowedIPs", "")
    alive = section["PersistentKeepalive"]
    return PeerConfig(
        public_key=section["PublicKey"],
        endpoint=section.get("Endpoint", ""),
        allowed=tuple(sorted(allowed.split(", "))) if allowed else (),
        keepalive=0 if alive == "off" else int(alive),
    )


# --- what runs, told of no more than differs


def difference(now: Config, wanted: Config, found: Collection[str] = ()) -> List[str]:
    """Words for ``wg set IFNAME`` (wg(8)); none where nothing differs. Both have one key. ``found``: the public keys of
    those that stay where they were heard of last.

    ``wg syncconf`` would say all there is, and wireguard-go then opens its socket anew and forgets for a moment who may
    send what: packets of peers for whom nothing changes would be lost.
    """
    known = {peer.public_key: peer for peer in now.peers}
    words = ["listen-port", str(wanted.port)] if now.port != wanted.port else []
    for key in sorted(set(known) - {peer.public_key for peer in wanted.peers}):
        words += ["peer", key, "remove"]
    for peer in wanted.peers:
        there = known.get(peer.public_key)
        words += [*_of_peer(there, peer, peer.public_key in found)]
    return words


def _of_peer(now: Optional[PeerConfig], wanted: PeerConfig, is_found: bool) -> Iterator[str]:
    there = now if now is not None else PeerConfig(wanted.public_key)
    words: List[str] = []
    if wanted.endpoint and there.endpoint != wanted.endpoint and not (now is not None and is_found):
        words += ["endpoint", wanted.endpoint]
    if there.keepalive != wanted.keepalive:
        words += ["persistent-keepalive", str(wanted.keepalive or "off")]
    if there.allowed != wanted.allowed:
        words += ["allowed-ips", ",".join(wanted.allowed)]
    if words or now is None:
        yield from ("peer", wanted.public_key, *words)
