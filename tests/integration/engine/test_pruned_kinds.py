# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A link with our mark that is declared no more goes, whatever its kind is and wherever it is."""

from __future__ import annotations

from typing import Any, List, Tuple

import pytest
from labhost import LabHost
from mutations import shell
from scenarios import DEMO, NOTHING, Declaration, run
from world import difference, world

#: Kinds that no file of ours is about, on the host and inside a namespace, as somebody made them.
STRAY = """
ip link add link up0 name stray0 type macvtap mode bridge
ip link set stray0 up alias "linuxnet.fabric/default network gone"
ip address add 192.0.2.9/24 dev stray0
ip -n web link add stray1 type ifb
ip -n web link set stray1 up alias "linuxnet.fabric/default web:eth7"
ip -n web address add 192.0.2.10/24 dev stray1
"""
#: Not ours: without a mark, or with another topology's.
OTHERS = """
ip link add other0 type ifb
ip link set other0 up alias "linuxnet.fabric/other network gone"
ip -n web link add other1 type ifb
"""
LINES = [
    "remove web:stray1 (ifb, of web:eth7)",
    "remove stray0 (macvtap, of network gone)",
]


def test_an_owned_link_of_a_kind_never_heard_of_is_pruned_and_nothing_else(fresh_host: LabHost) -> None:
    announced, done, again, odd = fresh_host.run(_pruned)
    assert announced == done == LINES
    assert again == []
    assert odd == {}


@pytest.mark.parametrize("declared", [DEMO, NOTHING], ids=["repair", "removal"])
def test_it_goes_beside_everything_else_that_does(fresh_host: LabHost, declared: Declaration) -> None:
    assert set(LINES) <= set(fresh_host.run(_gone, declared))
    assert [name for name in fresh_host.run(world) if "stray" in name] == []


def _pruned() -> Tuple[List[str], List[str], List[str], Any]:
    run(DEMO)
    shell(OTHERS)
    before = world()
    shell(STRAY)
    announced, done, again = (list(run(DEMO, check=check).actions) for check in (True, False, False))
    return announced, done, again, difference(before, world())


def _gone(declared: Declaration) -> List[str]:
    run(DEMO)
    shell(STRAY)
    return list(run(declared).actions)
