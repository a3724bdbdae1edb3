# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Twice as much of a thing is twice the work, by the number of lines that Python goes through: no clock has a say."""

from __future__ import annotations

import sys
from typing import Any, Callable, Dict

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine import before as images
from tests.unit.expansion.paper_host import actions, empty, made, on_paper
from tests.unit.ipam.memory_store import MemoryStore

FEW, MANY = 50, 100
#: A little for what is sorted, and for words of one more digit.
AT_MOST = 2.2


def _networks(size: int) -> Dict[str, Any]:
    return {
        "topology_networks": {"n%d" % n: {"ipam": {"config": [{"subnet": "10.%d.0.0/24" % n}]}} for n in range(size)},
        "topology_containers": {
            "c%d" % n: {"networks": ["n%d" % n], "ports": ["%d:80" % (20000 + n)]} for n in range(size)
        },
    }


def _linked(size: int) -> Dict[str, Any]:
    containers = {"c%d" % n: {"networks": ["back"], "expose": ["80"], "links": ["c%d" % (n - 1)]} for n in range(size)}
    del containers["c0"]["links"]
    return {
        "topology_networks": {"back": {"icc": False, "ipam": {"config": [{"subnet": "10.0.0.0/16"}]}}},
        "topology_containers": containers,
    }


def _lines(work: Callable[[], object]) -> int:
    """Every turn of a loop is one."""
    found = 0

    def count(_frame: Any, _event: str, _what: Any) -> Any:
        nonlocal found
        found += 1
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        work()
    finally:
        sys.settrace(before)
    return found


def _work(words: Dict[str, Any]) -> Dict[str, Callable[[], object]]:
    """What a run does with a declaration, step by step; ``words`` are leased already."""
    store = MemoryStore()
    paper = on_paper(words, {}, store)
    observed, files = made(paper.desired)
    one = {"topology_networks": dict(list(words["topology_networks"].items())[:1]), "topology_containers": {}}
    rest = on_paper(one, {}, MemoryStore()).desired
    links = [["link " + link.host_ifname] for link in paper.desired.links if link.host_ifname]
    return {
        "expand": lambda: on_paper(words, {}, store),
        "build": lambda: actions(paper.desired, *empty(paper.desired)),
        "again": lambda: actions(paper.desired, observed, files),
        "remove": lambda: actions(rest, observed, files),
        "what it was like": lambda: dict(images.image(links, observed, files)),
    }


@pytest.mark.parametrize("declared", [_networks, _linked])
def test_twice_as_much_is_twice_the_work(declared: Callable[[int], Dict[str, Any]]) -> None:
    few, many = _work(declared(FEW)), _work(declared(MANY))
    lines = {step: (_lines(few[step]), _lines(many[step])) for step in few}
    assert {step: both for step, both in lines.items() if both[1] > both[0] * AT_MOST} == {}


def test_neighbours_that_are_linked_by_their_names_share_one_list_of_their_neighbours() -> None:
    desired = on_paper(_linked(MANY), {}, MemoryStore()).desired
    assert sum("\tc7\n" in (file.content or "") for file in desired.files) == 1
