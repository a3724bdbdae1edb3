# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Places, and why a packet goes no further within a namespace: no way, no address, a setting, a refusal."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from errno import EACCES, EHOSTUNREACH, EINVAL, EPERM, EXDEV
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple

from .._kernel.probe.model import ICMP, Probe
from .._kernel.rtnl.read import IPV6_MTU, Link
from .._kernel.tracing.events import Step
from .._kernel.tracing.sight import Sight

#: Live, or a paper one in tests: only its questions are used.
Surroundings = Sight


@dataclass(frozen=True)
class Place:
    """``kind``: rule, route, neighbour, link, address, sysctl, namespace, service, wire or unknown. ``netns``: in which
    namespace that is; None is the host's own."""

    kind: str
    netns: Optional[str]
    text: str

    def as_data(self) -> Dict[str, Any]:
        return {"kind": self.kind, "netns": self.netns or "", "text": self.text}

    def __str__(self) -> str:
        return "{0}: {1}".format(self.kind, self.text)


@dataclass(frozen=True)
class Expected:
    """Of the declaration: its table's name, and the bridge (None: it has none) and the MAC of each interface in a
    container."""

    table: str
    bridges: Mapping[Tuple[str, str], Optional[str]] = field(default_factory=dict)
    macs: Mapping[Tuple[str, str], Optional[str]] = field(default_factory=dict)


def at(netns: Optional[str]) -> str:
    return "on the host" if netns is None else "in " + netns


def where(netns: Optional[str]) -> str:
    return "the host" if netns is None else netns


def device(netns: Optional[str], link: Link) -> str:
    return link.ifname if netns is None else "{0}:{1}".format(netns, link.ifname)


def missing_address(around: Surroundings, expected: Expected, netns: Optional[str], address: str) -> Optional[Place]:
    """Why a namespace does not have an address; None where it has it."""
    if around.way(netns, address).is_local:
        return None
    trouble = _no_interface(around, expected, netns, address)
    return trouble or Place("address", netns, "{0} does not have {1}".format(where(netns), address))


def _no_interface(around: Surroundings, expected: Expected, netns: Optional[str], address: str) -> Optional[Place]:
    """A declared interface that is not there, or has IPv6 turned off."""
    links = {link.ifname: link for link in around.links(netns).values()}
    for (owner, ifname), _bridge in expected.bridges.items():
        if owner != netns:
            continue
        link = links.get(ifname)
        if link is None:
            return Place("link", netns, "there is no interface {0} in {1}".format(ifname, netns))
        if not link.up:
            return Place("link", netns, "{0} is down".format(device(netns, link)))
        if ":" in address and link.mtu < IPV6_MTU:
            text = "{0} has an MTU of {1}, and IPv6 needs {2}"
            return Place("link", netns, text.format(device(netns, link), link.mtu, IPV6_MTU))
    if ":" in address:
        for ifname in ("all", *sorted(links)):
            key = "net/ipv6/conf/{0}/disable_ipv6".format(ifname)
            named = ifname == "all" or (netns or "", ifname) in expected.bridges or ifname in _bridges(expected)
            if named and around.setting(netns, key) == "1":
                return _setting(netns, key, "1")
    return None


def _bridges(expected: Expected) -> Sequence[str]:
    return [each for each in expected.bridges.values() if each is not None]


def _setting(netns: Optional[str], key: str, value: str, because: str = "") -> Place:
    text = "{0} of {1} is {2}{3}".format(key.replace("/", "."), where(netns), value, because and ", " + because)
    return Place("sysctl", netns, text)


def no_way(around: Surroundings, expected: Expected, netns: Optional[str], address: str, errno: int) -> Place:
    trouble = _no_interface(around, expected, netns, address) if netns is not None else None
    if trouble is not None:
        return trouble
    refusals = {EINVAL: "a blackhole route", EHOSTUNREACH: "an unreachable route", EACCES: "a prohibiting route"}
    if errno in refusals:
        text = "{0} of {1} takes what is for {2}".format(refusals[errno], where(netns), address)
    else:
        text = "{0} has no route to {1} ({2})".format(where(netns), address, os.strerror(errno))
    return Place("route", netns, text)


def refused(
    around: Surroundings, expected: Expected, netns: Optional[str], address: str, errno: int, ifname: str
) -> Place:
    """Why what comes in by an interface is not taken. The kernel says EINVAL or EXDEV to a source that it would not
    reach there, and EINVAL also where a rule refuses the way back."""
    back = around.way(netns, address)
    if back.is_local:
        text = "{0} has {1}, from which it comes, as an address of its own"
        return Place("address", netns, text.format(where(netns), address))
    if errno in (EXDEV, EINVAL) and not back.errno:
        link = around.links(netns).get(back.oif)
        filtered = _filtered(around, netns, ifname, address) if link is None or link.ifname != ifname else None
        text = "a route or a rule of routing (ip-rule(8)) of {0} refuses what is from {1}"
        return filtered or Place("route", netns, text.format(where(netns), address))
    return no_way(around, expected, netns, address, back.errno or errno)


