# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Linux bridge of ours, its addresses and the settings of its interface."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Collection, Dict, Iterable, Iterator, List, Optional, Tuple

from ..._kernel import names
from ..._kernel.observe import Observed
from ..._kernel.rtnl import read as rtnetlink
from ..._kernel.rtnl.read import IPV6_MTU, Link
from .. import ownership
from ..action import Action, Operation, operation
from ..link_local import is_of_a_mac
from ..netns import compare_sysctl, settable

#: Of a bridge, what the kernel can change on a living one. Times in seconds.
_OPTIONS = ("stp", "ageing_time", "forward_delay", "multicast_snooping", "no_linklocal_learn")


@dataclass(frozen=True)
class Bridge:
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

    @property
    def options(self) -> Dict[str, Any]:
        return {name: getattr(self, name) for name in _OPTIONS}


def compare(desired: Bridge, observed: Observed) -> List[Action]:
    link = observed.links.get(desired.ifname)
    if link is None:
        made, mark = _create(desired), names.altname(desired.alias)
        former = [each.ifname for each in observed.links.values() if mark in each.altnames]
        away, again = (tuple(_altname(verb, ifname, mark) for ifname in former) for verb in ("delete", "add"))
        return [replace(made, do=(*away, *made.do), undo=(*made.undo, *again))]
    ownership.refuse_foreign(desired.ifname, desired.alias, link, "bridge", observed)
    return list(_changes(desired, link, observed))


def remove(link: Link, observed: Observed) -> Action:
    """Take a bridge of ours away; its way back is built from what it is now."""
    known = from_link(link, observed)
    made = _create(known, link.altnames)
    made = replace(made, do=(*made.do, *_foreign_ports(link, observed)))
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
    for port in sorted(observed.links.values(), key=lambda each: each.ifname):
        if port.master == link.index and not ownership.topologies(port, observed):
            yield operation("link.set", netns=None, ifname=port.ifname, attributes={"master": link.ifname})
            yield port_restored(port)


def port_restored(port: Link) -> Operation:
    """A port's flags as they were, once it is on its bridge again."""
    told = {kind: bytes((getattr(port, name),)) for name, (kind, _usual) in rtnetlink.PORT_FLAGS.items()}
    flags = {**told, **rtnetlink.unusual_port_flags(port)}
    return operation("port.restore", ifname=port.ifname, flags={str(kind): raw.hex() for kind, raw in flags.items()})


def from_link(link: Link, observed: Observed) -> Bridge:
    """The bridge that the kernel has, in the words of a declaration."""
    sysctls = tuple(
        (key, value)
        for key, value in observed.sysctls.items()
        if "/conf/{0}/".format(link.ifname) in key and value is not None
    )
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


def comparable_addresses(addresses: Iterable[str], wanted: Collection[str] = ()) -> Tuple[str, ...]:
    """Without the link-local IPv6 addresses that the kernel makes by itself, unless they are ``wanted``."""
    return tuple(cidr for cidr in addresses if cidr in wanted or not is_of_a_mac(cidr))


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
        subject="bridge " + desired.ifname,
        do=(operation("bridge.create", bridge=words),),
        undo=(operation("link.delete", netns=None, ifname=desired.ifname),),
        after=_words(desired),
    )


def _words(bridge: Bridge) -> Dict[str, Any]:
    words = {"addresses": list(bridge.addresses), "mtu": bridge.mtu, "mac": bridge.mac, "up": bridge.up}
    return dict(words, **bridge.options)


def _changes(desired: Bridge, link: Link, observed: Observed) -> Iterator[Action]:
    subject, ifname = "bridge " + desired.ifname, desired.ifname
    for name in ("alias", "mac", "mtu"):
        wanted, now = getattr(desired, name), getattr(link, name)
        if wanted is not None and wanted != now and not (name == "mtu" and loses_ipv6(now, wanted)):
            yield change_link(None, ifname, ifname, subject, name, now, wanted)
    yield from _compare_altnames(desired, link, observed, subject)
    for name in _OPTIONS:
        wanted, now = getattr(desired, name), getattr(link, name)
        if wanted != now:
            yield Action(
                text="set {0} of {1} from {2} to {3}".format(name, ifname, now, wanted),
                subject=subject,
                do=(operation("bridge.set", ifname=ifname, options={name: wanted}),),
                undo=(operation("bridge.set", ifname=ifname, options={name: now}),),
                before={name: now},
                after={name: wanted},
            )
    reborn = link.mtu < IPV6_MTU
    for key, value in settable(desired.sysctls, desired.mtu):
        yield from compare_sysctl(None, key, value, observed.sysctls.get(key), subject, reborn)
    now_addresses = comparable_addresses(observed.addresses.get(link.index, []), desired.addresses)
    yield from compare_addresses(None, ifname, ifname, subject, now_addresses, desired.addresses)
    if loses_ipv6(link.mtu, desired.mtu):
        lost = [(key, value) for key, value in from_link(link, observed).sysctls if key.startswith("net/ipv6/")]
        yield last_mtu(
            change_link(None, ifname, ifname, subject, "mtu", link.mtu, desired.mtu),
            *(operation("sysctl.write", netns=None, key=key, value=value) for key, value in lost),
        )
    if desired.up != link.up:
        yield change_link(None, ifname, ifname, subject, "up", link.up, desired.up)


