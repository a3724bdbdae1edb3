# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often the packet rules were changed: the kernel counts the transactions of each network namespace, whoever made
them (nf_tables_gen_info_ops and nft_commit() in net/netfilter/nf_tables_api.c).
"""

from __future__ import annotations

import contextlib
import socket
import struct
from typing import Optional

from .rtnl import socket as netlink

_GETGEN = (10 << 8) | 16  # NFNL_SUBSYS_NFTABLES, NFT_MSG_GETGEN
_ANY_FAMILY = struct.pack("=BBH", socket.AF_UNSPEC, 0, 0)  # struct nfgenmsg
_ID = 1  # NFTA_GEN_ID


def read() -> Optional[int]:
    """The number of the last one in this thread's network namespace. None where the kernel does not say."""
    with contextlib.closing(netlink.NetlinkSocket(netlink.NETLINK_NETFILTER)) as netfilter:
        try:
            number = netlink.attributes(netfilter.get(_GETGEN, _ANY_FAMILY), 4).get(_ID)
        except netlink.NetlinkError:
            return None
    return None if number is None else int.from_bytes(number, "big")
