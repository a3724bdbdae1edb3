# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``table inet`` of a topology: what is routed, published, masqueraded. ``text.py`` tells the story. Pure.

The rules, which are always the same; what a declaration changes is in the sets (``inet_sets.py``). What is asked first
in a rule is what costs least or ends most of them: every packet is asked, and a set of names of interfaces costs most.
So where a packet comes from is looked up once (``doors``), and so is whether it stays on its network (``free``). A
chain on a hook costs as much as some rules: what networks across hosts need besides stands among these.
"""

from __future__ import annotations

from typing import Iterator, Mapping, Tuple

from ..._kernel.names import USER_CHAIN
from .inet_sets import inet_sets
from .model import Ruleset
from .overlay import BEGINNING, HOOKS, TRANSLATED, overlay_chains, overlay_rules, overlay_sets
from .tables import Chain, Table, unique


def inet_table(ruleset: Ruleset, name: str) -> Table:
    sets = (*inet_sets(ruleset), *overlay_sets(ruleset))
    return Table("inet", name, sets, (*_chains(ruleset), *overlay_chains(ruleset)))


def _chains(ruleset: Ruleset) -> Tuple[Chain, ...]:
    user = unique(USER_CHAIN + network.network for network in ruleset.networks)
    return (*_with(overlay_rules(ruleset)), *_translated(ruleset), *(Chain(name) for name in user))


def _translated(ruleset: Ruleset) -> Tuple[Chain, ...]:
    """The kernel delivers nothing to ::1 that comes from a bridge: an answer wears another address on its way. Only
    where there may be one, for every packet is asked by it."""
    if not any(network.family == 6 and not network.external for network in ruleset.networks):
        return ()
    rule = "ip6 daddr ::1 iifname @bridges ip6 daddr set ip6 daddr map @loopback6"
    return (Chain("translated", (rule,), "type filter hook prerouting priority -90"),)


def _with(more: Mapping[Tuple[str, str], Tuple[str, ...]]) -> Iterator[Chain]:
    """``more``: chain and one of its rules → those that come before that."""
    for chain in _CHAINS:
        rules = (each for rule in chain.rules for each in (*more.get((chain.name, rule), ()), rule))
        yield chain._replace(rules=(*more.get((chain.name, BEGINNING), ()), *rules))


_CHAINS = (
    Chain(
        "guard",
        # What comes from a port, and no bridge, came by a way that no bridge filters, where somebody has STP on: it has
        # no door.
        ("iifname vmap @doors", 'iifname "lo" return', "goto not_inside"),
        "type filter hook prerouting priority raw",
    ),
    # A container is behind its bridge, whoever says otherwise on the wire.
    Chain("not_inside", ("ip saddr @inside4 drop", "ip6 saddr @inside6 drop")),
    Chain("from_adopted", ("jump not_inside", "goto from_bridge")),
    Chain(
        "from_bridge",
        (
            # One rule for most of what comes.
            "ip saddr != 127.0.0.0/8 ip daddr != 127.0.0.0/8 accept",
            "ip saddr 127.0.0.0/8 drop",
            "ip daddr 127.0.0.0/8 drop",
            # What the kernel does itself, but where br_netfilter is on.
            "ip6 saddr ::1 drop",
            "ip6 daddr ::1 drop",
        ),
    ),
    Chain("publish_in", ("fib daddr type local jump publish",), "type nat hook prerouting priority dstnat"),
    Chain("publish_out", ("fib daddr type local jump publish",), "type nat hook output priority -100"),
    Chain(
        "publish",
        (
            "dnat ip to ip daddr . meta l4proto . th dport map @published4_at",
            "dnat ip to meta l4proto . th dport map @published4",
            # Neither can be forwarded: a link-local source by RFC 4291, and ::1 where no bridge lends its address.
            "ip6 saddr fe80::/10 return",
            "ip6 saddr ::1 ip6 saddr != @answered6 return",
            "dnat ip6 to ip6 daddr . meta l4proto . th dport map @published6_at",
            "dnat ip6 to meta l4proto . th dport map @published6",
        ),
    ),
    # An adopted bridge may be the one by which the host is administered. Past everybody else's: what is for networks
    # across hosts is marked here for the device that unpacks it (``overlay.py``).
    Chain(
        "input",
        (
            "meta nfproto ipv6 iifname @bridges ct direction reply ct original ip6 saddr ::1 ip6 daddr set ::1",
            "iifname != @adopted meta nfproto . iifname @closed goto for_host",
        ),
        "type filter hook input priority 300",
    ),
    Chain(
        "for_host",
        (
            "ct state established,related accept",
            "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept",
            "iifname . ip daddr @gateways4 accept",
            "iifname . ip6 daddr @gateways6 accept",
            "drop",
        ),
    ),
    Chain(
        "forward",
        (
            # Past the user's own rules there is nothing to ask where neighbours are not kept apart.
            "iifname . oifname vmap @free",
            TRANSLATED,
            HOOKS,
            "oifname vmap @hooks",
            "iifname . oifname @staying goto within",
            "meta nfproto . iifname @closed drop",
            "meta nfproto . oifname @closed drop",
            "oifname @bridges goto into",
        ),
        "type filter hook forward priority filter",
    ),
    # From the wire nothing is for a loopback address, be it the first packet of a connection or a later one.
    Chain("from_elsewhere", ("ct original ip daddr 127.0.0.0/8 drop", "ct original ip6 daddr ::1 drop")),
    Chain(
        "within",
        (
            # Whoever else is on an adopted bridge is no neighbour that icc keeps apart: its uplink, say.
            "iifname @adopted ip saddr != @apart4 accept",
            "iifname @adopted ip daddr != @apart4 accept",
            "iifname @adopted ip6 saddr != @apart6 accept",
            "iifname @adopted ip6 daddr != @apart6 accept",
            # Where somebody turned br_netfilter on, bridged frames come by too; a routed one would have lost a hop.
            "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept",
            "ct state established,related accept",
            "ip saddr . ip daddr @itself4 accept",
            "ip6 saddr . ip6 daddr @itself6 accept",
            # A published port is everybody's, the neighbours' too: they come by the host's address.
            "ct status dnat accept",
            "ip saddr . ip daddr . meta l4proto . th dport @links4 accept",
            "ip6 saddr . ip6 daddr . meta l4proto . th dport @links6 accept",
            "drop",
        ),
    ),
    Chain(
        "into",
        (
            # An adopted bridge may lead to the world; only its subnet is a network of ours.
            "oifname @adopted oifname . ip daddr != @at_home4 accept",
            "oifname @adopted oifname . ip6 daddr != @at_home6 accept",
            "ct state established,related accept",
            "ct status dnat accept",
            "ip daddr . meta l4proto . th dport @reachable4 accept",
            "ip6 daddr . meta l4proto . th dport @reachable6 accept",
            "iifname @isolated drop",
            "iifname @bridges oifname @isolated drop",
            "iifname . ip saddr @at_home4 accept",
            "iifname . ip6 saddr @at_home6 accept",
            "iifname . oifname @trusted accept",
            "meta nfproto . oifname @unprotected accept",
            "meta nfproto . oifname @routed meta l4proto { icmp, icmpv6 } accept",
            "drop",
        ),
    ),
    Chain(
        "postrouting",
        (
            "fib daddr type { broadcast, multicast } return",
            "oifname @bridges ip saddr 127.0.0.0/8 masquerade fully-random",
            "ct status dnat oifname . ip saddr @at_home4 masquerade fully-random",
            "ct status dnat oifname . ip6 saddr @at_home6 masquerade fully-random",
            "ct status dnat ip daddr . ip saddr @elsewhere4 masquerade fully-random",
            "ct status dnat ip6 daddr . ip6 saddr @elsewhere6 masquerade fully-random",
            # The host asked: a container that is also on the network of this address would answer there instead.
            "ct status dnat oifname @bridges fib saddr type local masquerade fully-random",
            # From the wire by an adopted bridge: the server sees who asks.
            "ct status dnat iifname @adopted return",
            "oifname . ip saddr @at_home4 return",
            "oifname . ip6 saddr @at_home6 return",
            "iifname != @bridges fib saddr type != local return",
            "snat ip to ip saddr map @snat4 fully-random",
            "snat ip6 to ip6 saddr map @snat6 fully-random",
            "ip saddr @masquerade4 masquerade fully-random",
            "ip6 saddr @masquerade6 masquerade fully-random",
        ),
        "type nat hook postrouting priority srcnat",
    ),
)