def _compare_altnames(desired: Bridge, link: Link, observed: Observed, subject: str) -> Iterator[Action]:
    """The second mark is there, and none that says something else; altnames of somebody else's are theirs.

    A host has an altname once: where a network moves to a bridge that is there, its former one gives it up.
    """
    wanted = names.altname(desired.alias)
    for altname in sorted(each for each in link.altnames if names.alias_of_altname(each) and each != wanted):
        text = "remove altname {0} from {1}".format(altname, desired.ifname)
        there, back = (_altname(verb, desired.ifname, altname) for verb in ("delete", "add"))
        yield Action(text, subject, (there,), (back,), before={"altname " + altname: "on"})
    if wanted not in link.altnames:
        text = "add altname {0} to {1}".format(wanted, desired.ifname)
        there, back = (_altname(verb, desired.ifname, wanted) for verb in ("add", "delete"))
        former = [each.ifname for each in observed.links.values() if wanted in each.altnames]
        do = (*(_altname("delete", ifname, wanted) for ifname in former), there)
        undo = (back, *(_altname("add", ifname, wanted) for ifname in former))
        yield Action(text, subject, do, undo, after={"altname " + wanted: "on"})


def _altname(verb: str, ifname: str, altname: str) -> Operation:
    return operation("altname." + verb, ifname=ifname, altname=altname)


def loses_ipv6(now: int, wanted: int) -> bool:
    """Such a change of the mtu comes last, so that on the way back there is IPv6 again before anything of it is set."""
    return wanted < IPV6_MTU <= now


def last_mtu(action: Action, *restoring: Operation) -> Action:
    """That change; its way back sets again what went with IPv6."""
    return replace(action, undo=(*action.undo, *restoring))


def change_link(
    netns: Optional[str], ifname: str, shown: str, subject: str, name: str, now: Any, wanted: Any
) -> Action:
    """One attribute of a living link."""
    if name == "up":
        text = "set {0} {1}".format(shown, "up" if wanted else "down")
    else:
        text = "set {0} of {1} from {2} to {3}".format(name, shown, now or "none", wanted or "none")
    return Action(
        text=text,
        subject=subject,
        do=(operation("link.set", netns=netns, ifname=ifname, attributes={name: wanted}),),
        undo=(operation("link.set", netns=netns, ifname=ifname, attributes={name: now}),),
        before={name: now},
        after={name: wanted},
    )


def compare_addresses(
    netns: Optional[str], ifname: str, shown: str, subject: str, now: Tuple[str, ...], wanted: Tuple[str, ...]
) -> Iterator[Action]:
    """Missing addresses first, so that an interface is never without one on the way."""
    yield from add_missing(netns, ifname, shown, subject, now, wanted)
    yield from remove_surplus(netns, ifname, shown, subject, now, wanted)


def add_missing(
    netns: Optional[str], ifname: str, shown: str, subject: str, now: Tuple[str, ...], wanted: Tuple[str, ...]
) -> Iterator[Action]:
    add = {"netns": netns, "ifname": ifname}
    for cidr in [cidr for cidr in wanted if cidr not in now]:
        there, back = operation("address.add", cidr=cidr, **add), operation("address.delete", cidr=cidr, **add)
        other = _in_its_place(cidr, now)
        if other is not None:
            away, again = operation("address.delete", cidr=other, **add), operation("address.add", cidr=other, **add)
            text = "change {0} on {1} to {2}".format(other, shown, cidr)
            before, after = {"address " + other: "on"}, {"address " + cidr: "on"}
            yield Action(text, subject, (away, there), (back, again), before=before, after=after)
            continue
        yield Action("add {0} to {1}".format(cidr, shown), subject, (there,), (back,), after={"address " + cidr: "on"})


def _in_its_place(cidr: str, now: Tuple[str, ...]) -> Optional[str]:
    """The same IPv6 address with another prefix length: an interface has it only once."""
    address, length = cidr.split("/")
    same = [each for each in now if ":" in each and each.split("/")[0] == address and each.split("/")[1] != length]
    return same[0] if same else None


def remove_surplus(
    netns: Optional[str], ifname: str, shown: str, subject: str, now: Tuple[str, ...], wanted: Tuple[str, ...]
) -> Iterator[Action]:
    add = {"netns": netns, "ifname": ifname}
    replaced = {_in_its_place(cidr, now) for cidr in wanted if cidr not in now}
    for cidr in sorted(cidr for cidr in now if cidr not in wanted and cidr not in replaced):
        there, back = operation("address.delete", cidr=cidr, **add), operation("address.add", cidr=cidr, **add)
        text = "remove {0} from {1}".format(cidr, shown)
        yield Action(text, subject, (there,), (back,), before={"address " + cidr: "on"})
