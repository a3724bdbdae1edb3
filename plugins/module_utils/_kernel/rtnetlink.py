# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links, addresses and routes: what is read of them, and the messages that write them.

Constants and layouts: include/uapi/linux/{if_link,if_addr,rtnetlink,if_bridge}.h.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass, field
from typing import Any, Collection, Dict, List, Optional, Tuple

from . import netlink as nl

RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK, RTM_SETLINK = 16, 17, 18, 19
RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR = 20, 21, 22
RTM_GETNSID, RTM_NEWLINKPROP, RTM_DELLINKPROP = 90, 108, 109
RTM_NEWROUTE, RTM_DELROUTE, RTM_GETROUTE = 24, 25, 26

IFF_UP = 1
IFLA_ADDRESS, IFLA_IFNAME, IFLA_MTU, IFLA_LINK, IFLA_MASTER, IFLA_LINKINFO = 1, 3, 4, 5, 10, 18
IFLA_IFALIAS, IFLA_GROUP, IFLA_NET_NS_FD = 20, 27, 28
IFLA_LINK_NETNSID, IFLA_PROP_LIST, IFLA_ALT_IFNAME = 37, 52, 53
NETNSA_NSID, NETNSA_FD = 1, 3
IFLA_AF_SPEC, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE = 26, 8, 1
IFLA_INFO_KIND, IFLA_INFO_DATA, IFLA_INFO_SLAVE_KIND, IFLA_INFO_SLAVE_DATA = 1, 2, 4, 5
VETH_INFO_PEER = 1
IFLA_BR_FORWARD_DELAY, IFLA_BR_AGEING_TIME, IFLA_BR_STP_STATE, IFLA_BR_MCAST_SNOOPING = 1, 4, 5, 23
IFLA_BRPORT_MODE, IFLA_BRPORT_ISOLATED = 4, 33
#: What can be set of a place on a bridge, and is a plain number: priority, cost, mode … isolated, without its state.
_PORT_FLAGS = (*range(2, 13), 25, *range(27, 34))
#: What a new port has: an STP priority of 32, a veth's cost, and it learns and is flooded.
_NEW_PORT = {2: 32, 3: 2, 8: 1, 9: 1, 25: 1, 27: 1, 30: 1}

IFA_ADDRESS, IFA_LOCAL, IFA_BROADCAST, IFA_FLAGS = 1, 2, 4, 8
IFA_F_NODAD, IFA_F_STABLE_PRIVACY = 0x02, 0x800
RTA_DST, RTA_OIF, RTA_GATEWAY, RTA_PRIORITY, RTA_TABLE = 1, 4, 5, 6, 15
RT_TABLE_MAIN, RT_TABLE_LOCAL = 254, 255
RTPROT_KERNEL, RTPROT_BOOT, RTPROT_RA = 2, 3, 9
RT_SCOPE_UNIVERSE, RT_SCOPE_LINK, RT_SCOPE_NOWHERE = 0, 253, 255
RTNH_F_ONLINK = 4
ROUTE_TYPES = {
    1: "unicast",
    2: "local",
    3: "broadcast",
    5: "multicast",
    6: "blackhole",
    7: "unreachable",
    8: "prohibit",
}
_ROUTE_NUMBERS = {name: number for number, name in ROUTE_TYPES.items()}

_LINK = struct.Struct("=BxHiII")
_ADDRESS = struct.Struct("=BBBBI")
_ROUTE = struct.Struct("=BBBBBBBBI")
_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
#: IFLA_EXT_MASK with RTEXT_FILTER_SKIP_STATS: counters are half of a link, and nobody compares them.
_NO_STATISTICS = nl.u32(29, 1 << 3)
_ASK_APART = 64
#: The kernel counts bridge timers in USER_HZ.
USER_HZ = 100


