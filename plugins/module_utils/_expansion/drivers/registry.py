# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The drivers of networks. A new one is a file beside this one that is called as networks name it, and the line below.

The one place where ``Network.driver`` is read. A file is imported once there is such a network: most hosts have bridges
alone, and overlays need much code.
"""

from __future__ import annotations

import functools
import importlib
from typing import Any, Iterator, Mapping, Optional

from ..._declaration.compose import parse_topology
from ..._declaration.topology import Network, Topology
from .driver import Driver

_CLASSES = {
    "bridge": "BridgeDriver",
    "overlay": "OverlayDriver",
    "macvlan": "MacvlanDriver",
    "ipvlan": "IpvlanDriver",
}


@functools.lru_cache(maxsize=None)
def _driver(name: str) -> Driver:
    made: Driver = getattr(importlib.import_module("." + name, __package__), _CLASSES[name])()
    return made


class _Drivers(Mapping[str, Driver]):
    """All, by their names."""

    def __getitem__(self, name: str) -> Driver:
        return _driver(name)

    def __iter__(self) -> Iterator[str]:
        return iter(_CLASSES)

    def __len__(self) -> int:
        return len(_CLASSES)

    def __contains__(self, name: object) -> bool:
        return name in _CLASSES


DRIVERS = _Drivers()


def driver_of(network: Network) -> Driver:
    return _driver(network.driver)


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
