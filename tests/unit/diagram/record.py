# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes pages.yml anew: what is to be seen in the diagram of each topology of the documentation.

After a change of an example on a page, run ``PYTHONPATH=.:.collections python -m tests.unit.diagram.record``, and read
what changed against the page, line by line: only that makes the test worth something.
"""

from __future__ import annotations

import json
from pathlib import Path

from ansible_collections.linuxnet.fabric.plugins.filter.diagram import diagram
from docs.declarations import declarations
from tests.unit.diagram.seen import seen_in_dot

PATH = Path(__file__).with_name("pages.yml")


def main() -> None:
    head = PATH.read_text(encoding="utf-8").split("\n\n")[:2]
    found = "".join(
        "{0}:\n{1}".format(place, "".join(f"  - {json.dumps(line, ensure_ascii=False)}\n" for line in sorted(lines)))
        for place, lines in ((place, seen_in_dot(diagram(projects, "dot"))) for place, projects in declarations())
    )
    PATH.write_text("\n\n".join([*head, found]), encoding="utf-8")


if __name__ == "__main__":
    main()
