# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``table inet`` has besides for encrypted networks. Pure.

All of a topology's share one tunnel, which takes from each peer what has a source in that peer's blocks, and nothing
that anybody forged or said before. What is left to rule where a network is routed: that nothing goes from one network
to another in there, and what is kept apart on a bridge stays so. Where it is bridged, its VXLAN is inside the tunnel:
it is taken from other hosts' addresses in there, by the tunnel, and leaves by the tunnel, or not at all.
"""

from __future__ import annotations

from typing import Iterator, Tuple

from .inet_sets import icc_off
from .model import NetworkPolicy, Ruleset
from .tables import Chain, NamedSet, address_type, family_of, quoted, unique


def _encrypted(ruleset: Ruleset, family: int = 0) -> Iterator[Tuple[NetworkPolicy, str, str]]:
    """Each with its tunnel and its subnet, of one family or (0) of both."""
    for network in ruleset.networks:
        tunnel = network.tunnel
        if tunnel is not None and tunnel.encrypts and family in (0, network.family):
            yield from ((network, ifname, tunnel.subnet) for ifname in tunnel.ifnames)


def encrypted_sets(ruleset: Ruleset) -> Tuple[NamedSet, ...]:
    ifnames = unique(ifname for _network, ifname, _subnet in _encrypted(ruleset))
    if not ifnames:
        return ()
    found = [NamedSet("encrypting", "ifname", quoted(ifnames)), icc_off(ruleset.networks)]
    for family in (4, 6):
        subnets = unique(subnet for _network, _ifname, subnet in _encrypted(ruleset, family))
        address = address_type(family)
        pairs = tuple("{0} . {0}".format(subnet) for subnet in subnets)
        found.append(NamedSet("same%d" % family, "{0} . {0}".format(address), pairs, interval=True))
    return (*found, *(_senders(ruleset, family) for family in (4, 6)))


def _senders(ruleset: Ruleset, family: int) -> NamedSet:
    """What may come out of a tunnel, which took it from its peers alone, each for its own blocks."""
    elements = unique(
        '"{0}" . {1}'.format(each.way or underlay.way, each.prefix)
        for underlay in ruleset.underlays
        if not underlay.vni
        for each in underlay.beyond
        if family_of(each.prefix) == family
    )
    return NamedSet("senders%d" % family, "ifname . " + address_type(family), elements, interval=True)


def encrypted_outer(ruleset: Ruleset, end: str) -> Tuple[str, ...]:
    """Of the encrypted packets themselves: never tracked, so never translated. ``end``: dport of what comes, sport of
    what goes."""
    outers = [each.outer for each in ruleset.underlays if each.outer is not None and each.untracked]
    ports = unique(map(str, sorted(port for outer in outers for port in outer.ports)))
    return tuple("udp {0} {1} notrack".format(end, port) for port in ports)


def encrypted_chains(ruleset: Ruleset) -> Tuple[Chain, ...]:
    if not any(True for _each in _encrypted(ruleset)):
        return ()
    return (
        Chain(
            "from_peer",
            (
                "iifname . ip saddr != @senders4 drop",
                "iifname . ip6 saddr != @senders6 drop",
                "goto from_bridge",
            ),
        ),
        Chain(
            "between_networks",
            (
                # Both ends of a connection were looked up when it began; of each packet only its source, in from_peer.
                "ct state established,related accept",
                "iifname @encrypting ip saddr . ip daddr != @same4 drop",
                "iifname @encrypting ip6 saddr . ip6 daddr != @same6 drop",
                "oifname @encrypting ip saddr . ip daddr != @same4 drop",
                "oifname @encrypting ip6 saddr . ip6 daddr != @same6 drop",
                "iifname @encrypting oifname @icc_off goto from_afar",
            ),
            "type filter hook forward priority filter",
        ),
        Chain(
            "from_afar",
            (
                "ip saddr . ip daddr . meta l4proto . th dport @links4 accept",
                "ip6 saddr . ip6 daddr . meta l4proto . th dport @links6 accept",
                "drop",
            ),
        ),
    )
