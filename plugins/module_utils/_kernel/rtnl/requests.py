# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The messages that make, change and delete links, addresses and routes: all that our own codec writes.

The codec is for what a run sends or reads once for every endpoint, and is a closed set of messages:

- links (bridge, veth, what all kinds share, places on a bridge): RTM_NEWLINK, RTM_SETLINK, RTM_DELLINK, RTM_GETLINK
- their second names: RTM_NEWLINKPROP, RTM_DELLINKPROP
- addresses: RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR
- routes: RTM_NEWROUTE, RTM_DELROUTE, RTM_GETROUTE
- static entries of a bridge's forwarding table: RTM_NEWNEIGH, RTM_DELNEIGH, RTM_GETNEIGH
- what one namespace calls another: RTM_GETNSID

What is rare is pyroute2's, imported when it is first needed. In tests/unit/kernel/data/requests.yml every function here
has a case, for which pyroute2 builds the same bytes.
"""

from __future__ import annotations

import socket
import struct
from typing import Any, Dict, Iterator, Mapping, Optional, Tuple

from . import as_made, uapi
from . import socket as nl
from .read import LOCAL, PORT_FLAGS, STICKY, RouteEntry


def veth_add(
    ifname: str,
    peer_ifname: str,
    netns_fd: int,
    master: int = 0,
    mac: Optional[str] = None,
    mtu: Optional[int] = None,
    own_mac: Optional[str] = None,
    own_mtu: Optional[int] = None,
    group: int = 0,
) -> nl.Request:
    """A pair whose peer is born inside its namespace. Up comes later: a peer set up here is not.

    ``mac`` and ``mtu`` are the peer's, ``own_mtu`` is the same unless it is given; ``group`` is that of this end.

    Each end has one queue, which is what is in use of those that it has where nobody says how many: one for each
    processor. To say so saves the kernel making them, and then waiting for all processors while it takes the others out
    of use (veth_init_queues() in drivers/net/veth.c), a third of the time of a pair.
    """
    queues = nl.u32(uapi.IFLA_NUM_TX_QUEUES, 1) + nl.u32(uapi.IFLA_NUM_RX_QUEUES, 1)
    peer = [nl.string(uapi.IFLA_IFNAME, peer_ifname), nl.u32(uapi.IFLA_NET_NS_FD, netns_fd), queues]
    own = [nl.string(uapi.IFLA_IFNAME, ifname), queues]
    if mac:
        peer.append(nl.attribute(uapi.IFLA_ADDRESS, _mac(mac)))
    if mtu:
        peer.append(nl.u32(uapi.IFLA_MTU, mtu))
    if own_mtu or mtu:
        own.append(nl.u32(uapi.IFLA_MTU, own_mtu or mtu or 0))
    if own_mac:
        own.append(nl.attribute(uapi.IFLA_ADDRESS, _mac(own_mac)))
    if master:
        own.append(nl.u32(uapi.IFLA_MASTER, master))
    if group:
        own.append(nl.u32(uapi.IFLA_GROUP, group))
    info = nl.nested(
        uapi.IFLA_LINKINFO,
        nl.string(uapi.IFLA_INFO_KIND, "veth"),
        nl.nested(
            uapi.IFLA_INFO_DATA,
            nl.attribute(uapi.VETH_INFO_PEER, uapi.LINK.pack(0, 0, 0, 0, 0) + b"".join(peer)),
        ),
    )
    body = uapi.LINK.pack(0, 0, 0, 0, 0) + b"".join(own) + info
    return nl.Request(uapi.RTM_NEWLINK, nl.NLM_F_CREATE | nl.NLM_F_EXCL, body)


def bridge_add(ifname: str, mac: Optional[str], options: Dict[str, Any]) -> nl.Request:
    """Without an mtu: a bridge keeps one that was set later, and lets one that it was born with follow its ports."""
    own = [nl.string(uapi.IFLA_IFNAME, ifname)]
    if mac:
        own.append(nl.attribute(uapi.IFLA_ADDRESS, _mac(mac)))
    info = nl.nested(uapi.IFLA_LINKINFO, nl.string(uapi.IFLA_INFO_KIND, "bridge"), _bridge_data(options))
    return nl.Request(
        uapi.RTM_NEWLINK, nl.NLM_F_CREATE | nl.NLM_F_EXCL, uapi.LINK.pack(0, 0, 0, 0, 0) + b"".join(own) + info
    )


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
    arp: Optional[bool] = None,
    multicast: Optional[bool] = None,
) -> nl.Request:
    """Change a living link, by index or by name. Only what is given is touched; master 0 lets go."""
    attrs = []
    if rename is not None:
        attrs.append(nl.string(uapi.IFLA_IFNAME, rename))
    elif ifname is not None and not index:
        attrs.append(nl.string(uapi.IFLA_IFNAME, ifname))
    if mac is not None:
        attrs.append(nl.attribute(uapi.IFLA_ADDRESS, _mac(mac)))
    if mtu is not None:
        attrs.append(nl.u32(uapi.IFLA_MTU, mtu))
    if master is not None:
        attrs.append(nl.u32(uapi.IFLA_MASTER, master))
    if alias is not None:
        attrs.append(nl.attribute(uapi.IFLA_IFALIAS, alias.encode("utf-8")))
    if group is not None:
        attrs.append(nl.u32(uapi.IFLA_GROUP, group))
    if ipv6_link_local is not None:
        mode = nl.u8(uapi.IFLA_INET6_ADDR_GEN_MODE, 0 if ipv6_link_local else uapi.IN6_ADDR_GEN_MODE_NONE)
        attrs.append(nl.nested(uapi.IFLA_AF_SPEC, nl.nested(socket.AF_INET6, mode)))
    bits = [(uapi.IFF_UP, up), (uapi.IFF_NOARP, None if arp is None else not arp), (uapi.IFF_MULTICAST, multicast)]
    flags = sum(bit for bit, on in bits if on)
    change = sum(bit for bit, on in bits if on is not None)
    return nl.Request(uapi.RTM_SETLINK, 0, uapi.LINK.pack(0, 0, index, flags, change) + b"".join(attrs))


def bridge_set(ifname: str, options: Dict[str, Any]) -> nl.Request:
    info = nl.nested(uapi.IFLA_LINKINFO, nl.string(uapi.IFLA_INFO_KIND, "bridge"), _bridge_data(options))
    return nl.Request(uapi.RTM_NEWLINK, 0, uapi.LINK.pack(0, 0, 0, 0, 0) + nl.string(uapi.IFLA_IFNAME, ifname) + info)


def port_set_up(ifname: str, alias: str, flags: Mapping[str, bool], is_port: bool, has_ipv6: bool = True) -> nl.Request:
    """All that a new host end needs besides being made: alias, bridge-port flags, no link-local address, up.

    uapi.RTM_NEWLINK on a link that exists changes it, and takes the flags of its place on a bridge along.
    """
    body = nl.string(uapi.IFLA_IFNAME, ifname) + nl.attribute(uapi.IFLA_IFALIAS, alias.encode("utf-8"))
    if has_ipv6:
        mode = nl.u8(uapi.IFLA_INET6_ADDR_GEN_MODE, uapi.IN6_ADDR_GEN_MODE_NONE)
        body += nl.nested(uapi.IFLA_AF_SPEC, nl.nested(socket.AF_INET6, mode))
    unusual = {name: on for name, on in flags.items() if on != PORT_FLAGS[name][1]}
    if is_port and unusual:
        data = nl.nested(uapi.IFLA_INFO_SLAVE_DATA, *_port_flags(unusual))
        place = nl.string(uapi.IFLA_INFO_SLAVE_KIND, "bridge") + data
        body += nl.nested(uapi.IFLA_LINKINFO, place)
    return nl.Request(uapi.RTM_NEWLINK, 0, uapi.LINK.pack(0, 0, 0, uapi.IFF_UP, uapi.IFF_UP) + body)


def bridge_port_set(index: int, flags: Mapping[str, bool]) -> nl.Request:
    """Bridge-port flags (``PORT_FLAGS``), as ``bridge link set`` does: family AF_BRIDGE, IFLA_PROTINFO (12)."""
    info = nl.nested(12, *_port_flags(flags))
    return nl.Request(uapi.RTM_SETLINK, 0, uapi.LINK.pack(socket.AF_BRIDGE, 0, index, 0, 0) + info)


def _port_flags(flags: Mapping[str, bool]) -> Iterator[bytes]:
    return (nl.u8(PORT_FLAGS[name][0], int(on)) for name, on in flags.items())


def fdb_add(index: int, mac: str, how: str = STICKY, of_bridge: bool = False) -> nl.Request:
    """Where in a bridge's table a MAC is, in every VLAN of the port, as ``bridge fdb replace MAC dev PORT master``.

    ``how``: STICKY, behind this port and nowhere else, whoever says so; STATIC; LOCAL. ``of_bridge``: ``index`` is no
    port, but the bridge itself.
    """
    flags = nl.NLM_F_CREATE | nl.NLM_F_REPLACE
    place = uapi.NTF_SELF if of_bridge else uapi.NTF_MASTER
    state = uapi.NUD_PERMANENT if how == LOCAL else uapi.NUD_NOARP
    sticky = uapi.NTF_STICKY if how == STICKY else 0
    return nl.Request(uapi.RTM_NEWNEIGH, flags, _fdb(index, mac, place | sticky, state))


def fdb_delete(index: int, mac: str, of_bridge: bool = False) -> nl.Request:
    place = uapi.NTF_SELF if of_bridge else uapi.NTF_MASTER
    return nl.Request(uapi.RTM_DELNEIGH, 0, _fdb(index, mac, place, uapi.NUD_NOARP))


def _fdb(index: int, mac: str, flags: int, state: int) -> bytes:
    head = uapi.NEIGHBOUR.pack(socket.AF_BRIDGE, index, state, flags, 0)
    return head + nl.attribute(uapi.NDA_LLADDR, _mac(mac))


def altname_add(ifname: str, altname: str) -> nl.Request:
    return nl.Request(uapi.RTM_NEWLINKPROP, nl.NLM_F_CREATE | nl.NLM_F_EXCL, _altname(ifname, altname))


def altname_delete(ifname: str, altname: str) -> nl.Request:
    return nl.Request(uapi.RTM_DELLINKPROP, 0, _altname(ifname, altname))


def _altname(ifname: str, altname: str) -> bytes:
    names = nl.nested(uapi.IFLA_PROP_LIST, nl.string(uapi.IFLA_ALT_IFNAME, altname))
    return uapi.LINK.pack(0, 0, 0, 0, 0) + nl.string(uapi.IFLA_IFNAME, ifname) + names


def bridge_port_restore(ifname: str, flags: Dict[int, bytes]) -> nl.Request:
    """Flags of a place on a bridge, as they were read: IFLA_BRPORT_* → value."""
    place = nl.nested(uapi.IFLA_INFO_SLAVE_DATA, *(nl.attribute(kind, value) for kind, value in flags.items()))
    info = nl.nested(uapi.IFLA_LINKINFO, nl.string(uapi.IFLA_INFO_SLAVE_KIND, "bridge"), place)
    return nl.Request(uapi.RTM_NEWLINK, 0, uapi.LINK.pack(0, 0, 0, 0, 0) + nl.string(uapi.IFLA_IFNAME, ifname) + info)


def link_delete(ifname: str) -> nl.Request:
    return nl.Request(uapi.RTM_DELLINK, 0, uapi.LINK.pack(0, 0, 0, 0, 0) + nl.string(uapi.IFLA_IFNAME, ifname))


def group_delete(group: int) -> nl.Request:
    """All links of a group in one go: one grace period for all instead of one for each."""
    return nl.Request(uapi.RTM_DELLINK, 0, uapi.LINK.pack(0, 0, 0, 0, 0) + nl.u32(uapi.IFLA_GROUP, group))


def address_add(index: int, cidr: str) -> nl.Request:
    family, raw, prefixlen = parse_cidr(cidr)
    attrs = [nl.attribute(uapi.IFA_LOCAL, raw), nl.attribute(uapi.IFA_ADDRESS, raw)]
    if family == socket.AF_INET and prefixlen < 31:
        mask = (1 << (32 - prefixlen)) - 1
        attrs.append(nl.attribute(uapi.IFA_BROADCAST, (int.from_bytes(raw, "big") | mask).to_bytes(4, "big")))
    flags = uapi.IFA_F_NODAD if family == socket.AF_INET6 else 0
    body = uapi.ADDRESS.pack(family, prefixlen, flags, _address_scope(family, raw), index) + b"".join(attrs)
    return nl.Request(uapi.RTM_NEWADDR, nl.NLM_F_CREATE | nl.NLM_F_EXCL, body)


def address_delete(index: int, cidr: str) -> nl.Request:
    """An IPv4 one with IFA_ADDRESS, without which the kernel takes the first of the address, whatever its prefix
    length (inet_rtm_deladdr())."""
    family, raw, prefixlen = parse_cidr(cidr)
    attrs = nl.attribute(uapi.IFA_LOCAL, raw)
    if family == socket.AF_INET:
        attrs += nl.attribute(uapi.IFA_ADDRESS, raw)
    return nl.Request(uapi.RTM_DELADDR, 0, uapi.ADDRESS.pack(family, prefixlen, 0, 0, index) + attrs)


def route_add(route: RouteEntry) -> nl.Request:
    """Takes the place of a route with the same destination and metric over another interface: a default route that
    moves from eth1 to eth0 is never two, nor none."""
    return nl.Request(uapi.RTM_NEWROUTE, nl.NLM_F_CREATE | nl.NLM_F_REPLACE, _route_body(route))


def route_delete(route: RouteEntry) -> nl.Request:
    return nl.Request(uapi.RTM_DELROUTE, 0, _route_body(route, delete=True))


def _route_body(route: RouteEntry, delete: bool = False) -> bytes:
    family, raw, prefixlen = parse_cidr(route.destination)
    attrs = [nl.u32(uapi.RTA_TABLE, route.table)]
    if prefixlen:
        attrs.append(nl.attribute(uapi.RTA_DST, raw))
    if route.gateway:
        attrs.append(nl.attribute(uapi.RTA_GATEWAY, socket.inet_pton(family, route.gateway)))
    if route.oif and route.type in _OVER_A_LINK:
        attrs.append(nl.u32(uapi.RTA_OIF, route.oif))
    if route.metric:
        attrs.append(nl.u32(uapi.RTA_PRIORITY, route.metric))
    if route.source and not delete:
        attrs.append(nl.attribute(uapi.RTA_PREFSRC, socket.inet_pton(family, route.source)))
    scope = uapi.RT_SCOPE_NOWHERE if delete else _route_scope(family, route)
    flags = uapi.RTNH_F_ONLINK if route.onlink else 0
    kind = uapi.ROUTE_NUMBERS[route.type]
    protocol = 0 if delete else route.protocol
    table = route.table if route.table < 256 else 252
    return uapi.ROUTE.pack(family, prefixlen, 0, 0, table, protocol, scope, kind, flags) + b"".join(attrs)


#: Types of routes that name an interface.
_OVER_A_LINK = ("unicast", "local", "broadcast", "multicast")


def _route_scope(family: int, route: RouteEntry) -> int:
    if family == socket.AF_INET and route.type == "local":
        return uapi.RT_SCOPE_HOST
    on_link = family == socket.AF_INET and route.type == "unicast" and not route.gateway
    return uapi.RT_SCOPE_LINK if on_link else uapi.RT_SCOPE_UNIVERSE


def _address_scope(family: int, raw: bytes) -> int:
    link_local = raw[:2] == b"\xa9\xfe" if family == socket.AF_INET else raw[0] == 0xFE and raw[1] & 0xC0 == 0x80
    return uapi.RT_SCOPE_LINK if link_local else uapi.RT_SCOPE_UNIVERSE


def _bridge_data(options: Dict[str, Any]) -> bytes:
    attrs = []
    if "stp" in options:
        attrs.append(nl.u32(uapi.IFLA_BR_STP_STATE, int(options["stp"])))
    if "ageing_time" in options:
        attrs.append(nl.u32(uapi.IFLA_BR_AGEING_TIME, options["ageing_time"] * uapi.USER_HZ))
    if "forward_delay" in options:
        attrs.append(nl.u32(uapi.IFLA_BR_FORWARD_DELAY, options["forward_delay"] * uapi.USER_HZ))
    if "multicast_snooping" in options:
        attrs.append(nl.u8(uapi.IFLA_BR_MCAST_SNOOPING, int(options["multicast_snooping"])))
    if "no_linklocal_learn" in options:
        values = (int(options["no_linklocal_learn"]) * uapi.BR_BOOLOPT_NO_LL_LEARN, uapi.BR_BOOLOPT_NO_LL_LEARN)
        attrs.append(nl.attribute(uapi.IFLA_BR_MULTI_BOOLOPT, struct.pack("=II", *values)))
    for name in as_made.BRIDGE.keys() & options.keys():
        option = as_made.BRIDGE[name]
        attrs.append(nl.attribute(option.number, as_made.packed(option, options[name])))
    return nl.nested(uapi.IFLA_INFO_DATA, *attrs)


def parse_cidr(cidr: str) -> Tuple[int, bytes, int]:
    """(address family, packed address, prefixlen) of ``192.0.2.1/24`` or ``2001:db8::/64``."""
    address, _slash, length = cidr.partition("/")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    raw = socket.inet_pton(family, address)
    return family, raw, int(length) if length else len(raw) * 8


def _mac(mac: str) -> bytes:
    return bytes.fromhex(mac.replace(":", ""))
