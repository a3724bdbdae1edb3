# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often the packet rules were changed: the kernel counts the transactions of each network namespace, whoever made
them (nf_tables_gen_info_ops and nft_commit() in net/netfilter/nf_tables_api.c).
"""

from __future__ import annotations

from typing import Optional

from . import nf_tables
from .rtnl import socket as netlink

_ID = 1  # NFTA_GEN_ID


def read(let_go: nf_tables.LetGo = nf_tables.nobody) -> Optional[int]:
    """The number of the last one in this thread's network namespace. None where the kernel does not say. ``let_go``:
    as of ``nf_tables.connected``."""
    with nf_tables.connected(let_go) as netfilter:
        try:
            number = netlink.attributes(netfilter.get(nf_tables.GETGEN, nf_tables.header()), nf_tables.HEADER.size).get(
                _ID
            )
        except netlink.NetlinkError:
            return None
    return None if number is None else int.from_bytes(number, "big")
