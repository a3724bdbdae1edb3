# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices of ours that lead to other hosts' encrypted networks, as they are: WireGuard's and OpenVPN's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Iterable, List, Mapping, Optional, Tuple, Union

from . import names
from .rtnl.read import Link
from .rtnl.socket import NetlinkSocket

if TYPE_CHECKING:  # the code of neither is needed where there is no such device
    from . import openvpn, wireguard

    State = Union[wireguard.State, openvpn.State]

#: WireGuard's in the kernel, and those of programs: wireguard-go and OpenVPN.
KINDS = ("wireguard", "tun")


def read(sock: NetlinkSocket, links: Iterable[Link]) -> Dict[int, State]:
    """By index. What carries no mark of ours is nobody's here."""
    marks = ((link, mark_of(link)) for link in links if link.kind in KINDS)
    ours = [(link, *mark) for link, mark in marks if mark is not None]
    return _states(sock, ours) if ours else {}


def _states(sock: NetlinkSocket, ours: Iterable[Tuple[Link, str, str]]) -> Dict[int, State]:
    """Of each link with its topology and subject."""
    from . import openvpn, wireguard

    found: Dict[int, State] = {}
    of_openvpn: List[Link] = []
    for link, topology, subject in ours:
        if names.is_openvpn(subject):
            of_openvpn.append(link)
        else:
            tunnel = names.tunnel_name(topology, names.encryption_turn(subject) or 0)
            found[link.index] = wireguard.read_state(sock, link, tunnel)
    found.update(openvpn.read_states(sock, of_openvpn))
    return found


def mark_of(link: Link) -> Optional[Tuple[str, str]]:
    """(topology, subject)."""
    marks = map(names.parse_alias, (link.alias, *map(names.alias_of_altname, link.altnames)))
    return next((mark for mark in marks if mark is not None), None)


def state_of(words: Mapping[str, Any]) -> State:
    """From the ``words`` of either."""
    from . import openvpn, wireguard

    return openvpn.state_of(words) if "files" in words else wireguard.state_of(words)
