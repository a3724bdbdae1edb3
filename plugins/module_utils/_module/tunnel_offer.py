# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host offers the fleet for its encrypted networks: the public half of its key, and the ports it could have."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from .._ipam.change import NETWORK_ITSELF
from .._ipam.port_probe import probe_port
from .._ipam.store import Store, open_store
from .._kernel import wireguard, x25519
from .._kernel.changes import LEASE, Change, Subject

#: As many topologies of one host may ask at once.
_OFFERED = 16


def offer(
    topology: str, begin: int, kept: Optional[Mapping[str, Any]], check_mode: bool
) -> Tuple[Dict[str, Any], List[Change]]:
    """``begin``: where the search for a port begins. ``kept``: what the host was told last. A check makes no key: it
    answers with that of nobody, which no line shows."""
    changes: List[Change] = []
    public_key = wireguard.own_public_key(topology)
    if public_key is None:
        changes.append(Change("make a key for the encrypted networks", Subject(topology=topology, part=LEASE)))
        public_key = x25519.public_key(x25519.private_key()) if check_mode else wireguard.make_key(topology)
    with open_store(check_mode=True) as store:
        return {"public_key": public_key, "ports": list(_ports(store, topology, begin, kept))}, changes


def _ports(store: Store, topology: str, begin: int, kept: Optional[Mapping[str, Any]]) -> Iterator[int]:
    """What it has counts first, unless the search is to begin elsewhere now."""
    rows = store.rows("port", protocol="udp")
    leased = {row["published"] for row in rows if (row["topology"], row["container"]) != (topology, NETWORK_ITSELF)}
    own = _own_port(begin, kept)
    found = [own] if own is not None and own not in leased else []
    for port in range(begin, 65536):
        if len(found) == _OFFERED:
            break
        if port not in leased and port not in found and probe_port("udp", None, port) is None:
            found.append(port)
    return iter(found)


def _own_port(begin: int, kept: Optional[Mapping[str, Any]]) -> Optional[int]:
    for membership in kept["networks"].values() if kept is not None else ():
        tunnel = membership["own"].get("tunnel")
        if tunnel and tunnel["searched_from"] == begin:
            return int(tunnel["port"])
    return None