def not_sent(netns: Optional[str], said: str) -> Place:
    if said and said != os.strerror(EPERM):
        return Place("unknown", netns, "{0} could not send it: {1}".format(where(netns), said))
    if said:
        return Place("rule", netns, "{0} did not let it out: {1}".format(where(netns), said))
    return unknown(netns, "it")


def swallowed(netns: Optional[str], hook: str) -> Place:
    text = "{0} loses it in the hook {1}, by what is no rule of nftables (iptables-legacy, for one)"
    return Place("rule", netns, text.format(where(netns), hook))


def taken_by_the_host(expected: Expected, address: str, final: str) -> Place:
    if address != final:
        text = "the host takes it for itself: inet {0} publish has nothing that translates it to {1}"
        return Place("rule", None, text.format(expected.table, final))
    return Place("route", None, "the host takes {0} as an address of its own".format(address))


def routing(around: Surroundings, expected: Expected, netns: Optional[str], last: Step) -> Optional[Place]:
    """It passed prerouting, and was neither forwarded nor taken in. None: nothing speaks against forwarding it."""
    links = around.links(netns)
    name = links[last.iif].ifname if last.iif in links else "?"
    packet = last.packet
    way = around.way(netns, packet.destination, packet.source, last.iif)
    if way.errno == EXDEV:
        return refused(around, expected, netns, packet.source, way.errno, name)
    trouble = _not_forwarding(around, packet.destination, name) if netns is None and not way.is_local else None
    if trouble is not None:
        return trouble
    if netns is not None and not way.is_local and not way.errno:
        return Place("address", netns, "{0} does not have {1}".format(netns, packet.destination))
    if way.errno == EINVAL and packet.destination.startswith("127."):
        return _setting(netns, "net/ipv4/conf/{0}/route_localnet".format(name), "0")
    if way.errno:
        own = around.way(netns, packet.destination).errno
        if own or way.errno not in (EXDEV, EINVAL):
            return no_way(around, expected, netns, packet.destination, own or way.errno)
        return refused(around, expected, netns, packet.source, way.errno, name)
    back = around.way(netns, packet.source).errno
    return refused(around, expected, netns, packet.source, back, name) if back else None


def _filtered(around: Surroundings, netns: Optional[str], ifname: str, source: str) -> Optional[Place]:
    """A source that is not reached by where it came in (RFC 3704), where that is asked for."""
    for key in map("net/ipv4/conf/{0}/rp_filter".format, (ifname, "all")):
        value = around.setting(netns, key)
        if value not in (None, "0"):
            return _setting(netns, key, str(value), "and {0} is not reached over {1}".format(source, ifname))
    return None


def _not_forwarding(around: Surroundings, address: str, ifname: str) -> Optional[Place]:
    protocol = "ipv6" if ":" in address else "ipv4"
    for name in ("all", ifname):
        key = "net/{0}/conf/{1}/forwarding".format(protocol, name)
        if around.setting(None, key) == "0":
            return _setting(None, key, "0")
    return None


def no_answer(around: Surroundings, expected: Expected, probe: Probe, caller: str, said: str) -> Place:
    """It arrived, and nothing was sent back."""
    netns = probe.target
    if probe.protocol == ICMP:
        key = "net/ipv6/icmp/echo_ignore_all" if probe.family == 6 else "net/ipv4/icmp_echo_ignore_all"
        if around.setting(netns, key) not in (None, "0"):
            return _setting(netns, key, "1")
    way = around.way(netns, caller) if caller else None
    if way is not None and way.errno:
        return no_way(around, expected, netns, caller, way.errno)
    return Place("service", netns, "{0} did not answer it{1}".format(where(netns), said and " ({0})".format(said)))


def on_the_wire(
    around: Surroundings, expected: Expected, probe: Probe, last: Optional[Step], translated: str = ""
) -> Place:
    if last is None:
        return unknown(probe.source, "it")
    link = around.links(None).get(last.oif)
    name = link.ifname if link is not None else "?"
    if probe.host:
        return Place("wire", None, "it left by {0} for {1}, and no answer came in".format(name, probe.host))
    if probe.source is not None and not around.way(None, last.packet.source).is_local:
        return unmasked(around, expected, last, translated)
    return Place("wire", None, "it left the host by {0}, and no answer came in".format(name))


def unmasked(around: Surroundings, expected: Expected, last: Step, translated: str = "") -> Place:
    """``translated``: the rule of somebody else's that may have given it its address."""
    link = around.links(None).get(last.oif)
    why = translated or "no rule of inet {0} postrouting masks it".format(expected.table)
    text = "it leaves the host by {0} as {1}: {2}"
    return Place("rule", None, text.format(link.ifname if link is not None else "?", last.packet.source, why))


def unknown(netns: Optional[str], what: str) -> Place:
    return Place("unknown", netns, "{0} was not seen any more {1}".format(what, "in " + where(netns)))
