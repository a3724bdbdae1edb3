# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of an overlay network, besides those that it shares with a bridge network."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Optional

from .._kernel.data import dataclass
from .bridge_words import BRIDGE_SPELLINGS, BRIDGE_WORDS, parse_bridge
from .driver import NetworkWords
from .topology import Network, Pool, families, gateway_mode
from .words import Problems, between, boolean, one_of, quote

ROUTED, BRIDGED = "routed", "bridged"
OVERLAY_MODES = (ROUTED, BRIDGED)
OVERLAY_WORDS = (
    *(word for word in BRIDGE_WORDS if word != "external"),
    *("overlay_mode", "encrypted", "vni", "multicast"),
)
OVERLAY_SPELLINGS = {
    **BRIDGE_SPELLINGS,
    "encrypted": ("encrypted", ""),
    "com.docker.network.driver.overlay.vxlanid_list": ("vni", ""),
}
#: VXLAN's identifier has 24 bits (RFC 7348, section 5).
VNI_MAX = (1 << 24) - 1
#: Prefix length of a host's block, where nobody says another.
BLOCK_SIZES = {4: 24, 6: 80}
#: The longest prefix of a block: a gateway and a container have to be in it.
LONGEST_BLOCKS = {4: 30, 6: 126}
VXLAN_PORT = 4789  # IANA's


@dataclass(frozen=True)
class OverlayOptions:
    mode: str = ROUTED
    vni: Optional[int] = None  # None: made of the names of the topology and the network
    multicast: bool = False
    encrypted: bool = False
    membership: Any = None  # what this host is told of itself and its peers (``_fleet.exchange``); None: not yet


def parse_overlay(network: Network, words: NetworkWords, problems: Problems) -> Network:
    network = parse_bridge(network, words, problems)
    mode = one_of(words.get("overlay_mode"), OVERLAY_MODES, ROUTED, words.at("overlay_mode"), problems)
    encrypted = _encrypted(words, problems)
    vni = between(words.get("vni"), 1, VNI_MAX, "VXLAN identifier", words.at("vni"), problems)
    multicast = words.truth("multicast", False, problems)
    if multicast and mode != BRIDGED:
        problems.note(
            words.at("multicast"), "needs overlay_mode bridged: a routed overlay has no layer 2 between hosts"
        )
    for family in families(network):
        if gateway_mode(network, family) == "isolated":
            text = '"isolated": the hosts of an overlay are its gateways; use internal alone'
            problems.note(words.at_family("gateway_mode", "ipv%d" % family), text)
    pools = tuple(_with_block_size(pool, words.path, problems) for pool in network.pools)
    return replace(network, pools=pools, options=OverlayOptions(mode, vni, multicast, encrypted))


def _encrypted(words: NetworkWords, problems: Problems) -> bool:
    """Docker has the mere presence of the option count, and writes it with an empty value."""
    value = words.get("encrypted")
    return boolean(True if value == "" else value, False, words.at("encrypted"), problems)


def _with_block_size(pool: Pool, path: str, problems: Problems) -> Pool:
    size = pool.block_size if pool.block_size is not None else BLOCK_SIZES[pool.family]
    if pool.gateway is not None:
        text = '"{0}": on an overlay each host has a gateway address of its own, in its block; leave it out'
        problems.note(pool.path + ".gateway", text, pool.gateway)
    if pool.subnet is None:
        if pool.family == 4:
            text = "an overlay needs an IPv4 subnet that all its hosts agree on; write one in ipam.config"
            problems.note(path + ".ipam", text)
        return pool._replace(gateway=None, block_size=size)
    span, where = pool.ip_range or pool.subnet, pool.path + (".block_size" if pool.block_size else ".subnet")
    if not span.prefixlen <= size <= LONGEST_BLOCKS[pool.family]:
        text = "{0}: a host's block of /{1} is to be cut from {2}; write a block_size between {3} and {4}"
        shown = quote(str(pool.subnet)) if pool.block_size is None else size
        problems.note(where, text, shown, size, span, span.prefixlen, LONGEST_BLOCKS[pool.family])
    return pool._replace(gateway=None, block_size=size)
