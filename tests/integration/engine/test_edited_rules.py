# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packet rules after a run that adds and removes elements of them: listed only where that can tell something."""

from __future__ import annotations

import contextlib
import subprocess
from typing import Any, Callable, List, Sequence, Tuple

import pytest
from faults import before_each_write
from labhost import LabHost
from scenarios import Declaration, run

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import nft, nft_elements, nft_generation, program
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError


def declared(*ports: str, icc: bool = True) -> Declaration:
    containers = {name: {"networks": ["front"], "ports": [port]} for name, port in zip(("web", "db"), ports)}
    return {"networks": {"front": {"icc": icc}}, "containers": containers}


ONE, TWO = declared("8080:80"), declared("8080:80", "9090:90")
#: A network more, and a container on it.
BACK = {
    "networks": {**ONE["networks"], "back": {}},
    "containers": {**ONE["containers"], "db": {"networks": ["back"], "ports": ["9090:90"]}},
}
_TAKE_AWAY = "nft delete element inet fabric-default published4 '{ tcp . 9090 }'"
_WRITE = "nft 'add rule inet fabric-default user-back counter accept comment \"mine\"'"
_IN_THE_WAY = "nft 'add element inet fabric-default bridges { \"br-other\" }'"
_ELSEWHERE = "nft add table inet somebody"


def test_what_is_added_and_removed_needs_no_listing(fresh_host: LabHost) -> None:
    assert fresh_host.run(_listings, first=ONE, then=TWO) == (0, ())
    assert fresh_host.run(_listings, first=TWO, then=ONE) == (0, ())


def test_a_network_more_needs_no_listing_and_one_nft(fresh_host: LabHost) -> None:
    assert fresh_host.run(_listings, first=ONE, then=BACK) == (0, ())
    assert fresh_host.run(_programs, first=ONE, then=BACK) == ("-f -",)


def test_nor_does_a_network_less(fresh_host: LabHost) -> None:
    assert fresh_host.run(_listings, first=BACK, then=ONE) == (0, ())
    assert fresh_host.run(_programs, first=BACK, then=ONE) == ("-f -",)


def test_what_a_user_wrote_for_a_network_goes_with_it_and_comes_back_with_it(fresh_host: LabHost) -> None:
    said, left = fresh_host.run(_refused, meanwhile=_IN_THE_WAY, before=(BACK, _WRITE), then=ONE)
    assert "the host does not match" in said
    assert left == ()
    assert "mine" in fresh_host.run(_ruleset)
    assert fresh_host.run(_listings, first=BACK, then=ONE) == (2, ())
    assert "mine" not in fresh_host.run(_ruleset)


@pytest.mark.parametrize("also", ["true", "nft add rule inet fabric-default user-back counter accept"])
def test_a_network_that_came_goes_again_with_its_chain(fresh_host: LabHost, also: str) -> None:
    said, left = fresh_host.run(_refused, meanwhile=_TAKE_AWAY + "; " + also, then=BACK)
    assert "the host does not match" in said
    assert left == ()
    assert "user-back" not in fresh_host.run(_ruleset)


@pytest.mark.parametrize("meanwhile", ["nft flush ruleset", "nft delete table inet fabric-default"])
def test_and_where_its_table_went_with_it_the_next_run_mends_the_rest(fresh_host: LabHost, meanwhile: str) -> None:
    said, left = fresh_host.run(_refused, meanwhile=meanwhile, then=BACK)
    assert "the host does not match" in said
    assert left
    assert fresh_host.run(_left) == ()
    assert "user-back" not in fresh_host.run(_ruleset)


def test_a_container_more_or_less_starts_no_nft(fresh_host: LabHost) -> None:
    assert fresh_host.run(_programs, first=ONE, then=TWO) == ()
    assert fresh_host.run(_programs, first=TWO, then=ONE) == ()


def test_where_the_kernel_takes_no_elements_of_ours_nft_loads_them(fresh_host: LabHost) -> None:
    assert fresh_host.run(_programs, first=ONE, then=TWO, itself=False) == ("-f -",)


