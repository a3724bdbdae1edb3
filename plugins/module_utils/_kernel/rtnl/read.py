# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links, addresses and routes as the kernel has them. The messages that write them are in ``requests.py``, which names
the closed set that this codec knows.

A route's ``table`` and ``protocol`` are the kernel's numbers. Integers are in the byte order of the machine, as always
in rtnetlink(7) but for addresses.
"""

from __future__ import annotations

import functools
import socket
import struct
import sys
from errno import EAFNOSUPPORT, ENODEV, ENOENT, EOPNOTSUPP
from typing import Any, Collection, Dict, FrozenSet, Iterable, Iterator, List, Optional, Sequence, Tuple, TypeVar

from ..data import NamedTuple
from . import as_made, settings, uapi
from . import socket as nl

RT_TABLE_MAIN, RT_TABLE_LOCAL = 254, 255
RTPROT_KERNEL, RTPROT_BOOT, RTPROT_STATIC, RTPROT_RA = 2, 3, 4, 9
#: The least that IPv6 works with (RFC 8200); the kernel takes it off an interface whose mtu is less.
IPV6_MTU = 1280

#: What can be set of a place on a bridge, and is a plain number: priority, cost, mode … isolated, without its state.
_PORT_FLAGS = (*range(2, 13), 25, *range(27, 35), 39, 40, 43)
#: What a new port has: an STP priority of 32, a veth's cost, and it learns and is flooded.
_NEW_PORT = {2: 32, 3: 2, 8: 1, 9: 1, 25: 1, 27: 1, 30: 1}
#: Flags that ``Link`` tells by name: IFLA_BRPORT_* and what a new port has.
PORT_FLAGS = {
    "isolated": (uapi.IFLA_BRPORT_ISOLATED, False),
    "hairpin": (uapi.IFLA_BRPORT_MODE, False),
    "learning": (uapi.IFLA_BRPORT_LEARNING, True),
    "guard": (uapi.IFLA_BRPORT_GUARD, False),
}
#: The other ones, of those above.
_UNTOLD = {
    kind: _NEW_PORT.get(kind, 0) for kind in _PORT_FLAGS if kind not in [told for told, _usual in PORT_FLAGS.values()]
}
#: IFLA_EXT_MASK with RTEXT_FILTER_SKIP_STATS: counters are half of a link, and nobody compares them.
_NO_STATISTICS = nl.u32(29, 1 << 3)
_ASK_APART = 64
#: What is read of a link, of its place on a bridge, and of an address.
_OF_LINK = frozenset(
    (
        uapi.IFLA_LINKINFO,
        uapi.IFLA_IFNAME,
        uapi.IFLA_ADDRESS,
        uapi.IFLA_MTU,
        uapi.IFLA_IFALIAS,
        uapi.IFLA_MASTER,
        uapi.IFLA_LINK,
        uapi.IFLA_AF_SPEC,
        uapi.IFLA_LINK_NETNSID,
        uapi.IFLA_GROUP,
        uapi.IFLA_PROP_LIST,
        uapi.IFLA_QDISC,
    )
)
_OF_PORT = frozenset((*as_made.PORT_NUMBERS, *(number for number, _usual in PORT_FLAGS.values())))
_OF_ADDRESS = frozenset((uapi.IFA_LOCAL, uapi.IFA_ADDRESS, uapi.IFA_FLAGS))
#: How an entry of a bridge's table is kept: behind a port and nowhere else; behind a port, until a frame comes in by
#: another; by the host itself.
STICKY, STATIC, LOCAL = "sticky", "static", "local"
_MAC_FIRST = struct.pack("=HH", 4 + 6, uapi.NDA_LLADDR)
_T = TypeVar("_T")


class Link(NamedTuple):
    """An interface as the kernel has it. ``peer`` is IFLA_LINK: of a veth, the other end's index."""

    index: int  # type: ignore[assignment]  # in the place of tuple.index, which nobody calls
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
    no_linklocal_learn: bool = False
    isolated: bool = False
    hairpin: bool = False
    learning: bool = True
    guard: bool = False
    fdb: Tuple[str, ...] = ()  # MACs of its static, sticky entries in its bridge's table, where they were asked for
    #: What else somebody set in that table for it: "02:42:ac:11:00:02 static" or "… local". Of a bridge: for itself.
    fdb_others: Tuple[str, ...] = ()
    families: settings.Rows = settings.NO_ROWS  # its settings, not decoded
    port: bytes = b""  # IFLA_INFO_SLAVE_DATA: its place on a bridge
    peer_netnsid: int = -1  # what this namespace calls the one in which the peer is; -1 is itself
    altnames: Tuple[str, ...] = ()
    group: int = 0
    info: str = ""  # IFLA_INFO_DATA as hex digits, of a kind that is not decoded here: see rare.options
    ipv6_link_local: bool = True  # whether the kernel gives it an fe80:: address when it comes up
    qdisc: str = ""  # the kind of its root qdisc: noqueue, tbf
    arp: bool = True
    multicast: bool = True
    differing: as_made.Differing = ()  # of a bridge, what a new one has otherwise, of all that nobody declares
    differing_port: as_made.Differing = ()  # the same of its place on a bridge

    def with_fdb(self, entries: Iterable[Tuple[str, str]]) -> "Link":
        """With its entries of the bridge's table: (MAC, how it is kept) of each."""
        kept, others = [], []
        for mac, how in entries:
            if how == STICKY:
                kept.append(mac)
            elif how != LOCAL or mac != self.mac or not self.master:  # the kernel makes its own for every port
                others.append("{0} {1}".format(mac, how))
        # by place, in a third of the time of _replace(), for there are thousands
        return Link._make((*self[:_FDB], tuple(sorted(set(kept))), tuple(sorted(set(others))), *self[_FDB + 2 :]))


