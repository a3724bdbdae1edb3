# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all links share: attributes of a living one, its marks, its addresses. The kinds are in ``links/``.

An attribute that every link has (name, mtu, mac, up, alias, altname, addresses, master) is compared and changed here,
for the host's links (netns None) and for those inside a namespace alike. Settings of an interface are in
``settings.py``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Collection, Iterable, Iterator, Optional, Tuple

from .._kernel import names
from .._kernel.changes import Subject
from .._kernel.rtnl import read as rtnetlink
from .._kernel.rtnl.read import IPV6_MTU, Link
from .action import Action, Operation, operation
from .link_local import is_of_a_mac

#: Flags that every link is made with: without one, no neighbour is asked for, or no IPv6 neighbour.
LINK_FLAGS = ("arp", "multicast")


def comparable_addresses(addresses: Iterable[str], wanted: Collection[str] = ()) -> Tuple[str, ...]:
    """Without the link-local IPv6 addresses that the kernel makes by itself, unless they are ``wanted``."""
    return tuple(cidr for cidr in addresses if cidr in wanted or not is_of_a_mac(cidr))


def loses_ipv6(now: int, wanted: int) -> bool:
    """Such a change of the mtu comes last, so that on the way back there is IPv6 again before anything of it is set."""
    return wanted < IPV6_MTU <= now


def last_mtu(action: Action, *restoring: Operation) -> Action:
    """That change; its way back sets again what went with IPv6."""
    return replace(action, undo=(*action.undo, *restoring))


def change_link(
    netns: Optional[str], ifname: str, shown: str, subject: Subject, name: str, now: Any, wanted: Any
) -> Action:
    """One attribute of a living link."""
    if name == "up":
        text = "set {0} {1}".format(shown, "up" if wanted else "down")
    elif name in LINK_FLAGS:
        text = "set {0} of {1} {2}".format(name, shown, "on" if wanted else "off")
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


def compare_flags(netns: Optional[str], ifname: str, shown: str, subject: Subject, link: Link) -> Iterator[Action]:
    for name in LINK_FLAGS:
        if not getattr(link, name):
            yield change_link(netns, ifname, shown, subject, name, False, True)


def compare_addresses(
    netns: Optional[str], ifname: str, shown: str, subject: Subject, now: Tuple[str, ...], wanted: Tuple[str, ...]
) -> Iterator[Action]:
    """Missing addresses first, so that an interface is never without one on the way."""
    yield from add_missing(netns, ifname, shown, subject, now, wanted)
    yield from remove_surplus(netns, ifname, shown, subject, now, wanted)


def add_missing(
    netns: Optional[str], ifname: str, shown: str, subject: Subject, now: Tuple[str, ...], wanted: Tuple[str, ...]
) -> Iterator[Action]:
    add = {"netns": netns, "ifname": ifname}
    for cidr in [cidr for cidr in wanted if cidr not in now]:
        there, back = operation("address.add", cidr=cidr, **add), operation("address.delete", cidr=cidr, **add)
        other = _in_its_place(cidr, now)
        if other is not None:
            away, again = operation("address.delete", cidr=other, **add), operation("address.add", cidr=other, **add)
            text = "change {0} on {1} to {2}".format(other, shown, cidr)
            before = {"address " + other: "on", "address " + cidr: None}
            after = {"address " + other: None, "address " + cidr: "on"}
            yield Action(text, subject, (away, there), (back, again), before=before, after=after)
            continue
        text, word = "add {0} to {1}".format(cidr, shown), "address " + cidr
        yield Action(text, subject, (there,), (back,), before={word: None}, after={word: "on"})


def _in_its_place(cidr: str, now: Tuple[str, ...]) -> Optional[str]:
    """The same IPv6 address with another prefix length: an interface has it only once."""
    address, length = cidr.split("/")
    same = [each for each in now if ":" in each and each.split("/")[0] == address and each.split("/")[1] != length]
    return same[0] if same else None


def remove_surplus(
    netns: Optional[str], ifname: str, shown: str, subject: Subject, now: Tuple[str, ...], wanted: Tuple[str, ...]
) -> Iterator[Action]:
    add = {"netns": netns, "ifname": ifname}
    replaced = {_in_its_place(cidr, now) for cidr in wanted if cidr not in now}
    for cidr in sorted(cidr for cidr in now if cidr not in wanted and cidr not in replaced):
        there, back = operation("address.delete", cidr=cidr, **add), operation("address.add", cidr=cidr, **add)
        text = "remove {0} from {1}".format(cidr, shown)
        word = "address " + cidr
        yield Action(text, subject, (there,), (back,), before={word: "on"}, after={word: None})


def taking_the_mark(made: Action, alias: str, links: Iterable[Link]) -> Action:
    """What makes a link of the host with our mark in its altname, after the links that have it now gave it up."""
    mark = names.altname(alias)
    former = _former_holders(mark, links)
    away, again = (tuple(altname_step(verb, None, ifname, mark) for ifname in former) for verb in ("delete", "add"))
    return replace(made, do=(*away, *made.do), undo=(*made.undo, *again))


def _former_holders(altname: str, links: Iterable[Link]) -> Tuple[str, ...]:
    """A namespace has an altname once: the links that give it up where another one is to have it."""
    return tuple(link.ifname for link in links if altname in link.altnames)


def altname_step(verb: str, netns: Optional[str], ifname: str, altname: str) -> Operation:
    """``verb``: add or delete."""
    return operation("altname." + verb, netns=netns, ifname=ifname, altname=altname)


def compare_altnames(
    netns: Optional[str], ifname: str, shown: str, subject: Subject, link: Link, wanted: str, others: Iterable[Link]
) -> Iterator[Action]:
    """The mark in an altname is there, and none that says something else; altnames of somebody else's are theirs.

    ``others``: the links of the namespace, among them whoever has the altname now.
    """
    for altname in sorted(each for each in link.altnames if names.alias_of_altname(each) and each != wanted):
        text = "remove altname {0} from {1}".format(altname, shown)
        there, back = (altname_step(verb, netns, ifname, altname) for verb in ("delete", "add"))
        word = "altname " + altname
        yield Action(text, subject, (there,), (back,), before={word: "on"}, after={word: None})
    if wanted not in link.altnames:
        text = "add altname {0} to {1}".format(wanted, shown)
        there, back = (altname_step(verb, netns, ifname, wanted) for verb in ("add", "delete"))
        former = _former_holders(wanted, others)
        do = (*(altname_step("delete", netns, each, wanted) for each in former), there)
        undo = (back, *(altname_step("add", netns, each, wanted) for each in former))
        word = "altname " + wanted
        yield Action(text, subject, do, undo, before={word: None}, after={word: "on"})


def port_restored(port: Link) -> Operation:
    """A port's flags as they were, once it is on its bridge again."""
    told = {kind: bytes((getattr(port, name),)) for name, (kind, _usual) in rtnetlink.PORT_FLAGS.items()}
    flags = {**told, **rtnetlink.unusual_port_flags(port)}
    return operation("port.restore", ifname=port.ifname, flags={str(kind): raw.hex() for kind, raw in flags.items()})
