# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The live tables of a topology, as nft lists them. Apart from what is made of it, for it is begun long before."""

from __future__ import annotations

from ..._kernel import nft
from ..._kernel.names import TRANSIT_TABLE
from ..._kernel.names import table as table_name


def begin_listing(topology: str) -> nft.Listing:
    """The topology's own tables, and the one of all."""
    return nft.Listing([*((family, table_name(topology)) for family in ("inet", "bridge")), ("inet", TRANSIT_TABLE)])
