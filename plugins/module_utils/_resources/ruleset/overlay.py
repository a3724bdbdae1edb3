# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``table inet`` has besides for overlay networks: the wire between hosts, and what comes out of it. Pure.

Two kinds of packets are ruled. The **outer** ones, VXLAN on the underlay, are known by port and identifier, so that
other users of the same port are left alone: they are taken from peers only, no process of this host can make them, and
they are never tracked, so nobody translates them. The **inner** ones come in by the VXLAN device of a routed overlay:
they have a source in the block of the host that sent them, go to the network's own bridge, and not to this host.

Who sent an inner packet is known of the outer one only. So the chain of the input hook, which comes after everybody
else's, marks that with a number of the peer's; the mark stays while the VXLAN device unpacks the packet, and the first
chain that sees what was inside looks up mark and source together, among those of the device's network, and takes the
mark away.

And the **guard**: what is for a network's containers leaves this host by the network's bridge or by its tunnel, or not
at all. It is asked where a packet's way is known and nobody changes it any more: of what is forwarded before any rule
lets it pass, of what the host sends in the last chain. It knows nothing of routes. It is there before the first
container, and goes after the last: while the way to other hosts is made, is down, is made anew or is taken away,
nothing of the network goes another way.
"""

from __future__ import annotations

import zlib
from typing import AbstractSet, Dict, Iterable, Iterator, Sequence, Tuple

from ..._kernel.names import USER_CHAIN
from .encrypted import encrypted_chains, encrypted_outer, encrypted_sets
from .model import Beyond, Endpoint, Ruleset, Underlay
from .tables import (
    AWAY,
    FROM_PEERS,
    HOME,
    Chain,
    NamedSet,
    address_type,
    addresses_of,
    family_of,
    guests_of,
    quoted,
    unique,
)

#: Places in the chains of ``inet.py``: the beginning of one, and rules before which there are more.
BEGINNING, TRANSLATED = "", "ct status dnat ct direction original jump from_elsewhere"
HOOKS = "iifname vmap @hooks"
#: Of each network a set: the hosts that may send its packets; a map: what these are marked with; and sets: what source
#: they may have inside, and which of that is known to be a container.
PEERS, MARKS = "peers-", "marks-"
SENDERS, KNOWN = {4: "senders4-", 6: "senders6-"}, {4: "known4-", 6: "known6-"}


def network_of_set(name: str) -> str:
    """Of a set that is one network's; else empty."""
    prefixes = (PEERS, MARKS, *SENDERS.values(), *KNOWN.values())
    return next((name[len(prefix) :] for prefix in prefixes if name.startswith(prefix)), "")


#: Where the way to another host is narrower than the one to here.
_NARROW = "tcp flags & (syn | rst) == syn {0}tcp option maxseg size set rt mtu"
#: Where the identifier is in a packet: behind the 8 bytes of UDP's header and 4 of VXLAN's (RFC 7348, section 5).
_VNI = "@th,96,24 {0.vni}"


def overlay_sets(ruleset: Ruleset) -> Tuple[NamedSet, ...]:
    if not ruleset.underlays:
        return ()
    ways = [network.tunnel.ifnames for network in ruleset.networks if network.tunnel is not None]
    tunnels = unique(ifname for ifnames in ways for ifname in ifnames)
    marks = _marks(ruleset.underlays)
    return (
        NamedSet("tunnels", "ifname", quoted(tunnels)),
        NamedSet("outward", "ifname : verdict", _outward(ruleset, tunnels), map=True),
        *(_whole(ruleset, family) for family in (4, 6)),
        *(_beyond(ruleset.underlays, family) for family in (4, 6)),
        *_senders(ruleset, marks),
        *(_marks_of(underlay, marks) for underlay in _by_vxlan(ruleset)),
        *map(_peers, _by_vxlan(ruleset)),
        *encrypted_sets(ruleset),
    )


def _whole(ruleset: Ruleset, family: int) -> NamedSet:
    """All that belongs to networks across hosts, wherever it is."""
    names = {underlay.network for underlay in ruleset.underlays}
    return NamedSet("across%d" % family, address_type(family), _subnets(ruleset, names, family), interval=True)


def _subnets(ruleset: Ruleset, names: AbstractSet[str], family: int) -> Tuple[str, ...]:
    networks = [network for network in ruleset.networks if network.network in names and network.family == family]
    return unique(each.tunnel.subnet if each.tunnel is not None else each.subnet for each in networks)


