# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations on links, their addresses and routes. See ``_engine/operations.py`` for what an operation is."""

from __future__ import annotations

import os
import time
from errno import EADDRINUSE, EADDRNOTAVAIL, EBUSY, EEXIST, EINVAL, ENODEV, ENOENT, EOPNOTSUPP, ESRCH
from typing import Any, Dict, List, Mapping, Optional

from .. import namespaces, sysctl
from ..errors import FabricError
from ..host import Host
from ..rtnl import neighbours
from ..rtnl import read as rtnetlink
from ..rtnl import requests as messages
from ..rtnl import settings as interface_settings
from ..rtnl.read import IPV6_MTU, RouteEntry
from ..rtnl.socket import NetlinkError, Request

#: How long a MAC may be busy that is about to be free, in seconds.
_MAC_FREE = 5.0
_GONE = (ENOENT, ESRCH, ENODEV, EADDRNOTAVAIL)


def bring_up(host: Host, ifname: str, words: Mapping[str, Any]) -> None:
    """What a device of the host has once it is made: its mark and settings before it is up, its addresses after."""
    for altname in words["altnames"]:
        altname_add(host, None, ifname, altname)
    for key, value in words.get("sysctls", ()):
        sysctl.write(key, value)
    host.socket.send([messages.link_set(ifname, up=words.get("up", True))])
    for cidr in words.get("addresses", ()):
        address_add(host, None, ifname, cidr)


def bridge_create(host: Host, bridge: Mapping[str, Any]) -> None:
    """A bridge, its sysctls before its addresses, and up: all that ``_resources.links.bridge`` says."""
    ifname = bridge["ifname"]
    host.socket.send([messages.bridge_add(ifname, bridge["mac"], bridge["options"])])
    host.socket.send([messages.link_set(ifname, alias=bridge["alias"], mtu=bridge["mtu"])])
    for altname in bridge["altnames"]:
        altname_add(host, None, ifname, altname)
    for key, value in bridge["sysctls"]:
        sysctl.write(key, value)
    index = _index(host, None, ifname)
    requests = [messages.address_add(index, cidr) for cidr in bridge["addresses"]]
    host.socket.send(requests + [messages.link_set(ifname, up=bridge["up"])])


def bridge_set(host: Host, ifname: str, options: Dict[str, Any]) -> None:
    host.socket.send([messages.bridge_set(ifname, options)])


def veth_create(host: Host, veth: Mapping[str, Any]) -> None:
    """A pair with its peer in place: all that ``_resources.links.veth`` says, in two sends."""
    name, netns, ifname, master = veth["name"], veth["netns"], veth["ifname"], veth["master"]
    own_mtu = veth.get("host_mtu") or veth["mtu"]
    descriptor = namespaces.open_handle(netns)
    try:
        host.socket.send(
            [
                messages.veth_add(
                    name,
                    ifname,
                    descriptor,
                    master=host.index(master) if master else 0,
                    mac=veth["mac"],
                    mtu=veth["mtu"],
                    own_mac=veth.get("host_mac"),
                    own_mtu=own_mtu,
                    group=veth.get("group", 0),  # none in a journal of an earlier release
                ),
                # A port of a bridge needs no address, and a thousand of them no multicast chatter about theirs.
                messages.port_set_up(name, veth["alias"], veth["flags"], bool(master), own_mtu >= IPV6_MTU),
            ]
        )
    finally:
        os.close(descriptor)
    if veth["host_addresses"] or veth["fdb"]:
        outer = host.socket.index_of(name)
        requests = [messages.address_add(outer, cidr) for cidr in veth["host_addresses"]]
        host.socket.send(requests + [messages.fdb_add(outer, mac) for mac in veth["fdb"]])
    set_up_inside(host, veth, _index(host, netns, ifname))


def set_up_inside(host: Host, link: Mapping[str, Any], index: int) -> None:
    """All that an interface in a namespace needs besides being made: settings, addresses, alias, up, routes."""
    _write_settings(host, link)
    requests = [messages.address_add(index, cidr) for cidr in link["addresses"]]
    requests.append(messages.link_set(index=index, up=True, alias=link["alias"]))
    requests.extend(messages.route_add(_route(route, index)) for route in link["routes"])
    host.netlink(link["netns"]).send(requests)