def test_rules_are_listed_again(fresh_host: LabHost) -> None:
    assert fresh_host.run(_listings, first=ONE, then=declared("8080:80", icc=False)) == (2, ())


def test_elements_are_listed_where_somebody_else_changed_any_rules_meanwhile(fresh_host: LabHost) -> None:
    assert fresh_host.run(_listings, first=ONE, then=TWO, meanwhile=_ELSEWHERE) == (1, ())


def test_what_somebody_takes_away_meanwhile_is_missed_and_the_run_goes_back(fresh_host: LabHost) -> None:
    said, left = fresh_host.run(_refused, meanwhile=_TAKE_AWAY)
    assert "the host does not match" in said
    assert "9090" in said
    assert left == ()


def test_an_nft_that_does_nothing_and_says_nothing_is_seen_through(fresh_host: LabHost) -> None:
    said, left = fresh_host.run(_refused, loads=False)
    assert "the host does not match" in said
    assert left == ()


def test_a_kernel_that_does_not_count_is_asked_for_all_of_them(fresh_host: LabHost) -> None:
    assert fresh_host.run(_listings, first=ONE, then=TWO, counts=False) == (2, ())


# --- in the lab host


def _listings(
    first: Declaration, then: Declaration, meanwhile: str = "", counts: bool = True
) -> Tuple[int, Tuple[str, ...]]:
    """How many times the run listed the tables, and what is left to do."""
    run(first)
    if not counts:
        nft_generation.read = lambda *_let_go: None
    listings, begin = [], nft.Listing.__init__

    def noted(self: nft.Listing, *arguments: Any) -> None:
        listings.append(self)
        begin(self, *arguments)

    nft.Listing.__init__ = noted  # type: ignore[method-assign]
    with before_each_write(_after_the_rules(meanwhile)):
        run(then)
    return len(listings), run(then).actions


def _programs(first: Declaration, then: Declaration, itself: bool = True) -> Tuple[str, ...]:
    """How nft was started by the run for our tables; it asks, too, which chains others have."""
    run(first)
    if not itself:
        nft_elements.load = lambda *_script: False
    started, begin = [], program.Aside.__init__

    def noted(self: program.Aside, command: Sequence[str], *arguments: Any) -> None:
        started.append(" ".join(command[1:]))
        begin(self, command, *arguments)

    program.Aside.__init__ = noted  # type: ignore[method-assign]
    run(then)
    program.Aside.__init__ = begin  # type: ignore[method-assign]
    assert run(then).actions == ()
    return tuple(each for each in started if each != "-j list chains")


def _left() -> Tuple[str, ...]:
    return run(ONE).actions


def _ruleset() -> str:
    return subprocess.run(["nft", "list", "ruleset"], stdout=subprocess.PIPE, check=True, text=True).stdout


def _refused(
    meanwhile: str = "",
    loads: bool = True,
    then: Declaration = TWO,
    before: Tuple[Declaration, str] = (ONE, "true"),
) -> Tuple[str, Tuple[str, ...]]:
    """What the run says that goes on to something, and what is left to do of what was before it. ``meanwhile``: done
    once it has loaded its rules."""
    run(before[0])
    subprocess.run(["sh", "-ec", before[1]], check=True)
    said, load = "", nft.load
    if not loads:
        nft.load = lambda *_script: None
    with before_each_write(_after_the_rules(meanwhile)), contextlib.suppress(FabricError):
        try:
            run(then)
        except FabricError as error:
            said = str(error)
            raise
    nft.load = load
    return said, run(before[0]).actions


def _after_the_rules(command: str) -> Callable[[int, str], None]:
    """Do this before what the run writes next, once."""
    said: List[str] = []

    def hook(_number: int, what: str) -> None:
        if command and said.count("nft") == 1 and said[-1] == "nft":
            subprocess.run(["sh", "-ec", command], check=True)
        said.append(what)

    return hook
