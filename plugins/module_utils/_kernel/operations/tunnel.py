# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations on tunnels. See ``_engine/operations.py`` for what an operation is."""

from __future__ import annotations

from errno import EEXIST, ENODEV, ENOENT, ESRCH
from typing import TYPE_CHECKING, Any, Mapping, Optional, Sequence, Set

from .. import systemd
from ..host import Host
from ..rtnl import requests as messages
from ..rtnl.read import RTPROT_STATIC, RouteEntry
from ..rtnl.socket import NetlinkError

if TYPE_CHECKING:
    from ..wireguard_files import Config

Routes = Sequence[Sequence[str]]


def tunnel_set(
    host: Host,
    ifname: str,
    topology: str,
    unit: str,
    config: Optional[Mapping[str, Any]],
    add: Routes,
    remove: Routes,
    roaming: Sequence[str] = (),
) -> None:
    """First the file, then the device, or the program behind it, then routes. ``config``: as ``Config.words``; None:
    there is no file and no program. ``roaming``: the public keys of those that are where they were heard of last. On
    the way back the device may be gone."""
    from .. import wireguard
    from ..wireguard_files import config_of

    wanted, before = config_of(config), wireguard.written(topology)
    wireguard.write_config(topology, wanted)
    if wanted is None and unit:
        systemd.stop(unit)
    try:
        index = host.socket.index_of(ifname)
    except NetlinkError as error:
        if error.errno == ENODEV and (wanted is None or not add):
            return
        raise
    if wanted is not None:
        if unit and not wireguard.answers(ifname):
            systemd.start_and_wait(unit)
        wireguard.load(topology, ifname, wanted, _found(before, wanted, roaming))
    set_routes(host, index, add, remove)


def _found(before: Optional[Config], wanted: Config, roaming: Sequence[str]) -> Set[str]:
    """Those of them that are declared where they were."""
    endpoints = {peer.public_key: peer.endpoint for peer in before.peers} if before is not None else {}
    return {p.public_key for p in wanted.peers if p.public_key in roaming and endpoints.get(p.public_key) == p.endpoint}


def set_routes(host: Host, index: int, add: Routes, remove: Routes) -> None:
    """Over the device of a tunnel, which may be gone for those that go."""
    gone = [messages.route_delete(_route(index, *each)) for each in remove]
    if gone:
        host.socket.send(gone, tolerated=(ESRCH, ENOENT, ENODEV))
    come = [messages.route_add(_route(index, *each)) for each in add]
    for start in range(0, len(come), 100):
        host.socket.send(come[start : start + 100], tolerated=(EEXIST,))


def tunnel_forget(host: Host, topology: str) -> None:
    """Its configuration; the key stays for as long as the host is on overlays."""
    from .. import wireguard

    wireguard.write_config(topology, None)


def _route(index: int, destination: str, source: str) -> RouteEntry:
    return RouteEntry(destination, oif=index, source=source or None, protocol=RTPROT_STATIC)
