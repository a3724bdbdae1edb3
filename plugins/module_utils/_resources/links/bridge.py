# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Linux bridge of ours, its addresses and the settings of its interface."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from ..._kernel import names
from ..._kernel.changes import Subject, of_owner
from ..._kernel.data import dataclass
from ..._kernel.host import Host
from ..._kernel.observe import Observed
from ..._kernel.operations.link import bridge_create, bridge_set
from ..._kernel.rtnl import as_made
from ..._kernel.rtnl.read import IPV6_MTU, LOCAL, Link
from .. import connected, ownership
from ..action import Action, Operation, operation
from ..link import (
    change_link,
    comparable_addresses,
    compare_addresses,
    compare_altnames,
    compare_flags,
    last_mtu,
    loses_ipv6,
    port_restored,
    taking_the_mark,
)
from ..settings import compare_sysctl, settable
from . import unknown
from .kind import DeclaredLink, Kind

#: Of a bridge, what the kernel can change on a living one. Times in seconds.
_OPTIONS = ("stp", "ageing_time", "forward_delay", "multicast_snooping", "no_linklocal_learn")


@dataclass(frozen=True)
class Bridge(DeclaredLink):
    """``alias`` is our mark; the bridge carries it as an altname once more. ``sysctls`` are per-interface ones, keys
    with slashes (``net/ipv4/conf/br-front/route_localnet``)."""

    ifname: str
    alias: str
    addresses: Tuple[str, ...] = ()  # CIDRs
    mtu: int = 1500
    mac: Optional[str] = None
    stp: bool = False
    ageing_time: int = 300
    forward_delay: int = 0
    multicast_snooping: bool = True
    no_linklocal_learn: bool = True  # nothing from frames that pass no packet filter: to 01:80:c2:00:00:0X
    up: bool = True
    sysctls: Tuple[Tuple[str, str], ...] = ()
    as_made: bool = False  # whatever else a bridge has is as the kernel makes it

    kind, netns = "bridge", None

    @property
    def host_ifname(self) -> str:
        return self.ifname

    @property
    def subject(self) -> Subject:
        return of_owner((names.parse_alias(self.alias) or ("", "bridge " + self.ifname))[1])

    @property
    def options(self) -> Dict[str, Any]:
        return {name: getattr(self, name) for name in _OPTIONS}


def compare(desired: Bridge, observed: Observed) -> List[Action]:
    link = observed.links.get(desired.ifname)
    if link is None:
        return [taking_the_mark(_create(desired), desired.alias, observed.links.values())]
    ownership.refuse_foreign(desired.ifname, desired.alias, link, "bridge", observed)
    return list(_changes(desired, link, observed))


def remove(link: Link, observed: Observed, netns: Optional[str] = None) -> Action:
    """Take a bridge of ours away; its way back is built from what it is now.

    One that is in a namespace was made by hand with our mark.
    """
    if netns is not None:
        return unknown.remove(link, observed, netns)
    known = from_link(link, observed)
    made = _create(known, link.altnames)
    as_it_was = (_option(link.ifname, name, value) for name, value in link.differing)
    made = replace(made, do=(*made.do, *as_it_was, *_foreign_ports(link, observed)))
    return replace(
        made,
        text="remove bridge {0}".format(link.ifname),
        do=(operation("link.delete", netns=None, ifname=link.ifname),),
        undo=(*made.undo, *made.do),
        before=_words(known),
        after={},
    )


def _foreign_ports(link: Link, observed: Observed) -> Iterator[Operation]:
    """What puts the ports that somebody else had on the bridge back on it. Ours see to that themselves."""
    for port in sorted(observed.ports_of.get(link.index, ()), key=lambda each: each.ifname):
        if not ownership.topologies(port, observed):
            yield operation("link.set", netns=None, ifname=port.ifname, attributes={"master": link.ifname})
            yield port_restored(port)


def from_link(link: Link, observed: Observed) -> Bridge:
    """The bridge that the kernel has, in the words of a declaration."""
    settings = observed.settings_of.get(link.ifname, {})
    sysctls = tuple((key, value) for key, value in settings.items() if value is not None)
    return Bridge(
        ifname=link.ifname,
        alias=link.alias,
        addresses=comparable_addresses(observed.addresses.get(link.index, [])),
        mtu=link.mtu,
        mac=link.mac,
        stp=link.stp,
        ageing_time=link.ageing_time,
        forward_delay=link.forward_delay,
        multicast_snooping=link.multicast_snooping,
        no_linklocal_learn=link.no_linklocal_learn,
        up=link.up,
        sysctls=sysctls,
    )


def _create(desired: Bridge, altnames: Optional[Tuple[str, ...]] = None) -> Action:
    """``altnames``: of a bridge that comes back as it was."""
    words = {
        "ifname": desired.ifname,
        "alias": desired.alias,
        "altnames": [names.altname(desired.alias)] if altnames is None else list(altnames),
        "addresses": list(desired.addresses),
        "mtu": desired.mtu,
        "mac": desired.mac,
        "up": desired.up,
        "options": desired.options,
        "sysctls": [list(pair) for pair in settable(desired.sysctls, desired.mtu)],
    }
    return Action(
        text="create bridge {0} ({1})".format(desired.ifname, ", ".join([*desired.addresses, "mtu %d" % desired.mtu])),
        subject=desired.subject,
        do=(operation("link.create", kind="bridge", netns=None, ifname=desired.ifname, link=words),),
        undo=(operation("link.delete", netns=None, ifname=desired.ifname),),
        after=_words(desired),
    )


