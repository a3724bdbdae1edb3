# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A macvlan: a link with a MAC of its own on the LAN of its parent. Modes as in ip-link(8)."""

from __future__ import annotations

from typing import Optional, Tuple

from ..._kernel.data import dataclass
from ..routes import StaticRoute
from .child import Child, kind


@dataclass(frozen=True)
class Macvlan(Child):
    netns: Optional[str]  # None: the host's own
    ifname: str
    alias: str
    network: str
    parent: str
    mode: str = "bridge"
    owner: str = ""
    mac: Optional[str] = None  # None: the parent's, in the mode passthru, or one of the kernel's
    mtu: int = 1500
    addresses: Tuple[str, ...] = ()
    routes: Tuple[StaticRoute, ...] = ()
    sysctls: Tuple[Tuple[str, str], ...] = ()

    kind, as_made = "macvlan", True
    option = "IFLA_MACVLAN_MODE"
    modes = {name: name for name in ("bridge", "private", "vepa", "passthru")}
    #: It takes the parent for itself: macvlan_changelink() in drivers/net/macvlan.c.
    fixed_modes = ("passthru",)


KIND = kind(Macvlan, "macvlan")
