# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the packets of an overlay are carried in between two hosts: datagrams of UDP, sealed or not. Plain data."""

from __future__ import annotations

from .data import NamedTuple


class Carrier(NamedTuple):
    """``ifname``: the device that wraps and unwraps. ``peer``: the other host's address. A port is 0 at the end that
    calls from any: the other end's is known then.

    ``patience``: seconds, after which a tunnel that heard nothing from the other end calls it again at the latest.
    Until then nothing that it is given leaves this host."""

    ifname: str
    peer: str
    port: int  # at which this host takes them in
    peer_port: int
    patience: float = 0.0
