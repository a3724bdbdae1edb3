# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""By which address somebody on the wire calls who is played: one that nobody has, and that only default routes lead to.
Pure."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Dict, Iterable, Tuple

#: Of networks that no host may be in: benchmarks (RFC 2544, RFC 5180), examples (RFC 5737, RFC 3849).
_CANDIDATES: Dict[int, Tuple[str, ...]] = {
    4: ("198.18.0.99", "203.0.113.99", "192.0.2.99", "198.51.100.99"),
    6: ("2001:2::99", "2001:db8:ffff:ffff::99"),
}


def strangers(destinations: Iterable[str]) -> Dict[int, str]:
    """Family → an address that is in none of these destinations of routes (CIDR) but those of default routes; without
    a family in which there is none."""
    networks = [ip_network(each, strict=False) for each in set(destinations)]
    led = [each for each in networks if each.prefixlen]
    found: Dict[int, str] = {}
    for family, candidates in _CANDIDATES.items():
        for address in map(ip_address, candidates):
            if not any(each.version == family and address in each for each in led):
                found[family] = str(address)
                break
    return found
