# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table in docs/support.md, written from results: a row that was not run now keeps what it said before."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Dict, List, Sequence

from .result import Result

BEGIN, END = "<!-- table: begin, written by `make matrix` -->", "<!-- table: end -->"
_HEAD = ("where", "Linux", "nft", "Python", "pyroute2", "netaddr", "ansible-core", "run on", "result")
_VERSIONS = ("linux", "nft", "python", "pyroute2", "netaddr", "ansible-core")


def record(page: Path, order: Sequence[str], results: Sequence[Result], day: datetime.date) -> None:
    """Put the results into the page's table. ``order``: the names of all rows; others come after."""
    text = page.read_text(encoding="utf-8")
    before, _begin, rest = text.partition(BEGIN)
    table, _end, after = rest.partition(END)
    if not after:
        raise ValueError("{0} has no lines {1} and {2}".format(page, BEGIN, END))
    rows = _rows(table)
    rows.update({result.name: line(result, day) for result in results if not result.skipped})
    names = [name for name in order if name in rows] + [name for name in rows if name not in order]
    written = [_row(_HEAD), _row(["---"] * len(_HEAD)), *(rows[name] for name in names)]
    page.write_text("\n".join([before + BEGIN, "", *written, "", END + after]), encoding="utf-8")


def _rows(table: str) -> Dict[str, str]:
    lines = [each for each in table.splitlines() if each.startswith("| ")][2:]
    return {each.split("|")[1].strip(): each for each in lines}


def line(result: Result, day: datetime.date) -> str:
    versions = [result.versions.get(name, "?") for name in _VERSIONS]
    return _row([result.name, *versions, day.isoformat(), _outcome(result)])


def _outcome(result: Result) -> str:
    number = len(result.passed) + len(result.failed)
    if result.failed:
        shown = "; ".join(name for name, _said in result.failed[:5])
        more = " and {0} more".format(len(result.failed) - 5) if len(result.failed) > 5 else ""
        more += "".join("; nothing after it was tried" for _name in result.not_reached[:1])
        return "**{0} of {1}** fail: {2}{3}".format(len(result.failed), number, shown, more)
    if result.refused:
        return "refused, before anything is changed"
    return "all {0} pass".format(number)


def _row(cells: Sequence[str]) -> str:
    return "| {0} |".format(" | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells))


def summary(results: Sequence[Result]) -> List[str]:
    """For a person at a terminal."""
    said: List[str] = []
    for result in results:
        if result.skipped:
            said.append("{0}: SKIPPED: {1}".format(result.name, result.skipped))
            continue
        versions = ", ".join("{0} {1}".format(*pair) for pair in result.versions.items())
        said.append("{0}: {1} ({2}; {3:.0f} s)".format(result.name, _outcome(result), versions, result.seconds))
        said += ["    {0}: {1}".format(name, why) for name, why in result.failed]
    return said
