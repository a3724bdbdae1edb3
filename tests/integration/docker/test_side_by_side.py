# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Side by side with Docker: each column of the table in docs/compared-with-docker.md is what can be seen.

FABRIC_WRITE_COMPARISON=1 writes the columns instead of comparing them (without -n: they share one file).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Sequence

import pytest

from tests.integration.docker import daemon, probes, sides, table


def hold(column: str, answers: table.Answers) -> None:
    if os.environ.get("FABRIC_WRITE_COMPARISON"):
        table.write(column, answers)
    assert answers == table.read(column)


def test_the_example_inventory_answers_as_documented(lab: Any) -> None:
    side = sides.fabric(lab)
    try:
        hold("linuxnet.fabric", probes.answers(side))
    finally:
        side.close()


@pytest.mark.parametrize(
    "column, options", [("Docker", []), ("Docker without its proxy", ["--userland-proxy=false"])], ids=["proxy", "none"]
)
def test_docker_answers_as_documented(lab: Any, tmp_path: Path, column: str, options: Sequence[str]) -> None:
    lack = daemon.missing()
    if lack:
        pytest.skip("needs dockerd and what it needs: " + lack + " (Debian: docker.io, iptables, busybox-static)")
    if not daemon.version().startswith("20.10."):
        pytest.skip("the table is about dockerd 20.10, this is " + daemon.version())
    with daemon.Daemon(lab.host, tmp_path, options) as running:
        side = sides.docker(lab, running)
        try:
            hold(column, probes.answers(side))
        finally:
            side.close()
