# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who holds what on networks across hosts, as one host knows it: itself, its peers, and hosts that left. Pure."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List

from .exchange import ORPHANED, HostPlan

OWN, PEER, LEFT, ORPHAN = "own", "peer", "left", "orphaned"


def holders(plan: HostPlan) -> List[Dict[str, Any]]:
    """A row for each block: ``topology``, ``network``, ``block``, ``host`` (its name in the inventory), ``host_id`` and
    ``state``: own, peer, left (a run found the host gone) or orphaned (two runs did)."""
    return sorted(_rows(plan), key=lambda row: (row["network"], row["state"] != OWN, row["host"]))


def _rows(plan: HostPlan) -> Iterator[Dict[str, Any]]:
    for network, membership in plan.networks.items():
        for host, peer in ((plan.host, membership.own), *membership.peers.items()):
            state = OWN if peer is membership.own else PEER
            for block in peer.blocks:
                yield _row(plan, network, block, host, peer.host_id, state)
    for host, left in plan.left.items():
        for network, blocks in left.networks.items():
            for block in blocks:
                state = ORPHAN if left.runs >= ORPHANED else LEFT
                yield _row(plan, network, block, host, left.host_id, state)


def _row(plan: HostPlan, network: str, block: str, host: str, host_id: str, state: str) -> Dict[str, Any]:
    where = {"topology": plan.topology, "network": network, "block": block}
    return dict(where, host=host, host_id=host_id, state=state)