def _write_settings(host: Host, link: Mapping[str, Any]) -> None:
    netns = link["netns"]
    if link.get("settings"):
        settings_restore(host, netns, link["ifname"], link["settings"])
    if link["sysctls"]:
        with host.inside(netns):
            directory = _settings_directory(host, netns)
            for key, value in link["sysctls"]:
                sysctl.write(key, value, directory)


def _settings_directory(host: Host, netns: Optional[str]) -> Optional[int]:
    return host.proc.directory() if netns is not None else None


def set_up_child(host: Host, netns: Optional[str], link: Mapping[str, Any]) -> None:
    """As ``set_up_inside``, of a link that shares its parent with others, each with a MAC of its own there.

    A link that went with its namespace has its MAC until the kernel has cleared that away, a moment later.
    """
    index = _index(host, netns, link["ifname"])
    _write_settings(host, link)
    end = time.monotonic() + _MAC_FREE
    while True:
        try:
            host.netlink(netns).send([messages.link_set(index=index, up=True)])
            break
        except NetlinkError as error:
            if error.errno not in (EBUSY, EADDRINUSE):
                raise
            if time.monotonic() > end:
                raise FabricError(
                    "another interface on {0} has the MAC {1}, perhaps one in a namespace that has no handle any more; "
                    "end what runs there, or choose another mac_address".format(link["parent"], link["mac"])
                ) from error
            time.sleep(0.02)
    set_up_inside(host, link, index)


def link_set(host: Host, netns: Optional[str], ifname: str, attributes: Dict[str, Any]) -> None:
    """Attributes as of ``rtnl.requests.link_set``; ``master`` is a name, or None to let go."""
    attributes = dict(attributes)
    if "master" in attributes:
        attributes["master"] = _index(host, netns, attributes["master"]) if attributes["master"] else 0
    host.netlink(netns).send([messages.link_set(ifname, **attributes)])


def link_rename(host: Host, netns: Optional[str], ifname: str, new: str) -> None:
    """Kernels before 6.2 want a link down while it is renamed."""
    netlink = host.netlink(netns)
    if rtnetlink.read_link(netlink, ifname) is None and rtnetlink.read_link(netlink, new) is not None:
        return  # done already, by a way back that was interrupted
    index = _index(host, netns, ifname)
    try:
        netlink.send([messages.link_set(index=index, rename=new)])
    except NetlinkError:
        was = rtnetlink.read_link(netlink, ifname)
        renaming = [
            messages.link_set(index=index, up=False),
            messages.link_set(index=index, rename=new),
        ]
        netlink.send([*renaming, messages.link_set(index=index, up=was.up if was is not None else None)])


def altname_add(host: Host, netns: Optional[str], ifname: str, altname: str) -> None:
    """On the way back another interface may still have it, which gives it back by itself."""
    _tolerant(host, netns, messages.altname_add(ifname, altname), EEXIST)


def altname_delete(host: Host, netns: Optional[str], ifname: str, altname: str) -> None:
    _tolerant(host, netns, messages.altname_delete(ifname, altname), EINVAL)


def port_set(host: Host, ifname: str, flags: Dict[str, bool]) -> None:
    host.socket.send([messages.bridge_port_set(_index(host, None, ifname), flags)])


def fdb_add(host: Host, ifname: str, mac: str, how: str = rtnetlink.STICKY, of_bridge: bool = False) -> None:
    """What has this MAC is behind this port of a bridge, and nowhere else; or as ``how`` says."""
    host.socket.send([messages.fdb_add(_index(host, None, ifname), mac, how, of_bridge)])


def fdb_delete(host: Host, ifname: str, mac: str, of_bridge: bool = False) -> None:
    """On the way back the port may be on no bridge, or gone, and the entry with it."""
    if rtnetlink.read_link(host.socket, ifname) is not None:
        _tolerant(host, None, messages.fdb_delete(_index(host, None, ifname), mac, of_bridge), EINVAL, EOPNOTSUPP)


def port_restore(host: Host, ifname: str, flags: Mapping[str, str]) -> None:
    """Flags of a bridge port by number, as hex digits."""
    raw = {int(kind): bytes.fromhex(value) for kind, value in flags.items()}
    host.socket.send([messages.bridge_port_restore(ifname, raw)])


