# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A VXLAN device of ours: what joins the bridges of an overlay network's hosts, and the ways to each of them.

It learns nothing and floods nothing: all that it knows of other hosts is declared (``Way``), compared and repaired. It
comes after the packet rules, for it takes from the wire whatever they let in.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from ..._kernel import names, vxlan
from ..._kernel.changes import Subject, of_owner
from ..._kernel.data import dataclass
from ..._kernel.host import Host
from ..._kernel.observe import Observed
from ..._kernel.operations.link import bring_up
from ..._kernel.rtnl import requests as messages
from ..._kernel.rtnl import socket as nl
from ..._kernel.rtnl import uapi
from ..._kernel.rtnl.read import IPV6_MTU, Link
from ..._kernel.vxlan import Options, Ways
from .. import ownership
from ..action import Action, Operation, operation
from ..link import (
    change_link,
    comparable_addresses,
    compare_addresses,
    compare_altnames,
    last_mtu,
    loses_ipv6,
    taking_the_mark,
)
from ..settings import compare_sysctl, settable
from . import unknown
from .kind import DeclaredLink, Kind
from .vxlan_ways import NOTHING, Carrier, Way, compare_ways

#: Options that the kernel changes on a living device (vxlan_changelink() in drivers/net/vxlan/).
_LIVING = ("local", "learning")
#: As bridge(8) calls them.
_FLAGS = {
    uapi.IFLA_BRPORT_LEARNING: "learning",
    uapi.IFLA_BRPORT_UNICAST_FLOOD: "flood",
    uapi.IFLA_BRPORT_MCAST_FLOOD: "mcast_flood",
    uapi.IFLA_BRPORT_BCAST_FLOOD: "bcast_flood",
    uapi.IFLA_BRPORT_NEIGH_SUPPRESS: "neigh_suppress",
}


@dataclass(frozen=True)
class Vxlan(DeclaredLink):
    """``master``: the bridge that it is a port of; None: the host routes."""

    ifname: str
    alias: str
    vni: int
    port: int
    local: str
    mac: str
    mtu: int
    ways: Tuple[Way, ...] = ()
    master: Optional[str] = None
    multicast: bool = False  # of a port: what is for all goes to the other hosts too
    sysctls: Tuple[Tuple[str, str], ...] = ()

    kind, netns = "vxlan", None

    @property
    def host_ifname(self) -> str:
        return self.ifname

    @property
    def subject(self) -> Subject:
        return of_owner((names.parse_alias(self.alias) or ("", self.ifname))[1])

    @property
    def stands_on(self) -> Tuple[str, ...]:
        return (self.master,) if self.master is not None else ()

    @property
    def network(self) -> str:
        return self.subject.network or self.ifname

    @property
    def flags(self) -> Dict[int, int]:
        """Of the port: IFLA_BRPORT_* → value. Nothing is learned there, nor sent there for want of a better way."""
        if self.master is None:
            return {}
        return {
            uapi.IFLA_BRPORT_LEARNING: 0,
            uapi.IFLA_BRPORT_UNICAST_FLOOD: 0,
            uapi.IFLA_BRPORT_MCAST_FLOOD: int(self.multicast),
            uapi.IFLA_BRPORT_BCAST_FLOOD: int(self.multicast),
            uapi.IFLA_BRPORT_NEIGH_SUPPRESS: 1,
        }

    @property
    def options(self) -> Options:
        return Options(self.vni, self.port, self.local)


def compare(desired: Vxlan, observed: Observed) -> List[Action]:
    link = observed.links.get(desired.ifname)
    if link is None:
        return [
            taking_the_mark(_create(desired), desired.alias, observed.links.values()),
            *_compare_ways(desired, NOTHING),
        ]
    ownership.refuse_foreign(desired.ifname, desired.alias, link, "vxlan", observed)
    why = _made_anew(desired, link, observed)
    if why:
        return [_make_way(desired, link, why, observed), _create(desired), *_compare_ways(desired, NOTHING)]
    return [*_changes(desired, link, observed), *_compare_ways(desired, observed.ways.get(link.index, NOTHING))]


def _compare_ways(desired: Vxlan, now: Ways) -> Iterator[Action]:
    carrier = Carrier(desired.ifname, desired.network, desired.subject, desired.master or desired.ifname)
    return compare_ways(carrier, desired.ways, now)


def _made_anew(desired: Vxlan, link: Link, observed: Observed) -> str:
    """Why the kernel cannot make the one that is there into the declared one; empty when it can."""
    now, master = vxlan.options_of(link), observed.by_index.get(link.master)
    if now.vni != desired.vni:
        return "whose identifier is {0}, for one with {1}".format(now.vni, desired.vni)
    if now.port != desired.port:
        return "whose port is {0}, for one with {1}".format(now.port, desired.port)
    if (":" in now.local) != (":" in desired.local) or not now.local:
        return "which sends from {0}, for one that does from {1}".format(now.local or "anywhere", desired.local)
    if (master is None) != (desired.master is None):
        ways = ("over which the host routes", "that is a port of {0}")
        was, wanted = reversed(ways) if master is not None else ways
        bridge = master.ifname if master is not None else desired.master
        return "{0}, for one {1}".format(was, wanted).format(bridge)
    return ""


