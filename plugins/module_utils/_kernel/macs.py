# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hardware addresses that we make: of containers and bridges from addresses, of VXLAN devices from whose they are.

All are unicast and locally administered (RFC 7042, section 2.1), and the same at every run.
"""

from __future__ import annotations

import functools
import hashlib
import socket
from typing import Optional


@functools.lru_cache(maxsize=4096)  # a link, a packet rule and the answer each want it
def mac_of(ipv4: Optional[str], ipv6: Optional[str] = None) -> str:
    """``02:42:`` and the four bytes of the IPv4 address, or four of a hash of the IPv6 one: a reused address
    comes back with the MAC that neighbours remember."""
    if ipv4:
        raw = socket.inet_pton(socket.AF_INET, ipv4)
    else:
        raw = hashlib.sha256(socket.inet_pton(socket.AF_INET6, ipv6 or "::")).digest()[:4]
    return _text(b"\x02\x42" + raw)


def vtep_mac(host_id: str, topology: str, network: str) -> str:
    """Of a host's VXLAN device: ``06:`` and five bytes of a hash."""
    words = "\0".join((host_id, topology, network))
    return _text(b"\x06" + hashlib.sha256(words.encode("utf-8")).digest()[:5])


def _text(raw: bytes) -> str:
    return raw.hex(":")