def _words(bridge: Bridge) -> Dict[str, Any]:
    words = {"addresses": list(bridge.addresses), "mtu": bridge.mtu, "mac": bridge.mac, "up": bridge.up}
    return dict(words, **bridge.options)


def _changes(desired: Bridge, link: Link, observed: Observed) -> Iterator[Action]:
    subject, ifname = desired.subject, desired.ifname
    for name in ("alias", "mac", "mtu"):
        wanted, now = getattr(desired, name), getattr(link, name)
        if wanted is not None and wanted != now and not (name == "mtu" and loses_ipv6(now, wanted)):
            yield change_link(None, ifname, ifname, subject, name, now, wanted)
    mark, others = names.altname(desired.alias), observed.links.values()
    yield from compare_altnames(None, ifname, ifname, subject, link, mark, others)
    for name in _OPTIONS:
        wanted, now = getattr(desired, name), getattr(link, name)
        if wanted != now:
            yield Action(
                text="set {0} of {1} from {2} to {3}".format(name, ifname, now, wanted),
                subject=subject,
                do=(_option(ifname, name, wanted),),
                undo=(_option(ifname, name, now),),
                before={name: now},
                after={name: wanted},
            )
    if desired.as_made:
        yield from _as_made(ifname, link, subject)
        if desired.mac in (None, link.mac):  # another one brings its own
            yield from _own_entry(ifname, link, subject)
    reborn = link.mtu < IPV6_MTU
    for key, value in settable(desired.sysctls, desired.mtu):
        yield from compare_sysctl(None, key, value, observed.sysctls.get(key), subject, reborn)
    now_addresses = comparable_addresses(observed.addresses.get(link.index, []), desired.addresses)
    yield from compare_addresses(None, ifname, ifname, subject, now_addresses, desired.addresses)
    where = connected.Where(None, ifname, ifname, subject)
    now = observed.addresses.get(link.index, [])
    yield from connected.compare(
        where, link, desired.addresses, now, observed.routes_over.get(link.index, ()), observed.tentative
    )
    if loses_ipv6(link.mtu, desired.mtu):
        lost = [(key, value) for key, value in from_link(link, observed).sysctls if key.startswith("net/ipv6/")]
        yield last_mtu(
            change_link(None, ifname, ifname, subject, "mtu", link.mtu, desired.mtu),
            *(operation("sysctl.write", netns=None, key=key, value=value) for key, value in lost),
        )
    if desired.up != link.up:
        yield change_link(None, ifname, ifname, subject, "up", link.up, desired.up)


def _as_made(ifname: str, link: Link, subject: Subject) -> Iterator[Action]:
    for name, now in link.differing:
        usual = as_made.BRIDGE[name].usual
        there, back = (_option(ifname, name, value) for value in (usual, now))
        text = "set {0} of {1} from {2} to {3}".format(name, ifname, now, usual)
        yield Action(text, subject, (there,), (back,), before={name: now}, after={name: usual})
    yield from compare_flags(None, ifname, ifname, subject, link)


def _own_entry(ifname: str, link: Link, subject: Subject) -> Iterator[Action]:
    """The entry of the bridge's own table by which frames for its MAC, the gateway's, reach the host."""
    if "{0} {1}".format(link.mac, LOCAL) in link.fdb_others:
        return
    words = {"ifname": ifname, "mac": link.mac, "of_bridge": True}
    there, back = operation("fdb.add", how=LOCAL, **words), operation("fdb.delete", **words)
    text = "keep {0} at the bridge {1} itself".format(link.mac, ifname)
    yield Action(text, subject, (there,), (back,), after={"forwarding entry " + link.mac: LOCAL})


def _option(ifname: str, name: str, value: Any) -> Operation:
    return operation("link.configure", kind="bridge", netns=None, ifname=ifname, options={name: value})


def _make(host: Host, netns: Optional[str], words: Mapping[str, Any]) -> None:
    bridge_create(host, words)


def _configure(host: Host, netns: Optional[str], ifname: str, options: Mapping[str, Any]) -> None:
    bridge_set(host, ifname, dict(options))


KIND = Kind(
    name="bridge",
    declared=Bridge,
    compare=compare,
    remove=remove,
    create=_make,
    configure=_configure,
    mutable=("alias", "addresses", "mtu", "mac", *_OPTIONS, "up", "sysctls", "as_made"),
    carries=True,
    settings=(
        "net/ipv4/conf/{0}/route_localnet",
        "net/ipv4/conf/{0}/rp_filter",
        "net/ipv4/conf/{0}/proxy_arp",
        "net/ipv4/conf/{0}/proxy_arp_pvlan",
        "net/ipv4/conf/{0}/forwarding",
        "net/ipv6/conf/{0}/disable_ipv6",
        "net/ipv6/conf/{0}/accept_ra",
    ),
)