def _outward(ruleset: Ruleset, tunnels: Sequence[str]) -> Tuple[str, ...]:
    """What a host may say by these: to containers of other hosts nothing but answers."""
    bridges = unique(underlay.way for underlay in ruleset.underlays if underlay.bridged)
    asked = {**dict.fromkeys(tunnels, "answers_only"), **dict.fromkeys(bridges, "by_address")}
    return tuple('"{0}" : goto {1}'.format(*each) for each in asked.items())


def _within(ruleset: Ruleset) -> Iterator[Chain]:
    """What stays on its network, by its bridge and by its tunnel. By far the most packets are these: a subnet that is
    written in a rule is found in a fraction of the time that a set of intervals takes."""
    for name in unique(network.network for network in ruleset.networks):
        user = "goto {0}{1}".format(USER_CHAIN, name)
        known = (
            "{0} daddr {1} {2}".format(_HEADERS[family], subnet, user)
            for family in (4, 6)
            for subnet in _subnets(ruleset, {name}, family)
        )
        yield Chain(HOME + name, (*known, "jump sealed", user))
        if any(network.tunnel is not None for network in ruleset.networks if network.network == name):
            yield Chain(AWAY + name, (_NARROW.format(""), "goto {0}{1}".format(HOME, name)))


def _by_vxlan(ruleset: Ruleset) -> Tuple[Underlay, ...]:
    return tuple(underlay for underlay in ruleset.underlays if underlay.vni)


def _beyond(underlays: Tuple[Underlay, ...], family: int) -> NamedSet:
    """What is on other hosts, and the interface that leads there."""
    elements = unique(
        '"{0}" . {1}'.format(each.way or underlay.way, each.prefix)
        for underlay in underlays
        for each in underlay.beyond
        if family_of(each.prefix) == family
    )
    return NamedSet("beyond%d" % family, "ifname . " + address_type(family), elements, interval=True)


def _routed(ruleset: Ruleset) -> Iterator[Tuple[str, int]]:
    """Network and family, of those that VXLAN devices lead to."""
    for network in ruleset.networks:
        if network.tunnel is not None and not network.tunnel.encrypts:
            yield network.network, network.family


def _senders(ruleset: Ruleset, marks: Dict[str, str]) -> Iterator[NamedSet]:
    """Of each network whose mark a packet may have, and what source then. A set for each: the less there is in a key
    of intervals, the faster it is found; and of the containers that are known one without intervals, which takes a
    fraction of that."""
    for name, family in _routed(ruleset):
        underlays = [underlay for underlay in ruleset.underlays if underlay.network == name]
        known = _marked((each for underlay in underlays for each in underlay.known), family, marks)
        beyond = _marked((each for underlay in underlays for each in underlay.beyond), family, marks)
        yield NamedSet(KNOWN[family] + name, "mark . " + address_type(family), known)
        yield NamedSet(SENDERS[family] + name, "mark . " + address_type(family), beyond, interval=True)


def _marked(there: Iterable[Beyond], family: int, marks: Dict[str, str]) -> Tuple[str, ...]:
    ours = (each for each in there if family_of(each.prefix) == family)
    return unique("{0} . {1}".format(marks[each.peer], each.prefix) for each in ours)


def _marks(underlays: Tuple[Underlay, ...]) -> Dict[str, str]:
    """A peer's underlay address → its mark, which is nobody else's, and stays when other peers come and go: a sum of
    the address, or where another peer has that already, the next one that is free.

    Such a mark is the same from either end, for in a set of intervals nft 1.0.6 writes a mark the wrong way round.
    """
    numbers: Dict[int, str] = {}
    for peer in sorted({peer for underlay in underlays if underlay.vni for peer in underlay.peers}):
        number = zlib.crc32(peer.encode("ascii")) & 0xFFFF
        while number in numbers or number == 0:
            number = (number + 1) & 0xFFFF
        numbers[number] = peer
    return {peer: _palindrome(number) for number, peer in numbers.items()}


def _palindrome(number: int) -> str:
    """0xabcd → 0xabcdcdab, as nft writes it."""
    high, low = divmod(number, 256)
    return "0x{0:02x}{1:02x}{1:02x}{0:02x}".format(high, low)


def _marks_of(underlay: Underlay, marks: Dict[str, str]) -> NamedSet:
    elements = tuple("{0} : {1}".format(peer, marks[peer]) for peer in underlay.peers)
    return NamedSet(MARKS + underlay.network, address_type(_family(underlay)) + " : mark", elements, map=True)


def _peers(underlay: Underlay) -> NamedSet:
    return NamedSet(PEERS + underlay.network, address_type(_family(underlay)), underlay.peers)