@dataclass(frozen=True)
class Link:
    """An interface as the kernel has it. ``peer`` is IFLA_LINK: of a veth, the other end's index."""

    index: int
    ifname: str
    kind: str = ""
    up: bool = False
    mac: str = ""
    mtu: int = 0
    alias: str = ""
    master: int = 0
    peer: int = 0
    stp: bool = False
    ageing_time: int = 0  # seconds
    forward_delay: int = 0  # seconds
    multicast_snooping: bool = True
    isolated: bool = False
    hairpin: bool = False
    families: bytes = field(default=b"", compare=False, repr=False)  # IFLA_AF_SPEC: its settings, not decoded
    port: bytes = field(default=b"", compare=False, repr=False)  # IFLA_INFO_SLAVE_DATA: its place on a bridge
    peer_netnsid: int = -1  # what this namespace calls the one in which the peer is; -1 is itself
    altnames: Tuple[str, ...] = ()
    ipv6_link_local: bool = True  # whether the kernel gives it an fe80:: address when it comes up


@dataclass(frozen=True)
class RouteEntry:
    """A route in words that ``ip route`` uses; ``destination`` is a CIDR, ``oif`` an index."""

    destination: str
    gateway: Optional[str] = None
    type: str = "unicast"
    metric: int = 0
    onlink: bool = False
    oif: int = 0
    table: int = RT_TABLE_MAIN
    protocol: int = RTPROT_BOOT


# --- reading -----------------------------------------------------------------------------------


def read_links(sock: nl.NetlinkSocket, families: bool = True) -> List[Link]:
    """``families`` False leaves out what a link has for an address family, which is compared on the host only."""
    return [_link(payload, families) for payload in sock.dump(RTM_GETLINK, _LINK.pack(0, 0, 0, 0, 0) + _NO_STATISTICS)]


def read_links_named(sock: nl.NetlinkSocket, ifnames: Collection[str]) -> List[Link]:
    """Those of these links that are there; asked for apart while that is less than a dump of all."""
    if len(ifnames) > _ASK_APART:
        return [link for link in read_links(sock) if link.ifname in ifnames]
    return [link for link in (read_link(sock, ifname) for ifname in sorted(ifnames)) if link is not None]


def read_link(sock: nl.NetlinkSocket, ifname: str) -> Optional[Link]:
    try:
        return _link(sock.get(RTM_GETLINK, _LINK.pack(0, 0, 0, 0, 0) + nl.string(IFLA_IFNAME, ifname)))
    except nl.NetlinkError as error:
        if error.errno == 19:  # ENODEV
            return None
        raise


def read_addresses(sock: nl.NetlinkSocket) -> Dict[int, List[str]]:
    """Interface index → its addresses as CIDRs, in the kernel's order."""
    found: Dict[int, List[str]] = {}
    for payload in sock.dump(RTM_GETADDR, _ADDRESS.pack(0, 0, 0, 0, 0)):
        family, prefixlen, _flags, _scope, index = _ADDRESS.unpack_from(payload)
        attributes = nl.attributes(payload, 8)
        raw = attributes.get(IFA_LOCAL) or attributes.get(IFA_ADDRESS)
        if raw is not None and family in (socket.AF_INET, socket.AF_INET6):
            if raw[:2] == b"\xfe\x80" and _number(attributes.get(IFA_FLAGS)) & IFA_F_STABLE_PRIVACY:
                continue  # the kernel's own, made of a secret instead of the MAC
            found.setdefault(index, []).append("{0}/{1}".format(socket.inet_ntop(family, raw), prefixlen))
    return found


def read_routes(sock: nl.NetlinkSocket, table: int = 0, ipv6: bool = True) -> List[RouteEntry]:
    """The routes of both families, of one table or (0) of all."""
    entries: List[RouteEntry] = []
    for family in (socket.AF_INET, socket.AF_INET6) if ipv6 else (socket.AF_INET,):
        try:
            payloads = list(sock.dump(RTM_GETROUTE, _ROUTE.pack(family, 0, 0, 0, table, 0, 0, 0, 0)))
        except nl.NetlinkError:  # a kernel without IPv6
            continue
        entries.extend(_route(payload) for payload in payloads)
    return entries


def read_netnsid(sock: nl.NetlinkSocket, descriptor: int) -> int:
    """What the socket's namespace calls the one behind a descriptor; -1 when it has no link to it."""
    body = struct.pack("=Bxxx", 0) + nl.u32(NETNSA_FD, descriptor)
    return _signed(nl.attributes(sock.get(RTM_GETNSID, body), 4).get(NETNSA_NSID))


