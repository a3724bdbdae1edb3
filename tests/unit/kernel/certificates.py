# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates to read, as small as X.690 and RFC 5280 let them be: nobody has signed them."""

from __future__ import annotations

import base64


def certificate(common_name: str, key: str, ends: str = "361128163301Z") -> str:
    """As ``x509.read`` takes it. ``key``: by which two of one name differ; ``ends``: UTCTime or GeneralizedTime."""
    name = _part(0x30, _part(0x31, _part(0x30, _part(0x06, b"\x55\x04\x03") + _part(0x0C, common_name.encode()))))
    algorithm = _part(0x30, _part(0x06, b"\x2a\x86\x48\xce\x3d\x04\x03\x02"))
    until = _part(0x17 if len(ends) == 13 else 0x18, ends.encode())
    validity = _part(0x30, _part(0x17, b"261128163301Z") + until)
    version, serial = _part(0xA0, _part(0x02, b"\x02")), _part(0x02, b"\x01")
    signed = _part(0x30, version + serial + algorithm + name + validity + name + _part(0x30, key.encode()))
    return base64.b64encode(_part(0x30, signed + algorithm + _part(0x03, bytes(200)))).decode("ascii")


def _part(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    raw = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(raw))) + raw + content
