# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a target must have, looked for before anything is touched."""

from __future__ import annotations

import importlib.util
import os

from . import nft, sysctl
from .errors import FabricError, MissingDependencyError

_LIBRARIES = (
    ("pyroute2", "to limit traffic, and to end the connections of published ports that went", "https://pyroute2.org/"),
    ("netaddr", "to choose subnets that overlap nothing", "https://netaddr.readthedocs.io/"),
)


def require_all() -> None:
    """Raise for the first thing that is missing: MissingDependencyError, or FabricError where it is the kernel's.

    Nothing is imported yet: that costs time.
    """
    if not os.path.isdir(sysctl.path("net/ipv6/conf")):
        raise FabricError(
            "this kernel has no IPv6 (it was booted with ipv6.disable=1): a namespace cannot be told to do without it. "
            "Boot with ipv6.disable_ipv6=1 instead, which leaves no interface with IPv6 and the settings there"
        )
    nft.require()
    for library, reason, url in _LIBRARIES:
        if importlib.util.find_spec(library) is None:
            raise MissingDependencyError(library, reason, url)
