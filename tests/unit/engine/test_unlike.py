# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of many interfaces have something to do, asked by two processes or not at all."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Dict, FrozenSet, List, Optional

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine import unlike
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import lasting, second_process
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import ForeignObjectError
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.visits import MANY, NamespaceState

COUNT = 3 * MANY


@dataclass(frozen=True)
class Declared:
    netns: Optional[str]
    ifname: str = "eth0"


LINKS: List[Any] = [Declared("c{0}".format(number)) for number in range(COUNT)]


def observed(there: int = COUNT) -> Any:
    link: Any = object()
    spaces: Dict[str, NamespaceState] = {
        "c{0}".format(number): NamespaceState(links={"eth0": link} if number < there else {}) for number in range(COUNT)
    }
    return SimpleNamespace(namespaces=spaces, links={})


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_process, "is_worth_it", lambda: True)


def asked(links: List[Any], at: Any) -> Optional[FrozenSet[str]]:
    with unlike.Unlike(links, at) as comparison:
        return comparison.namespaces(at)


def compare(link: Any, _observed: Any) -> List[str]:
    if link.netns == "c7":
        raise ForeignObjectError("c7 is somebody else's")
    return ["set mtu"] if link.netns in ("c3", "c180") else []


def test_those_that_differ_or_cannot_be_compared_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unlike.kinds, "compare", compare)
    assert asked(LINKS, observed()) == {"c3", "c7", "c180"}


def test_what_a_killed_process_did_not_answer_counts_as_different(monkeypatch: pytest.MonkeyPatch) -> None:
    own = os.getpid()

    def dying(link: Any, at: Any) -> List[str]:
        if os.getpid() != own:
            os.kill(os.getpid(), signal.SIGKILL)
        return compare(link, at)

    monkeypatch.setattr(unlike.kinds, "compare", dying)
    found = asked(LINKS, observed())
    assert found is not None and {"c3", "c7", "c180"} <= found


@pytest.mark.parametrize("there, links", [(COUNT, LINKS[: MANY - 1]), (COUNT // 2, LINKS)], ids=["few", "half are new"])
def test_nobody_asks_where_it_is_not_worth_it(there: int, links: List[Any]) -> None:
    assert asked(links, observed(there)) is None


def test_nobody_asks_where_there_is_one_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_process, "is_worth_it", lambda: False)
    assert asked(LINKS, observed()) is None


def test_a_namespace_that_other_actions_change_counts_as_different(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unlike.kinds, "compare", compare)
    at = observed()
    made = SimpleNamespace(namespaces={**at.namespaces, "c9": NamespaceState()}, links=at.links)
    del made.namespaces["c10"]
    with unlike.Unlike(LINKS, at) as comparison:
        assert comparison.namespaces(made) == {"c3", "c7", "c180", "c9", "c10"}
        assert comparison.namespaces(at) == {"c3", "c7", "c180"}


def test_where_interfaces_get_their_names_back_all_are_compared_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unlike.kinds, "compare", compare)
    at = observed()
    with unlike.Unlike(LINKS, at) as comparison:
        assert comparison.namespaces(SimpleNamespace(namespaces=at.namespaces, links={"vebox": object()})) is None


def test_a_plan_that_is_given_up_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unlike.kinds, "compare", compare)
    lasting.reap()
    with unlike.Unlike(LINKS, observed()):
        pass
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize("count", [0, 1, 16, 63, 64, 1001, 4000])
def test_portions_are_all_of_it_and_become_smaller(count: int) -> None:
    found = unlike.portions(count)
    sizes = [len(portion) for portion in found]
    assert [number for portion in found for number in portion] == list(range(count))
    assert sizes == sorted(sizes, reverse=True)
    assert max(sizes[-2:], default=0) <= 16
