# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of a certificate (RFC 5280), out of its DER: whose it is, until when, and its fingerprint. Pure.

A controller reads those of all hosts, on which no library for it may be installed, and takes no host's word for them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Iterator, List, Tuple

from .data import NamedTuple

_SEQUENCE, _SET, _UTC_TIME, _GENERALIZED_TIME, _VERSION = 0x30, 0x31, 0x17, 0x18, 0xA0
#: 2.5.4.3, as it is encoded.
_COMMON_NAME = b"\x55\x04\x03"
_PEM = re.compile("-----BEGIN CERTIFICATE-----\n(.+?)-----END CERTIFICATE-----", re.DOTALL)


class Certificate(NamedTuple):
    """``fingerprint``: SHA-256, as OpenVPN and openssl(1) write it (``AA:BB:…``). ``ends``: seconds since 1970."""

    common_name: str
    fingerprint: str
    ends: int


def read(text: str) -> Certificate:
    """``text``: the DER in base64. ValueError for what is no certificate."""
    try:
        der = base64.b64decode(text, validate=True)
        return Certificate(_common_name(der), _fingerprint(der), _ends(der))
    except (binascii.Error, IndexError, StopIteration, UnicodeDecodeError) as error:
        raise ValueError("not a certificate: {0}".format(error)) from error


def of_pem(text: str) -> str:
    """The first certificate of a file in PEM, as ``read`` takes it. ValueError where there is none."""
    found = _PEM.search(text)
    if found is None:
        raise ValueError("no certificate")
    return "".join(found.group(1).split())


def _fingerprint(der: bytes) -> str:
    return ":".join("{0:02X}".format(byte) for byte in hashlib.sha256(der).digest())


def _fields(der: bytes) -> List[Tuple[int, bytes]]:
    """Of the part that is signed: serial number, algorithm, issuer, validity, subject, key … (section 4.1)."""
    (_tag, whole) = next(_parts(der))
    (_tag, signed) = next(_parts(whole))
    return [part for part in _parts(signed) if part[0] != _VERSION]


def _common_name(der: bytes) -> str:
    """The last one of the subject, as OpenVPN takes it."""
    found = [
        value.decode("utf-8")
        for set_tag, each in _parts(_fields(der)[4][1])
        for _sequence, pair in (_parts(each) if set_tag == _SET else ())
        for (_tag, name), (_of_value, value) in [tuple(_parts(pair))[:2]]
        if name == _COMMON_NAME
    ]
    return found[-1]


def _ends(der: bytes) -> int:
    from calendar import timegm  # which brings much with it
    from time import strptime

    tag, value = list(_parts(_fields(der)[3][1]))[1]
    text = value.decode("ascii")
    if tag == _UTC_TIME:  # two digits of the year: from 50 on of the century before (section 4.1.2.5.1)
        text = ("19" if text >= "50" else "20") + text
    elif tag != _GENERALIZED_TIME:
        raise ValueError("not a certificate: it has no end")
    return timegm(strptime(text, "%Y%m%d%H%M%SZ"))


def _parts(data: bytes) -> Iterator[Tuple[int, bytes]]:
    """(tag, content) of each element, one after the other (X.690, section 8.1)."""
    at = 0
    while at < len(data):
        tag, length, start = data[at], data[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            length, start = int.from_bytes(data[start : start + count], "big"), start + count
        if start + length > len(data):
            raise ValueError("not a certificate: it ends too early")
        yield tag, data[start : start + length]
        at = start + length