def settings_restore(host: Host, netns: Optional[str], ifname: str, settings: Dict[str, str]) -> None:
    """Everything under net/*/conf/IFNAME as it was, of an interface that was made again."""
    link = rtnetlink.read_link(host.netlink(netns), ifname)
    if link is None:
        raise NetlinkError(ENODEV, "interface {0} in namespace {1}".format(ifname, netns))
    with host.inside(netns):
        directory = _settings_directory(host, netns)
        for family, name, value in interface_settings.differing(settings, link.families):
            sysctl.write("net/{0}/conf/{1}/{2}".format(family, ifname, name), value, directory)


def link_delete(host: Host, netns: Optional[str], ifname: str) -> None:
    host.forget_indexes()
    _tolerant(host, netns, messages.link_delete(ifname))


def links_delete(host: Host, ifnames: List[str], group: int, joining: List[str]) -> None:
    """Many links of the host at once; some may be gone already. ``group``: one that no other link is in, nor those that
    are ``joining`` it."""
    host.forget_indexes()
    for start in range(0, len(joining), 100):
        requests = [messages.link_set(name, group=group) for name in joining[start : start + 100]]
        host.socket.send(requests, tolerated=_GONE)
    _tolerant(host, None, messages.group_delete(group))


def address_add(host: Host, netns: Optional[str], ifname: str, cidr: str) -> None:
    _tolerant(host, netns, messages.address_add(_index(host, netns, ifname), cidr), EEXIST)


def address_delete(host: Host, netns: Optional[str], ifname: str, cidr: str) -> None:
    """Without those that the kernel would take along: with a primary address, by default, its secondary ones."""
    index = _index(host, netns, ifname)
    others = [each for each in rtnetlink.read_addresses(host.netlink(netns)).get(index, []) if each != cidr]
    request = messages.address_delete(index, cidr)
    if ":" in cidr or not any(":" not in each for each in others):
        _tolerant(host, netns, request)
        return
    key = "net/ipv4/conf/{0}/promote_secondaries".format(ifname)
    with host.inside(netns):
        before = sysctl.read(key) or "0"
        if before == "0":
            sysctl.write(key, "1")
    _tolerant(host, netns, request)
    if before == "0":
        with host.inside(netns):
            sysctl.write(key, before)


def route_add(host: Host, netns: Optional[str], ifname: str, route: Mapping[str, Any]) -> None:
    _tolerant(host, netns, messages.route_add(_route(route, _index(host, netns, ifname))), EEXIST)


def route_delete(host: Host, netns: Optional[str], ifname: str, route: Mapping[str, Any]) -> None:
    _tolerant(host, netns, messages.route_delete(_route(route, _index(host, netns, ifname))))


def neighbour_delete(host: Host, netns: Optional[str], ifname: str, address: str, mac: str) -> None:
    entry = neighbours.Neighbour(_index(host, netns, ifname), address, mac)
    _tolerant(host, netns, neighbours.delete(entry))


def neighbour_add(host: Host, netns: Optional[str], ifname: str, address: str, mac: str) -> None:
    """One that stays until it is deleted."""
    _tolerant(host, netns, neighbours.add(neighbours.Neighbour(_index(host, netns, ifname), address, mac)))


def _route(words: Mapping[str, Any], index: int) -> RouteEntry:
    return RouteEntry(
        destination=words["destination"],
        gateway=words.get("gateway"),
        type=words.get("type", "unicast"),
        metric=words.get("metric") or 0,
        onlink=bool(words.get("onlink")),
        oif=index,
        table=words.get("table", rtnetlink.RT_TABLE_MAIN),
        protocol=words.get("protocol", rtnetlink.RTPROT_BOOT),
        source=words.get("source"),
    )


def _index(host: Host, netns: Optional[str], ifname: str) -> int:
    try:
        return host.netlink(netns).index_of(ifname)
    except NetlinkError as error:
        where = " in namespace " + netns if netns else ""
        raise NetlinkError(error.errno, "interface {0}{1}".format(ifname, where)) from None


def _tolerant(host: Host, netns: Optional[str], request: Request, *also: int) -> None:
    try:
        host.netlink(netns).send([request])
    except NetlinkError as error:
        if error.errno not in _GONE + also:
            raise