def _link(payload: bytes, families: bool = True) -> Link:
    _family, _type, index, flags, _change = _LINK.unpack_from(payload)
    attributes = nl.attributes(payload, 16)
    kind, options = "", {}  # type: str, Dict[str, Any]
    if IFLA_LINKINFO in attributes:
        kind, options = _link_info(attributes[IFLA_LINKINFO])
    return Link(
        index=index,
        ifname=nl.text(attributes[IFLA_IFNAME]),
        kind=kind,
        up=bool(flags & IFF_UP),
        mac=attributes.get(IFLA_ADDRESS, b"").hex(":"),
        mtu=_number(attributes.get(IFLA_MTU)),
        alias=nl.text(attributes.get(IFLA_IFALIAS, b"")),
        master=_number(attributes.get(IFLA_MASTER)),
        peer=_number(attributes.get(IFLA_LINK)),
        families=attributes.get(IFLA_AF_SPEC, b""),
        peer_netnsid=_signed(attributes.get(IFLA_LINK_NETNSID)),
        altnames=tuple(map(nl.text, nl.each(attributes[IFLA_PROP_LIST]))) if IFLA_PROP_LIST in attributes else (),
        ipv6_link_local=not families or _link_local(attributes.get(IFLA_AF_SPEC)),
        **options,
    )


def unusual_port_flags(link: Link) -> Dict[int, bytes]:
    """IFLA_BRPORT_* → value of what a new port has otherwise, besides what ``Link`` tells by name."""
    found = nl.attributes(link.port)
    told = (IFLA_BRPORT_MODE, IFLA_BRPORT_ISOLATED)
    kinds = [kind for kind in _PORT_FLAGS if kind in found and kind not in told]
    return {kind: found[kind] for kind in kinds if _number(found[kind]) != _NEW_PORT.get(kind, 0)}


def _link_local(families: Optional[bytes]) -> bool:
    if families is None:
        return True
    ipv6 = nl.attributes(families).get(socket.AF_INET6)
    return ipv6 is None or nl.attributes(ipv6).get(IFLA_INET6_ADDR_GEN_MODE) != bytes((IN6_ADDR_GEN_MODE_NONE,))


def _link_info(data: bytes) -> Tuple[str, Dict[str, Any]]:
    info = nl.attributes(data)
    kind = nl.text(info.get(IFLA_INFO_KIND, b""))
    options: Dict[str, Any] = {}
    if kind == "bridge":
        bridge = nl.attributes(info.get(IFLA_INFO_DATA, b""))
        options["stp"] = bool(_number(bridge.get(IFLA_BR_STP_STATE)))
        options["ageing_time"] = round(_number(bridge.get(IFLA_BR_AGEING_TIME)) / USER_HZ)
        options["forward_delay"] = round(_number(bridge.get(IFLA_BR_FORWARD_DELAY)) / USER_HZ)
        options["multicast_snooping"] = bridge.get(IFLA_BR_MCAST_SNOOPING, b"\1") != b"\0"
    if nl.text(info.get(IFLA_INFO_SLAVE_KIND, b"")) == "bridge":
        options["port"] = info.get(IFLA_INFO_SLAVE_DATA, b"")
        port = nl.attributes(options["port"])
        options["isolated"] = port.get(IFLA_BRPORT_ISOLATED, b"\0") != b"\0"
        options["hairpin"] = port.get(IFLA_BRPORT_MODE, b"\0") != b"\0"
    return kind, options


def _route(payload: bytes) -> RouteEntry:
    family, length, _src, _tos, table, protocol, _scope, kind, flags = _ROUTE.unpack_from(payload)
    attributes = nl.attributes(payload, 12)
    raw = attributes.get(RTA_DST, b"\0" * (4 if family == socket.AF_INET else 16))
    gateway = attributes.get(RTA_GATEWAY)
    return RouteEntry(
        destination="{0}/{1}".format(socket.inet_ntop(family, raw), length),
        gateway=socket.inet_ntop(family, gateway) if gateway else None,
        type=ROUTE_TYPES.get(kind, str(kind)),
        metric=_number(attributes.get(RTA_PRIORITY)),
        onlink=bool(flags & RTNH_F_ONLINK),
        oif=_number(attributes.get(RTA_OIF)),
        table=_number(attributes.get(RTA_TABLE)) or table,
        protocol=protocol,
    )


