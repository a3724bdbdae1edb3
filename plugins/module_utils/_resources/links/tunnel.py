# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the devices of encrypted networks have in common, whoever encrypts: how one is made, changed and taken away."""

from __future__ import annotations

from typing import Any, Dict, Iterator, Mapping, Optional, Sequence, Tuple

from ..._kernel import names, tun, wireguard
from ..._kernel.changes import Subject
from ..._kernel.host import Host
from ..._kernel.observe import Observed
from ..._kernel.operations.link import bring_up
from ..._kernel.rtnl import requests as messages
from ..._kernel.rtnl.read import IPV6_MTU, Link
from ..action import Action, Operation, operation
from ..link import change_link, comparable_addresses, compare_addresses, compare_altnames
from ..settings import compare_sysctl, settable
from .kind import DeclaredLink


class DeclaredTunnel(DeclaredLink):
    """A device on which a program or the kernel encrypts. ``peers``: the hosts to which it leads."""

    mtu: int
    addresses: Tuple[str, ...]
    peers: Tuple[Any, ...]

    @property
    def host_ifname(self) -> str:
        return self.ifname

    @property
    def subject(self) -> Subject:
        return Subject(interface=self.ifname)

    @property
    def routes(self) -> Tuple[Tuple[str, str], ...]:
        """(destination, source)."""
        return tuple(sorted(route for peer in self.peers for route in peer.routes))


def route_text(has_another: bool) -> str:
    """Of host, interface and destination. ``has_another``: it is sent by another end of a tunnel of ours until now."""
    return "send to {0} over {1} from now on: {2}" if has_another else "repair the route to {0} over {1}: {2}"


def creation(desired: DeclaredTunnel, text: str, after: Mapping[str, Any]) -> Action:
    words = {
        "ifname": desired.ifname,
        "alias": desired.alias,
        "altnames": [names.altname(desired.alias)],
        "kind": desired.kind,
        "mtu": desired.mtu,
        "up": True,
        "sysctls": [list(pair) for pair in settable(desired.sysctls, desired.mtu)],
        "addresses": list(desired.addresses),
    }
    return Action(
        text=text,
        subject=desired.subject,
        do=(_made(desired.ifname, words),),
        undo=(operation("link.delete", netns=None, ifname=desired.ifname),),
        after=after,
    )


def _made(ifname: str, words: Mapping[str, Any]) -> Operation:
    return operation("link.create", kind=words["kind"], netns=None, ifname=ifname, link=words)


def changes(desired: DeclaredTunnel, link: Link, observed: Observed) -> Iterator[Action]:
    subject, ifname = desired.subject, desired.ifname
    for name in ("alias", "mtu"):
        wanted, now = getattr(desired, name), getattr(link, name)
        if wanted != now:
            yield change_link(None, ifname, ifname, subject, name, now, wanted)
    mark, others = names.altname(desired.alias), observed.links.values()
    yield from compare_altnames(None, ifname, ifname, subject, link, mark, others)
    if link.ipv6_link_local and link.mtu >= IPV6_MTU:
        yield change_link(None, ifname, ifname, subject, "ipv6_link_local", True, False)
    for key, value in settable(desired.sysctls, desired.mtu):
        yield from compare_sysctl(None, key, value, observed.sysctls.get(key), subject, link.mtu < IPV6_MTU)
    addresses = comparable_addresses(observed.addresses.get(link.index, []))
    yield from compare_addresses(None, ifname, ifname, subject, addresses, desired.addresses)
    if not link.up:
        yield change_link(None, ifname, ifname, subject, "up", False, True)


def removal(link: Link, observed: Observed, text: str, back: Sequence[Operation]) -> Action:
    """``back``: what follows once it was made again, so that it is as it was."""
    gone = operation("link.delete", netns=None, ifname=link.ifname)
    part = "/conf/{0}/".format(link.ifname)
    words = {
        "ifname": link.ifname,
        "alias": link.alias,
        "altnames": list(link.altnames),
        "kind": link.kind,
        "mtu": link.mtu,
        "up": link.up,
        "sysctls": [[key, value] for key, value in observed.sysctls.items() if part in key and value is not None],
        "ipv6_link_local": link.ipv6_link_local,
        "addresses": list(comparable_addresses(observed.addresses.get(link.index, []))),
    }
    return Action(
        text=text,
        subject=Subject(interface=link.ifname),
        do=(gone,),
        undo=(gone, _made(link.ifname, words), *back),
    )


def create_link(host: Host, netns: Optional[str], words: Mapping[str, Any]) -> None:
    """With its marks and settings before it is up; whom it leads to comes after."""
    ifname = words["ifname"]
    if words["kind"] == tun.KIND:
        tun.make_lasting(ifname)
        host.forget_indexes()
    else:
        wireguard.make_device(host, ifname)
    settings: Dict[str, Any] = {"alias": words["alias"], "mtu": words["mtu"]}
    if words["mtu"] >= IPV6_MTU:
        settings["ipv6_link_local"] = words.get("ipv6_link_local", False)
    host.socket.send([messages.link_set(ifname, **settings)])
    bring_up(host, ifname, words)


SETTINGS = (
    "net/ipv4/conf/{0}/rp_filter",
    "net/ipv6/conf/{0}/disable_ipv6",
    "net/ipv6/conf/{0}/accept_ra",
)
