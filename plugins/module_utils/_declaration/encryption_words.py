# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host says of the encryption of its overlays: ``topology_encryption``, ``topology_wireguard_port`` and
``topology_wireguard_keepalive``.
"""

from __future__ import annotations

from typing import Any, Mapping

from .._kernel.data import dataclass
from .words import Problems, between, one_of

WIREGUARD = "wireguard"
ENCRYPTIONS = (WIREGUARD,)
#: Where the search for a free one begins: each topology of a host has a port of its own.
WIREGUARD_PORT = 51871
#: Seconds, the most that wg(8) takes.
KEEPALIVE_MAX = 65535


@dataclass(frozen=True)
class EncryptionWords:
    """``port``: where the search for a free one begins. ``keepalive``: seconds, 0 for none."""

    kind: str = WIREGUARD
    port: int = WIREGUARD_PORT
    keepalive: int = 0


def parse_encryption(values: Mapping[str, Any], problems: Problems) -> EncryptionWords:
    """``values``: of one host's variables, those that are named above."""
    word, path = values.get("topology_encryption"), "topology_encryption"
    if word == "openvpn":
        problems.note(path, '"openvpn": this release encrypts by WireGuard alone; leave the word out')
        word = None
    port_path, keepalive_path = "topology_wireguard_port", "topology_wireguard_keepalive"
    port = between(values.get(port_path), 1, 65535, "port", port_path, problems)
    keepalive = between(values.get(keepalive_path), 0, KEEPALIVE_MAX, "seconds", keepalive_path, problems)
    return EncryptionWords(
        kind=one_of(word, ENCRYPTIONS, WIREGUARD, path, problems),
        port=WIREGUARD_PORT if port is None else port,
        keepalive=keepalive or 0,
    )