def _signed(payload: Optional[bytes]) -> int:
    return int.from_bytes(payload, "little", signed=True) if payload else -1


def _number(payload: Optional[bytes]) -> int:
    return int.from_bytes(payload, "little") if payload else 0


# --- writing -----------------------------------------------------------------------------------


def veth_add(
    ifname: str,
    peer_ifname: str,
    netns_fd: int,
    master: int = 0,
    mac: Optional[str] = None,
    mtu: Optional[int] = None,
    peer_index: int = 0,
) -> nl.Request:
    """A pair whose peer is born inside its namespace. Up comes later: a peer set up here is not.

    ``peer_index`` 0 leaves the peer's index to the kernel.
    """
    peer = [nl.string(IFLA_IFNAME, peer_ifname), nl.u32(IFLA_NET_NS_FD, netns_fd)]
    own = [nl.string(IFLA_IFNAME, ifname)]
    if mac:
        peer.append(nl.attribute(IFLA_ADDRESS, _mac(mac)))
    if mtu:
        peer.append(nl.u32(IFLA_MTU, mtu))
        own.append(nl.u32(IFLA_MTU, mtu))
    if master:
        own.append(nl.u32(IFLA_MASTER, master))
    info = nl.nested(
        IFLA_LINKINFO,
        nl.string(IFLA_INFO_KIND, "veth"),
        nl.nested(IFLA_INFO_DATA, nl.attribute(VETH_INFO_PEER, _LINK.pack(0, 0, peer_index, 0, 0) + b"".join(peer))),
    )
    body = _LINK.pack(0, 0, 0, 0, 0) + b"".join(own) + info
    return nl.Request(RTM_NEWLINK, nl.NLM_F_CREATE | nl.NLM_F_EXCL, body)


def bridge_add(ifname: str, mac: Optional[str], options: Dict[str, Any]) -> nl.Request:
    """Without an mtu: a bridge keeps one that was set later, and lets one that it was born with follow its ports."""
    own = [nl.string(IFLA_IFNAME, ifname)]
    if mac:
        own.append(nl.attribute(IFLA_ADDRESS, _mac(mac)))
    info = nl.nested(IFLA_LINKINFO, nl.string(IFLA_INFO_KIND, "bridge"), _bridge_data(options))
    return nl.Request(RTM_NEWLINK, nl.NLM_F_CREATE | nl.NLM_F_EXCL, _LINK.pack(0, 0, 0, 0, 0) + b"".join(own) + info)


def link_set(
    ifname: Optional[str] = None,
    index: int = 0,
    up: Optional[bool] = None,
    mac: Optional[str] = None,
    mtu: Optional[int] = None,
    master: Optional[int] = None,
    alias: Optional[str] = None,
    rename: Optional[str] = None,
    group: Optional[int] = None,
    ipv6_link_local: Optional[bool] = None,
) -> nl.Request:
    """Change a living link, by index or by name. Only what is given is touched; master 0 lets go."""
    attrs = []
    if rename is not None:
        attrs.append(nl.string(IFLA_IFNAME, rename))
    elif ifname is not None and not index:
        attrs.append(nl.string(IFLA_IFNAME, ifname))
    if mac is not None:
        attrs.append(nl.attribute(IFLA_ADDRESS, _mac(mac)))
    if mtu is not None:
        attrs.append(nl.u32(IFLA_MTU, mtu))
    if master is not None:
        attrs.append(nl.u32(IFLA_MASTER, master))
    if alias is not None:
        attrs.append(nl.attribute(IFLA_IFALIAS, alias.encode("utf-8")))
    if group is not None:
        attrs.append(nl.u32(IFLA_GROUP, group))
    if ipv6_link_local is not None:
        mode = nl.u8(IFLA_INET6_ADDR_GEN_MODE, 0 if ipv6_link_local else IN6_ADDR_GEN_MODE_NONE)
        attrs.append(nl.nested(IFLA_AF_SPEC, nl.nested(socket.AF_INET6, mode)))
    flags, change = (IFF_UP if up else 0, IFF_UP if up is not None else 0)
    return nl.Request(RTM_SETLINK, 0, _LINK.pack(0, 0, index, flags, change) + b"".join(attrs))


