# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Medians, the table of ratios, the JSON."""

from __future__ import annotations

import json
import os
import platform
import time
from collections import defaultdict
from pathlib import Path
from statistics import median
from types import MappingProxyType
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

Key = Tuple[str, str, int, str]  # contender, scenario, size, step
_ROW = "{0:<24}{1:<12}{2:>7}  {3:<16}{4:>10}{5:>22}{6:>10}{7:>12}{8:>6}"


class Measured(NamedTuple):
    seconds: float  # median
    fastest: float
    slowest: float
    rss_mib: float  # of the largest
    cpu: float  # median
    runs: int
    sent_kib: float = 0.0
    by_clock: Mapping[int, float] = MappingProxyType({})  # repetition → seconds
    by_processor: Mapping[int, float] = MappingProxyType({})  # repetition → seconds of the processor


Summary = Mapping[Key, Measured]


def summarise(rows: Sequence[Mapping[str, Any]]) -> Dict[Key, Measured]:
    found: Dict[Key, List[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        if "error" not in row:
            found[(row["contender"], row["scenario"], row["size"], row["step"])].append(row)
    return {key: _measured(samples) for key, samples in found.items()}


def _measured(rows: Sequence[Mapping[str, Any]]) -> Measured:
    clock, processor = (_by_repetition(rows, what) for what in ("seconds", "cpu"))
    return Measured(
        seconds=median(clock.values()),
        fastest=min(row["seconds"] for row in rows),
        slowest=max(row["seconds"] for row in rows),
        rss_mib=max(row["rss_mib"] for row in rows),
        cpu=median(processor.values()),
        runs=len(rows),
        sent_kib=max(row["sent_kib"] for row in rows),
        by_clock=clock,
        by_processor=processor,
    )


def _by_repetition(rows: Sequence[Mapping[str, Any]], what: str) -> Dict[int, float]:
    """The median of each, for a repetition may do a step several times."""
    found: Dict[int, List[float]] = defaultdict(list)
    for row in rows:
        found[row["repetition"]].append(row[what])
    return {repetition: median(values) for repetition, values in found.items()}


def seconds(summary: Summary, contender: str, size: int, step: str, scenario: str = "endpoints") -> Optional[float]:
    found = summary.get((contender, scenario, size, step))
    return found.seconds if found else None


def sizes(summary: Summary) -> List[int]:
    """How many endpoints were built."""
    return sorted({size for _name, scenario, size, step in summary if (scenario, step) == ("endpoints", "build")})


def table(summary: Summary, contenders: Sequence[str]) -> str:
    """Building: milliseconds, and in multiples of the floor."""
    found = sizes(summary)
    lines = ["Build N endpoints: median ms (multiple of the floor)", ""]
    lines.append("{0:<22}".format("") + "".join("{0:>20}".format("N = {0:,}".format(size)) for size in found))
    for name in contenders:
        lines.append("{0:<22}".format(name) + "".join("{0:>20}".format(cell) for cell in cells(summary, name, found)))
    return "\n".join(lines) + "\n"


def cells(summary: Summary, contender: str, found: Sequence[int]) -> List[str]:
    """What a contender took for each of these sizes."""
    both = ((seconds(summary, name, size, "build") for name in (contender, "floor")) for size in found)
    return [_cell(*pair) for pair in both]


def _cell(value: Optional[float], floor: Optional[float]) -> str:
    if value is None:
        return "-"
    return "{0:,.0f}".format(value * 1000) + (" ({0:.1f})".format(value / floor) if floor else "")


def details(summary: Summary) -> str:
    """Every step of ours and of the floor, with its spread and its peak memory."""
    heads = ("contender", "scenario", "N", "step", "median ms", "fastest-slowest", "CPU ms", "memory MiB", "runs")
    lines = [_ROW.format(*heads)]
    for (name, scenario, size, step), found in summary.items():
        if name.startswith(("floor", "module", "playbook")):
            spread = "{0:,.1f}-{1:,.1f}".format(found.fastest * 1000, found.slowest * 1000)
            times = ("{0:,.1f}".format(found.seconds * 1000), spread, "{0:,.0f}".format(found.cpu * 1000))
            lines.append(_ROW.format(name, scenario, size, step, *times, "{0:.0f}".format(found.rss_mib), found.runs))
    return "\n".join(lines) + "\n"


def errors(rows: Sequence[Mapping[str, Any]]) -> List[str]:
    return ["FAILED {contender} {scenario} {size}: {error}".format(**row) for row in rows if "error" in row]


def machine(disk: str) -> Dict[str, Any]:
    """What the figures are of. ``disk``: what a disk was in this run."""
    load = os.getloadavg()[0]
    return {
        "kernel": platform.release(), "cores": os.cpu_count(), "python": platform.python_version(), "disk": disk,
        "load": round(load, 1),
    }  # fmt: skip


def write_json(folder: Path, rows: Sequence[Mapping[str, Any]], summary: Summary, disk: str) -> None:
    """``latest.json`` for tools, and one file for each run to compare with."""
    medians = [
        dict(zip(("contender", "scenario", "size", "step"), key), **found._asdict()) for key, found in summary.items()
    ]
    text = json.dumps({"machine": machine(disk), "medians": medians, "samples": list(rows)}, indent=1)
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("latest.json", time.strftime("%Y%m%dT%H%M%S.json")):
        (folder / name).write_text(text)
