# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of the benchmarks says of its own figures, from samples that are made up here."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Sequence

import pytest

from benchmarks import against, bars, growth, page, report
from benchmarks.places import CHECKOUT
from benchmarks.trials import BEFORE, SCENARIOS, Wanted, trials

FLOOR_AND_MODULE = {"floor": 4000, "module": 4000}


def _rows(contender: str, step: str, seconds: Sequence[float], size: int = 1000, **values: Any) -> List[Dict[str, Any]]:
    usual = {"contender": contender, "scenario": "endpoints", "size": size, "step": step, "rss_mib": 50, "sent_kib": 0}
    return [
        {**usual, "seconds": each, "cpu": each, "repetition": number, **values} for number, each in enumerate(seconds)
    ]


def _bar(text: str, summary: report.Summary) -> bars.Result:
    return next(result for result in bars.results(summary) if result.bar.text == text)


@pytest.mark.parametrize(
    ("ours", "verdict"),
    [
        ([1.0, 1.1, 1.2], "met; the aim too"),
        ([1.5, 1.6, 1.7], "met; the aim not yet"),
        ([1.8, 1.9, 2.3], "met, inside the noise; the aim not yet"),
        ([1.9, 2.1, 2.3], "MISSED, inside the noise; the aim not yet"),
        ([2.1, 2.2, 2.3], "MISSED; the aim not yet"),
    ],
)
def test_a_bar_says_when_its_limit_is_inside_the_noise(ours: List[float], verdict: str) -> None:
    summary = report.summarise([*_rows("module", "build", ours), *_rows("floor", "build", [1.0, 1.0, 1.0])])
    result = _bar("module, build 1,000 / floor", summary)
    assert (result.middle, result.verdict()) == (pytest.approx(ours[1]), verdict)


def test_a_ratio_is_taken_within_each_repetition_and_only_where_both_were_measured() -> None:
    rows = [*_rows("module", "build", [3.0, 30.0, 5.0]), *_rows("floor", "build", [2.0, 20.0])]
    assert _bar("module, build 1,000 / floor", report.summarise(rows)).values == [1.5, 1.5]


def test_a_step_that_a_repetition_does_several_times_counts_once_by_its_median() -> None:
    again = [dict(row, repetition=0) for row in _rows("module", "again", [0.30, 0.50, 0.31])]
    added = [dict(row, repetition=0) for row in _rows("module", "add one", [0.33, 0.32, 0.90])]
    summary = report.summarise([*again, *added])
    (above,) = _bar("module, one added to 1,000, above nothing to do", summary).values
    assert above == pytest.approx(20)
    measured = summary["module", "endpoints", 1000, "again"]
    assert (measured.fastest, measured.slowest, measured.runs) == (0.30, 0.50, 3)


def test_a_bar_without_figures_is_not_met() -> None:
    assert {result.verdict() for result in bars.results({})} == {"not measured"}


@pytest.mark.parametrize("step", ["build", "teardown"])
@pytest.mark.parametrize(
    ("ours", "floor", "words"),
    [
        ([0.3, 1.2, 3.3], [0.0, 0.9, 3.0], "one more costs 1.00 × at the largest size (the floor: 1.00 ×), no worse"),
        ([0.3, 1.2, 6.3], [0.0, 0.9, 3.0], "one more costs 2.00 × at the largest size (the floor: 1.00 ×), WORSE"),
        ([0.3, 1.2, 6.3], [0.0, 0.9, 6.0], "one more costs 2.00 × at the largest size (the floor: 2.00 ×), no worse"),
    ],
)
def test_what_one_more_costs_is_beside_what_it_costs_the_floor(
    ours: List[float], floor: List[float], words: str, step: str
) -> None:
    rows = []
    for contender, costs in (("module", ours), ("floor", floor)):
        for size, cost in zip((100, 1000, 3100), (costs[0], costs[1], costs[2])):
            rows += _rows(contender, step, [cost], size)
    # 900 more, and 3,000 more: a straight line is 0.9 s and 3 s above the smallest
    assert words in growth.table(report.summarise(rows))


def test_another_tree_is_measured_in_turns_and_compared_with_the_same_floor() -> None:
    wanted = Wanted([1000], SCENARIOS, ["disk", "tmpfs"], FLOOR_AND_MODULE, against="/somewhere")
    labels = [trial.contender for trial in trials(wanted) if (trial.scenario, trial.size) == ("endpoints", 1000)]
    assert labels == ["floor", "module", "module before", "floor on tmpfs", "module on tmpfs", "module on tmpfs before"]

    rows = [*_rows("floor", "build", [1.0, 2.0, 1.0]), *_rows("module", "build", [1.1, 2.2, 1.3])]
    rows += _rows("module" + BEFORE, "build", [1.0, 2.0, 1.0])
    compared = {each.bar.text: each for each in against.compare(report.summarise(rows))}
    build = compared["module, build 1,000 / floor"]
    assert build.ratios() == pytest.approx([1.1, 1.1, 1.3])
    assert build.verdict() == "WORSE"


def test_a_slow_contender_is_measured_once_and_only_where_it_ends_in_time() -> None:
    found = trials(Wanted([5, 100, 1000], ["endpoints"], ["disk"], {"floor": 4000, "cni": 100}))
    assert [(trial.size, trial.seldom) for trial in found if trial.contender == "cni"] == [(5, False), (100, True)]
    assert len(found) == len(set(found))


def test_the_page_on_performance_has_a_place_for_every_table() -> None:
    text = (CHECKOUT / "docs" / "performance.md").read_text(encoding="utf-8")
    for name in page.NAMES:
        assert "| new |" in page.replaced(text, name, "| new |\n")
    with pytest.raises(ValueError, match="has 0 places for 'weather'"):
        page.replaced(text, "weather", "")


def test_what_was_not_measured_stays_on_the_page() -> None:
    machine: Mapping[str, Any] = {"cores": 2, "load": 0.1, "kernel": "6.1", "python": "3.11", "disk": "a disk"}
    rows = [*_rows("module", "build", [1.5]), *_rows("floor", "build", [1.0])]
    assert page.blocks(report.summarise(rows), ["floor", "module"], machine) == {}

    rows += _rows("playbook", "build", [3.0])
    blocks = page.blocks(report.summarise(rows), ["floor", "module", "playbook"], machine)
    assert "| playbook | 3,000 (3.0) |" in blocks["build"]
    assert "| module, build 1,000 / floor |" in blocks["bars"]
    assert "growth" not in blocks
