# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VXLAN devices (RFC 7348) and what they are told of the other hosts: made, read and changed over rtnetlink.

A device learns nothing. What leads to another host: a forwarding entry (MAC → the host's address on the underlay), a
neighbour entry (IP address → MAC), and a route where the host routes, or else an entry in the bridge's table (MAC →
the device as its port), by which the bridge answers for an address itself. include/uapi/linux/{if_link,neighbour}.h.
"""

from __future__ import annotations

import socket
import struct
from errno import EEXIST, EINVAL, ENODEV, ENOENT, EOPNOTSUPP, ESRCH
from typing import Any, Dict, Iterator, List, Mapping, Sequence, Tuple

from .data import NamedTuple, dataclass
from .host import Host
from .rtnl import read as rtnetlink
from .rtnl import requests as messages
from .rtnl import socket as nl
from .rtnl import uapi
from .rtnl.read import RT_TABLE_MAIN, RTPROT_STATIC, Link, RouteEntry

KIND = "vxlan"
#: Where everything goes whose MAC is in no entry: to each of the hosts that have one of these.
EVERYBODY = "00:00:00:00:00:00"
_NLM_F_APPEND = 0x800
#: Of what is to go: it went already, or the device is no port any more.
_TOLERATED = (EEXIST, ENOENT, ESRCH, EINVAL, EOPNOTSUPP)


class Options(NamedTuple):
    """What only a VXLAN device has."""

    vni: int
    port: int
    local: str = ""  # the source of what it sends; empty: as the host's routes have it
    learning: bool = False


@dataclass(frozen=True)
class Ways:
    """What a device is told of other hosts, each as words that survive JSON: sorted, so that they can be compared."""

    forwarding: Tuple[Tuple[str, str], ...] = ()  # MAC, underlay address
    neighbours: Tuple[Tuple[str, str], ...] = ()  # address, MAC
    routes: Tuple[Tuple[str, str, str], ...] = ()  # destination, next hop, source; empty: none
    bridged: Tuple[Tuple[str], ...] = ()  # MAC

    def words(self) -> Dict[str, List[List[str]]]:
        return {name: [list(each) for each in getattr(self, name)] for name in PARTS}

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in PARTS)


PARTS = ("forwarding", "neighbours", "routes", "bridged")


def ways(words: Mapping[str, Sequence[Sequence[str]]]) -> Ways:
    return Ways(**{name: tuple(tuple(each) for each in words.get(name, ())) for name in PARTS})  # type: ignore[arg-type]


# --- the device


def create(host: Host, ifname: str, options: Options, mac: str, mtu: int) -> None:
    """Down and on no bridge. NetlinkError (EEXIST) where another device has this identifier and port."""
    own = [
        nl.string(uapi.IFLA_IFNAME, ifname),
        nl.attribute(uapi.IFLA_ADDRESS, bytes.fromhex(mac.replace(":", ""))),
        nl.u32(uapi.IFLA_MTU, mtu),
        _info(_data(options)),
    ]
    body = uapi.LINK.pack(0, 0, 0, 0, 0) + b"".join(own)
    host.socket.send([nl.Request(uapi.RTM_NEWLINK, nl.NLM_F_CREATE | nl.NLM_F_EXCL, body)])


def configure(host: Host, ifname: str, options: Mapping[str, Any]) -> None:
    """``local`` or ``learning`` of a living device; its identifier and port are for life (vxlan_changelink())."""
    parts = []
    if "local" in options:
        parts.append(_local(options["local"]))
    if "learning" in options:
        parts.append(nl.u8(uapi.IFLA_VXLAN_LEARNING, int(options["learning"])))
    body = uapi.LINK.pack(0, 0, 0, 0, 0) + nl.string(uapi.IFLA_IFNAME, ifname) + _info(b"".join(parts))
    host.socket.send([nl.Request(uapi.RTM_NEWLINK, 0, body)])


def options_of(link: Link) -> Options:
    """Of a link of this kind."""
    found = nl.attributes(bytes.fromhex(link.info))
    local = found.get(uapi.IFLA_VXLAN_LOCAL) or found.get(uapi.IFLA_VXLAN_LOCAL6) or b""
    (port,) = struct.unpack("!H", found.get(uapi.IFLA_VXLAN_PORT, b"\0\0")[:2])
    (vni,) = struct.unpack("=I", found.get(uapi.IFLA_VXLAN_ID, b"\0\0\0\0"))
    learning = found.get(uapi.IFLA_VXLAN_LEARNING, b"\1") != b"\0"
    family = socket.AF_INET if len(local) == 4 else socket.AF_INET6
    return Options(vni, port, socket.inet_ntop(family, local) if any(local) else "", learning)


def _data(options: Options) -> bytes:
    parts = [
        nl.u32(uapi.IFLA_VXLAN_ID, options.vni),
        _local(options.local),
        nl.u8(uapi.IFLA_VXLAN_LEARNING, int(options.learning)),
        nl.attribute(uapi.IFLA_VXLAN_PORT, struct.pack("!H", options.port)),
    ]
    return b"".join(parts)


def _local(address: str) -> bytes:
    family, raw, _length = messages.parse_cidr(address)
    return nl.attribute(uapi.IFLA_VXLAN_LOCAL if family == socket.AF_INET else uapi.IFLA_VXLAN_LOCAL6, raw)


def _info(data: bytes) -> bytes:
    return nl.nested(uapi.IFLA_LINKINFO, nl.string(uapi.IFLA_INFO_KIND, KIND), nl.nested(uapi.IFLA_INFO_DATA, data))


# --- the ways to other hosts


def read_ways(sock: nl.NetlinkSocket, index: int, neighbours_of: int) -> Ways:
    """``neighbours_of``: the device that answers for addresses; the VXLAN device itself, or its bridge."""
    return Ways(
        forwarding=tuple(sorted(_forwarding(sock, index))),
        neighbours=tuple(sorted(_neighbours(sock, neighbours_of))),
        routes=tuple(sorted(_routes(sock, index))) if neighbours_of == index else (),
        bridged=tuple((mac,) for mac in sorted(set(_bridged(sock, index)))) if neighbours_of != index else (),
    )


def _bridged(sock: nl.NetlinkSocket, index: int) -> List[str]:
    return [mac for mac, how in rtnetlink.read_fdb(sock, index).get(index, []) if how == rtnetlink.STICKY]


def _forwarding(sock: nl.NetlinkSocket, index: int) -> Iterator[Tuple[str, str]]:
    for payload in sock.dump(uapi.RTM_GETNEIGH, uapi.NEIGHBOUR.pack(socket.AF_BRIDGE, index, 0, 0, 0)):
        _family, at, _state, _flags, _type = uapi.NEIGHBOUR.unpack_from(payload)
        attributes = nl.attributes(payload, 12)
        raw = attributes.get(uapi.NDA_DST)
        if at == index and raw is not None:
            family = socket.AF_INET if len(raw) == 4 else socket.AF_INET6
            yield attributes[uapi.NDA_LLADDR].hex(":"), socket.inet_ntop(family, raw)


def _neighbours(sock: nl.NetlinkSocket, index: int) -> Iterator[Tuple[str, str]]:
    """The permanent ones; the kernel keeps others for its own talk."""
    for family in (socket.AF_INET, socket.AF_INET6):
        body = uapi.NEIGHBOUR.pack(family, 0, 0, 0, 0) + nl.u32(uapi.NDA_IFINDEX, index)
        for payload in sock.dump(uapi.RTM_GETNEIGH, body):
            its_family, at, state, _flags, _type = uapi.NEIGHBOUR.unpack_from(payload)
            attributes = nl.attributes(payload, 12)
            if (at, its_family) == (index, family) and state == uapi.NUD_PERMANENT and uapi.NDA_LLADDR in attributes:
                yield socket.inet_ntop(family, attributes[uapi.NDA_DST]), attributes[uapi.NDA_LLADDR].hex(":")


def _routes(sock: nl.NetlinkSocket, index: int) -> Iterator[Tuple[str, str, str]]:
    for route in rtnetlink.read_routes(sock, RT_TABLE_MAIN):
        if route.oif == index and route.type == "unicast" and route.gateway:
            yield route.destination, route.gateway, route.source or ""


def ways_set(
    host: Host,
    ifname: str,
    neighbours_of: str,
    add: Mapping[str, Sequence[Sequence[str]]],
    remove: Mapping[str, Sequence[Sequence[str]]],
) -> None:
    """Remove these, then add those. Either may have been done already, and on the way back the device may be gone."""
    try:
        index, other = (host.socket.index_of(name) for name in (ifname, neighbours_of))
    except nl.NetlinkError as error:
        if error.errno == ENODEV and not any(add.values()):
            return
        raise
    gone = list(_requests(ways(remove), index, other, delete=True))
    if gone:
        host.socket.send(gone, tolerated=(*_TOLERATED, ENODEV))
    come = list(_requests(ways(add), index, other, delete=False))
    for start in range(0, len(come), 100):
        host.socket.send(come[start : start + 100], tolerated=(EEXIST,))


def _requests(wanted: Ways, index: int, neighbours_of: int, delete: bool) -> Iterator[nl.Request]:
    """Routes go first and come last: none leads to where nobody is known."""
    entries = [_forward(index, mac, to, delete) for mac, to in wanted.forwarding]
    entries.extend((messages.fdb_delete if delete else messages.fdb_add)(index, mac) for (mac,) in wanted.bridged)
    entries.extend(_neighbour(neighbours_of, address, mac, delete) for address, mac in wanted.neighbours)
    routes = [_route(index, *each, delete=delete) for each in wanted.routes]
    yield from (*routes, *entries) if delete else (*entries, *routes)


def _forward(index: int, mac: str, to: str, delete: bool) -> nl.Request:
    """As ``bridge fdb replace MAC dev DEVICE dst TO self permanent``; for everybody, ``append``."""
    head = uapi.NEIGHBOUR.pack(socket.AF_BRIDGE, index, uapi.NUD_PERMANENT, uapi.NTF_SELF, 0)
    _family, raw, _length = messages.parse_cidr(to)
    body = head + nl.attribute(uapi.NDA_LLADDR, _mac(mac)) + nl.attribute(uapi.NDA_DST, raw)
    return _new_or_gone(body, delete, _NLM_F_APPEND if mac == EVERYBODY else nl.NLM_F_REPLACE)


def _neighbour(index: int, address: str, mac: str, delete: bool) -> nl.Request:
    """As ``ip neighbour replace ADDRESS lladdr MAC dev DEVICE nud permanent``."""
    family, raw, _length = messages.parse_cidr(address)
    head = uapi.NEIGHBOUR.pack(family, index, uapi.NUD_PERMANENT, 0, 0)
    body = head + nl.attribute(uapi.NDA_DST, raw) + nl.attribute(uapi.NDA_LLADDR, _mac(mac))
    return _new_or_gone(body, delete, nl.NLM_F_REPLACE)


def _new_or_gone(body: bytes, delete: bool, how: int) -> nl.Request:
    if delete:
        return nl.Request(uapi.RTM_DELNEIGH, 0, body)
    return nl.Request(uapi.RTM_NEWNEIGH, nl.NLM_F_CREATE | how, body)


def _route(index: int, destination: str, gateway: str, source: str, delete: bool) -> nl.Request:
    route = RouteEntry(destination, gateway, onlink=True, oif=index, source=source or None, protocol=RTPROT_STATIC)
    return messages.route_delete(route) if delete else messages.route_add(route)


def _mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))