def _make_way(desired: Vxlan, link: Link, why: str, observed: Observed) -> Action:
    """Neighbour entries of a bridge do not go with the device, so they go before it."""
    text = "take {0} of {1} away, {2}: until all its hosts have it, what is sent to them is lost"
    away, now = remove(link, observed), observed.ways.get(link.index, NOTHING)
    gone: Tuple[Operation, ...] = ()
    if link.master and now.neighbours:
        gone = (_of_bridge(link, observed, Ways(neighbours=now.neighbours)),)
    return replace(away, text=text.format(desired.ifname, desired.network, why), do=(*gone, *away.do))


def _of_bridge(link: Link, observed: Observed, gone: Ways) -> Operation:
    bridge = observed.by_index[link.master].ifname
    words = {"add": NOTHING.words(), "remove": gone.words()}
    return operation("ways.set", ifname=link.ifname, neighbours_of=bridge, **words)


def _create(desired: Vxlan) -> Action:
    words = {
        "ifname": desired.ifname,
        "alias": desired.alias,
        "altnames": [names.altname(desired.alias)],
        "options": desired.options._asdict(),
        "mac": desired.mac,
        "mtu": desired.mtu,
        "master": desired.master,
        "flags": {str(kind): "%02x" % value for kind, value in desired.flags.items()},
        "up": True,
        "sysctls": [list(pair) for pair in settable(desired.sysctls, desired.mtu)],
    }
    text = "create {0} of {1} (VXLAN {2}, port {3}, from {4}, mtu {5})"
    return Action(
        text=text.format(desired.ifname, desired.network, desired.vni, desired.port, desired.local, desired.mtu),
        subject=desired.subject,
        do=(_made(desired.ifname, words),),
        undo=(operation("link.delete", netns=None, ifname=desired.ifname),),
        after=_words(desired),
    )


def _made(ifname: str, words: Mapping[str, Any]) -> Operation:
    return operation("link.create", kind="vxlan", netns=None, ifname=ifname, link=words)


def _words(device: Vxlan) -> Dict[str, Any]:
    words = {name: getattr(device, name) for name in ("vni", "port", "local", "mac", "mtu")}
    return dict(words, **({"master": device.master} if device.master is not None else {}))


def _changes(desired: Vxlan, link: Link, observed: Observed) -> Iterator[Action]:
    subject, ifname = desired.subject, desired.ifname
    shown = "{0} (of {1})".format(ifname, desired.network)
    for name in ("alias", "mac") if loses_ipv6(link.mtu, desired.mtu) else ("alias", "mac", "mtu"):
        wanted, now = getattr(desired, name), getattr(link, name)
        if wanted != now:
            yield change_link(None, ifname, shown, subject, name, now, wanted)
    yield from compare_altnames(
        None, ifname, shown, subject, link, names.altname(desired.alias), observed.links.values()
    )
    yield from _change_options(desired, vxlan.options_of(link), shown)
    master = observed.by_index.get(link.master)
    if (master.ifname if master is not None else None) != desired.master:
        now_master = master.ifname if master is not None else None
        yield _change_master(desired, link, now_master, shown)
    else:
        yield from _change_flags(desired, link, shown)
    if link.ipv6_link_local and desired.mtu >= IPV6_MTU:
        yield change_link(None, ifname, shown, subject, "ipv6_link_local", True, False)
    for key, value in settable(desired.sysctls, desired.mtu):
        yield from compare_sysctl(None, key, value, observed.sysctls.get(key), subject, link.mtu < IPV6_MTU)
    addresses = comparable_addresses(observed.addresses.get(link.index, []))
    yield from compare_addresses(None, ifname, shown, subject, addresses, ())
    if loses_ipv6(link.mtu, desired.mtu):
        change = change_link(None, ifname, shown, subject, "mtu", link.mtu, desired.mtu)
        yield last_mtu(change, *_with_ipv6_again(link, observed))
    if not link.up:
        yield change_link(None, ifname, shown, subject, "up", False, True)


def _change_options(desired: Vxlan, now: Options, shown: str) -> Iterator[Action]:
    for name in _LIVING:
        was, wanted = getattr(now, name), getattr(desired.options, name)
        if was != wanted:
            text = "set {0} of {1} from {2} to {3}".format(name, shown, was or "none", wanted)
            if name == "local":
                text += "; a peer takes what it sends once it knows the new address"
            there, back = (
                operation("link.configure", kind="vxlan", netns=None, ifname=desired.ifname, options={name: value})
                for value in (wanted, was)
            )
            yield Action(text, desired.subject, (there,), (back,), before={name: was}, after={name: wanted})


def _change_master(desired: Vxlan, link: Link, now: Optional[str], shown: str) -> Action:
    """From one bridge to another: the flags of the port go with it."""
    action = change_link(None, desired.ifname, shown, desired.subject, "master", now, desired.master)
    place = {"ifname": desired.ifname}
    there = operation("port.restore", flags={str(k): "%02x" % v for k, v in desired.flags.items()}, **place)
    back = operation("port.restore", flags={str(k): raw.hex() for k, raw in flags_of(link).items()}, **place)
    return replace(action, do=(*action.do, there), undo=(*action.undo, *((back,) if now is not None else ())))