def _family(underlay: Underlay) -> int:
    return family_of(underlay.peers[0]) if underlay.peers else 4


def overlay_rules(ruleset: Ruleset) -> Dict[Tuple[str, str], Tuple[str, ...]]:
    """Chain of ``inet.py`` and one of its rules → those that come before that."""
    if not ruleset.underlays:
        return {}
    underlays = _by_vxlan(ruleset)
    return {
        ("guard", BEGINNING): (*_jump(underlays, "untracked"), *encrypted_outer(ruleset, "dport")),
        # A host is no part of its networks: the containers of others reach it as anybody does, and it them.
        ("input", BEGINNING): (*_jump(underlays, "from_peers"), "iifname @tunnels goto answers_only"),
        ("forward", TRANSLATED): (*_jump(underlays, "carried"), "jump sealed", _NARROW.format("oifname @tunnels ")),
        # What does not stay on its network.
        ("forward", HOOKS): ("iifname @tunnels oifname != @bridges drop",),
    }


def _jump(underlays: Tuple[Underlay, ...], chain: str) -> Tuple[str, ...]:
    """All the VXLAN of a topology has one port: what is none of it is asked no more than that."""
    return unique("udp dport {0} jump {1}".format(underlay.port, chain) for underlay in underlays)


def overlay_chains(ruleset: Ruleset) -> Tuple[Chain, ...]:
    if not ruleset.underlays:
        return ()
    underlays = _by_vxlan(ruleset)
    return (
        *_from_each(ruleset),
        Chain(
            "outer_out",
            (*_jump(underlays, "made_here"), *encrypted_outer(ruleset, "sport")),
            "type filter hook output priority raw",
        ),
        *_vxlan(ruleset),
        Chain(
            "host_out",
            (*_jump(underlays, "to_peers"), "jump sealed", "oifname vmap @outward"),
            "type filter hook output priority 300",
        ),
        Chain("answers_only", ("ct state established,related accept", "drop")),
        # Where the bridge itself is the way, the host has to be kept from what is on other hosts by its address.
        Chain("by_address", ("oifname . ip daddr @beyond4 drop", "oifname . ip6 daddr @beyond6 drop")),
        # Whatever the routes say, while a way is made, is down or is taken away.
        Chain(
            "sealed",
            (
                'ip daddr @across4 oifname . ip daddr != @at_home4 oifname != "lo" drop',
                'ip6 daddr @across6 oifname . ip6 daddr != @at_home6 oifname != "lo" drop',
            ),
        ),
        *_within(ruleset),
        *encrypted_chains(ruleset),
    )


def _from_each(ruleset: Ruleset) -> Iterator[Chain]:
    """What comes out of a tunnel has to be its peer's, who is known by the mark, and for no loopback address."""
    known = "meta mark . {0} saddr @{1}{2} meta mark set 0x0 {0} daddr != {3} accept"
    rules: Dict[str, Tuple[str, ...]] = {}
    for name, family in _routed(ruleset):
        words = [(_HEADERS[family], prefix[family], name, _LOOPBACK[family]) for prefix in (KNOWN, SENDERS)]
        rules[name] = (*rules.get(name, ()), *(known.format(*each) for each in words))
    for name, each in rules.items():
        yield Chain(FROM_PEERS + name, (*each, "drop"))


def _vxlan(ruleset: Ruleset) -> Tuple[Chain, ...]:
    """Not where all ways are encrypted and routed: each packet is asked by an empty chain, too."""
    underlays = _by_vxlan(ruleset)
    if not underlays:
        return ()
    return (
        Chain("untracked", tuple(_untracked(ruleset))),
        Chain("made_here", tuple(_made_here(underlays))),
        Chain("from_peers", tuple(_from_peers(underlays))),
        Chain("to_peers", tuple(_to_peers(underlays))),
        Chain("carried", tuple(_carried(underlays))),
    )


def _untracked(ruleset: Ruleset) -> Iterator[str]:
    """Where a packet is from a peer there is nothing else for ``guard`` to ask: that is no address of a container. But
    what comes from a port that has no door could say so too."""
    known = not guests_of(ruleset)
    for underlay in _by_vxlan(ruleset):
        vni, header = _VNI.format(underlay), _HEADERS[_family(underlay)]
        if known and underlay.outer is None:
            yield "{0} {1} saddr @{2}{3} notrack accept".format(vni, header, PEERS, underlay.network)
        yield vni + " notrack"


