# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts where a namespace is born with interfaces: tunl0, sit0 and the like, one for each tunnel module that is loaded.

Simulated, for not every kernel has such a module: the links come right behind unshare(2), before anything of ours.
"""

from __future__ import annotations

from typing import Any, List, Mapping, NamedTuple

from labhost import LabHost
from mutations import shell
from scenarios import DEMO, EDITED, run, settle
from world import difference, world

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import namespaces

BORN = """
ip link add tunl0 type bridge
ip link add sit0 type bridge
"""
#: A tunnel module that is loaded while the namespaces live.
LATER = "ip -n web link add gre0 type bridge"


class Seen(NamedTuple):
    """``configured``: addresses of ours on what is not ours; the others are lines of actions, or what is left."""

    made: List[str]
    after: List[str]
    configured: List[str]
    later: List[str]
    edited: List[str]
    left: Mapping[str, Any]


def test_a_topology_lives_beside_interfaces_that_its_namespaces_are_born_with(fresh_host: LabHost) -> None:
    seen = fresh_host.run(_a_life)

    assert "create namespace web" in seen.made
    assert seen.configured == []
    assert seen.after == seen.later == seen.edited == []
    assert seen.left == {}


def _a_life() -> Seen:
    settle(None)
    before, unshare = world(), namespaces.unshare

    def born_with_tunnels() -> None:
        unshare()
        shell(BORN)

    namespaces.unshare = born_with_tunnels  # this process is the lab host's alone
    made = list(run(DEMO).actions)
    after = _left_to_do(DEMO)
    configured = [name for name in world() if " link tunl0 address " in name or " link sit0 address " in name]
    shell(LATER)
    later = _left_to_do(DEMO)
    run(EDITED)
    edited = _left_to_do(EDITED)
    settle(None)
    return Seen(made, after, configured, later, edited, difference(before, world()))


def _left_to_do(declared: Any) -> List[str]:
    return list(run(declared, check=True).actions)
