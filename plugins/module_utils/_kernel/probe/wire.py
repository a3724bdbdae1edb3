# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packets that no ordinary socket sends: echo requests (RFC 792, RFC 4443), a SYN that stays alone (RFC 9293), and the
first chunks of an SCTP association (RFC 9260)."""

from __future__ import annotations

import os
import socket
import struct
from typing import Optional

from ..data import NamedTuple

_ECHO = {4: (8, 0), 6: (128, 129)}  # request, reply
_SYN, _SYN_ACK, _RST = 0x02, 0x12, 0x04


def checksum(data: bytes) -> int:
    """RFC 1071."""
    words = struct.unpack("!{0}H".format((len(data) + 1) // 2), data + b"\0" * (len(data) % 2))
    total = sum(words)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def echo_request(family: int, token: bytes) -> bytes:
    """Identifier and sequence number are the token's, so that connection tracking takes each for a new one.
    Of ICMPv6 the kernel writes the checksum, which depends on the addresses."""
    kind = _ECHO[family][0]
    body = struct.pack("!BBH", kind, 0, 0) + token[:4] + token
    return body if family == 6 else body[:2] + struct.pack("!H", checksum(body)) + body[4:]


def echoed(family: int, packet: bytes) -> Optional["Echo"]:
    """What a raw socket received, if it is an echo request or its reply."""
    start = (packet[0] & 15) * 4 if family == 4 and packet else 0
    if len(packet) < start + 8 or packet[start] not in _ECHO[family]:
        return None
    return Echo(packet[start] == _ECHO[family][0], packet[start + 8 :])


class Echo:
    def __init__(self, is_request: bool, token: bytes) -> None:
        self.is_request, self.token = is_request, token


def syn(source: str, target: str, source_port: int, port: int, sequence: int) -> bytes:
    """The first segment of a connection that nobody goes on with. Over IPv6 the kernel writes the checksum."""
    head = struct.pack("!HHIIBBHHH", source_port, port, sequence, 0, 5 << 4, _SYN, 64240, 0, 0)
    if ":" in target:
        return head
    addresses = socket.inet_aton(source) + socket.inet_aton(target)
    pseudo = addresses + struct.pack("!BBH", 0, socket.IPPROTO_TCP, len(head))
    return head[:16] + struct.pack("!H", checksum(pseudo + head)) + head[18:]


def syn_answer(family: int, packet: bytes, source_port: int) -> Optional[bool]:
    """True: somebody would take the connection; False: refused; None: this is something else."""
    start = (packet[0] & 15) * 4 if family == 4 and packet else 0
    if len(packet) < start + 20:
        return None
    _from, to, _seq, _ack, _offset, flags = struct.unpack("!HHIIBB", packet[start : start + 14])
    if to != source_port:
        return None
    if flags & _RST:
        return False
    return True if flags & _SYN_ACK == _SYN_ACK else None


# --- SCTP (RFC 9260). Its sockets are a module that many kernels lack; who has it answers these packets like any other.

IPPROTO_SCTP = 132
INIT, INIT_ACK, ABORT = 1, 2, 6
_WINDOW, _STREAMS = 65536, 1
_STATE_COOKIE = struct.pack("!HHI", 7, 8, 0)  # which the answer has to carry


class Chunk(NamedTuple):
    """The first chunk of a packet. ``tag``: of INIT and its answer the one by which their sender wants to be called."""

    kind: int
    source_port: int
    port: int
    verification_tag: int
    tag: int


def crc32c(data: bytes) -> int:
    """RFC 9260, appendix A."""
    value = 0xFFFFFFFF
    for octet in data:
        value ^= octet
        for _bit in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 0xFFFFFFFF


def sctp(chunk: Chunk) -> bytes:
    """An INIT, or the answer to one."""
    cookie = _STATE_COOKIE if chunk.kind == INIT_ACK else b""
    body = struct.pack("!IIHHI", chunk.tag, _WINDOW, _STREAMS, _STREAMS, chunk.tag) + cookie
    body = struct.pack("!BBH", chunk.kind, 0, 4 + len(body)) + body
    head = struct.pack("!HHI", chunk.source_port, chunk.port, chunk.verification_tag)
    return head + struct.pack("<I", crc32c(head + bytes(4) + body)) + body


def answer_to(init: Chunk) -> Chunk:
    own = int.from_bytes(os.urandom(4), "big") | 1
    return Chunk(INIT_ACK, init.port, init.source_port, init.tag, own)


def sctp_chunk(family: int, packet: bytes) -> Optional[Chunk]:
    """What a raw socket received."""
    start = (packet[0] & 15) * 4 if family == 4 and packet else 0
    if len(packet) < start + 16:
        return None
    source_port, port, verification_tag, _crc, kind = struct.unpack_from("!HHIIB", packet, start)
    tag = int.from_bytes(packet[start + 16 : start + 20], "big") if kind in (INIT, INIT_ACK) else 0
    return Chunk(kind, source_port, port, verification_tag, tag)
