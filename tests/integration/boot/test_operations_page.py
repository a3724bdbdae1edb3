# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/operations.md shows of a host that boots is run there, line by line, after a reboot."""

from __future__ import annotations

from typing import List

from tests.integration.docs.walk import ROOT, blocks, commands
from tests.lab.booted import BootedLab

PAGE = ROOT / "docs" / "operations.md"
WHY = "needs a host that boots"
WORDS = {
    "networks": {"front": {}},
    "containers": {"web": {"networks": ["front"], "ports": ["8080:80"]}, "db": {"networks": ["front"]}},
    "restore": "auto",
    "heal": 15,
}


def shown() -> List[str]:
    return [line for block in blocks(PAGE) if block.why == WHY for line in commands(block.text)]


def test_every_line_that_needs_a_host_that_boots_does_what_it_says(booted: BootedLab) -> None:
    lines = shown()
    booted.host.module("topology", WORDS)
    booted.host.reboot()

    done = {line: booted.host.run(["sh", "-c", line], check=False) for line in lines}

    assert len(lines) > 10
    assert {line: each.returncode for line, each in done.items() if each.returncode} == {}
    said = {line: each.stdout for line, each in done.items()}
    assert "create bridge br-front" in said["journalctl -b -u 'linuxnet-fabric*'"]
    assert "web" in said["linuxnet-fabric ls"] and "healed at" in said["linuxnet-fabric ls"]
    assert said["linuxnet-fabric check"] == "default: as it was applied\n"