def bridge_set(ifname: str, options: Dict[str, Any]) -> nl.Request:
    info = nl.nested(IFLA_LINKINFO, nl.string(IFLA_INFO_KIND, "bridge"), _bridge_data(options))
    return nl.Request(RTM_NEWLINK, 0, _LINK.pack(0, 0, 0, 0, 0) + nl.string(IFLA_IFNAME, ifname) + info)


def port_set_up(
    ifname: str, alias: str, isolated: bool, hairpin: bool, is_port: bool, has_ipv6: bool = True
) -> nl.Request:
    """All that a new host end needs besides being made: alias, bridge-port flags, no link-local address, up.

    RTM_NEWLINK on a link that exists changes it, and takes the flags of its place on a bridge along.
    """
    body = nl.string(IFLA_IFNAME, ifname) + nl.attribute(IFLA_IFALIAS, alias.encode("utf-8"))
    if has_ipv6:
        mode = nl.u8(IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE)
        body += nl.nested(IFLA_AF_SPEC, nl.nested(socket.AF_INET6, mode))
    if is_port and (isolated or hairpin):
        flags = nl.u8(IFLA_BRPORT_ISOLATED, int(isolated)) + nl.u8(IFLA_BRPORT_MODE, int(hairpin))
        place = nl.string(IFLA_INFO_SLAVE_KIND, "bridge") + nl.nested(IFLA_INFO_SLAVE_DATA, flags)
        body += nl.nested(IFLA_LINKINFO, place)
    return nl.Request(RTM_NEWLINK, 0, _LINK.pack(0, 0, 0, IFF_UP, IFF_UP) + body)


def bridge_port_set(index: int, isolated: Optional[bool] = None, hairpin: Optional[bool] = None) -> nl.Request:
    """Bridge-port flags, as ``bridge link set`` does: family AF_BRIDGE, IFLA_PROTINFO (12)."""
    flags = []
    if isolated is not None:
        flags.append(nl.u8(IFLA_BRPORT_ISOLATED, int(isolated)))
    if hairpin is not None:
        flags.append(nl.u8(IFLA_BRPORT_MODE, int(hairpin)))
    return nl.Request(RTM_SETLINK, 0, _LINK.pack(socket.AF_BRIDGE, 0, index, 0, 0) + nl.nested(12, *flags))


def altname_add(ifname: str, altname: str) -> nl.Request:
    return nl.Request(RTM_NEWLINKPROP, nl.NLM_F_CREATE | nl.NLM_F_EXCL, _altname(ifname, altname))


def altname_delete(ifname: str, altname: str) -> nl.Request:
    return nl.Request(RTM_DELLINKPROP, 0, _altname(ifname, altname))


def _altname(ifname: str, altname: str) -> bytes:
    names = nl.nested(IFLA_PROP_LIST, nl.string(IFLA_ALT_IFNAME, altname))
    return _LINK.pack(0, 0, 0, 0, 0) + nl.string(IFLA_IFNAME, ifname) + names


def bridge_port_restore(ifname: str, flags: Dict[int, bytes]) -> nl.Request:
    """Flags of a place on a bridge, as they were read: IFLA_BRPORT_* → value."""
    place = nl.nested(IFLA_INFO_SLAVE_DATA, *(nl.attribute(kind, value) for kind, value in flags.items()))
    info = nl.nested(IFLA_LINKINFO, nl.string(IFLA_INFO_SLAVE_KIND, "bridge"), place)
    return nl.Request(RTM_NEWLINK, 0, _LINK.pack(0, 0, 0, 0, 0) + nl.string(IFLA_IFNAME, ifname) + info)


def link_delete(ifname: str) -> nl.Request:
    return nl.Request(RTM_DELLINK, 0, _LINK.pack(0, 0, 0, 0, 0) + nl.string(IFLA_IFNAME, ifname))


def group_delete(group: int) -> nl.Request:
    """All links of a group in one go: one grace period for all instead of one for each."""
    return nl.Request(RTM_DELLINK, 0, _LINK.pack(0, 0, 0, 0, 0) + nl.u32(IFLA_GROUP, group))