#: Where in a link its entries are.
_FDB = Link._fields.index("fdb")


class RouteEntry(NamedTuple):
    """A route in words that ``ip route`` uses; ``destination`` is a CIDR, ``oif`` an index.

    A multipath route has ``oif`` 0 and names the interfaces of its next hops, by index, in ``next_hops``.
    """

    destination: str
    gateway: Optional[str] = None
    type: str = "unicast"
    metric: int = 0
    onlink: bool = False
    oif: int = 0
    table: int = RT_TABLE_MAIN
    protocol: int = RTPROT_BOOT
    next_hops: Tuple[int, ...] = ()
    gateways: Tuple[str, ...] = ()  # of a multipath route's next hops; else ``gateway`` says it
    next_hop_id: int = 0  # of a nexthop object
    source: Optional[str] = None  # what a packet gets that has no source address yet (RTA_PREFSRC)

    @property
    def interfaces(self) -> Tuple[int, ...]:
        """Every interface, by index, over which the route sends; none for one that leads nowhere."""
        return self.next_hops or ((self.oif,) if self.oif else ())


def read_links(
    sock: nl.NetlinkSocket, families: bool = True, most: Optional[int] = None, restorable: bool = True
) -> List[Link]:
    """``families`` False leaves out what a link has for an address family, which is compared on the host only;
    ``restorable`` False what nobody compares of a pair, and which brings it back as it was."""
    body = uapi.LINK.pack(0, 0, 0, 0, 0) + _NO_STATISTICS
    return [_link(payload, families, restorable) for payload in sock.dump(uapi.RTM_GETLINK, body, most)]


def read_links_named(sock: nl.NetlinkSocket, ifnames: Collection[str], restorable: bool = True) -> List[Link]:
    """Those of these links that are there; asked for apart while that is less than a dump of all."""
    if len(ifnames) > _ASK_APART:
        return [link for link in read_links(sock, restorable=restorable) if link.ifname in ifnames]
    return [link for link in (read_link(sock, ifname) for ifname in sorted(ifnames)) if link is not None]


def read_link(sock: nl.NetlinkSocket, ifname: str) -> Optional[Link]:
    try:
        return _link(sock.get(uapi.RTM_GETLINK, uapi.LINK.pack(0, 0, 0, 0, 0) + nl.string(uapi.IFLA_IFNAME, ifname)))
    except nl.NetlinkError as error:
        if error.errno == ENODEV:
            return None
        raise


