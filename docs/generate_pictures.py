# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the pictures of the pages' topologies, by the filter ``diagram``: ``python -m docs.generate_pictures``.

A picture is drawn from the example that stands on the page, so the two cannot differ; that of a drift report from what
a lab host answered (tests/unit/report/record.py), as the report draws it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Dict, Iterator, Tuple

from tests.paths import ROOT, importable

importable()

from ansible_collections.linuxnet.fabric.plugins.filter.diagram import diagram  # noqa: E402
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._diagram.svg import MARGIN, file_of  # noqa: E402
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.drawing import draw_host  # noqa: E402
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.report import in_short, report_of  # noqa: E402
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.scene import scene_of  # noqa: E402
from docs.declarations import declarations  # noqa: E402

#: File below docs/images → which declaration of which page (docs/declarations.py).
PICTURES = {
    "four-modes.svg": "README.md 1",
    "links.svg": "getting-started.md 6",
    "lan.svg": "lan.md 1",
    "overlay.svg": "fleet.md 1",
}
#: What a host answered that somebody changed, and whose declaration grew.
ANSWERS, DRIFTED = ROOT / "tests" / "unit" / "report" / "data" / "answers.json", "drifted_and_pending"
#: What is written into the pages themselves.
PAGE = ROOT / "docs" / "diagram.md"
_BLOCK = re.compile(r"^```(mermaid|dot)\n.*?^```$", re.MULTILINE | re.DOTALL)
OF_THE_PAGE = "fleet.md 1"


def files() -> Iterator[Tuple[Path, str]]:
    """Every file that is drawn, and what belongs into it."""
    drawn = dict(declarations())
    for name, place in PICTURES.items():
        yield ROOT / "docs" / "images" / name, diagram(drawn[place])
    yield ROOT / "docs" / "images" / "drift.svg", _drift()
    texts: Dict[str, str] = {kind: diagram(drawn[OF_THE_PAGE], kind) for kind in ("mermaid", "dot")}
    page = PAGE.read_text(encoding="utf-8")
    yield PAGE, _BLOCK.sub(lambda found: "```{0}\n{1}```".format(found.group(1), texts[found.group(1)]), page)


def _drift() -> str:
    report = report_of(json.loads(ANSWERS.read_text(encoding="utf-8"))[DRIFTED], "node2")
    drawn = draw_host("node2", scene_of(report))
    markup = '<g transform="translate({0} {0})">{1}</g>'.format(MARGIN, drawn.markup)
    width, height = drawn.width + 2 * MARGIN, drawn.height + 2 * MARGIN
    return file_of("The drift report of node2", in_short(report), width, height, markup)


if __name__ == "__main__":
    for path, text in files():
        path.write_text(text, encoding="utf-8")
