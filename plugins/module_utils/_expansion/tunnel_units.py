# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The units of systemd that keep the programs of encrypted networks running: wireguard-go and OpenVPN. Pure.

The device of one is made before it and outlives it: one that it made itself would have no mark and no routes. It is
started by what comes back at boot, and so waits for nothing that waits for that.
"""

from __future__ import annotations

from .._kernel import names
from .._kernel.openvpn_files import config_name, path_of
from .._kernel.wireguard import config_file
from .._resources.units import Unit, mark_line

_HEAD = """[Unit]
Description={what} for the encrypted networks of the topology {topology}
Documentation=man:linuxnet-fabric(8)
DefaultDependencies=no
ConditionPathExists=/sys/class/net/{ifname}
RequiresMountsFor=/var/lib/linuxnet-fabric
Conflicts=shutdown.target
Before=shutdown.target
StartLimitIntervalSec=0

"""
#: It sets the mtu to 1420 by itself.
_WIREGUARD = """[Service]
Type=forking
ExecStart=/usr/bin/env wireguard-go {ifname}
ExecStartPost=/usr/bin/env wg setconf {ifname} {config}
ExecStartPost=/usr/bin/env ip link set dev {ifname} mtu {mtu}
ExecReload=/usr/bin/env wg syncconf {ifname} {config}
Restart=always
RestartSec=200ms
UMask=0077
"""
#: Without the capability to make a device it works on ours or on none; nor could it change addresses and routes.
_OPENVPN = """[Service]
Type=notify
ExecStart=/usr/bin/env openvpn --config {config}
Restart=always
RestartSec=200ms
TimeoutStopSec=5
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
NoNewPrivileges=yes
ProtectSystem=full
ProtectHome=yes
UMask=0077
"""


def wireguard_unit(topology: str, tunnel: str, mtu: int) -> Unit:
    """``tunnel``: ``names.tunnel_name``."""
    ifname = names.wireguard_ifname(tunnel)
    service = _WIREGUARD.format(ifname=ifname, config=config_file(tunnel), mtu=mtu)
    return _unit(names.wireguard_unit(tunnel), "WireGuard", topology, ifname, service)


def openvpn_unit(topology: str, ifname: str) -> Unit:
    service = _OPENVPN.format(config=path_of(config_name(ifname)))
    return _unit(names.openvpn_unit(ifname), "OpenVPN", topology, ifname, service)


def _unit(name: str, what: str, topology: str, ifname: str, service: str) -> Unit:
    head = _HEAD.format(what=what, topology=topology, ifname=ifname)
    return Unit(name, mark_line(topology) + head + service, (), stays=False, first=True)
