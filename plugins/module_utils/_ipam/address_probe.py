# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Has somebody on the wire an address already? Asked before one is leased on a network that others are on too.

An ARP probe (RFC 5227, section 2.1) and a neighbour solicitation from the unspecified address (RFC 4862, section 5.4)
claim nothing: nobody remembers an address of them, so a check may ask too. They go out of the ports behind which
others are, and not over a bridge itself, on which our own containers would answer.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import select
import socket
import struct
import time
from typing import Callable, Dict, Iterable, Iterator, List, Mapping, Sequence, Set, Tuple

from .._kernel.announce import checksum

#: (interfaces, addresses) → of those that are in use: address → MAC of who has it.
Ask = Callable[[Sequence[str], Sequence[str]], Mapping[str, str]]

QUESTIONS, PAUSE = 3, 0.3  # seconds after each question; who has not answered then has not got it
_ETH_P_ALL, _ETH_P_ARP, _ETH_P_IPV6 = 0x0003, 0x0806, 0x86DD
_ICMPV6, _SOLICITATION, _ADVERTISEMENT = 58, 135, 136
_SO_ATTACH_FILTER, _SIOCGIFHWADDR = 26, 0x8927
#: struct sock_filter (linux/filter.h): ARP, and of IPv6 the neighbour advertisements.
_ONLY_ANSWERS = (
    (0x28, 0, 0, 12),
    (0x15, 5, 0, _ETH_P_ARP),
    (0x15, 0, 5, _ETH_P_IPV6),
    (0x30, 0, 0, 20),
    (0x15, 0, 3, _ICMPV6),
    (0x30, 0, 0, 54),
    (0x15, 0, 1, _ADVERTISEMENT),
    (0x06, 0, 0, 0xFFFF),
    (0x06, 0, 0, 0),
)


def ask_the_wire(ifnames: Sequence[str], addresses: Sequence[str]) -> Mapping[str, str]:
    """Ask for all addresses at once, on every interface; ends when all have answered, or after 0.9 seconds."""
    found: Dict[str, str] = {}
    with contextlib.ExitStack() as open_ones:
        ports = [open_ones.enter_context(_listening(ifname)) for ifname in ifnames]
        for _question in range(QUESTIONS if ports else 0):
            for port in ports:
                _send(port, [address for address in addresses if address not in found])
            _collect(ports, addresses, found)
            if len(found) == len(addresses):
                break
    return found


def question(mac: bytes, address: str) -> bytes:
    """The Ethernet frame that asks who has an address."""
    return _solicitation(mac, address) if ":" in address else _arp_probe(mac, address)


def answer_in(data: bytes) -> Tuple[str, str]:
    """(address, MAC) of who says in this frame to have it; empty texts where nobody does."""
    kind = data[12:14]
    if kind == struct.pack("!H", _ETH_P_ARP) and len(data) >= 42:
        address, mac = socket.inet_ntop(socket.AF_INET, data[28:32]), data[22:28]
        return (address, mac.hex(":")) if data[28:32] != bytes(4) else ("", "")
    if (
        kind == struct.pack("!H", _ETH_P_IPV6)
        and len(data) >= 78
        and data[20] == _ICMPV6
        and data[54] == _ADVERTISEMENT
    ):
        return socket.inet_ntop(socket.AF_INET6, data[62:78]), data[6:12].hex(":")
    return "", ""


@contextlib.contextmanager
def _listening(ifname: str) -> Iterator[socket.socket]:
    """Before a bridge takes a frame from its port, whoever listens for every protocol has seen it."""
    program = b"".join(struct.pack("=HBBI", *step) for step in _ONLY_ANSWERS)
    held = ctypes.create_string_buffer(program)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_CLOEXEC) as made:
        fprog = struct.pack("HP", len(_ONLY_ANSWERS), ctypes.addressof(held))
        made.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, fprog)
        made.bind((ifname, _ETH_P_ALL))
        yield made


def _send(port: socket.socket, addresses: Iterable[str]) -> None:
    mac = port.getsockname()[4][:6]
    for address in addresses:
        with contextlib.suppress(OSError):  # it is down, so nobody is behind it
            port.send(question(mac, address))


def _collect(ports: List[socket.socket], addresses: Sequence[str], found: Dict[str, str]) -> None:
    end = time.monotonic() + PAUSE
    own = _own_macs(ports[0])
    while len(found) < len(addresses):
        left = end - time.monotonic()
        ready = select.select(ports, [], [], left)[0] if left > 0 else []
        if not ready:
            return
        for port in ready:
            with contextlib.suppress(OSError):
                address, mac = answer_in(port.recv(2048))
                if address in addresses and mac not in own:
                    found.setdefault(address, mac)


def _own_macs(any_socket: socket.socket) -> Set[str]:
    """Of all this host's interfaces: one that is on the same wire answers for what the others have."""
    found: Set[str] = set()
    for _index, ifname in socket.if_nameindex():
        with contextlib.suppress(OSError):  # it has gone
            words = fcntl.ioctl(any_socket, _SIOCGIFHWADDR, struct.pack("=16s24x", ifname.encode("utf-8")))
            found.add(words[18:24].hex(":"))
    return found


def _arp_probe(mac: bytes, address: str) -> bytes:
    body = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + mac + bytes(4) + bytes(6) + socket.inet_aton(address)
    return b"\xff" * 6 + mac + struct.pack("!H", _ETH_P_ARP) + body


def _solicitation(mac: bytes, address: str) -> bytes:
    target = socket.inet_pton(socket.AF_INET6, address)
    group = socket.inet_pton(socket.AF_INET6, "ff02::1:ff00:0")[:13] + target[13:]
    without = struct.pack("!BBHI", _SOLICITATION, 0, 0, 0) + target
    pseudo = bytes(16) + group + struct.pack("!IHBB", len(without), 0, 0, _ICMPV6)
    body = without[:2] + struct.pack("!H", checksum(pseudo + without)) + without[4:]
    header = struct.pack("!IHBB", 6 << 28, len(body), _ICMPV6, 255) + bytes(16) + group
    return b"\x33\x33" + group[12:] + mac + struct.pack("!H", _ETH_P_IPV6) + header + body
