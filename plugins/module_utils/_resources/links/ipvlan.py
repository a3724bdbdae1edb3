# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An ipvlan: a link with its parent's MAC and addresses of its own on the parent's LAN. Modes as in ip-link(8).

The kernel keeps the mode once for a parent: a change of one is a change of all that stand on it.
"""

from __future__ import annotations

from typing import Optional, Tuple

from ..._kernel.data import dataclass
from ..routes import StaticRoute
from .child import Child, kind


@dataclass(frozen=True)
class Ipvlan(Child):
    netns: Optional[str]  # None: the host's own
    ifname: str
    alias: str
    network: str
    parent: str
    mode: str = "l2"
    owner: str = ""
    mac: Optional[str] = None  # always the parent's
    mtu: int = 1500
    addresses: Tuple[str, ...] = ()
    routes: Tuple[StaticRoute, ...] = ()
    sysctls: Tuple[Tuple[str, str], ...] = ()

    kind = "ipvlan"
    has_mac = False
    option = "IFLA_IPVLAN_MODE"
    modes = {"l2": 0, "l3": 1, "l3s": 2}  # IPVLAN_MODE_* in include/uapi/linux/if_link.h


KIND = kind(Ipvlan, "ipvlan")
