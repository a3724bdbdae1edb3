# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses and routes of one moment at which the kernel has done its part.

An IPv6 address gets its entry in the table local from a work queue, a moment after whoever set it was told that it is
there (addrconf_dad_work() in net/ipv6/addrconf.c). Whoever reads in between would miss it for good.
"""

from __future__ import annotations

import time
from typing import List, Mapping, Optional, Sequence, Tuple

from .rtnl import read as rtnetlink
from .rtnl.read import Addresses, Link, RouteEntry
from .rtnl.socket import NetlinkSocket

_PAUSE = 0.002


class Settling:
    """Reads until what is to come has come, for at most so long in all: where somebody took it away, it never does."""

    def __init__(self, seconds: float = 1.0) -> None:
        self._left = seconds

    def read(
        self,
        socket: NetlinkSocket,
        links: Mapping[int, Link],
        table: int = 0,
        ipv6: bool = True,
        most: Tuple[Optional[int], Optional[int]] = (None, None),
        indexes: Sequence[int] = rtnetlink.ALL,
    ) -> Tuple[Addresses, List[RouteEntry]]:
        """``links`` by index; ``table`` 0 is all of them. Addresses come first, for the kernel makes their routes after
        them. ``most``: addresses, and routes of a family, else TooMany. ``indexes``: the interfaces whose they are."""
        while True:
            addresses = rtnetlink.read_addresses(socket, most[0], indexes)
            ipv6 = ipv6 or addresses.of_ipv6
            routes = rtnetlink.read_routes(socket, table, ipv6, most[1], indexes)
            if self._left <= 0 or not ipv6 or not _is_to_come(addresses, routes, links):
                return addresses, routes
            self._left -= _PAUSE
            time.sleep(_PAUSE)


def _is_to_come(addresses: Addresses, routes: List[RouteEntry], links: Mapping[int, Link]) -> bool:
    there = {(route.oif, route.destination) for route in routes}
    return any(
        ":" in cidr
        and (index, cidr) not in addresses.tentative
        and (index, "fe80::/64" if cidr.startswith("fe80:") else cidr.split("/")[0] + "/128") not in there
        for index, cidrs in addresses.items()
        if index in links and links[index].up
        for cidr in cidrs
    )
