# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m benchmarks``: every contender, every size, interleaved, each repetition on a host made for it."""

from __future__ import annotations

import argparse
import os
import sys
import time
from typing import Any, Dict, Iterator, List, Tuple

from . import bars, chart, report
from .lab import in_fresh_host
from .places import CHECKOUT, OUTPUT
from .runners import RUNNERS
from .runners.floor import compile_program

_ROWS = List[Dict[str, Any]]


def main() -> int:
    options = _options()
    if os.geteuid() != 0:
        print("benchmarks: needs root, for namespaces of its own", file=sys.stderr)
        return 2
    contenders = _installed(options.contenders)
    _prepare()
    trials = list(_trials(contenders, options))
    rows: _ROWS = []
    begin = time.monotonic()
    for repetition in range(options.repetitions):
        for trial in trials:
            if repetition and trial["seldom"]:
                continue
            _progress(repetition, trial, begin)
            rows += in_fresh_host(dict(trial, repetition=repetition))
    summary = report.summarise(rows)
    report.write_json(OUTPUT, rows, summary)
    print(report.table(summary, contenders))
    print(report.details(summary))
    print(bars.table(summary))
    for line in report.errors(rows):
        print(line)
    if options.chart:
        chart.draw(summary, CHECKOUT / options.chart)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", type=_numbers, help="endpoints, default 5,100,1000 (with --full also 400,4000)")
    parser.add_argument("--contenders", type=lambda text: text.split(","), default=list(RUNNERS), help="default all")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="4,000 endpoints, and slow peers at every size")
    parser.add_argument("--ports", type=int, default=10000, help="ports of the one-port-more scenario; 0 leaves it out")
    parser.add_argument("--chart", metavar="FILE", help="draw an SVG, for example docs/images/performance.svg")
    options = parser.parse_args()
    if options.sizes is None:
        options.sizes = [5, 100, 400, 1000, 4000] if options.full else [5, 100, 1000]
    return options


def _numbers(text: str) -> List[int]:
    return [int(part) for part in text.split(",")]


def _installed(names: List[str]) -> List[str]:
    found: List[str] = []
    for name in names:
        missing = RUNNERS[name].missing()
        if missing:
            print("skipped: {0} (not installed: {1})".format(name, missing))
        else:
            found.append(name)
    return found


def _prepare() -> None:
    """The clock in front of nft is called nft, in a folder that only its scenario has on its PATH."""
    clock = compile_program("nft_clock.c")
    shim = OUTPUT / "shim"
    shim.mkdir(exist_ok=True)
    link = shim / "nft"
    if not link.is_symlink():
        link.symlink_to(clock)


def _trials(contenders: List[str], options: argparse.Namespace) -> Iterator[Dict[str, Any]]:
    for size in options.sizes:
        for name in contenders:
            if options.full or size <= RUNNERS[name].limit:
                yield _trial(name, "endpoints", size, seldom=RUNNERS[name].limit < 4000 and size >= 100)
    for name, scenario, size in _specials(options):
        if name in contenders and size:
            yield _trial(name, scenario, size)


def _specials(options: argparse.Namespace) -> Tuple[Tuple[str, str, int], ...]:
    return (("module", "ports", options.ports), ("playbook", "demo", 5))


def _trial(name: str, scenario: str, size: int, seldom: bool = False) -> Dict[str, Any]:
    """``seldom``: minutes of a slow peer say nothing new the second time."""
    return {"contender": name, "scenario": scenario, "size": size, "seldom": seldom}


def _progress(repetition: int, trial: Dict[str, Any], begin: float) -> None:
    if sys.stderr.isatty() or os.environ.get("BENCH_PROGRESS"):
        words = "[{0:4.0f} s] repetition {1}: {2[contender]}, {2[scenario]} {2[size]}"
        print(words.format(time.monotonic() - begin, repetition + 1, trial), file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
