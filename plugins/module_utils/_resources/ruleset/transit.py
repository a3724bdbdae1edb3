# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``table inet fabric``, of all topologies together: what is neither from nor to one of their bridges is not forwarded.
The tunnels of networks across hosts are among these, so that what comes out of them is known by the first question.

Pure. It is there where a run turned the host's forwarding on (``_resources/forwarding.py``): before, nothing passed.
"""

from __future__ import annotations

from ..._kernel.names import TRANSIT_TABLE
from .model import Transit
from .tables import Chain, NamedSet, Table, quoted

_PAST_US = "meta nfproto ipv{0} drop"


def transit_table(transit: Transit) -> Table:
    rules = (
        # Most of what comes by here is this.
        "iifname @bridges accept",
        "oifname @bridges accept",
        # What another bridge passes on, where somebody turned br_netfilter on, is not forwarded by the host.
        'meta iifkind "bridge" meta oifkind "bridge" return',
        *(_PAST_US.format(family) for family in transit.families),
    )
    chain = Chain("forward", rules, "type filter hook forward priority filter")
    return Table("inet", TRANSIT_TABLE, (NamedSet("bridges", "ifname", quoted(transit.bridges)),), (chain,))