def read_fdb(sock: nl.NetlinkSocket, port: int = 0) -> Dict[int, List[Tuple[str, str]]]:
    """Index of a port, or of a bridge itself → (MAC, how it is kept) of each entry that was not learned; of one port or
    (0) of all."""
    found: Dict[int, List[Tuple[str, str]]] = {}
    for payload in sock.dump(uapi.RTM_GETNEIGH, uapi.NEIGHBOUR.pack(socket.AF_BRIDGE, port, 0, 0, 0)):
        _family, index, state, flags, _type = uapi.NEIGHBOUR.unpack_from(payload)
        if (
            state in (uapi.NUD_NOARP, uapi.NUD_PERMANENT) and not flags & uapi.NTF_SELF
        ):  # the device's own, not a bridge's
            # the kernel puts the address first (fdb_fill_info() in net/bridge/br_fdb.c); to look costs a fifth of all
            first = payload[12:16] == _MAC_FIRST
            mac = (payload[16:22] if first else nl.attributes(payload, 12)[uapi.NDA_LLADDR]).hex(":")
            how = LOCAL if state == uapi.NUD_PERMANENT else STICKY if flags & uapi.NTF_STICKY else STATIC
            found.setdefault(index, []).append((mac, how))  # more than once, where the port is in more than one VLAN
    return found


#: Of interfaces: not asked for by their index.
ALL = (0,)


class Addresses(Dict[int, List[str]]):
    """Interface index → its addresses as CIDRs, in the kernel's order."""

    #: (index, CIDR) of those that the kernel does not use yet, and may not while their link has no carrier.
    tentative: FrozenSet[Tuple[int, str]] = frozenset()

    @property
    def of_ipv6(self) -> bool:
        """Whether any of them is of IPv6."""
        return any(":" in cidr for cidrs in self.values() for cidr in cidrs)


def read_addresses(sock: nl.NetlinkSocket, most: Optional[int] = None, indexes: Sequence[int] = ALL) -> Addresses:
    """The addresses of these interfaces, without link-local ones that the kernel makes of a secret."""
    found, tentative = Addresses(), set()
    for payload in _address_payloads(sock, most, indexes):
        family, prefixlen, _flags, _scope, index = uapi.ADDRESS.unpack_from(payload)
        attributes = nl.attributes(payload, 8, _OF_ADDRESS)
        raw = attributes.get(uapi.IFA_LOCAL) or attributes.get(uapi.IFA_ADDRESS)
        if raw is not None and family in (socket.AF_INET, socket.AF_INET6):
            flags = _number(attributes.get(uapi.IFA_FLAGS))
            if raw[:2] == b"\xfe\x80" and flags & uapi.IFA_F_STABLE_PRIVACY:
                continue  # the kernel's own, made of a secret instead of the MAC
            cidr = "{0}/{1}".format(socket.inet_ntop(family, raw), prefixlen)
            found.setdefault(index, []).append(cidr)
            if flags & uapi.IFA_F_TENTATIVE:
                tentative.add((index, cidr))
    found.tentative = frozenset(tentative)
    return found


def _address_payloads(sock: nl.NetlinkSocket, most: Optional[int], indexes: Sequence[int]) -> Iterator[bytes]:
    for index in indexes:
        try:
            yield from sock.dump(uapi.RTM_GETADDR, uapi.ADDRESS.pack(0, 0, 0, 0, index), most)
        except nl.NetlinkError as error:
            if not index or error.errno != ENODEV:  # or it is gone
                raise


def read_routes(
    sock: nl.NetlinkSocket,
    table: int = 0,
    ipv6: bool = True,
    most: Optional[int] = None,
    indexes: Sequence[int] = ALL,
) -> List[RouteEntry]:
    """The routes of both families, of one table or (0) of all, over these interfaces. ``most``: of a family, else
    TooMany."""
    entries: List[RouteEntry] = []
    for index in indexes:
        entries.extend(_routes(sock, socket.AF_INET, table, (ENOENT,), most, index))
        if ipv6:
            entries.extend(_routes(sock, socket.AF_INET6, table, (ENOENT, EAFNOSUPPORT, EOPNOTSUPP), most, index))
    return entries


def _routes(
    sock: nl.NetlinkSocket, family: int, table: int, absent: Tuple[int, ...], most: Optional[int], index: int
) -> Iterator[RouteEntry]:
    """``absent``: the errors that say that there is nothing to list.

    ENOENT: a table is made with its first route. ENODEV: the interface is gone. The others: a kernel without IPv6,
    which may also answer with the routes of the family that it has.
    """
    over = nl.u32(uapi.RTA_OIF, index) if index else b""
    absent += (ENODEV,) if index else ()
    try:
        payloads = list(sock.dump(uapi.RTM_GETROUTE, uapi.ROUTE.pack(family, 0, 0, 0, table, 0, 0, 0, 0) + over, most))
    except nl.NetlinkError as error:
        if error.errno not in absent:
            raise
        return
    yield from (_route(payload) for payload in payloads if payload[0] == family)


