# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``table bridge`` of a topology: who may be whom, and who may talk to whom, frame by frame. Pure."""

from __future__ import annotations

from typing import Dict, Iterable, Iterator, List, Set, Tuple

from ..link_local import solicited_node
from .model import Endpoint, Ruleset
from .overlay import bridged_chains, bridged_sets
from .tables import (
    Chain,
    LinkLocals,
    NamedSet,
    Table,
    addresses_of,
    family_of,
    guests_of,
    link_locals_of,
    links_of,
    quoted,
    unique,
)


def bridge_table(ruleset: Ruleset, name: str) -> Table:
    sets, chains = (*_bridge_sets(ruleset), *bridged_sets(ruleset)), (*_chains(ruleset), *bridged_chains(ruleset))
    return Table("bridge", name, sets, chains)


def _chains(ruleset: Ruleset) -> Iterator[Chain]:
    """Every frame is asked by what keeps neighbours apart: only where somebody's are to be."""
    asked = any(not network.icc for network in ruleset.networks)
    for chain in _BRIDGE_CHAINS:
        yield chain if asked else chain._replace(rules=tuple(each for each in chain.rules if each not in _OF_ICC_OFF))


def _bridge_sets(ruleset: Ruleset) -> Tuple[NamedSet, ...]:
    unguarded = {network.bridge for network in ruleset.networks if not network.anti_spoofing}
    guarded = [endpoint for endpoint in ruleset.endpoints if endpoint.bridge not in unguarded]
    free = [endpoint for endpoint in ruleset.endpoints if endpoint.bridge in unguarded]
    link_locals = link_locals_of(ruleset.endpoints)
    # By port, for "meta ibrname" is a module that small kernels leave out.
    apart = {network.bridge: network.mac for network in ruleset.networks if not network.icc}
    kept_apart = [endpoint for endpoint in ruleset.endpoints if endpoint.bridge in apart]
    icc_off = unique(endpoint.host_ifname for endpoint in kept_apart)
    six = [(endpoint, address) for endpoint in guarded for address in addresses_of(endpoint, 6, link_locals)]
    pairs6 = _pairs(ruleset, 6, link_locals)
    return (
        NamedSet("ports", "ifname", quoted(endpoint.host_ifname for endpoint in guarded)),
        NamedSet("unguarded", "ifname", quoted(endpoint.host_ifname for endpoint in free)),
        NamedSet("guests", "ifname", quoted(guests_of(ruleset))),
        NamedSet(
            "macs",
            "ifname . ether_addr",
            tuple('"{0}" . {1}'.format(endpoint.host_ifname, endpoint.mac) for endpoint in guarded),
        ),
        NamedSet(
            "addresses4",
            "ifname . ether_addr . ipv4_addr",
            tuple(
                '"{0}" . {1} . {2}'.format(endpoint.host_ifname, endpoint.mac, address)
                for endpoint in guarded
                for address in addresses_of(endpoint, 4, link_locals)
            ),
        ),
        NamedSet("addresses6", "ifname . ipv6_addr", tuple('"{0}" . {1}'.format(e.host_ifname, a) for e, a in six)),
        NamedSet("icc_off", "ifname", quoted(icc_off)),
        NamedSet("apart4", "ipv4_addr", _own_addresses(kept_apart, 4)),
        NamedSet("apart6", "ipv6_addr", _own_addresses(kept_apart, 6)),
        NamedSet(
            "routers",
            "ifname . ether_addr",
            unique(
                '"{0}" . {1}'.format(endpoint.host_ifname, apart[endpoint.bridge])
                for endpoint in kept_apart
                if apart[endpoint.bridge]
            ),
        ),
        NamedSet("returning", "ifname . ifname", tuple('"{0}" . "{0}"'.format(ifname) for ifname in icc_off)),
        NamedSet("links4", "ipv4_addr . ipv4_addr . inet_proto . inet_service", links_of(ruleset, 4)),
        NamedSet("links6", "ipv6_addr . ipv6_addr . inet_proto . inet_service", links_of(ruleset, 6)),
        NamedSet(
            "pairs4",
            "ipv4_addr . ipv4_addr",
            tuple("{0} . {1}".format(*pair) for pair in _pairs(ruleset, 4, link_locals)),
        ),
        NamedSet("pairs6", "ipv6_addr . ipv6_addr", tuple("{0} . {1}".format(*pair) for pair in pairs6)),
        NamedSet(
            "soliciting6",
            "ipv6_addr . ipv6_addr",
            unique("{0} . {1}".format(source, solicited_node(target)) for source, target in pairs6),
        ),
    )


