# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames put together byte by byte, as an attacker would: RFC 791, 8200, 826, 768, 4443, 9260 and IEEE 802.3."""

from __future__ import annotations

import socket
import struct


def octets(text: str) -> bytes:
    return bytes(int(part, 16) for part in text.split(":"))


def packed(text: str) -> bytes:
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def ethernet(source: str, target: str, kind: int, payload: bytes) -> bytes:
    return octets(target) + octets(source) + struct.pack("!H", kind) + payload


def checksum(data: bytes) -> int:
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!{0}H".format(len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ip4(source: str, target: str, protocol: int, payload: bytes) -> bytes:
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0) + packed(source) + packed(target)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def ip6(source: str, target: str, protocol: int, payload: bytes) -> bytes:
    head = struct.pack("!IHBB", 6 << 28, len(payload), protocol, 255)
    return head + packed(source) + packed(target) + payload


def udp(source: str, target: str, sport: int, dport: int, data: bytes) -> bytes:
    length = 8 + len(data)
    if ":" not in source:
        pseudo = packed(source) + packed(target) + struct.pack("!BBH", 0, 17, length)
    else:
        pseudo = packed(source) + packed(target) + struct.pack("!II", length, 17)
    head = struct.pack("!HHHH", sport, dport, length, 0)
    total = checksum(pseudo + head + data) or 0xFFFF
    return struct.pack("!HHHH", sport, dport, length, total) + data


def crc32c(data: bytes) -> int:
    """RFC 3309: what SCTP has for a checksum."""
    value = 0xFFFFFFFF
    for octet in data:
        value ^= octet
        for _bit in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 0xFFFFFFFF


def sctp_init(sport: int, dport: int, tag: int) -> bytes:
    """The first packet of an association; the tag is to know it again."""
    chunk = struct.pack("!BBHIIHHI", 1, 0, 20, tag, 65536, 1, 1, 1)
    head = struct.pack("!HHI", sport, dport, 0)
    return head + struct.pack("<I", crc32c(head + b"\0" * 4 + chunk)) + chunk


def icmp6(source: str, target: str, kind: int, body: bytes) -> bytes:
    message = struct.pack("!BBH", kind, 0, 0) + body
    pseudo = packed(source) + packed(target) + struct.pack("!II", len(message), 58)
    return message[:2] + struct.pack("!H", checksum(pseudo + message)) + message[4:]


def arp(operation: int, sender_mac: str, sender: str, target_mac: str, target: str) -> bytes:
    return (
        struct.pack("!HHBBH", 1, 0x0800, 6, 4, operation)
        + octets(sender_mac)
        + packed(sender)
        + octets(target_mac)
        + packed(target)
    )
