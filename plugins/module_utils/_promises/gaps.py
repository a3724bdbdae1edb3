# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies between two namespaces: the links, neighbours and next hops over which a packet leaves one for another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Optional, Sequence, Tuple

from .._kernel.rtnl import socket as nl
from .._kernel.rtnl.read import Link
from .._kernel.tracing.sight import DeviceChain
from .reasons import Expected, Place, Surroundings, device, no_way, refused, unknown, where

_PORT_STATE, _FORWARDING = 1, 3  # IFLA_BRPORT_STATE, BR_STATE_FORWARDING
_PORT_STATES = {0: "disabled", 1: "listening", 2: "learning", 4: "blocking"}


@dataclass(frozen=True)
class Departure:
    """A packet that left ``netns`` for ``address``; ``final`` is whose address in ``target`` it is to come to."""

    netns: Optional[str]
    address: str
    source: str
    target: Optional[str]
    final: str


def leaving(
    around: Surroundings, expected: Expected, packet: Departure, dropped: Sequence[Place], asks: bool = True
) -> Place:
    """It left a namespace, and did not come to the next one. ``dropped``: what became of questions for an address.
    ``asks``: whether this namespace is the one that asks who has the address."""
    netns = packet.netns
    way = around.way(netns, packet.address)
    if way.errno:
        return no_way(around, expected, netns, packet.address, way.errno)
    link = around.links(netns).get(way.oif)
    if way.is_local and netns != packet.target:
        text = "{0} has {1} as an address of its own"
        return Place("address", netns, text.format(where(netns), packet.address))
    if link is None:
        return unknown(netns, "it")
    ends = [(packet.target, each) for each in _links_with(around, packet.target, packet.final) if packet.target]
    trouble = [_trouble(around, expected, whose, each) for whose, each in [(netns, link), *ends]]
    hop = way.gateway or packet.address
    trouble += [_elsewhere(expected, packet, link, ends), _not_taken(around, expected, packet, hop)]
    trouble += [*dropped, _at_a_device(around, netns, link, ends)]
    trouble += [_isolated(around, [(netns, link), *ends]), *(_kept_elsewhere(around, *end) for end in ends)]
    found = next((each for each in trouble if each is not None), None)
    if found is not None:
        return found
    if not asks:
        wrong = next(filter(None, (_other_mac(expected, whose, each) for whose, each in ends)), None)
        return wrong or Place("link", netns, "it came to {0}, and was not seen after that".format(device(netns, link)))
    state, mac = around.neighbour(netns, way.oif, hop)
    having = list(_owners(around, packet, hop))
    owners = [each for _whose, each in having]
    if state in ("", "failed", "incomplete") and "lo" not in link.ifname:
        dropping = _arp_dropped(around, [netns, *(whose for whose, _each in having)], hop)
        return dropping or _nobody_answers(netns, link, hop, bool(way.gateway), owners)
    if mac and owners and mac not in [owner.mac for owner in owners]:
        text = "{0} has {1} for {2} at {3}, whose MAC is {4}"
        said = text.format(where(netns), mac, hop, device(netns, link), owners[0].mac)
        return Place("neighbour", netns, said)
    return Place("link", netns, "it left {0}, and was not seen after that".format(device(netns, link)))


def _elsewhere(
    expected: Expected, packet: Departure, link: Link, ends: Sequence[Tuple[Optional[str], Link]]
) -> Optional[Place]:
    """The host sends it by another interface than the target's bridge."""
    bridges = [expected.bridges.get((whose or "", each.ifname)) for whose, each in ends]
    if packet.netns is not None or not bridges or None in bridges or link.ifname in bridges:
        return None
    text = "the route of the host to {0} leads over {1}, not over {2}"
    return Place("route", None, text.format(packet.address, link.ifname, bridges[0]))


def _not_taken(around: Surroundings, expected: Expected, packet: Departure, hop: str) -> Optional[Place]:
    """Whoever has the next hop takes nothing from this source, not even the question who has the address."""
    for whose, owner in _owners(around, packet, hop):
        errno = around.way(whose, hop, packet.source, owner.index).errno if packet.source else 0
        if errno:
            return refused(around, expected, whose, packet.source, errno, owner.ifname)
    return None


def _other_mac(expected: Expected, netns: Optional[str], link: Link) -> Optional[Place]:
    wanted = expected.macs.get((netns or "", link.ifname))
    if wanted and link.mac != wanted:
        text = "{0} has the MAC {1}, and other hosts know it by {2}"
        return Place("link", netns, text.format(device(netns, link), link.mac, wanted))
    return None


def at_a_device(around: Surroundings, ifname: str) -> Optional[Place]:
    """A chain that drops stands at an interface of the host, before everything that is seen."""
    found = [each for each in around.device_chains() if ifname in each.devices and each.drops]
    return _at(ifname, found[0]) if found else None


def _at(where_: str, chain: DeviceChain) -> Place:
    text = "the host may drop it at {0}, before it is seen: netdev {1} {2}: {3}"
    return Place("rule", None, text.format(where_, chain.table, chain.name, chain.drops))


