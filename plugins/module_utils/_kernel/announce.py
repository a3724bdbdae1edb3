# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Telling the neighbours that an address has come: gratuitous ARP (RFC 5227, section 3) and unsolicited neighbour
advertisements (RFC 4861, section 7.2.6), so that nobody keeps an old place of it in mind.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from typing import Any, Iterable, List, Mapping, Optional, Sequence

from . import gate
from .host import Host

_ETH_P_ARP, _ETH_P_IPV6 = 0x0806, 0x86DD
_BROADCAST = b"\xff" * 6
_ALL_NODES = socket.inet_pton(socket.AF_INET6, "ff02::1")
_ALL_NODES_MAC = b"\x33\x33\x00\x00\x00\x01"
_ICMPV6, _NEIGHBOUR_ADVERTISEMENT, _TARGET_LINK_LAYER_ADDRESS, _OVERRIDE = 58, 136, 2, 0x20000000


def announce(host: Host, netns: str, ifname: str, mac: str, addresses: Iterable[str]) -> None:
    """One frame for each address (a CIDR) of an interface. What does not get through is no error: it is a courtesy.

    It goes to every port of the bridge before the sending is done, which takes some 2 us a port. If a second process of
    ours is there, that one does it; but no thread: as long as both have the same memory, it is copied page by page as
    this one goes on, and of each page the processor of a thread would have to be told, which takes longer.
    """
    sock = _socket(host, netns)
    if sock is None:
        return
    frames = _frames(mac, addresses)
    if not host.let_go(sock.fileno()):
        _begin(sock, ifname, frames)
    elif host.errand(_send_by, sock.fileno(), ifname, frames):
        sock.close()
    else:
        _send(sock, ifname, frames)


def announce_all(host: Host, many: Sequence[Mapping[str, Any]]) -> None:
    """As ``announce``, of the arguments of each: by as many processors as there are."""
    for words in many:
        sock = _socket(host, words["netns"])
        if sock is not None:
            host.let_go(sock.fileno())
            _begin(sock, words["ifname"], _frames(words["mac"], words["addresses"]))


def _socket(host: Host, netns: str) -> Optional[socket.socket]:
    gate.writing("announce")
    try:
        with host.inside(netns):
            return socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_CLOEXEC)
    except OSError:
        return None


def _begin(sock: socket.socket, ifname: str, frames: List[bytes]) -> None:
    """Where the closing has to be waited for, many wait together, beside what else is left to do."""
    threading.Thread(target=_send, args=(sock, ifname, frames)).start()


def _send_by(descriptor: int, ifname: str, frames: Iterable[bytes]) -> None:
    """In another process, by a socket of this one."""
    _send(socket.socket(fileno=descriptor), ifname, frames)


def _send(sock: socket.socket, ifname: str, frames: Iterable[bytes]) -> None:
    with contextlib.suppress(OSError), sock:
        for each in frames:
            sock.sendto(each, (ifname, 0))  # not bound, for which the kernel would wait as it does for closing


def _frames(mac: str, addresses: Iterable[str]) -> List[bytes]:
    return [frame(mac, cidr.split("/")[0]) for cidr in addresses]


def frame(mac: str, address: str) -> bytes:
    """The Ethernet frame that announces an address."""
    source = bytes.fromhex(mac.replace(":", ""))
    return _advertisement(source, address) if ":" in address else _gratuitous_arp(source, address)


def _gratuitous_arp(source: bytes, address: str) -> bytes:
    own = socket.inet_aton(address)
    body = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + source + own + b"\0" * 6 + own
    return _BROADCAST + source + struct.pack("!H", _ETH_P_ARP) + body


def _advertisement(source: bytes, address: str) -> bytes:
    own = socket.inet_pton(socket.AF_INET6, address)
    option = struct.pack("!BB", _TARGET_LINK_LAYER_ADDRESS, 1) + source
    without = struct.pack("!BBHI", _NEIGHBOUR_ADVERTISEMENT, 0, 0, _OVERRIDE) + own + option
    pseudo = own + _ALL_NODES + struct.pack("!IHBB", len(without), 0, 0, _ICMPV6)
    body = without[:2] + struct.pack("!H", checksum(pseudo + without)) + without[4:]
    header = struct.pack("!IHBB", 6 << 28, len(body), _ICMPV6, 255) + own + _ALL_NODES
    return _ALL_NODES_MAC + source + struct.pack("!H", _ETH_P_IPV6) + header + body


def checksum(data: bytes) -> int:
    """RFC 1071."""
    total: int = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
