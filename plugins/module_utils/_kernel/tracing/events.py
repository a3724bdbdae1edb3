# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kernel tells of a packet whose nftrace flag is set: each rule that it meets, and each chain's end.

Our own netlink socket instead of ``nft monitor trace``: it hears from the moment on when it is made, and says by number
what that prints. Layouts: include/uapi/linux/netfilter/nf_tables.h (enum nft_trace_attributes), nfnetlink.h.
"""

from __future__ import annotations

import errno
import socket
import struct
from dataclasses import asdict, dataclass
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from ..rtnl import socket as nl

_GROUP_TRACE, _SUBSYSTEM, _MESSAGE_TRACE = 9, 10, 17
_SOL_NETLINK, _ADD_MEMBERSHIP, _SO_RCVBUFFORCE = 270, 1, 33
_BUFFER = 8 << 20
_HEADER = struct.Struct("=IHHII")
_TABLE, _CHAIN, _HANDLE, _TYPE, _VERDICT, _ID = 1, 2, 3, 4, 5, 6
_NETWORK, _TRANSPORT, _IIF, _OIF, _POLICY = 8, 9, 10, 12, 16
_VERDICT_CODE = 1
_FAMILIES = {1: "inet", 2: "ip", 3: "arp", 5: "netdev", 7: "bridge", 10: "ip6"}
_DISCOVERY = (b"\x87", b"\x88")  # neighbour solicitation and advertisement, RFC 4861
_GROUP_ASKED = socket.inet_pton(socket.AF_INET6, "ff02::1:ff00:0")[:13]
POLICY, RETURN, RULE = "policy", "return", "rule"
_TYPES = {1: POLICY, 2: RETURN, 3: RULE}
DROP, ACCEPT = "drop", "accept"
_VERDICTS = {0: DROP, 1: ACCEPT, 2: "stolen", 3: "queue", 4: "repeat", -1: "continue", -2: "break"}
_VERDICTS.update({-3: "jump", -4: "goto", -5: "return"})


@dataclass(frozen=True)
class Packet:
    """``transport``: what follows the network header, as much as the kernel tells of it (20 bytes). ``asks``: a message
    of ARP or neighbour discovery; of ARP ``source`` and ``destination`` are who asks and who is asked for."""

    source: str
    destination: str
    transport: bytes = b""
    asks: bool = False

    def is_about(self, address: str) -> bool:
        """Of one that asks: whether it is about this address, or an answer of who has it. A question of neighbour
        discovery goes to a group of some addresses (RFC 4291, 2.7.1), and of its target 12 bytes are known."""
        if address in (self.source, self.destination):
            return True
        if ":" not in address or ":" not in self.destination:
            return False
        raw, group = (socket.inet_pton(socket.AF_INET6, each) for each in (address, self.destination))
        return group == _GROUP_ASKED + raw[13:] and self.transport[8:20] == raw[:12]


@dataclass(frozen=True)
class Step:
    """One rule or the end of one base chain, met by one packet in one namespace (None: the host's own)."""

    netns: Optional[str]
    family: str
    table: str
    chain: str
    kind: str  # rule | policy | return
    verdict: str
    packet: Packet
    handle: int = 0
    iif: int = 0
    oif: int = 0

    @property
    def drops(self) -> bool:
        return self.verdict == DROP and self.kind in (RULE, POLICY)


def step_data(step: Step) -> Dict[str, Any]:
    """As JSON can have it."""
    found = asdict(step)
    found["packet"]["transport"] = step.packet.transport.hex()
    return found


def step_of(data: Mapping[str, Any]) -> Step:
    """From ``step_data``."""
    packet = data["packet"]
    return Step(**dict(data, packet=Packet(**dict(packet, transport=bytes.fromhex(packet["transport"])))))


#: A packet, and the indexes of the interfaces by which it comes in and goes out; 0: none, or not yet known.
_Where = Tuple[Optional[Packet], int, int]
_NOT_TOLD: _Where = (None, 0, 0)


class Listener:
    """Hears the traces of the namespace in which it is made."""

    def __init__(self, netns: Optional[str]) -> None:
        self._netns = netns
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, nl.NETLINK_NETFILTER)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
            self._socket.bind((0, 0))
            self._socket.setsockopt(_SOL_NETLINK, _ADD_MEMBERSHIP, _GROUP_TRACE)
            self._socket.setblocking(False)
        except OSError:
            self._socket.close()
            raise

    def close(self) -> None:
        self._socket.close()

    def descriptors(self) -> List[int]:
        return [self._socket.fileno()]

    def steps(self) -> List[Step]:
        """What was heard since the last call, in the kernel's order."""
        known: Dict[bytes, _Where] = {}
        return [step for data in self._datagrams() for step in _steps(self._netns, data, known)]

    def _datagrams(self) -> Iterator[bytes]:
        while True:
            try:
                yield self._socket.recv(1 << 16)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno != errno.ENOBUFS:  # some were lost: what was heard still counts
                    raise


