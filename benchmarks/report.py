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
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

Key = Tuple[str, str, int, str]  # contender, scenario, size, step
_ROW = "{0:<10}{1:<12}{2:>7}  {3:<16}{4:>10}{5:>22}{6:>10}{7:>12}{8:>6}"


class Measured(NamedTuple):
    seconds: float  # median
    fastest: float
    slowest: float
    rss_mib: float
    cpu: float  # median
    runs: int
    samples: Tuple[float, ...] = ()  # seconds, one for each repetition


Summary = Mapping[Key, Measured]


def summarise(rows: Sequence[Mapping[str, Any]]) -> Dict[Key, Measured]:
    seconds: Dict[Key, List[float]] = defaultdict(list)
    cpu: Dict[Key, List[float]] = defaultdict(list)
    memory: Dict[Key, List[float]] = defaultdict(list)
    for row in rows:
        if "error" not in row:
            key = (row["contender"], row["scenario"], row["size"], row["step"])
            seconds[key].append(row["seconds"])
            cpu[key].append(row["cpu"])
            memory[key].append(row["rss_mib"])
    return {
        key: Measured(
            median(times), min(times), max(times), max(memory[key]), median(cpu[key]), len(times), tuple(times)
        )
        for key, times in seconds.items()
    }


def seconds(summary: Summary, contender: str, size: int, step: str, scenario: str = "endpoints") -> Optional[float]:
    found = summary.get((contender, scenario, size, step))
    return found.seconds if found else None


def table(summary: Summary, contenders: Sequence[str]) -> str:
    """Building: milliseconds, and in multiples of the floor."""
    sizes = sorted({size for _name, scenario, size, step in summary if scenario == "endpoints" and step == "build"})
    lines = ["Build N endpoints: median ms (multiple of the floor)", ""]
    lines.append("{0:<18}".format("") + "".join("{0:>20}".format("N = {0:,}".format(size)) for size in sizes))
    for name in contenders:
        cells = (
            _cell(seconds(summary, name, size, "build"), seconds(summary, "floor", size, "build")) for size in sizes
        )
        lines.append("{0:<18}".format(name) + "".join("{0:>20}".format(cell) for cell in cells))
    return "\n".join(lines) + "\n"


def _cell(value: Optional[float], floor: Optional[float]) -> str:
    if value is None:
        return "-"
    return "{0:,.0f}".format(value * 1000) + (" ({0:.1f})".format(value / floor) if floor else "")


def details(summary: Summary) -> str:
    """Every step of ours and of the floor, with its spread and its peak memory."""
    heads = ("contender", "scenario", "N", "step", "median ms", "fastest-slowest", "CPU ms", "memory MiB", "runs")
    lines = [_ROW.format(*heads)]
    for (name, scenario, size, step), found in summary.items():
        if name in ("floor", "module", "playbook"):
            spread = "{0:,.1f}-{1:,.1f}".format(found.fastest * 1000, found.slowest * 1000)
            times = ("{0:,.1f}".format(found.seconds * 1000), spread, "{0:,.0f}".format(found.cpu * 1000))
            lines.append(_ROW.format(name, scenario, size, step, *times, "{0:.0f}".format(found.rss_mib), found.runs))
    return "\n".join(lines) + "\n"


def errors(rows: Sequence[Mapping[str, Any]]) -> List[str]:
    return ["FAILED {contender} {scenario} {size}: {error}".format(**row) for row in rows if "error" in row]


def write_json(folder: Path, rows: Sequence[Mapping[str, Any]], summary: Summary) -> None:
    """``latest.json`` for tools, and one file for each run to compare with."""
    machine = {"kernel": platform.release(), "cores": os.cpu_count(), "python": platform.python_version()}
    medians = [
        dict(zip(("contender", "scenario", "size", "step"), key), **found._asdict()) for key, found in summary.items()
    ]
    text = json.dumps({"machine": machine, "medians": medians, "samples": list(rows)}, indent=1)
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("latest.json", time.strftime("%Y%m%dT%H%M%S.json")):
        (folder / name).write_text(text)
