# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tasks of the role cost, which no run of a few hosts would show."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Dict, Iterator, List

import yaml

ROLE = Path(__file__).resolve().parents[3] / "roles/topology"


def tasks(listed: List[Dict[str, Any]]) -> Iterator[Dict[str, Any]]:
    for task in listed:
        inner = [each for name in ("block", "rescue", "always") for each in task.get(name, [])]
        yield from tasks(inner) if inner else [task]


def test_what_is_read_of_every_host_is_read_once() -> None:
    """A host that reads the variables of all others makes a run over a thousand hosts one of a million."""
    every = [
        task
        for path in (ROLE / "tasks").rglob("*.yml")
        for task in tasks(yaml.safe_load(path.read_text(encoding="utf-8")))
        if "map('extract', hostvars" in str(task)
    ]
    assert every and [task["name"] for task in every if not task.get("run_once")] == []
    assert "hostvars" not in (ROLE / "vars/main.yml").read_text(encoding="utf-8")


def test_the_options_that_the_role_knows_are_those_of_its_specification() -> None:
    """Each of its tasks reads them, as text: to parse all of that YAML would take longer than the task."""
    text = (ROLE / "meta/argument_specs.yml").read_text(encoding="utf-8")
    known = yaml.safe_load((ROLE / "vars/main.yml").read_text(encoding="utf-8"))["__topology_options"]
    pattern = re.search(r"regex_findall\('(.*)', multiline=true\)", known)
    assert pattern and re.findall(pattern.group(1), text, re.MULTILINE) == list(
        yaml.safe_load(text)["argument_specs"]["main"]["options"]
    )