def _steps(netns: Optional[str], data: bytes, known: Dict[bytes, _Where]) -> Iterator[Step]:
    """``known``: trace id → what not every message of it tells: only the first one of each chain does."""
    offset = 0
    while offset + _HEADER.size <= len(data):
        length, kind, _flags, _sequence, _pid = _HEADER.unpack_from(data, offset)
        if length < _HEADER.size:
            return
        if kind == _SUBSYSTEM << 8 | _MESSAGE_TRACE:
            step = _step(netns, data[offset + _HEADER.size : offset + length], known)
            if step is not None:
                yield step
        offset += (length + 3) & ~3


def _step(netns: Optional[str], payload: bytes, known: Dict[bytes, _Where]) -> Optional[Step]:
    found = nl.attributes(payload, 4)
    told = _packet(found.get(_NETWORK, b""), found.get(_TRANSPORT, b""))
    if told is not None:
        known[found[_ID]] = told, _number(found.get(_IIF, b"")), _number(found.get(_OIF, b""))
    packet, iif, oif = known.get(found.get(_ID, b""), _NOT_TOLD)
    kind = _TYPES.get(_number(found.get(_TYPE, b"")))
    if packet is None or kind is None:
        return None
    code = found[_POLICY] if kind == POLICY else nl.attributes(found.get(_VERDICT, b"")).get(_VERDICT_CODE, b"")
    return Step(
        netns=netns,
        family=_FAMILIES.get(payload[0], str(payload[0])),
        table=nl.text(found[_TABLE]),
        chain=nl.text(found[_CHAIN]),
        kind=kind,
        verdict=_VERDICTS.get(_number(code, signed=True), "?"),
        packet=packet,
        handle=_number(found.get(_HANDLE, b"")),
        iif=iif,
        oif=oif,
    )


def _packet(network: bytes, transport: bytes) -> Optional[Packet]:
    if len(network) >= 20 and network[0] >> 4 == 4:
        return Packet(socket.inet_ntoa(network[12:16]), socket.inet_ntoa(network[16:20]), transport)
    if len(network) >= 40 and network[0] >> 4 == 6:
        source, destination = (socket.inet_ntop(socket.AF_INET6, network[at : at + 16]) for at in (8, 24))
        discovers = network[6] == socket.IPPROTO_ICMPV6 and transport[:1] in _DISCOVERY
        return Packet(source, destination, transport, discovers)
    if len(network) >= 28 and network[:6] == b"\0\1\x08\0\6\4":  # ARP of IPv4 over Ethernet, RFC 826
        return Packet(socket.inet_ntoa(network[14:18]), socket.inet_ntoa(network[24:28]), asks=True)
    return None


def _number(data: bytes, signed: bool = False) -> int:
    return int.from_bytes(data, "big", signed=signed)
