# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations on tunnels of OpenVPN. See ``_engine/operations.py`` for what an operation is."""

from __future__ import annotations

from errno import ENODEV
from typing import Mapping, Optional

from .. import names, systemd
from ..host import Host
from ..rtnl.socket import NetlinkError
from .tunnel import Routes, set_routes


def openvpn_set(
    host: Host, ifname: str, files: Optional[Mapping[str, str]], restart: bool, add: Routes, remove: Routes
) -> None:
    """First the files, then the process, then routes. ``files``: name → text; None: there are none, and no process.
    ``restart``: whatever runs has to read them, or does not know that the device is another one now. It is stopped
    before they are written, so that a run which is killed in between is followed by one that starts it. On the way back
    the device may be gone."""
    from .. import openvpn
    from ..openvpn_files import config_name

    unit = names.openvpn_unit(ifname)
    if files is None or restart:
        systemd.stop(unit)
    openvpn.put_files(ifname, files)
    try:
        index = host.socket.index_of(ifname)
    except NetlinkError as error:
        if error.errno == ENODEV and (files is None or not add):
            return
        raise
    if files is not None and (restart or systemd.active_states([unit])[unit] != "active"):
        openvpn.run_with(unit, files[config_name(ifname)])
    set_routes(host, index, add, remove)
