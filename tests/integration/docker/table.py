# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table in the documentation: what the tests saw when it was written, and what they expect to see."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List, Mapping

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "compared-with-docker.md"
BEGIN, END = "<!-- table: written by the test -->", "<!-- end of the table -->"
COLUMNS = ("Docker", "Docker without its proxy", "linuxnet.fabric")
Answers = Dict[str, Dict[str, str]]


def read(column: str) -> Answers:
    """Section → question → the answer in that column."""
    place = COLUMNS.index(column)
    return {section: {question: cells[place] for question, cells in rows.items()} for section, rows in _rows().items()}


def write(column: str, answers: Mapping[str, Mapping[str, str]]) -> None:
    """Put a column in the table, with the questions as they are asked now."""
    place, known = COLUMNS.index(column), _rows()
    lines: List[str] = []
    for section, asked in answers.items():
        lines += ["### " + section, "", _line("probe", *COLUMNS, ""), "|---" * (len(COLUMNS) + 2) + "|"]
        for question, answer in asked.items():
            cells = known.get(section, {}).get(question, ["?"] * len(COLUMNS))
            cells[place] = answer
            lines.append(_line(question, *cells, "≠" if len(set(cells)) > 1 else ""))
        lines.append("")
    before, rest = DOCUMENT.read_text().split(BEGIN)
    DOCUMENT.write_text(before + BEGIN + "\n\n" + "\n".join(lines) + END + rest.split(END)[1])


def _line(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _rows() -> Dict[str, Dict[str, List[str]]]:
    table = DOCUMENT.read_text().split(BEGIN)[1].split(END)[0]
    sections: Dict[str, Dict[str, List[str]]] = {}
    for line in table.splitlines():
        if line.startswith("### "):
            section = sections.setdefault(line[4:], {})
        elif line.startswith("| ") and not line.startswith("| probe"):
            question, *cells = [cell.strip() for cell in line.strip("| ").split("|")]
            section[question] = cells[: len(COLUMNS)]
    return sections
