# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The instruction set of a transaction: every write to a host is one of these, with JSON-able arguments.

JSON-able, because a journal holds their inverses for the case that the process dies. An inverse may run
after its operation was done, half done, or not begun, so those that take away ask first whether there is any.
"""

from __future__ import annotations

import os
from typing import Any, Callable, Dict, List, Mapping, Optional

from . import conntrack, files, firewalld, gate, interface_settings, iptables, marks, namespaces, nft, rtnetlink, sysctl
from .announce import announce
from .host import Host
from .marks import HandleMark
from .names import STASH_DIRECTORY
from .netlink import NetlinkError, Request
from .rtnetlink import RouteEntry

ENOENT, ESRCH, EEXIST, ENODEV, EINVAL, EADDRNOTAVAIL = 2, 3, 17, 19, 22, 99
#: The least that IPv6 works with (RFC 8200); the kernel takes it off an interface whose mtu is less.
IPV6_MTU = 1280
#: Links about to go are put into this group, so that one message takes them all.
_DOOMED_GROUP = 0x0FAB

#: Written with the setting on the right, which comes before it: addrconf_disable_ipv6() in net/ipv6/addrconf.c.
_SETS_TOO = {"net/ipv6/conf/default/disable_ipv6": "net/ipv6/conf/all/disable_ipv6"}
_GONE = (ENOENT, ESRCH, ENODEV, EADDRNOTAVAIL)


# --- namespaces ----------------------------------------------------------------------------------


def netns_create(host: Host, name: str, topology: str, sysctls: Mapping[str, str]) -> None:
    """A namespace of its own: ``lo`` up, its sysctls set before there is any other link."""
    namespaces.prepare_directory()
    try:
        namespaces.unshare()
        for key, value in sysctls.items():
            if sysctls.get(_SETS_TOO.get(key, "")) != value:
                sysctl.write(key, value)
        namespaces.bind("/proc/thread-self/ns/net", namespaces.handle(name))
        host.begin_namespace(name).send([rtnetlink.link_set(index=1, up=True)])
    finally:
        host.go_home()
    _mark(name, topology, None)


def netns_attach(host: Host, name: str, topology: str, attach: str) -> None:
    """A second handle for a namespace that exists."""
    namespaces.prepare_directory()
    namespaces.bind(attach_path(attach), namespaces.handle(name))
    _mark(name, topology, attach)


def netns_adopt(host: Host, name: str, topology: str) -> None:
    """Mark the namespace that stands behind the handle now."""
    host.forget(name)
    _mark(name, topology, None)


def netns_remark(host: Host, name: str, topology: str, inode: int, attach: Optional[str]) -> None:
    marks.write(name, HandleMark(topology, inode, attach))


def netns_remove(host: Host, name: str) -> None:
    host.forget(name)
    namespaces.unbind(namespaces.handle(name))
    marks.remove(name)


def netns_retire(host: Host, name: str) -> None:
    """The handle is nobody's from now on; it goes when the run is over, until when there is a way back."""
    host.forget(name)
    os.makedirs(STASH_DIRECTORY, mode=0o700, exist_ok=True)
    _stash_mark(name)


def netns_discard(host: Host, name: str, inode: Optional[int]) -> None:
    """Take a retired handle away, if it still is the one that was retired."""
    host.forget(name)
    if namespaces.identity(namespaces.handle(name)) == inode and os.path.exists(_stash(name) + ".mark"):
        namespaces.unbind(namespaces.handle(name))
    files.unlink(_stash(name) + ".mark")


def netns_stash(host: Host, name: str) -> None:
    """Free the handle's name for another namespace, and keep this one as a way back until the run is over."""
    host.forget(name)
    os.makedirs(STASH_DIRECTORY, mode=0o700, exist_ok=True)
    if namespaces.identity(namespaces.handle(name)) is not None:
        namespaces.bind(namespaces.handle(name), _stash(name))
    namespaces.unbind(namespaces.handle(name))
    _stash_mark(name)


def _stash_mark(name: str) -> None:
    gate.writing("mark " + name)
    try:
        os.replace(marks.path(name), _stash(name) + ".mark")
    except FileNotFoundError:
        pass