def _made_here(underlays: Tuple[Underlay, ...]) -> Iterator[str]:
    """The device's own packets are nobody's."""
    for underlay in underlays:
        vni = _VNI.format(underlay)
        yield vni + " meta skuid >= 0 drop"
        yield vni + " notrack accept"


def _to_peers(underlays: Tuple[Underlay, ...]) -> Iterator[str]:
    """VXLAN goes to peers alone; what is encrypted, by its tunnel."""
    for underlay in underlays:
        vni, header = _VNI.format(underlay), _HEADERS[_family(underlay)]
        yield from _by_tunnel(underlay, "oifname")
        yield "{0} {1} daddr @{2}{3} accept".format(vni, header, PEERS, underlay.network)
        yield vni + " drop"


def _carried(underlays: Tuple[Underlay, ...]) -> Iterator[str]:
    """Nor does anybody else's that this host passes on go to others."""
    for underlay in underlays:
        vni, header = _VNI.format(underlay), _HEADERS[_family(underlay)]
        yield from _by_tunnel(underlay, "oifname")
        yield "{0} {1} daddr != @{2}{3} drop".format(vni, header, PEERS, underlay.network)


def _by_tunnel(underlay: Underlay, direction: str) -> Iterator[str]:
    """What is encrypted comes and goes by its tunnel. ``direction``: iifname or oifname."""
    if underlay.outer is not None:
        yield "{0} {1} != {2} drop".format(_VNI.format(underlay), direction, _any_of(underlay.outer.ifnames))


def _any_of(ifnames: Sequence[str]) -> str:
    return ", ".join(quoted(ifnames)) if len(ifnames) == 1 else "{{ {0} }}".format(", ".join(quoted(ifnames)))


def _from_peers(underlays: Tuple[Underlay, ...]) -> Iterator[str]:
    for underlay in underlays:
        vni, header = _VNI.format(underlay), _HEADERS[_family(underlay)]
        yield from _by_tunnel(underlay, "iifname")
        # Whoever has no mark is no peer.
        yield "{0} meta mark set {1} saddr map @{2}{3} accept".format(vni, header, MARKS, underlay.network)
        yield vni + " drop"


_HEADERS = {4: "ip", 6: "ip6"}
_LOOPBACK = {4: "127.0.0.0/8", 6: "::1"}


def bridged_sets(ruleset: Ruleset) -> Tuple[NamedSet, ...]:
    """Of ``table bridge``: the ports that lead to other hosts, and who may come from each of these."""
    afar = quoted(underlay.bridged for underlay in ruleset.underlays if underlay.bridged)
    if not afar:
        return ()
    marks = _marks(ruleset.underlays)
    guests = [(endpoint, marks[endpoint.peer]) for endpoint in ruleset.endpoints if endpoint.peer]
    return (
        NamedSet("afar", "ifname", afar),
        NamedSet(
            "senders",
            "ifname . mark . ether_addr",
            tuple('"{0}" . {1} . {2}'.format(each.host_ifname, mark, each.mac) for each, mark in guests),
        ),
        *(_bridged_senders(guests, family) for family in (4, 6)),
    )


def _bridged_senders(guests: Sequence[Tuple[Endpoint, str]], family: int) -> NamedSet:
    elements = tuple(
        '"{0}" . {1} . {2}'.format(endpoint.host_ifname, mark, address)
        for endpoint, mark in guests
        for address in addresses_of(endpoint, family, {})
    )
    return NamedSet("senders%d" % family, "ifname . mark . " + address_type(family), elements)


def bridged_chains(ruleset: Ruleset) -> Tuple[Chain, ...]:
    """A host is no part of its networks here either. Whose a frame is is looked at behind the chain ``guard``, which
    shows the target of an advertisement as its source; where a network goes without, nobody is asked here either."""
    if not any(underlay.bridged for underlay in ruleset.underlays):
        return ()
    return (
        Chain(
            "whose",
            ("iifname @afar iifname @ports jump from_peer", "iifname @afar meta mark set 0x0"),
            "type filter hook prerouting priority -190",
        ),
        Chain(
            "from_peer",
            (
                "iifname . meta mark . ether saddr != @senders drop",
                "arp saddr ip != 0.0.0.0 iifname . meta mark . arp saddr ip != @senders4 drop",
                "iifname . meta mark . ip saddr != @senders4 drop",
                # Addresses of the link alone are made of the MAC.
                "ip6 saddr { ::, fe80::/10 } return",
                "iifname . meta mark . ip6 saddr != @senders6 drop",
            ),
        ),
        Chain("host_in", ("iifname @afar drop",), "type filter hook input priority -200"),
    )
