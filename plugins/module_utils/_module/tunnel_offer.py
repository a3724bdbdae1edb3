# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host offers the fleet for its encrypted networks: by what it is known, and the ports it could have."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from .._declaration.encryption_words import OPENVPN
from .._fleet.openvpn import common_name
from .._ipam.change import NETWORK_ITSELF
from .._ipam.port_probe import probe_port
from .._ipam.store import Store, open_store
from .._kernel import openvpn, wireguard, x509, x25519
from .._kernel.changes import LEASE, Change, Subject

#: As many topologies of one host may ask at once.
_OFFERED = 16


def offer(
    topology: str, kind: str, host_id: str, begin: int, kept: Optional[Mapping[str, Any]], check_mode: bool
) -> Tuple[Dict[str, Any], List[Change]]:
    """``kind``: by what it is encrypted. ``begin``: where the search for a port begins. ``kept``: what the host was
    told last. A check makes no key: it answers with that of nobody, which no line shows."""
    changes: List[Change] = []
    own = _own(topology, kind, host_id)
    if own is None:
        what = "certificate" if kind == OPENVPN else "key"
        text = "make a {0} for the encrypted networks".format(what)
        changes.append(Change(text, Subject(topology=topology, part=LEASE)))
        own = _made(topology, kind, host_id, check_mode)
    with open_store(check_mode=True) as store:
        return {**own, "ports": list(_ports(store, topology, begin, kept))}, changes


def _own(topology: str, kind: str, host_id: str) -> Optional[Dict[str, str]]:
    """What this host is known by; None where it has nothing that can be used."""
    if kind != OPENVPN:
        public_key = wireguard.own_public_key(topology)
        return {"public_key": public_key} if public_key is not None else None
    certificate = openvpn.own_certificate(topology)
    if certificate is None or x509.read(certificate).common_name != common_name(topology, host_id):
        return None
    return {"certificate": certificate}


def _made(topology: str, kind: str, host_id: str, check_mode: bool) -> Dict[str, str]:
    if kind == OPENVPN:
        return {"certificate": openvpn.make_certificate(topology, common_name(topology, host_id), check_mode)}
    if check_mode:
        return {"public_key": x25519.public_key(x25519.private_key())}
    return {"public_key": wireguard.make_key(topology)}


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