def netns_unstash(host: Host, name: str, dead: bool = False) -> None:
    """The way back from both, retired and stashed. ``dead``: the handle led nowhere."""
    host.forget(name)
    if namespaces.identity(_stash(name)) is not None and namespaces.identity(namespaces.handle(name)) is None:
        namespaces.unbind(namespaces.handle(name))
        namespaces.bind(_stash(name), namespaces.handle(name))
    if os.path.exists(_stash(name) + ".mark"):
        os.replace(_stash(name) + ".mark", marks.path(name))
    if dead:
        os.close(os.open(namespaces.handle(name), os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o444))
    netns_drop(host, name)


def netns_drop(host: Host, name: str) -> None:
    """Let go of a stashed namespace for good."""
    if os.path.exists(_stash(name)):
        namespaces.unbind(_stash(name))
    files.unlink(_stash(name) + ".mark")


def _stash(name: str) -> str:
    return STASH_DIRECTORY + "/" + name


def _mark(name: str, topology: str, attach: Optional[str]) -> None:
    marks.write(name, HandleMark(topology, namespaces.identity(namespaces.handle(name)) or 0, attach))


def attach_path(attach: str) -> str:
    """``host``, ``netns:NAME``, ``pid:N`` or a path → the path of the namespace meant."""
    if attach == "host":
        return "/proc/thread-self/ns/net"
    kind, _colon, rest = attach.partition(":")
    if kind == "netns":
        return namespaces.handle(rest)
    if kind == "pid":
        return "/proc/{0}/ns/net".format(int(rest))
    return attach


# --- links ---------------------------------------------------------------------------------------


def bridge_create(host: Host, bridge: Mapping[str, Any]) -> None:
    """A bridge, its sysctls before its addresses, and up: all that ``_resources.bridge.Bridge`` says."""
    ifname = bridge["ifname"]
    host.socket.send([rtnetlink.bridge_add(ifname, bridge["mac"], bridge["options"])])
    host.socket.send([rtnetlink.link_set(ifname, alias=bridge["alias"], mtu=bridge["mtu"])])
    for altname in bridge["altnames"]:
        altname_add(host, ifname, altname)
    for key, value in bridge["sysctls"]:
        sysctl.write(key, value)
    index = _index(host, None, ifname)
    requests = [rtnetlink.address_add(index, cidr) for cidr in bridge["addresses"]]
    host.socket.send(requests + [rtnetlink.link_set(ifname, up=bridge["up"])])


def bridge_set(host: Host, ifname: str, options: Dict[str, Any]) -> None:
    host.socket.send([rtnetlink.bridge_set(ifname, options)])


def veth_create(host: Host, veth: Mapping[str, Any]) -> None:
    """A pair with its peer in place: all that ``_resources.veth.Veth`` says, in two sends."""
    name, netns, ifname, master = veth["name"], veth["netns"], veth["ifname"], veth["master"]
    index = host.next_index(netns)
    descriptor = namespaces.open_handle(netns)
    try:
        host.socket.send(
            [
                rtnetlink.veth_add(
                    name, ifname, descriptor, host.index(master) if master else 0, veth["mac"], veth["mtu"], index
                ),
                # A port of a bridge needs no address, and a thousand of them no multicast chatter about theirs.
                rtnetlink.port_set_up(
                    name, veth["alias"], veth["isolated"], veth["hairpin"], bool(master), veth["mtu"] >= IPV6_MTU
                ),
            ]
        )
    finally:
        os.close(descriptor)
    if veth["host_addresses"]:
        outer = _index(host, None, name)
        host.socket.send([rtnetlink.address_add(outer, cidr) for cidr in veth["host_addresses"]])
    _set_up_inside(host, veth, index or _index(host, netns, ifname))


