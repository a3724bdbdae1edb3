# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host says of the encryption of its overlays: ``topology_encryption``, ``topology_wireguard_port``,
``topology_wireguard_keepalive``, ``topology_openvpn_port`` and ``topology_openvpn_hub``.
"""

from __future__ import annotations

from typing import Any, Mapping

from .._kernel.data import dataclass
from .words import Problems, between, one_of, text

WIREGUARD, OPENVPN = "wireguard", "openvpn"
ENCRYPTIONS = (WIREGUARD, OPENVPN)
#: Where the search for a free one begins: each topology of a host has a port of its own.
PORTS = {WIREGUARD: 51871, OPENVPN: 1194}
WIREGUARD_PORT = PORTS[WIREGUARD]
#: Seconds, the most that wg(8) takes.
KEEPALIVE_MAX = 65535


@dataclass(frozen=True)
class EncryptionWords:
    """``port``: where the search for a free one begins. ``keepalive``: seconds, 0 for none; WireGuard's alone.
    ``hub``: the host that all others call by OpenVPN; empty: of two hosts one calls the other."""

    kind: str = WIREGUARD
    port: int = WIREGUARD_PORT
    keepalive: int = 0
    hub: str = ""


def port_path(kind: str) -> str:
    return "topology_{0}_port".format(kind)


def parse_encryption(values: Mapping[str, Any], problems: Problems) -> EncryptionWords:
    """``values``: of one host's variables, those that are named above."""
    kind = one_of(values.get("topology_encryption"), ENCRYPTIONS, WIREGUARD, "topology_encryption", problems)
    paths = {each: port_path(each) for each in ENCRYPTIONS}
    ports = {each: between(values.get(path), 1, 65535, "port", path, problems) for each, path in paths.items()}
    path = "topology_wireguard_keepalive"
    keepalive = between(values.get(path), 0, KEEPALIVE_MAX, "seconds", path, problems)
    hub = values.get("topology_openvpn_hub")
    return EncryptionWords(
        kind=kind,
        port=ports[kind] or PORTS[kind],
        keepalive=(keepalive or 0) if kind == WIREGUARD else 0,
        hub=(text(hub, "topology_openvpn_hub", problems) or "") if hub and kind == OPENVPN else "",
    )
