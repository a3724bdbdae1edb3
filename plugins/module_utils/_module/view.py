# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a host is seen from outside, which no declaration says: by which address, and who leads it out."""

from __future__ import annotations

import socket
from typing import Dict, Optional, Sequence, Tuple

from .._kernel import facts
from .._kernel.host import Host
from .._kernel.rtnl import read as rtnetlink
from .._promises.model import HostView

#: Where nobody is (RFC 5737, RFC 3849): the way there is the way to everybody whom no other route leads to.
_ANYBODY = {4: "192.0.2.1", 6: "2001:db8::1"}
_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}


def host_view(host: Host) -> HostView:
    """By which address others know the host, and who leads it out."""
    sources = {family: _source(family) for family in (4, 6)}
    return HostView(
        addresses={family: address for family, address in sources.items() if address is not None},
        neighbours=_gateways(facts.read(host).routes),
    )


def _source(family: int) -> Optional[str]:
    """The address that the kernel would send from. A datagram socket that connects sends nothing."""
    with socket.socket(_FAMILIES[family], socket.SOCK_DGRAM) as asking:
        try:
            asking.connect((_ANYBODY[family], 9))
        except OSError:
            return None
        return str(asking.getsockname()[0])


def _gateways(routes: Sequence[rtnetlink.RouteEntry]) -> Dict[int, str]:
    """Of the default routes the best one's. One that needs an interface to be said (fe80::/10) is left out."""
    found: Dict[int, Tuple[int, str]] = {}
    for route in routes:
        if route.destination not in ("0.0.0.0/0", "::/0") or route.table != rtnetlink.RT_TABLE_MAIN:
            continue
        if not route.gateway or route.gateway.startswith("fe80:"):
            continue
        family = 6 if ":" in route.destination else 4
        found[family] = min(found.get(family, (1 << 32, "")), (route.metric, route.gateway))
    return {family: gateway for family, (_metric, gateway) in found.items()}
