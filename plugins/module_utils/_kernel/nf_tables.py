# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What those share who talk to nf_tables themselves, and have no nft do it: kinds of messages and their header
(include/uapi/linux/netfilter/nfnetlink.h and nf_tables.h). A process that loads nft's libraries is most of what a small
question, or a small edit, takes.
"""

from __future__ import annotations

import contextlib
import socket
import struct
from typing import Callable, Iterator

from .rtnl.socket import NETLINK_NETFILTER, NetlinkSocket

_SUBSYSTEM = 10  # NFNL_SUBSYS_NFTABLES
(
    GETTABLE,
    GETCHAIN,
    GETRULE,
    GETSET,
    NEWSETELEM,
    GETSETELEM,
    DELSETELEM,
    GETGEN,
    GETOBJ,
    GETFLOWTABLE,
) = (_SUBSYSTEM << 8 | kind for kind in (1, 4, 7, 10, 12, 13, 14, 16, 19, 23))
BATCH_BEGIN, BATCH_END = 0x10, 0x11  # NFNL_MSG_BATCH_*
#: NFPROTO_* that our tables are of, as nft calls them.
FAMILIES = {"inet": 1, "bridge": 7}
#: NFTA_*: whatever is asked for or listed begins with the name of its table; then comes its own, or that of its chain.
TABLE, NAME = 1, 2

HEADER = struct.Struct("=BB2s")  # struct nfgenmsg: its last part is what a batch is for, or a part of a generation
_OF_NO_BATCH = b"\0\0"


#: Takes over a descriptor, so that closing it is not the last one (``Host.let_go``).
LetGo = Callable[[int], object]


def nobody(_descriptor: int) -> None:
    """Whoever closes it waits."""


def header(family: int = socket.AF_UNSPEC) -> bytes:
    return HEADER.pack(family, 0, _OF_NO_BATCH)


def batch_header() -> bytes:
    return HEADER.pack(socket.AF_UNSPEC, 0, _SUBSYSTEM.to_bytes(2, "big"))


@contextlib.contextmanager
def connected(let_go: LetGo = nobody) -> Iterator[NetlinkSocket]:
    """To this thread's network namespace. ``let_go`` is given what is not to be waited for: for some ms after a batch
    that takes something away, closing any such socket waits until no processor sees it any more (nft_rcv_nl_event() in
    net/netfilter/nf_tables_api.c)."""
    with contextlib.closing(NetlinkSocket(NETLINK_NETFILTER)) as netfilter:
        try:
            yield netfilter
        finally:
            let_go(netfilter.fileno())
