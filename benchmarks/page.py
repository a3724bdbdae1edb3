# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of a run, written into a page between ``<!-- benchmarks: NAME -->`` and ``<!-- end -->``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Dict, List, Mapping, Sequence

from . import bars, growth, report
from .report import Summary
from .trials import USUAL

#: Of the blocks that a page has.
NAMES = ("machine", "build", "bars", "growth")


def write(path: Path, summary: Summary, contenders: Sequence[str], machine: Mapping[str, Any]) -> None:
    """A block of which nothing was measured stays as it is."""
    text = path.read_text()
    for name, block in blocks(summary, contenders, machine).items():
        text = replaced(text, name, block)
    path.write_text(text)


def replaced(text: str, name: str, block: str) -> str:
    """ValueError when the page has no place for it."""
    begin = "<!-- benchmarks: {0} -->\n".format(name)
    found = re.subn(re.escape(begin) + r".*?(?=<!-- end -->)", lambda _all: begin + block, text, flags=re.DOTALL)
    if found[1] != 1:
        raise ValueError("the page has {0} places for {1!r}, and should have one".format(found[1], name))
    return found[0]


def blocks(summary: Summary, contenders: Sequence[str], machine: Mapping[str, Any]) -> Dict[str, str]:
    """What of it is new: a run of growth alone, or of few contenders, has nothing to say of the rest."""
    blocks = {}
    if ("playbook", "endpoints", USUAL, "build") in summary:
        blocks["machine"] = (
            "{0[cores]} processors (load {0[load]} at the end), Linux {0[kernel]}, Python {0[python]}; the disk is "
            "{0[disk]}.\n".format(machine)
        )
        blocks["build"] = _markdown(*_build(summary, contenders))
        blocks["bars"] = _markdown(bars.HEADS, [each.cells() for each in bars.results(summary) if each.values])
    rows = growth.rows(summary)
    if any(len({row[1] for row in rows if row[0] == scenario}) > 2 for scenario in {row[0] for row in rows}):
        told = "".join("- {0}\n".format(each.words()) for each in growth.verdicts(summary) if each.ours is not None)
        blocks["growth"] = _markdown(growth.HEADS, rows) + "\n" + told
    return blocks


def _build(summary: Summary, contenders: Sequence[str]) -> "tuple[Sequence[str], List[Sequence[str]]]":
    sizes = report.sizes(summary)
    heads = ("ms (multiple of the floor)", *("N = {0:,}".format(size) for size in sizes))
    return heads, [(name, *report.cells(summary, name, sizes)) for name in contenders]


def _markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = ["---", *["---:"] * (len(heads) - 1)]
    return "".join("| {0} |\n".format(" | ".join(cells)) for cells in (heads, rule, *rows))
