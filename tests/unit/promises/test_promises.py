# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a declaration promises, as cases a user can read: declared, and who reaches whom by it.

A case in cases/*.yml has ``declared``, and ``promised``: kind of promise → all that is promised of that kind, a line
each. ``protocol`` leaves out the others, where they are promised the same. The host is 192.0.2.7 and 2001:db8::7 on the
wire, its gateway 192.0.2.1.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import pytest
import yaml

from ansible_collections.linuxnet.fabric.plugins.module_utils._promises.matrix import promises, sample
from ansible_collections.linuxnet.fabric.plugins.module_utils._promises.model import HostView, Promise
from tests.unit.expansion.paper_host import on_paper
from tests.unit.ipam.memory_store import MemoryStore

CASES = Path(__file__).parent / "cases"
HOST = HostView({4: "192.0.2.7", 6: "2001:db8::7"}, {4: "192.0.2.1"})


def _cases() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(case, id="{0}: {1}".format(path.stem, case["case"]))


def made(declared: Dict[str, Any]) -> Tuple[Promise, ...]:
    paper = on_paper(declared, {}, MemoryStore())
    return promises(paper.topology, paper.allocation, HOST)


@pytest.mark.parametrize("case", list(_cases()))
def test_promises(case: Dict[str, Any]) -> None:
    found = [each for each in made(case["declared"]) if case.get("protocol") in (None, each.protocol)]
    told: Dict[str, List[str]] = {about: [] for about in case["promised"]}
    for promise in found:
        if promise.about in told:
            told[promise.about].append(str(promise))
    assert {about: sorted(lines) for about, lines in told.items()} == {
        about: sorted(lines) for about, lines in case["promised"].items()
    }


FIVE = {
    "topology_networks": {"front": {}, "back": {"enable_ipv6": True, "icc": False}},
    "topology_containers": {
        name: {"networks": ["front", "back"], "ports": ["{0}:80".format(8000 + number)]}
        for number, name in enumerate(("one", "two", "three", "four", "five"))
    },
}


def test_of_many_promises_a_sample_has_some_of_each_kind_and_is_the_same_each_time() -> None:
    everything = made(FIVE)
    few = sample(everything, 60)
    assert len(few) == 60
    assert few == sample(everything, 60)
    assert {each.about for each in few} == {each.about for each in everything}


def test_no_more_than_the_limit_is_no_sample() -> None:
    everything = made(FIVE)
    assert sample(everything, 0) == sample(everything, len(everything)) == everything
