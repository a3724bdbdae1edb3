# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The drivers of networks. A new one is a file beside this one, and its name in the two places below.

The one place where ``Network.driver`` is read.
"""

from __future__ import annotations

from typing import Any, Dict, Optional

from ..._declaration.compose import parse_topology
from ..._declaration.topology import Network, Topology
from .bridge import BridgeDriver
from .driver import Driver
from .ipvlan import IpvlanDriver
from .macvlan import MacvlanDriver
from .overlay import OverlayDriver

DRIVERS: Dict[str, Driver] = {
    driver.name: driver for driver in (BridgeDriver(), OverlayDriver(), MacvlanDriver(), IpvlanDriver())
}


def driver_of(network: Network) -> Driver:
    return DRIVERS[network.driver]


def parse_declaration(
    name: Any,
    networks: Any,
    containers: Any,
    default_address_pools: Optional[Any] = None,
    port_range: Optional[Any] = None,
    docker_runtime: bool = False,
) -> Topology:
    """The role's variables, read with every driver that there is; raises DeclarationError with all that is wrong."""
    words = (name, networks, containers, default_address_pools, port_range)
    return parse_topology(*words, drivers=DRIVERS, docker_runtime=docker_runtime)
