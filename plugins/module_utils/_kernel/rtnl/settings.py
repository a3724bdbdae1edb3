# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of one interface under /proc/sys/net/*/conf, which every link dump holds anyway, as numbers in a row.

So an interface that is made again can have all of them as they were, and no file was read for that. Which number is
which setting: include/uapi/linux/ip.h (IPV4_DEVCONF_*, from 1) and ipv6.h (DEVCONF_*, from 0). The rows only grow.
"""

from __future__ import annotations

import base64
import functools
import socket
import struct
from typing import Dict, Iterator, List, Mapping, Optional, Tuple

from . import socket as nl

IFLA_INET_CONF, IFLA_INET6_CONF = 1, 2

#: None: read-only, or something that the kernel does not tell here as its file does.
_IPV4: Tuple[Optional[str], ...] = (
    "forwarding",
    None,  # mc_forwarding
    "proxy_arp",
    "accept_redirects",
    "secure_redirects",
    "send_redirects",
    "shared_media",
    "rp_filter",
    "accept_source_route",
    "bootp_relay",
    "log_martians",
    "tag",
    "arp_filter",
    "medium_id",
    "disable_xfrm",
    "disable_policy",
    "force_igmp_version",
    "arp_announce",
    "arp_ignore",
    "promote_secondaries",
    "arp_accept",
    "arp_notify",
    "accept_local",
    "src_valid_mark",
    "proxy_arp_pvlan",
    "route_localnet",
    "igmpv2_unsolicited_report_interval",
    "igmpv3_unsolicited_report_interval",
    "ignore_routes_with_linkdown",
    "drop_unicast_in_l2_multicast",
    "drop_gratuitous_arp",
    "bc_forwarding",
    "arp_evict_nocarrier",
)
_IPV6: Tuple[Optional[str], ...] = (
    "forwarding",
    "hop_limit",
    None,  # mtu: follows the link's own
    "accept_ra",
    "accept_redirects",
    "autoconf",
    "dad_transmits",
    "router_solicitations",
    None,  # router_solicitation_interval: milliseconds here, seconds there
    None,  # router_solicitation_delay
    "use_tempaddr",
    "temp_valid_lft",
    "temp_prefered_lft",
    "regen_max_retry",
    "max_desync_factor",
    "max_addresses",
    "force_mld_version",
    "accept_ra_defrtr",
    "accept_ra_pinfo",
    "accept_ra_rtr_pref",
    None,  # router_probe_interval
    "accept_ra_rt_info_max_plen",
    "proxy_ndp",
    "optimistic_dad",
    "accept_source_route",
    None,  # mc_forwarding
    "disable_ipv6",
    "accept_dad",
    "force_tllao",
    "ndisc_notify",
    "mldv1_unsolicited_report_interval",
    "mldv2_unsolicited_report_interval",
    "suppress_frag_ndisc",
    "accept_ra_from_local",
    "use_optimistic",
    "accept_ra_mtu",
    None,  # stable_secret
    "use_oif_addrs_only",
    "accept_ra_min_hop_limit",
    "ignore_routes_with_linkdown",
    "drop_unicast_in_l2_multicast",
    "drop_unsolicited_na",
    "keep_addr_on_down",
    None,  # router_solicitation_max_interval
    "seg6_enabled",
    "seg6_require_hmac",
    "enhanced_dad",
    "addr_gen_mode",
    "disable_policy",
    "accept_ra_rt_info_min_plen",
    None,  # ndisc_tclass
)
_OF_IPV4, _OF_IPV6 = frozenset((IFLA_INET_CONF,)), frozenset((IFLA_INET6_CONF,))
_FAMILIES = (("ipv4", socket.AF_INET, IFLA_INET_CONF, _IPV4), ("ipv6", socket.AF_INET6, IFLA_INET6_CONF, _IPV6))


#: Those of each family, as the kernel tells them: None where the link does not speak it.
Rows = Tuple[Optional[bytes], Optional[bytes]]
NO_ROWS: Rows = (None, None)


def rows(families: bytes) -> Rows:
    """Out of a link's IFLA_AF_SPEC, of which the rest is no setting, and of each link another."""
    found = nl.attributes(families)
    ipv4 = nl.attributes(found.get(socket.AF_INET, b""), 0, _OF_IPV4)
    ipv6 = nl.attributes(found.get(socket.AF_INET6, b""), 0, _OF_IPV6)
    return ipv4.get(IFLA_INET_CONF), ipv6.get(IFLA_INET6_CONF)


@functools.lru_cache(maxsize=64)
def packed(families: Rows) -> Mapping[str, str]:
    """Family → text that survives JSON. Thousands of links have the same: one for all of them."""
    return {place[0]: _as_text(row) for place, row in zip(_FAMILIES, families) if row is not None}


def _as_text(row: bytes) -> str:
    return base64.b64encode(row).decode("ascii")


def number(rows_of_link: Rows, family: int, name: str) -> Optional[int]:
    """One setting of a link. None where the link does not speak that family."""
    place, offset = _place(family, name)
    row = rows_of_link[place] or b""
    return struct.unpack_from("=i", row, offset)[0] if len(row) >= offset + 4 else None


@functools.lru_cache(maxsize=None)
def _place(family: int, name: str) -> Tuple[int, int]:
    """The attribute that a setting is in, and where: asked for every link of the host."""
    place = 1 if family == socket.AF_INET6 else 0
    return place, 4 * _FAMILIES[place][3].index(name)


def differing(was: Dict[str, str], families: Rows) -> Iterator[Tuple[str, str, str]]:
    """(family, setting, the value it had) of what is not now as it ``was``."""
    now = packed(families)
    for family, _number, _kind, names in _FAMILIES:
        for name, old, new in zip(names, _numbers(was.get(family, "")), _numbers(now.get(family, ""))):
            if name is not None and old != new:
                yield family, name, str(old)


def _numbers(row: str) -> List[int]:
    data = base64.b64decode(row)
    return [number for (number,) in struct.iter_unpack("=i", data)]