def read_netnsid(sock: nl.NetlinkSocket, descriptor: int) -> int:
    """What the socket's namespace calls the one behind a descriptor; -1 when it has no link to it."""
    body = struct.pack("=Bxxx", 0) + nl.u32(uapi.NETNSA_FD, descriptor)
    return _signed(nl.attributes(sock.get(uapi.RTM_GETNSID, body), 4).get(uapi.NETNSA_NSID))


def _link(payload: bytes, families: bool = True, restorable: bool = True) -> Link:
    _family, _type, index, flags, _change = uapi.LINK.unpack_from(payload)
    attributes = nl.attributes(payload, 16, _OF_LINK)
    kind, options = "", {}  # type: str, Dict[str, Any]
    if uapi.IFLA_LINKINFO in attributes:
        kind, options = _link_info(attributes[uapi.IFLA_LINKINFO])
    raw = bool(kind) and (restorable or kind != "veth")  # one without a kind is never made again
    if not raw:
        options.pop("port", None)
    spec = attributes.get(uapi.IFLA_AF_SPEC, b"")
    rows = settings.rows(spec) if raw or families else settings.NO_ROWS
    link = Link(
        index=index,
        ifname=nl.text(attributes[uapi.IFLA_IFNAME]),
        kind=kind,
        up=bool(flags & uapi.IFF_UP),
        mac=attributes.get(uapi.IFLA_ADDRESS, b"").hex(":"),
        mtu=_number(attributes.get(uapi.IFLA_MTU)),
        alias=nl.text(attributes.get(uapi.IFLA_IFALIAS, b"")),
        master=_number(attributes.get(uapi.IFLA_MASTER)),
        peer=_number(attributes.get(uapi.IFLA_LINK)),
        families=_once(rows) if raw else settings.NO_ROWS,
        peer_netnsid=_signed(attributes.get(uapi.IFLA_LINK_NETNSID)),
        group=_number(attributes.get(uapi.IFLA_GROUP)),
        altnames=tuple(map(nl.text, nl.each(attributes.get(uapi.IFLA_PROP_LIST, b"")))),
        ipv6_link_local=not families or _link_local(spec, rows),
        qdisc=_once(nl.text(attributes.get(uapi.IFLA_QDISC, b""))),
        arp=not flags & uapi.IFF_NOARP,
        multicast=bool(flags & uapi.IFF_MULTICAST),
        **options,
    )
    return link if kind else _once(link)  # each namespace has such a lo


#: What is the same of thousands of links, and so is one object.
_ALIKE: Dict[Any, Any] = {}


def _once(value: _T) -> _T:
    found: _T = _ALIKE.setdefault(value, value)
    return found


def unusual_port_flags(link: Link) -> Dict[int, bytes]:
    """IFLA_BRPORT_* → value of what a new port has otherwise, besides what ``Link`` tells by name."""
    found = nl.attributes(link.port)
    return {kind: found[kind] for kind, usual in _UNTOLD.items() if kind in found and _number(found[kind]) != usual}


def _link_local(spec: bytes, rows: settings.Rows) -> bool:
    """Read in the row of settings: IFLA_INET6_ADDR_GEN_MODE is left out together with the statistics by older kernels,
    5.10 among them (inet6_fill_ifla6_attrs() in net/ipv6/addrconf.c). It counts where the row ends before it."""
    mode = settings.number(rows, socket.AF_INET6, "addr_gen_mode")
    if mode is None:
        ipv6 = nl.attributes(nl.attributes(spec).get(socket.AF_INET6, b""))
        mode = _number(ipv6.get(uapi.IFLA_INET6_ADDR_GEN_MODE))
    return mode != uapi.IN6_ADDR_GEN_MODE_NONE


