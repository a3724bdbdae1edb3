# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""X25519 (RFC 7748): of a private key, the public half. WireGuard's keys are such, written in base64.

A key is made in the first play, on hosts on which no program of WireGuard may be installed yet. It takes milliseconds,
for one key in a run.
"""

from __future__ import annotations

import base64
import os

_PRIME = 2**255 - 19
_A24 = 121665  # (486662 - 2) / 4, section 5 of the RFC
_BASE_POINT = 9
_LENGTH = 32


def private_key() -> str:
    """A new one, of the kernel's random numbers."""
    return base64.b64encode(_clamped(os.urandom(_LENGTH)).to_bytes(_LENGTH, "little")).decode("ascii")


def public_key(private: str) -> str:
    """ValueError for what is no key."""
    raw = base64.b64decode(private.strip(), validate=True)
    if len(raw) != _LENGTH:
        raise ValueError("a key has {0} bytes, not {1}".format(_LENGTH, len(raw)))
    return base64.b64encode(multiplied(_clamped(raw), _BASE_POINT).to_bytes(_LENGTH, "little")).decode("ascii")


def _clamped(raw: bytes) -> int:
    """Section 5: a multiple of the cofactor, with the highest bit in its place."""
    number = int.from_bytes(raw, "little")
    return (number & ~7 & ((1 << 255) - 1)) | (1 << 254)


def multiplied(scalar: int, point: int) -> int:
    """The Montgomery ladder of section 5, in its words."""
    x_1, x_2, z_2, x_3, z_3, swap = point, 1, 0, point, 1, 0
    for bit in range(254, -1, -1):
        k_t = (scalar >> bit) & 1
        if swap ^ k_t:
            x_2, x_3, z_2, z_3 = x_3, x_2, z_3, z_2
        swap = k_t
        a, b, c, d = x_2 + z_2, x_2 - z_2, x_3 + z_3, x_3 - z_3
        aa, bb, da, cb = a * a % _PRIME, b * b % _PRIME, d * a % _PRIME, c * b % _PRIME
        e = aa - bb
        x_3, z_3 = (da + cb) ** 2 % _PRIME, x_1 * (da - cb) ** 2 % _PRIME
        x_2, z_2 = aa * bb % _PRIME, e * (aa + _A24 * e) % _PRIME
    if swap:
        x_2, z_2 = x_3, z_3
    return x_2 * pow(z_2, _PRIME - 2, _PRIME) % _PRIME
