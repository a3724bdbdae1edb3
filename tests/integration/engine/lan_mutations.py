# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody does behind our back to a macvlan, in a container's namespace or the host's own."""

from __future__ import annotations

from ipaddress import ip_interface
from typing import Callable, Dict, Iterator

from mutations import Mutation, dotted, inside, other, with_broadcast

from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.macvlan import Macvlan

Row = Callable[[Macvlan], Iterator[Mutation]]


def _ip(link: Macvlan) -> str:
    return "ip -n {0}".format(link.netns) if link.netns else "ip"


def _set(link: Macvlan, words: str) -> str:
    return "{0} link set {1} {2}".format(_ip(link), link.ifname, words)


def _netns(link: Macvlan) -> Iterator[Mutation]:
    if link.netns:
        script = "{0}; {1} link set stray0 netns web".format(_set(link, "name stray0"), _ip(link))
        yield Mutation(script, "connect {0} ".format(link.shown), 2)


def _ifname(link: Macvlan) -> Iterator[Mutation]:
    yield Mutation(_set(link, "name stray0"), "rename stray0 ")
    yield Mutation("{0} link delete {1}".format(_ip(link), link.ifname), "connect {0} ".format(link.shown))
    yield Mutation(_set(link, "down"), "set {0} up".format(link.shown), 0)
    yield Mutation(_set(link, "arp off"), "set arp of {0} on".format(link.shown))


def _alias(link: Macvlan) -> Iterator[Mutation]:
    for alias in ("", "stray", "linuxnet.fabric/other one:eth0"):
        yield Mutation(_set(link, 'alias "{0}"'.format(alias)), "set alias of " + link.shown)


def _network(link: Macvlan) -> Iterator[Mutation]:
    """The other mark."""
    altname = "fabric,default,network,lan"
    command = "{0} link property {1} dev {2} altname {3}"
    gone = command.format(_ip(link), "del", link.ifname, altname)
    yield Mutation(gone, "add altname {0} to {1}".format(altname, link.shown))
    another = command.format(_ip(link), "add", link.ifname, "fabric,other,network,lan")
    yield Mutation("{0}; {1}".format(gone, another), "remove altname fabric,other,network,lan from " + link.shown, 2)


def _parent(link: Macvlan) -> Iterator[Mutation]:
    """One that stands on another interface, under the same name and with our mark."""
    name = "{0} name {1}".format("netns " + link.netns if link.netns else "", link.ifname)
    yield Mutation(
        "{0} link delete {1}; ip link add link up1 {2} type macvlan; {3}".format(
            _ip(link), link.ifname, name, _set(link, 'alias "{0}"'.format(link.alias))
        ),
        "take {0} away, which stands on up1, for one on up0".format(link.shown),
        2,
    )


def _mode(link: Macvlan) -> Iterator[Mutation]:
    for mode in ("private", "vepa"):
        script = _set(link, "type macvlan mode " + mode)
        yield Mutation(script, "set mode of {0} from {1} to bridge".format(link.shown, mode))


def _mac(link: Macvlan) -> Iterator[Mutation]:
    yield Mutation(_set(link, "address 02:00:00:00:00:99"), "set mac of " + link.shown)


def _mtu(link: Macvlan) -> Iterator[Mutation]:
    for mtu, actions in ((1333, 1), (1200, 0)):
        yield Mutation(_set(link, "mtu {0}".format(mtu)), "set mtu of {0} from {1}".format(link.shown, mtu), actions)


def _addresses(link: Macvlan) -> Iterator[Mutation]:
    for cidr in link.addresses:
        gone = "{0} address delete {1} dev {2}".format(_ip(link), cidr, link.ifname)
        yield Mutation(gone, "add {0} to {1}".format(cidr, link.shown), 0)
        stray = "{0}/{1}".format(ip_interface(cidr).ip + 1000, cidr.split("/")[1])
        added = "{0} address add {1} dev {2}".format(_ip(link), with_broadcast(stray), link.ifname)
        yield Mutation(added, "remove {0} from {1}".format(stray, link.shown))


def _routes(link: Macvlan) -> Iterator[Mutation]:
    for route in link.routes:
        words = "{0} via {1} dev {2}".format(route.destination, route.gateway, link.ifname)
        script = "{0} route delete {1}".format(_ip(link), words)
        yield Mutation(script, "add route {0} to {1}".format(route, link.shown))
        script = "{0} route add 192.0.2.0/25 via {1} dev {2}".format(_ip(link), route.gateway, link.ifname)
        yield Mutation(script, "remove route 192.0.2.0/25 via {0} from {1}".format(route.gateway, link.shown))


def _sysctls(link: Macvlan) -> Iterator[Mutation]:
    for key, value in link.sysctls:
        script = "echo {0} > /proc/sys/{1}".format(other(value), key)
        script = inside(link.netns, script) if link.netns else script
        yield Mutation(script, "set {0} from {1} to {2}".format(dotted(key), other(value), value), 0)


def _nothing(_link: Macvlan) -> Iterator[Mutation]:
    """Words for a person: what is shown, not what is there."""
    return iter(())


MACVLAN: Dict[str, Row] = {
    "netns": _netns,
    "ifname": _ifname,
    "alias": _alias,
    "network": _network,
    "parent": _parent,
    "mode": _mode,
    "owner": _nothing,
    "mac": _mac,
    "mtu": _mtu,
    "addresses": _addresses,
    "routes": _routes,
    "sysctls": _sysctls,
}