def _link_info(data: bytes) -> Tuple[str, Dict[str, Any]]:
    info = nl.attributes(data)
    kind = _once(nl.text(info.get(uapi.IFLA_INFO_KIND, b"")))
    options: Dict[str, Any] = {}
    if kind == "bridge":
        bridge = nl.attributes(info.get(uapi.IFLA_INFO_DATA, b""))
        options["stp"] = bool(_number(bridge.get(uapi.IFLA_BR_STP_STATE)))
        options["ageing_time"] = round(_number(bridge.get(uapi.IFLA_BR_AGEING_TIME)) / uapi.USER_HZ)
        options["forward_delay"] = round(_number(bridge.get(uapi.IFLA_BR_FORWARD_DELAY)) / uapi.USER_HZ)
        options["multicast_snooping"] = bridge.get(uapi.IFLA_BR_MCAST_SNOOPING, b"\1") != b"\0"
        flags = _number(bridge.get(uapi.IFLA_BR_MULTI_BOOLOPT, b"")[:4])
        options["no_linklocal_learn"] = bool(flags & uapi.BR_BOOLOPT_NO_LL_LEARN)
        options["differing"] = as_made.of_bridge(bridge)
    else:
        options["info"] = info.get(uapi.IFLA_INFO_DATA, b"").hex()
    if nl.text(info.get(uapi.IFLA_INFO_SLAVE_KIND, b"")) == "bridge":
        options["port"] = info.get(uapi.IFLA_INFO_SLAVE_DATA, b"")
        port = nl.attributes(options["port"], 0, _OF_PORT)
        for name, (flag, usual) in PORT_FLAGS.items():
            options[name] = bool(_number(port[flag])) if flag in port else usual
        options["differing_port"] = as_made.of_port(port)
    return kind, options


@functools.lru_cache(maxsize=4096)
def _route(payload: bytes) -> RouteEntry:
    """Containers have the same routes but for their own address, and those of the host are read twice in a run: each is
    decoded once, and is one object."""
    family, length, _src, _tos, table, protocol, _scope, kind, flags = uapi.ROUTE.unpack_from(payload)
    attributes = nl.attributes(payload, 12)
    raw = attributes.get(uapi.RTA_DST) or b"\0" * (4 if family == socket.AF_INET else 16)
    several = attributes.get(uapi.RTA_MULTIPATH)
    hops = tuple(_next_hops(family, several)) if several else ()
    return RouteEntry(
        destination="{0}/{1}".format(socket.inet_ntop(family, raw), length),
        gateway=_gateway(family, attributes),
        type=uapi.ROUTE_TYPES.get(kind, str(kind)),
        metric=_number(attributes.get(uapi.RTA_PRIORITY)),
        onlink=bool(flags & uapi.RTNH_F_ONLINK),
        oif=_number(attributes.get(uapi.RTA_OIF)),
        table=_number(attributes.get(uapi.RTA_TABLE)) or table,
        protocol=protocol,
        next_hops=tuple(index for index, _gateway in hops),
        gateways=tuple(each for _index, each in hops if each),
        source=_text_of(family, attributes.get(uapi.RTA_PREFSRC)),
        next_hop_id=_number(attributes.get(uapi.RTA_NH_ID)),
    )


def _text_of(family: int, raw: Optional[bytes]) -> Optional[str]:
    return socket.inet_ntop(family, raw) if raw else None


def _gateway(family: int, attributes: Dict[int, bytes]) -> Optional[str]:
    """RTA_VIA: of an IPv4 route, a gateway that is an IPv6 address (struct rtvia)."""
    via = attributes.get(uapi.RTA_VIA)
    if via and len(via) >= 18:
        return socket.inet_ntop(socket.AF_INET6, via[2:18])
    return _text_of(family, attributes.get(uapi.RTA_GATEWAY))


def _next_hops(family: int, data: bytes) -> Iterator[Tuple[int, Optional[str]]]:
    """(interface, gateway) of each in RTA_MULTIPATH: a row of struct rtnexthop, each with attributes of its own."""
    offset = 0
    while offset + uapi.NEXT_HOP.size <= len(data):
        length, _flags, _hops, index = uapi.NEXT_HOP.unpack_from(data, offset)
        if length < uapi.NEXT_HOP.size:
            return
        yield index, _gateway(family, nl.attributes(data[offset : offset + length], uapi.NEXT_HOP.size))
        offset += (length + 3) & ~3


def _signed(payload: Optional[bytes]) -> int:
    return int.from_bytes(payload, sys.byteorder, signed=True) if payload else -1


def _number(payload: Optional[bytes]) -> int:
    return int.from_bytes(payload, sys.byteorder) if payload else 0
