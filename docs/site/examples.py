# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages that the tools themselves write, as examples on the site, and pictures of them.

They are made of answers that a lab host gave (tests/unit/report/record.py), by the code that a user's playbook runs. A
guide says where one belongs by the comment ``<!-- example: drift -->``. Pictures are taken where there is a Chromium.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.paths import ROOT, importable

importable()

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report import page as drift_page  # noqa: E402
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report import report as drift_report  # noqa: E402
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._verify_report import page as verify_page  # noqa: E402
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._verify_report import report as verify_report  # noqa: E402
from docs.site.browser import COLOURS, Browser, BrowserError, Screen  # noqa: E402

RECORDED = ROOT / "tests" / "unit" / "report" / "data"
WHEN = "2026-01-02 03:04 UTC"
_SCREEN = Screen("picture", 1100, 760)
_HERE = re.compile(r"^<!-- example: (?P<name>\w+) -->$", re.MULTILINE)


def _recorded(name: str) -> Mapping[str, Any]:
    return json.loads((RECORDED / (name + ".json")).read_text(encoding="utf-8"))


def _drift() -> str:
    answers = _recorded("answers")
    unreachable = {"unreachable": True, "msg": "Failed to connect to the host via ssh: No route to host"}
    said = {"node1": answers["clean"], "node2": answers["drifted_and_pending"], "node3": unreachable}
    reports = [drift_report.report_of(answer, host, "shop") for host, answer in said.items()]
    return drift_page.page_of(reports, WHEN)


def _verify() -> str:
    return verify_page.page_of([verify_report.report_of(_recorded("promises")["broken"], "node1", "shop")], WHEN)


@dataclass(frozen=True)
class Example:
    make: Callable[[], str]  # → the page
    shows: str  # for who does not see the picture


EXAMPLES: Mapping[str, Example] = {
    "drift": Example(_drift, "The drift report of three hosts: one has drifted, one is unknown, one is clean"),
    "verify": Example(_verify, "The page of a verify: two promises do not hold, and a matrix of who reaches whom"),
}


def write(directory: Path) -> bool:
    """The pages, as files of a directory, and what they look like on a light and a dark screen.

    False where there are no pictures, for there is no Chromium, or none that starts: that is told, and is no error.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for name, example in EXAMPLES.items():
        (directory / (name + ".html")).write_text(example.make(), encoding="utf-8")
    try:
        with Browser() as browser:
            for name in EXAMPLES:
                for colours in COLOURS:
                    browser.open((directory / (name + ".html")).as_uri(), _SCREEN, colours)
                    browser.picture(directory / f"{name}-{colours}.png")
    except BrowserError as error:
        print(f"the examples have no pictures: {error}")
        return False
    return True


def shown(text: str, folder: str, pictured: bool) -> str:
    """The text of a guide in ``folder``, with the examples in their places."""
    return _HERE.sub(lambda here: _figure(here["name"], os.path.relpath("examples", folder or "."), pictured), text)


def _figure(name: str, where: str, pictured: bool) -> str:
    images = "".join(
        f'<img class="only-{colours}" src="{where}/{name}-{colours}.png" alt="{EXAMPLES[name].shows}"'
        f' width="{_SCREEN.width}" height="{_SCREEN.height}">'
        for colours in (COLOURS if pictured else ())
    )
    said = f"{EXAMPLES[name].shows}. Open the page." if not pictured else "Open the page."
    return f'<figure class="example"><a href="{where}/{name}.html">{images}<span>{said}</span></a></figure>'