def _set_up_inside(host: Host, veth: Mapping[str, Any], index: int) -> None:
    if veth.get("settings"):
        settings_restore(host, veth["netns"], veth["ifname"], veth["settings"])
    if veth["sysctls"]:
        with host.inside(veth["netns"]):
            for key, value in veth["sysctls"]:
                sysctl.write(key, value)
    requests = [rtnetlink.address_add(index, cidr) for cidr in veth["addresses"]]
    requests.append(rtnetlink.link_set(index=index, up=True, alias=veth["alias"]))
    requests.extend(rtnetlink.route_add(_route(route, index)) for route in veth["routes"])
    host.netlink(veth["netns"]).send(requests)


def link_set(host: Host, netns: Optional[str], ifname: str, attributes: Dict[str, Any]) -> None:
    """Attributes as of ``rtnetlink.link_set``; ``master`` is a name, or None to let go."""
    attributes = dict(attributes)
    if "master" in attributes:
        attributes["master"] = _index(host, netns, attributes["master"]) if attributes["master"] else 0
    host.netlink(netns).send([rtnetlink.link_set(ifname, **attributes)])


def link_rename(host: Host, netns: Optional[str], ifname: str, new: str) -> None:
    """Kernels before 6.2 want a link down while it is renamed."""
    socket = host.netlink(netns)
    if rtnetlink.read_link(socket, ifname) is None and rtnetlink.read_link(socket, new) is not None:
        return  # done already, by a way back that was interrupted
    index = _index(host, netns, ifname)
    try:
        socket.send([rtnetlink.link_set(index=index, rename=new)])
    except NetlinkError:
        was = rtnetlink.read_link(socket, ifname)
        renaming = [rtnetlink.link_set(index=index, up=False), rtnetlink.link_set(index=index, rename=new)]
        socket.send([*renaming, rtnetlink.link_set(index=index, up=was.up if was is not None else None)])


def altname_add(host: Host, ifname: str, altname: str) -> None:
    """On the way back another interface may still have it, which gives it back by itself."""
    _tolerant(host, None, rtnetlink.altname_add(ifname, altname), EEXIST)


def altname_delete(host: Host, ifname: str, altname: str) -> None:
    _tolerant(host, None, rtnetlink.altname_delete(ifname, altname), EINVAL)


def port_set(host: Host, ifname: str, flags: Dict[str, bool]) -> None:
    host.socket.send([rtnetlink.bridge_port_set(_index(host, None, ifname), **flags)])


def port_restore(host: Host, ifname: str, flags: Mapping[str, str]) -> None:
    """Flags of a bridge port by number, as hex digits."""
    raw = {int(kind): bytes.fromhex(value) for kind, value in flags.items()}
    host.socket.send([rtnetlink.bridge_port_restore(ifname, raw)])


def settings_restore(host: Host, netns: str, ifname: str, settings: Dict[str, str]) -> None:
    """Everything under net/*/conf/IFNAME as it was, of an interface that was made again."""
    link = rtnetlink.read_link(host.netlink(netns), ifname)
    if link is None:
        raise NetlinkError(ENODEV, "interface {0} in namespace {1}".format(ifname, netns))
    with host.inside(netns):
        for family, name, value in interface_settings.differing(settings, link.families):
            sysctl.write("net/{0}/conf/{1}/{2}".format(family, ifname, name), value)


def link_delete(host: Host, netns: Optional[str], ifname: str) -> None:
    host.forget_indexes()
    _tolerant(host, netns, rtnetlink.link_delete(ifname))


def links_delete(host: Host, ifnames: List[str]) -> None:
    """Many links of the host at once; some may be gone already."""
    host.forget_indexes()
    for start in range(0, len(ifnames), 100):
        requests = [rtnetlink.link_set(name, group=_DOOMED_GROUP) for name in ifnames[start : start + 100]]
        host.socket.send(requests, tolerated=_GONE)
    _tolerant(host, None, rtnetlink.group_delete(_DOOMED_GROUP))


def address_add(host: Host, netns: Optional[str], ifname: str, cidr: str) -> None:
    _tolerant(host, netns, rtnetlink.address_add(_index(host, netns, ifname), cidr), EEXIST)


def address_delete(host: Host, netns: Optional[str], ifname: str, cidr: str) -> None:
    """Without those that the kernel would take along: with a primary address, by default, its secondary ones."""
    index = _index(host, netns, ifname)
    others = [each for each in rtnetlink.read_addresses(host.netlink(netns)).get(index, []) if each != cidr]
    request = rtnetlink.address_delete(index, cidr)
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
        sysctl_write(host, netns, key, before)


