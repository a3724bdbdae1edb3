# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers of the module topology, as a real host gave them in check mode (data/answers.json), and reports of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable

import pytest

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.report import report_of

ANSWERS = json.loads((Path(__file__).with_name("data") / "answers.json").read_text(encoding="utf-8"))


@pytest.fixture
def answer() -> Callable[[str], Any]:
    """A copy of an answer, by its name."""
    return lambda name: json.loads(json.dumps(ANSWERS[name]))


@pytest.fixture
def fleet() -> list[dict[str, Any]]:
    """A host of each kind."""
    return [
        report_of(ANSWERS["clean"], "node1", "shop"),
        report_of(ANSWERS["drifted_and_pending"], "node2", "shop"),
        report_of({"unreachable": True, "msg": "no route to host"}, "node3", "shop"),
        report_of(ANSWERS["never_applied"], "node4", "shop"),
    ]
