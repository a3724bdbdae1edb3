# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that the kernel still translates by a rule that is gone.

A published port that moved keeps its known flows at the old target: for UDP as long as the client goes
on sending. Exactly those are deleted: same protocol, sent to the published port, answered by the old target.
"""

from __future__ import annotations

import contextlib
import socket
from typing import Any, Container, Iterator, List, Optional, Sequence

from . import gate, sysctl
from .data import NamedTuple
from .errors import MissingDependencyError
from .rtnl import socket as netlink

#: Up to here the kernel is asked for each flow apart; beyond, one dump of everything costs less.
_ASK_APART = 16

#: Fewer connections than this are looked through for any that matters, before pyroute2 is imported to delete it.
_GLANCE = 20000
#: include/uapi/linux/netfilter/nfnetlink{,_conntrack}.h
_CT_GET = 1 << 8 | 1
_CTA_TUPLE_ORIG, _CTA_TUPLE_PROTO, _CTA_PROTO_DST_PORT = 1, 2, 3

_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
_PROTOCOLS = {"tcp": socket.IPPROTO_TCP, "udp": socket.IPPROTO_UDP, "sctp": getattr(socket, "IPPROTO_SCTP", 132)}


class StaleFlow(NamedTuple):
    """What arrived at ``host_ip`` (None: at any address but ``except_ips``) and ``published`` went to the target.

    An empty target is the host itself: nobody had published the port when the flow began. When the target is
    ``host_ip`` and ``published`` themselves, the flow was not translated: the port was reachable directly.
    """

    family: int
    protocol: str
    published: int
    container_address: str
    container_port: int
    host_ip: Optional[str] = None
    except_ips: Sequence[str] = ()


def delete_stale(flows: Sequence[StaleFlow]) -> int:
    """Delete the entries of these flows in the current namespace; how many there were."""
    if not _any_tracked({flow.published for flow in flows}):
        return 0
    deleted = 0
    for family in sorted({flow.family for flow in flows}):
        deleted += _delete_family(family, [flow for flow in flows if flow.family == family])
    return deleted


def _any_tracked(ports: Container[int]) -> bool:
    """Whether any connection went to one of these ports: usually none did, and importing pyroute2 takes its time."""
    count = int(sysctl.read("net/netfilter/nf_conntrack_count") or "0")
    if not 0 < count < _GLANCE:
        return count > 0
    with contextlib.closing(netlink.NetlinkSocket(netlink.NETLINK_NETFILTER)) as netfilter:
        entries = list(netfilter.dump(_CT_GET, b"\0\0\0\0"))
    return any(_destination_port(entry) in ports for entry in entries)


def _destination_port(entry: bytes) -> int:
    """Of the original direction; behind the four bytes of struct nfgenmsg."""
    original = netlink.attributes(netlink.attributes(entry, 4).get(_CTA_TUPLE_ORIG, b""))
    protocol = netlink.attributes(original.get(_CTA_TUPLE_PROTO, b""))
    return int.from_bytes(protocol.get(_CTA_PROTO_DST_PORT, b""), "big")


def _delete_family(family: int, flows: Sequence[StaleFlow]) -> int:
    try:
        from pyroute2.netlink.nfnetlink.nfctsocket import NFCTAttrTuple, NFCTSocket
    except ImportError as error:
        raise MissingDependencyError("pyroute2", "to delete stale connections") from error
    deleted = 0
    with NFCTSocket(nfgen_family=_FAMILIES[family]) as conntrack:
        for original in _stale(conntrack, NFCTAttrTuple, family, flows):
            gate.writing("conntrack")
            deleted += _delete(conntrack, original)
    return deleted


def _stale(conntrack: Any, tuple_class: Any, family: int, flows: Sequence[StaleFlow]) -> List[Any]:
    found = []
    for entry in _entries(conntrack, tuple_class, family, flows):
        original = _Tuple(entry.get_attr("CTA_TUPLE_ORIG"), family)
        reply = _Tuple(entry.get_attr("CTA_TUPLE_REPLY"), family)
        if any(_matches(flow, original, reply) for flow in flows):
            found.append(original.as_request(tuple_class))
    return found


def _entries(conntrack: Any, tuple_class: Any, family: int, flows: Sequence[StaleFlow]) -> Iterator[Any]:
    if len(flows) > _ASK_APART:
        yield from conntrack.dump()
        return
    for protocol, port in sorted({(_PROTOCOLS[flow.protocol], flow.published) for flow in flows}):
        wanted = tuple_class(family=_FAMILIES[family], proto=protocol, dport=port)
        yield from conntrack.dump(tuple_orig=wanted)


class _Tuple:
    """One direction of a connection, out of a netlink message."""

    def __init__(self, message: Any, family: int) -> None:
        address, protocol = message.get_attr("CTA_TUPLE_IP"), message.get_attr("CTA_TUPLE_PROTO")
        self.family = family
        self.saddr = address.get_attr("CTA_IP_V{0}_SRC".format(family))
        self.daddr = address.get_attr("CTA_IP_V{0}_DST".format(family))
        self.proto = protocol.get_attr("CTA_PROTO_NUM")
        self.sport = protocol.get_attr("CTA_PROTO_SRC_PORT")
        self.dport = protocol.get_attr("CTA_PROTO_DST_PORT")

    def as_request(self, tuple_class: Any) -> Any:
        return tuple_class(
            family=_FAMILIES[self.family],
            saddr=self.saddr,
            daddr=self.daddr,
            proto=self.proto,
            sport=self.sport,
            dport=self.dport,
        )


def _matches(flow: StaleFlow, original: _Tuple, reply: _Tuple) -> bool:
    return (
        original.proto == _PROTOCOLS[flow.protocol]
        and original.dport == flow.published
        and (original.daddr == flow.host_ip if flow.host_ip else original.daddr not in flow.except_ips)
        and (_went_to(flow, original, reply) if flow.container_address else _stayed_here(original, reply))
    )


def _went_to(flow: StaleFlow, original: _Tuple, reply: _Tuple) -> bool:
    translated = (original.daddr, original.dport) != (reply.saddr, reply.sport)
    directly = (flow.host_ip, flow.published) == (flow.container_address, flow.container_port)
    return translated != directly and (reply.saddr, reply.sport) == (flow.container_address, flow.container_port)


def _stayed_here(original: _Tuple, reply: _Tuple) -> bool:
    untranslated = (original.daddr, original.dport) == (reply.saddr, reply.sport)
    return untranslated and _is_local(original.family, str(original.daddr))


def _is_local(family: int, address: str) -> bool:
    """Whether this host has the address: whether a socket can have it."""
    with socket.socket(_FAMILIES[family], socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def _delete(conntrack: Any, original: Any) -> int:
    from pyroute2.netlink.exceptions import NetlinkError

    try:
        conntrack.entry("del", tuple_orig=original)
    except NetlinkError as error:
        if error.code != 2:  # ENOENT: it ended by itself
            raise
        return 0
    return 1
