# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which nft tables are dormant: they are there as they were, and no packet passes through them (nft(8), "Tables").

nft shows that in its text and not in its JSON, so the kernel is asked (NFT_MSG_GETTABLE of
include/uapi/linux/netfilter/nf_tables.h).
"""

from __future__ import annotations

from errno import EOPNOTSUPP
from typing import FrozenSet, Optional, Tuple

from . import nf_tables
from .rtnl import socket as netlink

_NAME, _FLAGS = 1, 2  # NFTA_TABLE_*
_DORMANT = 1  # NFT_TABLE_F_DORMANT
_FAMILIES = {number: name for name, number in nf_tables.FAMILIES.items()}


def tables() -> FrozenSet[Tuple[str, str]]:
    """(family, name) of those of this thread's network namespace."""
    with nf_tables.connected() as netfilter:
        try:
            return frozenset(
                found for found in map(_dormant, netfilter.dump(nf_tables.GETTABLE, nf_tables.header())) if found
            )
        except netlink.NetlinkError as error:
            if error.errno == EOPNOTSUPP:  # a kernel, or a namespace, in which nobody has used nf_tables yet
                return frozenset()
            raise


def _dormant(payload: bytes) -> Optional[Tuple[str, str]]:
    attributes = netlink.attributes(payload, nf_tables.HEADER.size)
    family = _FAMILIES.get(payload[0])
    flags = int.from_bytes(attributes.get(_FLAGS, b""), "big")
    if family is None or not flags & _DORMANT:
        return None
    return family, netlink.text(attributes.get(_NAME, b""))