def _own_addresses(endpoints: Iterable[Endpoint], family: int) -> Tuple[str, ...]:
    return unique(address for each in endpoints for address in addresses_of(each, family, {}))


def _pairs(ruleset: Ruleset, family: int, link_locals: LinkLocals) -> List[Tuple[str, str]]:
    """Both directions of every link, under every name that the two resolve each other by."""
    names: Dict[str, List[str]] = {}
    for endpoint in ruleset.endpoints:
        for address in endpoint.addresses:
            names[address] = list(unique([address, *addresses_of(endpoint, 6, link_locals)[-1:]]))
    pairs: Set[Tuple[str, str]] = set()
    for link in ruleset.links:
        if family_of(link.source) != family:
            continue
        sources, targets = ([link.source], [link.target])
        if family == 6:
            sources, targets = names.get(link.source, sources), names.get(link.target, targets)
        for source in sources:
            for target in targets:
                pairs |= {(source, target), (target, source)}
    return sorted(pairs)


#: The target of a neighbour solicitation or advertisement (RFC 4861, section 4.3), and the source of its IPv6 header.
_TARGET_AS_SOURCE = "@nh,64,128 set @th,64,128"

_KEPT_APART = "iifname @icc_off iifname . ether daddr != @routers jump from_one_kept_apart"
_BETWEEN = "iifname @icc_off oifname @icc_off goto between"
_OF_ICC_OFF = (_KEPT_APART, _BETWEEN)

