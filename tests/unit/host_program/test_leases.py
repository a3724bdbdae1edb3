# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``linuxnet-fabric leases`` on a host of networks across hosts: its own blocks, and who holds the others."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Dict

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine import fleet
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.exchange import HostPlan, Left, Membership, Peer
from ansible_collections.linuxnet.fabric.plugins.module_utils._host_program import telling
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.store import open_store

#: Host → its block and what it is to node1.
HOSTS: Dict[str, str] = {"node1": "own", "node2": "peer", "node3": "left", "node4": "orphaned"}


def block(host: str) -> str:
    return "10.88.{0}.0/24".format(host[-1])


def peer(host: str) -> Peer:
    return Peer("id-of-" + host, 1, "192.0.2.1" + host[-1], 1500, "", (block(host),))


def left(host: str, runs: int) -> Left:
    return Left("id-of-" + host, {"shop": (block(host),)}, runs)


@pytest.fixture(autouse=True)
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """node1, which leased nothing of its own, as it was told last."""
    shop = Membership("default", "routed", 7, 4789, 1450, ("10.88.0.0/16",), peer("node1"), {"node2": peer("node2")})
    gone = {"node3": left("node3", 1), "node4": left("node4", 2)}
    plan = HostPlan("default", "node1", "id-of-node1", 1, {"shop": shop}, gone)
    (tmp_path / "default.json").write_text(json.dumps(plan.as_data()))
    monkeypatch.setattr(fleet, "FLEET_DIRECTORY", str(tmp_path))
    monkeypatch.setattr(
        telling.lease_store, "open_store", functools.partial(open_store, where=str(tmp_path / "leases.db"))
    )


def test_a_person_reads_who_holds_which_block() -> None:
    assert telling.leases(None).lines == [
        "BLOCK         TOPOLOGY  NETWORK  HOST   STATE",
        "10.88.1.0/24  default   shop     node1  own",
        "10.88.2.0/24  default   shop     node2  peer",
        "10.88.3.0/24  default   shop     node3  left",
        "10.88.4.0/24  default   shop     node4  orphaned",
    ]


def test_a_program_reads_the_same_as_data() -> None:
    data = json.loads(json.dumps(telling.leases(None).data))
    assert data["leases"] == []
    shown = {row["host"]: (row["block"], row["host_id"], row["state"]) for row in data["fleet_leases"]}
    assert shown == {host: (block(host), "id-of-" + host, state) for host, state in HOSTS.items()}
