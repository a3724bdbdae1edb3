# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An overlay of living hosts in pictures: drawn as declared, and with a way that somebody took away marked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Iterator, Set

import pytest

from tests.integration.overlay.conftest import new_fleet
from tests.integration.overlay.fleet import DRIFT, Fleet
from tests.unit.diagram.seen import seen_in_dot, seen_in_mermaid, seen_in_svg

SHOP = {"driver": "overlay", "ipam": {"config": [{"subnet": "10.88.0.0/16"}]}}
CONTAINERS = {
    "node1": {"web": {"networks": ["shop"], "ports": ["80:80"]}},
    "node2": {"db": {"networks": ["shop"], "links": ["web"]}},
}


@pytest.fixture(name="fleet")
def _fleet(tmp_path: Path) -> Iterator[Fleet]:
    with new_fleet(tmp_path, ("node1", "node2")) as made:
        made.declare({"shop": SHOP}, CONTAINERS)
        yield made


def drawn(fleet: Fleet, directory: Path, what: str) -> Set[str]:
    fleet.run("linuxnet.fabric.diagram", topology_diagram=what, topology_report_directory=str(directory))
    found = [
        seen((directory / name).read_text(encoding="utf-8"))
        for name, seen in (("diagram.svg", seen_in_svg), ("diagram.mmd", seen_in_mermaid), ("diagram.dot", seen_in_dot))
    ]
    assert found[0] == found[1] == found[2]
    return found[0]


def test_an_overlay_is_found_as_declared_and_a_way_that_is_gone_is_marked(fleet: Fleet, tmp_path: Path) -> None:
    fleet.run()
    declared, found = (drawn(fleet, tmp_path / "reports", what) for what in ("declared", "found"))
    assert {re.sub(r" 10\.88\.[\d.]+ -", " -", line) for line in found} == declared
    assert "node2 (default): db: link → web on node1" in found

    fleet.host("node1").run(["ip", "route", "delete", "10.88.1.0/24"])
    fleet.run(DRIFT, fail=True, topology_report_directory=str(tmp_path / "reports"))
    page = (tmp_path / "reports" / "index.html").read_text(encoding="utf-8")
    assert re.search(r">▲ node2  198\.51\.100\.12  10\.88\.1\.0/24<", page)
    assert re.search(r">node1  198\.51\.100\.11  10\.88\.0\.0/24<", page)