_BRIDGE_CHAINS = (
    Chain(
        "guard",
        (
            # Most of what comes is known by one question. By the type in the frame: with a VLAN's tag it is not IP.
            "ether type ip jump from_one_known",
            "iifname @ports jump from_port",
            _KEPT_APART,
        ),
        "type filter hook prerouting priority -200",
    ),
    Chain(
        "from_one_known",
        (
            "iifname . ether saddr . ip saddr != @addresses4 return",
            "meta l4proto != 6 jump from_port_ip",
            _KEPT_APART,
            "accept",
        ),
    ),
    # What a container says to a neighbour is judged here, before br_netfilter translates anything: a call of a port
    # that the neighbour publishes is to the host, goes to the bridge, and is none of this. Afterwards it looks alike.
    Chain("from_one_kept_apart", ("ip daddr @apart4 goto neighbours", "ip6 daddr @apart6 goto neighbours")),
    Chain(
        "from_port",
        (
            "iifname . ether saddr != @macs drop",
            # Of IPv4 what is its own has passed.
            "ether type vmap { arp : goto from_port_arp, ip6 : goto from_port_ip6 }",
            "drop",
        ),
    ),
    Chain(
        "from_port_arp",
        (
            "arp htype != 1 drop",
            "arp ptype != ip drop",
            "arp operation != { request, reply } drop",
            "iifname . arp saddr ether != @macs drop",
            "arp saddr ip 0.0.0.0 arp operation request accept",
            "iifname . arp saddr ether . arp saddr ip != @addresses4 drop",
        ),
    ),
    Chain("from_port_ip", ("meta l4proto vmap { 2 : goto from_port_igmp, 17 : goto from_port_udp, 103 : drop }",)),
    # Nobody here is a DHCP server: a client takes what comes to its port 68, from whatever port.
    Chain("from_port_udp", ("udp sport 67 drop", "udp dport 68 drop")),
    # A membership may be reported, and given up (RFC 1112, 2236, 3376). Whoever asks for memberships, or says that it
    # routes multicast (PIM, protocol 103, and RFC 4286), would get all of it. On somebody else's bridge not too many,
    # for past its limit the bridge stops snooping.
    Chain(
        "from_port_igmp",
        (
            "iifname @guests limit rate over 20/second burst 100 packets drop",
            "@th,0,8 { 0x12, 0x16, 0x17, 0x22 } accept",
            "drop",
        ),
    ),
    Chain(
        "from_port_ip6",
        (
            "icmpv6 type { mld-listener-query, nd-router-advert, nd-redirect, 151, 153 } drop",
            "udp sport 547 drop",
            "udp dport 546 drop",
            "meta l4proto 103 drop",
            "exthdr frag exists jump from_port_fragment6",
            "icmpv6 type { mld-listener-report, mld-listener-done, mld2-listener-report } jump from_port_mld",
            "ip6 saddr :: icmpv6 type nd-neighbor-solicit goto detection",
            "ip6 saddr :: icmpv6 type { nd-router-solicit, mld-listener-report, mld2-listener-report } accept",
            "icmpv6 type nd-neighbor-advert jump advertisement",
            "iifname . ip6 saddr != @addresses6 drop",
        ),
    ),
    # What comes in pieces has to say in the first one what it is, for the rules above cannot read the others (RFC
    # 7112); and neighbour discovery comes in one piece (RFC 6980).
    Chain(
        "from_port_fragment6",
        (
            "frag frag-off != 0 return",
            "icmpv6 type { 130-137, 143 } drop",
            "icmpv6 type != 130 return",
            "udp dport != 546 return",
            "meta l4proto != { 0, 17, 43, 44, 51, 58, 60, 135 } return",
            "drop",
        ),
    ),
    Chain("from_port_mld", ("iifname @guests limit rate over 20/second burst 100 packets drop",)),
    # Frames to the addresses that no bridge forwards (IEEE 802.1D) come to the host past all chains but this one, and
    # as if they came from the port and no bridge. No container has anything to say there to the host, but IP least.
    Chain(
        "reserved",
        # What is for one only, and that is most of it, is known by less.
        ("meta pkttype multicast ether daddr & ff:ff:ff:ff:ff:f0 == 01:80:c2:00:00:00 jump to_nobody",),
        "type filter hook input priority -200",
    ),
    Chain("to_nobody", ("iifname @ports drop", "iifname @unguarded ether type { ip, arp, ip6 } drop")),
    # The target of a neighbour solicitation or advertisement is judged as its source: before nft 1.0.4 a raw part of a
    # packet can be no key of a set. In chains of their own, for beside "icmpv6" newer nft lists the target by a name
    # that older ones do not know. The source of a question about an address that nobody has yet (::) is put back; an
    # advertisement comes, as Linux sends it, from the address that it is about.
    Chain("detection", (_TARGET_AS_SOURCE, "iifname . ip6 saddr != @addresses6 drop", "@nh,64,128 set 0x0", "accept")),
    Chain("advertisement", (_TARGET_AS_SOURCE,)),
    Chain("forward", (_BETWEEN,), "type filter hook forward priority 0"),
    Chain(
        "between",
        (
            # Back to where it came from: with br_netfilter, a container that calls its own published port.
            "iifname . oifname @returning accept",
            # Judged where it came in, or translated since.
            "ip daddr @apart4 accept",
            "ip6 daddr @apart6 accept",
            "goto neighbours",
        ),
    ),
    Chain(
        "neighbours",
        (
            "arp saddr ip . arp daddr ip @pairs4 accept",
            "ip saddr . ip daddr . meta l4proto . th dport @links4 accept",
            "ip6 saddr . ip6 daddr . meta l4proto . th dport @links6 accept",
            # Of a datagram in pieces only the first one tells its port; without that one the others are nothing.
            "ip frag-off & 0x1fff != 0 ip saddr . ip daddr @pairs4 accept",
            "frag frag-off != 0 ip6 saddr . ip6 daddr @pairs6 accept",
            # The way back. There may be no conntrack for bridges, so what begins a connection is told by its flags, or
            # its first chunk (RFC 9260); where a fragment is too short to hold them it is no answer.
            "tcp flags & (syn | ack) != syn jump answers",
            "meta l4proto sctp @th,96,8 != 1 jump answers",
            "meta l4proto udp jump answers",
            "icmp type destination-unreachable ip saddr . ip daddr @pairs4 accept",
            "icmpv6 type { destination-unreachable, packet-too-big } ip6 saddr . ip6 daddr @pairs6 accept",
            "icmpv6 type nd-neighbor-solicit ip6 saddr . ip6 daddr @soliciting6 accept",
            "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ip6 saddr . ip6 daddr @pairs6 accept",
            "drop",
        ),
    ),
    Chain(
        "answers",
        (
            "ip daddr . ip saddr . meta l4proto . th sport @links4 accept",
            "ip6 daddr . ip6 saddr . meta l4proto . th sport @links6 accept",
        ),
    ),
)