def _change_flags(desired: Vxlan, link: Link, shown: str) -> Iterator[Action]:
    found = flags_of(link)
    for kind, wanted in desired.flags.items():
        if kind not in found or found[kind][:1] == bytes((wanted,)):
            continue
        there, back = (
            operation("port.restore", ifname=desired.ifname, flags={str(kind): value})
            for value in ("%02x" % wanted, found[kind].hex())
        )
        name, was = _FLAGS[kind], bool(found[kind][0])
        text = "set {0} of bridge port {1} {2}".format(name, shown, "on" if wanted else "off")
        yield Action(text, desired.subject, (there,), (back,), before={name: was}, after={name: bool(wanted)})


def flags_of(link: Link) -> Dict[int, bytes]:
    """As far as they were read: of a link that an interrupted run leaves, they are not."""
    found = nl.attributes(link.port)
    return {kind: found[kind] for kind in _FLAGS if kind in found}


# --- taken away, and back


def remove(link: Link, observed: Observed, netns: Optional[str] = None) -> Action:
    """Take a device of ours away; its way back is built from what it is now."""
    if netns is not None:  # made by hand, with our mark
        return unknown.remove(link, observed, netns)
    options, now = vxlan.options_of(link), observed.ways.get(link.index, NOTHING)
    master = observed.by_index.get(link.master)
    whose = of_owner(ownership.subject(link, observed) or link.ifname)
    gone = operation("link.delete", netns=None, ifname=link.ifname)
    words = {
        "ifname": link.ifname,
        "alias": link.alias,
        "altnames": list(link.altnames),
        "options": options._asdict(),
        "mac": link.mac,
        "mtu": link.mtu,
        "master": master.ifname if master is not None else None,
        "flags": {str(kind): raw.hex() for kind, raw in flags_of(link).items()},
        "up": link.up,
        "sysctls": [[key, value] for key, value in _settings_of(link, observed)],
        "ipv6_link_local": link.ipv6_link_local,
        "addresses": list(comparable_addresses(observed.addresses.get(link.index, []))),
    }
    back = operation(
        "ways.set",
        ifname=link.ifname,
        neighbours_of=master.ifname if master is not None else link.ifname,
        add=now.words(),
        remove=NOTHING.words(),
    )
    return Action(
        text="remove {0} of {1} (VXLAN {2})".format(link.ifname, whose.network or "nobody", options.vni),
        subject=whose,
        do=(gone,),
        undo=(gone, _made(link.ifname, words), *((back,) if now else ())),
        before={"vni": options.vni, "port": options.port, "local": options.local, "mac": link.mac, "mtu": link.mtu},
    )


def _with_ipv6_again(link: Link, observed: Observed) -> Iterator[Operation]:
    """What an mtu takes away by which there is no IPv6."""
    words = {"ipv6_link_local": link.ipv6_link_local}
    yield operation("link.set", netns=None, ifname=link.ifname, attributes=words)
    for key, value in _settings_of(link, observed):
        if key.startswith("net/ipv6/"):
            yield operation("sysctl.write", netns=None, key=key, value=value)


def _settings_of(link: Link, observed: Observed) -> List[Tuple[str, str]]:
    part = "/conf/{0}/".format(link.ifname)
    return [(key, value) for key, value in observed.sysctls.items() if part in key and value is not None]


def _create_link(host: Host, netns: Optional[str], words: Mapping[str, Any]) -> None:
    """With all that it is before it is up; what it leads to comes after."""
    ifname = words["ifname"]
    vxlan.create(host, ifname, Options(**words["options"]), words["mac"], words["mtu"])
    settings: Dict[str, Any] = {"alias": words["alias"]}
    if words["mtu"] >= IPV6_MTU:
        settings["ipv6_link_local"] = words.get("ipv6_link_local", False)
    if words["master"] is not None:
        settings["master"] = host.index(words["master"])
    host.socket.send([messages.link_set(ifname, **settings)])
    if words.get("flags"):
        raw = {int(kind): bytes.fromhex(value) for kind, value in words["flags"].items()}
        host.socket.send([messages.bridge_port_restore(ifname, raw)])
    bring_up(host, ifname, words)


def _configure(host: Host, netns: Optional[str], ifname: str, options: Mapping[str, Any]) -> None:
    vxlan.configure(host, ifname, options)


KIND = Kind(
    name="vxlan",
    declared=Vxlan,
    compare=compare,
    remove=remove,
    create=_create_link,
    configure=_configure,
    mutable=("alias", "local", "mac", "mtu", "ways", "master", "multicast", "sysctls"),
    after_rules=True,
    settings=(
        "net/ipv4/conf/{0}/rp_filter",
        "net/ipv6/conf/{0}/disable_ipv6",
        "net/ipv6/conf/{0}/accept_ra",
    ),
)