def address_add(index: int, cidr: str) -> nl.Request:
    family, raw, prefixlen = parse_cidr(cidr)
    attrs = [nl.attribute(IFA_LOCAL, raw), nl.attribute(IFA_ADDRESS, raw)]
    if family == socket.AF_INET and prefixlen < 31:
        mask = (1 << (32 - prefixlen)) - 1
        attrs.append(nl.attribute(IFA_BROADCAST, (int.from_bytes(raw, "big") | mask).to_bytes(4, "big")))
    flags = IFA_F_NODAD if family == socket.AF_INET6 else 0
    body = _ADDRESS.pack(family, prefixlen, flags, _address_scope(family, raw), index) + b"".join(attrs)
    return nl.Request(RTM_NEWADDR, nl.NLM_F_CREATE | nl.NLM_F_EXCL, body)


def address_delete(index: int, cidr: str) -> nl.Request:
    family, raw, prefixlen = parse_cidr(cidr)
    return nl.Request(RTM_DELADDR, 0, _ADDRESS.pack(family, prefixlen, 0, 0, index) + nl.attribute(IFA_LOCAL, raw))


def route_add(route: RouteEntry) -> nl.Request:
    """Takes the place of a route with the same destination and metric over another interface: a default route that
    moves from eth1 to eth0 is never two, nor none."""
    return nl.Request(RTM_NEWROUTE, nl.NLM_F_CREATE | nl.NLM_F_REPLACE, _route_body(route))


def route_delete(route: RouteEntry) -> nl.Request:
    return nl.Request(RTM_DELROUTE, 0, _route_body(route, delete=True))


def _route_body(route: RouteEntry, delete: bool = False) -> bytes:
    family, raw, prefixlen = parse_cidr(route.destination)
    attrs = [nl.u32(RTA_TABLE, route.table)]
    if prefixlen:
        attrs.append(nl.attribute(RTA_DST, raw))
    if route.gateway:
        attrs.append(nl.attribute(RTA_GATEWAY, socket.inet_pton(family, route.gateway)))
    if route.oif and route.type == "unicast":
        attrs.append(nl.u32(RTA_OIF, route.oif))
    if route.metric:
        attrs.append(nl.u32(RTA_PRIORITY, route.metric))
    scope = RT_SCOPE_NOWHERE if delete else _route_scope(family, route)
    flags = RTNH_F_ONLINK if route.onlink else 0
    kind = _ROUTE_NUMBERS[route.type]
    protocol = 0 if delete else route.protocol
    table = route.table if route.table < 256 else 252
    return _ROUTE.pack(family, prefixlen, 0, 0, table, protocol, scope, kind, flags) + b"".join(attrs)


def _route_scope(family: int, route: RouteEntry) -> int:
    on_link = family == socket.AF_INET and route.type == "unicast" and not route.gateway
    return RT_SCOPE_LINK if on_link else RT_SCOPE_UNIVERSE


def _address_scope(family: int, raw: bytes) -> int:
    link_local = raw[:2] == b"\xa9\xfe" if family == socket.AF_INET else raw[0] == 0xFE and raw[1] & 0xC0 == 0x80
    return RT_SCOPE_LINK if link_local else RT_SCOPE_UNIVERSE


def _bridge_data(options: Dict[str, Any]) -> bytes:
    attrs = []
    if "stp" in options:
        attrs.append(nl.u32(IFLA_BR_STP_STATE, int(options["stp"])))
    if "ageing_time" in options:
        attrs.append(nl.u32(IFLA_BR_AGEING_TIME, options["ageing_time"] * USER_HZ))
    if "forward_delay" in options:
        attrs.append(nl.u32(IFLA_BR_FORWARD_DELAY, options["forward_delay"] * USER_HZ))
    if "multicast_snooping" in options:
        attrs.append(nl.u8(IFLA_BR_MCAST_SNOOPING, int(options["multicast_snooping"])))
    return nl.nested(IFLA_INFO_DATA, *attrs)


def parse_cidr(cidr: str) -> Tuple[int, bytes, int]:
    """(address family, packed address, prefixlen) of ``192.0.2.1/24`` or ``2001:db8::/64``."""
    address, _slash, length = cidr.partition("/")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    raw = socket.inet_pton(family, address)
    return family, raw, int(length) if length else len(raw) * 8


def _mac(mac: str) -> bytes:
    return bytes.fromhex(mac.replace(":", ""))
