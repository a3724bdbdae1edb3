# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a target must have, looked for before anything is touched."""

from __future__ import annotations

import importlib.util

from . import nft
from .errors import MissingDependencyError

_LIBRARIES = (
    ("pyroute2", "to end the connections of published ports that went", "https://pyroute2.org/"),
    ("netaddr", "to choose subnets that overlap nothing", "https://netaddr.readthedocs.io/"),
)


def require_all() -> None:
    """Raise MissingDependencyError for the first thing that is missing. Nothing is imported yet: that costs time."""
    nft.require()
    for library, reason, url in _LIBRARIES:
        if importlib.util.find_spec(library) is None:
            raise MissingDependencyError(library, reason, url)
