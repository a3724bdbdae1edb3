# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices of ours that lead to other hosts' encrypted networks, as they are: WireGuard's and OpenVPN's."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple, Union

from . import names, openvpn, wireguard
from .rtnl.read import Link
from .rtnl.socket import NetlinkSocket

State = Union[wireguard.State, openvpn.State]


def read(sock: NetlinkSocket, links: Iterable[Link]) -> Dict[int, State]:
    """By index. What carries no mark of ours is nobody's here."""
    found: Dict[int, State] = {}
    of_openvpn: List[Link] = []
    for link in links:
        if link.kind in (wireguard.KIND, wireguard.PROGRAM_KIND):
            mark = mark_of(link)
            if mark is not None and names.is_openvpn(mark[1]):
                of_openvpn.append(link)
            elif mark is not None:
                tunnel = names.tunnel_name(mark[0], names.encryption_turn(mark[1]) or 0)
                found[link.index] = wireguard.read_state(sock, link, tunnel)
    found.update(openvpn.read_states(sock, of_openvpn))
    return found


def mark_of(link: Link) -> Optional[Tuple[str, str]]:
    """(topology, subject)."""
    marks = map(names.parse_alias, (link.alias, *map(names.alias_of_altname, link.altnames)))
    return next((mark for mark in marks if mark is not None), None)


def state_of(words: Mapping[str, Any]) -> State:
    """From the ``words`` of either."""
    return openvpn.state_of(words) if "files" in words else wireguard.state_of(words)
