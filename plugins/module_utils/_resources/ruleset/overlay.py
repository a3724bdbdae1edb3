# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``table inet`` has besides for overlay networks: the wire between hosts, and what comes out of it. Pure.

Two kinds of packets are ruled. The **outer** ones, VXLAN on the underlay, are known by port and identifier, so that
other users of the same port are left alone: they are taken from peers only, no process of this host can make them, and
they are never tracked, so nobody translates them. The **inner** ones come in by the VXLAN device of a routed overlay:
they have a source in another host's block, go to the network's own bridge, and not to this host.
"""

from __future__ import annotations

from typing import Iterator, Tuple

from .model import Ruleset, Underlay
from .tables import Chain, NamedSet, address_type, family_of, quoted, unique

#: A set for each network: the hosts that may send its packets.
PEERS = "peers-"
#: Where the identifier is in a packet: behind the 8 bytes of UDP's header and 4 of VXLAN's (RFC 7348, section 5).
_OUTER = "udp dport {0.port} @th,96,24 {0.vni}"


def overlay_sets(ruleset: Ruleset) -> Tuple[NamedSet, ...]:
    if not ruleset.underlays:
        return ()
    tunnels = unique(network.tunnel.ifname for network in ruleset.networks if network.tunnel is not None)
    beyond = [_beyond(ruleset.underlays, family) for family in (4, 6)]
    return (NamedSet("tunnels", "ifname", quoted(tunnels)), *beyond, *map(_peers, ruleset.underlays))


def _beyond(underlays: Tuple[Underlay, ...], family: int) -> NamedSet:
    """What is on other hosts, and the interface that leads there. Of a routed network, what may come from there."""
    elements = unique(
        '"{0}" . {1}'.format(underlay.way, prefix)
        for underlay in underlays
        for prefix in underlay.beyond
        if family_of(prefix) == family
    )
    return NamedSet("beyond%d" % family, "ifname . " + address_type(family), elements, interval=True)


def _peers(underlay: Underlay) -> NamedSet:
    return NamedSet(PEERS + underlay.network, address_type(_family(underlay)), underlay.peers)


def _family(underlay: Underlay) -> int:
    return family_of(underlay.peers[0]) if underlay.peers else 4


def overlay_chains(ruleset: Ruleset) -> Tuple[Chain, ...]:
    if not ruleset.underlays:
        return ()
    outer = [_OUTER.format(underlay) for underlay in ruleset.underlays]
    return (
        Chain(
            "outer_in",
            (
                *(each + " notrack" for each in outer),
                "iifname @tunnels iifname . ip saddr != @beyond4 drop",
                "iifname @tunnels iifname . ip6 saddr != @beyond6 drop",
            ),
            "type filter hook prerouting priority raw",
        ),
        Chain(
            "outer_out",
            (*(each + " meta skuid >= 0 drop" for each in outer), *(each + " notrack" for each in outer)),
            "type filter hook output priority raw",
        ),
        Chain("from_peers", tuple(_from_peers(ruleset.underlays)), "type filter hook input priority filter"),
        # A host is no part of its networks: the containers of others reach it as anybody does, and it them.
        Chain(
            "host_in",
            ("iifname @tunnels ct state established,related accept", "iifname @tunnels drop"),
            "type filter hook input priority filter",
        ),
        Chain(
            "host_out",
            (
                "oifname @tunnels ct state established,related accept",
                "oifname @tunnels drop",
                # Of a bridged one, where the same is on the bridge itself.
                "oifname . ip daddr @beyond4 drop",
                "oifname . ip6 daddr @beyond6 drop",
            ),
            "type filter hook output priority filter",
        ),
        Chain("inner", ("iifname @tunnels oifname != @bridges drop",), "type filter hook forward priority filter"),
        # Where the way to another host is narrower than the one to here.
        Chain(
            "narrow",
            ("oifname @tunnels tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu",),
            "type filter hook forward priority mangle",
        ),
    )


def _from_peers(underlays: Tuple[Underlay, ...]) -> Iterator[str]:
    for underlay in underlays:
        outer, (header, other) = _OUTER.format(underlay), _FAMILIES[_family(underlay)]
        yield "{0} {1} saddr != @{2}{3} drop".format(outer, header, PEERS, underlay.network)
        yield "{0} meta nfproto {1} drop".format(outer, other)


_FAMILIES = {4: ("ip", "ipv6"), 6: ("ip6", "ipv4")}


def bridged_sets(ruleset: Ruleset) -> Tuple[NamedSet, ...]:
    """Of ``table bridge``: the ports that lead to other hosts."""
    afar = quoted(underlay.bridged for underlay in ruleset.underlays if underlay.bridged)
    return (NamedSet("afar", "ifname", afar),) if afar else ()


def bridged_chains(ruleset: Ruleset) -> Tuple[Chain, ...]:
    """A host is no part of its networks here either."""
    if not any(underlay.bridged for underlay in ruleset.underlays):
        return ()
    return (Chain("host_in", ("iifname @afar drop",), "type filter hook input priority -200"),)