def not_sent_on(around: Surroundings, oif: int, address: str) -> Optional[Place]:
    """Why what leaves the host over an interface may stay there; None: nothing speaks against it."""
    link = around.links(None).get(oif)
    if link is None or not link.up:
        return Place("link", None, "{0} is down".format(link.ifname) if link is not None else "its interface is gone")
    way = around.way(None, address)
    if way.errno or way.oif != oif:
        return None  # it is bridged, and whoever sends it has asked for the address
    hop = way.gateway or address
    state, _mac = around.neighbour(None, oif, hop)
    if state in ("failed", "incomplete"):
        text = "nobody answers the host at {0} when it asks who has {1}"
        return Place("neighbour", None, text.format(link.ifname, hop))
    return None


def _nobody_answers(netns: Optional[str], link: Link, hop: str, is_gateway: bool, owners: Sequence[Link]) -> Place:
    if is_gateway and not owners:
        text = "the route of {0} leads to {1} over {2}, which nobody has there"
        return Place("route", netns, text.format(where(netns), hop, device(netns, link)))
    text = "nobody answers {0} at {1} when it asks who has {2}"
    return Place("neighbour", netns, text.format(where(netns), device(netns, link), hop))


def _isolated(around: Surroundings, ends: Sequence[Tuple[Optional[str], Link]]) -> Optional[Place]:
    """Two ports of one bridge that are both isolated hear nothing of each other."""
    ports = [(end, device(*each)) for each in ends for end in [_host_end(around, *each)] if end is not None]
    isolated = ["{0}, the host's end of {1}".format(end.ifname, name) for end, name in ports if end.isolated]
    if len(isolated) < 2 or len({end.master for end, _name in ports}) > 1:
        return None
    return Place("link", None, "both are isolated ports of a bridge: {0}; {1}".format(*isolated))


def _kept_elsewhere(around: Surroundings, netns: Optional[str], link: Link) -> Optional[Place]:
    """A bridge that was told that the MAC is behind another port."""
    end, links = _host_end(around, netns, link), around.links(None)
    if end is None or end.master not in links:
        return None
    ports = [links[each] for each in around.kept_at(link.mac) if each in links]
    wrong = [port for port in ports if port.index != end.index and port.master == end.master]
    if not wrong:
        return None
    text = "{0} sends what is for {1} to {2}, and {3} is behind {4} (bridge(8), fdb)"
    named = (links[end.master].ifname, link.mac, wrong[0].ifname, device(netns, link), end.ifname)
    return Place("neighbour", None, text.format(*named))


def _arp_dropped(around: Surroundings, places: Sequence[Optional[str]], hop: str) -> Optional[Place]:
    """The family arp sees what no chain of inet does."""
    if ":" in hop:
        return None
    for netns in places:
        found = next((each for each in around.chains(netns, "arp") if each.drops), None)
        if found is not None:
            text = "{0} may drop the question who has {1}, or its answer: arp {2} {3}: {4}"
            return Place("rule", netns, text.format(where(netns), hop, found.table, found.name, found.drops))
    return None


def _at_a_device(
    around: Surroundings, netns: Optional[str], link: Link, ends: Sequence[Tuple[Optional[str], Link]]
) -> Optional[Place]:
    devices = {link.ifname} if netns is None else set()
    for whose, each in [(netns, link), *ends]:
        end = _host_end(around, whose, each)
        devices.update([end.ifname] if end is not None else [])
    for chain in around.device_chains():
        at_them = sorted(devices & set(chain.devices))
        if at_them and chain.drops:
            return _at(", ".join(at_them), chain)
    return None


def _host_end(around: Surroundings, netns: Optional[str], link: Link) -> Optional[Link]:
    return around.links(None).get(link.peer) if netns is not None and link.kind == "veth" else None


def _links_with(around: Surroundings, netns: Optional[str], address: str) -> Iterator[Link]:
    for link in around.links(netns).values():
        if address in around.addresses(netns, link.index):
            yield link


def _owners(around: Surroundings, packet: Departure, address: str) -> Iterator[Tuple[Optional[str], Link]]:
    """Whose address a next hop is: the target's, or the host's at the other end."""
    places = [packet.target] if packet.target is not None else []
    for whose in places + ([None] if packet.netns is not None else []):
        yield from ((whose, link) for link in _links_with(around, whose, address))


def _trouble(around: Surroundings, expected: Expected, netns: Optional[str], link: Link) -> Optional[Place]:
    """What is wrong with an interface, with its end on the host, or with the bridge that this is a port of."""
    if not link.up:
        return Place("link", netns, "{0} is down".format(device(netns, link)))
    if netns is None or link.kind != "veth":
        return None
    name, end = device(netns, link), _host_end(around, netns, link)
    if end is None:
        return Place("link", None, "the other end of {0} is not on the host".format(name))
    text = "{0}, the host's end of {1}, ".format(end.ifname, name)
    bridge, wanted = around.links(None).get(end.master), expected.bridges.get((netns, link.ifname))
    if not end.up:
        return Place("link", None, text + "is down")
    if bridge is None:
        return Place("link", None, text + "is a port of no bridge") if wanted else None
    if wanted and bridge.ifname != wanted:
        return Place("link", None, text + "is a port of {0}, not of {1}".format(bridge.ifname, wanted))
    if not bridge.up:
        return Place("link", None, "{0} is down".format(bridge.ifname))
    state = nl.attributes(end.port).get(_PORT_STATE, bytes((_FORWARDING,)))[0]
    if state != _FORWARDING:
        return Place("link", None, text + "is a port that is {0}".format(_PORT_STATES.get(state, state)))
    return None