def route_add(host: Host, netns: Optional[str], ifname: str, route: Mapping[str, Any]) -> None:
    _tolerant(host, netns, rtnetlink.route_add(_route(route, _index(host, netns, ifname))), EEXIST)


def route_delete(host: Host, netns: Optional[str], ifname: str, route: Mapping[str, Any]) -> None:
    _tolerant(host, netns, rtnetlink.route_delete(_route(route, _index(host, netns, ifname))))


def _route(words: Mapping[str, Any], index: int) -> RouteEntry:
    return RouteEntry(
        destination=words["destination"],
        gateway=words.get("gateway"),
        type=words.get("type", "unicast"),
        metric=words.get("metric") or 0,
        onlink=bool(words.get("onlink")),
        oif=index,
        protocol=words.get("protocol", rtnetlink.RTPROT_BOOT),
    )


def _index(host: Host, netns: Optional[str], ifname: str) -> int:
    link = rtnetlink.read_link(host.netlink(netns), ifname)
    if link is None:
        raise NetlinkError(ENODEV, "interface {0}{1}".format(ifname, " in namespace " + netns if netns else ""))
    return link.index


def _tolerant(host: Host, netns: Optional[str], request: Request, *also: int) -> None:
    try:
        host.netlink(netns).send([request])
    except NetlinkError as error:
        if error.errno not in _GONE + also:
            raise


# --- settings, files, rules ------------------------------------------------------------------------


def sysctl_write(host: Host, netns: Optional[str], key: str, value: str) -> None:
    with host.inside(netns):
        sysctl.write(key, value)


def nft_load(host: Host, script: str) -> None:
    nft.load(script)


def conntrack_delete(host: Host, flows: List[Dict[str, Any]]) -> None:
    """End the connections of published ports that are gone. There is no way back, so it comes last."""
    conntrack.delete_stale([conntrack.StaleFlow(**flow) for flow in flows])


def file_write(host: Host, path: str, content: str) -> None:
    files.write(path, content)


def file_link(host: Host, path: str, target: str) -> None:
    files.link(path, target)


def file_remove(host: Host, path: str) -> None:
    files.remove(path)


def file_replace(host: Host, path: str, content: Optional[str]) -> None:
    files.replace(path, content)


# --- other firewalls: what carries our mark in them -------------------------------------------------


def iptables_own(host: Host, family: str, chain: str, mark: str, rules: List[str]) -> None:
    iptables.set_own(family, chain, mark, rules)


def firewalld_apply(host: Host, zone: str, wanted: List[str], reload: bool) -> None:
    firewalld.apply(zone, wanted, reload)


OPERATIONS: Dict[str, Callable[..., None]] = {
    "netns.create": netns_create,
    "netns.attach": netns_attach,
    "netns.adopt": netns_adopt,
    "netns.remark": netns_remark,
    "netns.remove": netns_remove,
    "netns.retire": netns_retire,
    "netns.discard": netns_discard,
    "netns.stash": netns_stash,
    "netns.unstash": netns_unstash,
    "netns.drop": netns_drop,
    "bridge.create": bridge_create,
    "bridge.set": bridge_set,
    "veth.create": veth_create,
    "link.set": link_set,
    "link.rename": link_rename,
    "altname.add": altname_add,
    "altname.delete": altname_delete,
    "port.set": port_set,
    "port.restore": port_restore,
    "settings.restore": settings_restore,
    "link.delete": link_delete,
    "links.delete": links_delete,
    "address.add": address_add,
    "address.delete": address_delete,
    "route.add": route_add,
    "route.delete": route_delete,
    "sysctl.write": sysctl_write,
    "nft.load": nft_load,
    "conntrack.delete": conntrack_delete,
    "announce": announce,
    "file.write": file_write,
    "file.link": file_link,
    "file.remove": file_remove,
    "file.replace": file_replace,
    "iptables.own": iptables_own,
    "firewalld.apply": firewalld_apply,
}
