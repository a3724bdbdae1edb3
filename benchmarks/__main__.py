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
from pathlib import Path
from typing import Any, Dict, List

from . import against, bars, chart, debian, growth, page, report, storage
from .lab import in_fresh_host
from .places import CHECKOUT, OUTPUT
from .runners import RUNNERS
from .sample import compile_program
from .trials import SCENARIOS, Trial, Wanted, trials

_ROWS = List[Dict[str, Any]]


def main() -> int:
    options = _options()
    if os.geteuid() != 0:
        print("benchmarks: needs root, for namespaces of its own", file=sys.stderr)
        return 2
    if options.make_debian_13:
        debian.make()
    compile_program("launcher.c")
    contenders = _installed(options.contenders)
    disk = storage.prepare()
    print("a disk is here: {0}\n".format(disk.words))
    rows = _measure(trials(_wanted(options, contenders)), options.repetitions, disk)
    summary = report.summarise(rows)
    report.write_json(OUTPUT, rows, summary, disk.words)
    print(report.table(summary, contenders))
    print(report.details(summary))
    print(growth.table(summary))
    print(bars.table(summary))
    if options.against:
        print(against.table(summary))
    for line in report.errors(rows):
        print(line)
    if options.chart:
        chart.draw(summary, CHECKOUT / options.chart)
    if options.page:
        page.write(CHECKOUT / options.page, summary, contenders, report.machine(disk.words))
    return 0


def _measure(wanted: List[Trial], repetitions: int, disk: storage.Disk) -> _ROWS:
    """Every trial once, then again; every other time the other way round, so that none is always the first."""
    rows: _ROWS = []
    begin = time.monotonic()
    for repetition in range(repetitions):
        for trial in wanted if repetition % 2 == 0 else reversed(wanted):
            if repetition and trial.seldom:
                continue
            _progress(repetition, trial, begin)
            rows += in_fresh_host(trial._replace(repetition=repetition), disk)
    return rows


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", type=_numbers, help="endpoints; default 5,100,1000, and those of growth up to 4000")
    parser.add_argument("--contenders", type=_words, default=list(RUNNERS), help="default all")
    parser.add_argument("--scenarios", type=_words, default=list(SCENARIOS), help="default " + ",".join(SCENARIOS))
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="growth by more and larger sizes, slow peers at every size")
    parser.add_argument("--storages", type=_words, default=list(storage.STORAGES), help="default disk,tmpfs: the first "
                        "for all, the second for 1,000 endpoints, too")  # fmt: skip
    parser.add_argument("--against", metavar="TREE", help="measure another checkout's module in turns with this one's")
    parser.add_argument("--make-debian-13", action="store_true", help="first make a tree of Debian 13 with its peers")
    parser.add_argument("--chart", metavar="FILE", help="draw an SVG, for example docs/images/performance.svg")
    parser.add_argument("--page", metavar="FILE", help="write the tables into a page, docs/performance.md")
    options = parser.parse_args()
    for name, known in (("contenders", RUNNERS), ("scenarios", SCENARIOS), ("storages", storage.STORAGES)):
        unknown = [each for each in getattr(options, name) if each not in known]
        if unknown:
            parser.error("--{0}: {1}; there are {2}".format(name, ", ".join(unknown), ", ".join(known)))
    return options


def _numbers(text: str) -> List[int]:
    return [int(part) for part in text.split(",")]


def _words(text: str) -> List[str]:
    return text.split(",")


def _wanted(options: argparse.Namespace, contenders: List[str]) -> Wanted:
    return Wanted(
        sizes=options.sizes,
        scenarios=options.scenarios,
        storages=options.storages,
        limits={name: RUNNERS[name].limit for name in contenders},
        full=options.full,
        against=str(Path(options.against).resolve()) if options.against else "",
    )


def _installed(names: List[str]) -> List[str]:
    found: List[str] = []
    for name in names:
        missing = RUNNERS[name].missing()
        if missing:
            print("skipped: {0} (not installed: {1})".format(name, missing))
        else:
            found.append(name)
    return found


def _progress(repetition: int, trial: Trial, begin: float) -> None:
    if sys.stderr.isatty() or os.environ.get("BENCH_PROGRESS"):
        words = "[{0:4.0f} s] repetition {1}: {2.contender}, {2.scenario} {2.size}"
        print(words.format(time.monotonic() - begin, repetition + 1, trial), file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
