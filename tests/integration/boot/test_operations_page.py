# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/operations.md and docs/joining.md show of a host that boots is run there, after a reboot."""

from __future__ import annotations

import re
from typing import List

from tests.integration.docs.walk import ROOT, blocks, commands
from tests.lab.booted import BootedLab
from tests.lab.waiting import wait_for

PAGE = ROOT / "docs" / "operations.md"
JOINING = ROOT / "docs" / "joining.md"
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
    booted.host.run(["systemctl", "enable", "nftables"])
    booted.host.reboot()

    done = {line: booted.host.run(["sh", "-c", line], check=False) for line in lines}

    assert len(lines) > 10
    assert {line: each.returncode for line, each in done.items() if each.returncode} == {}
    said = {line: each.stdout for line, each in done.items()}
    assert "create bridge br-front" in said["journalctl -b -u 'linuxnet-fabric*'"]
    assert "web" in said["linuxnet-fabric ls"] and "healed at" in said["linuxnet-fabric ls"]
    assert said["linuxnet-fabric check"] == "default: as it was applied\n"


def test_the_service_on_the_page_is_up_after_a_reboot_and_outlives_a_firewall(booted: BootedLab) -> None:
    host = booted.host
    unit = re.search(
        r"```ini\n# (/etc/systemd/system/web.service)\n(.*?)```", JOINING.read_text(encoding="utf-8"), re.DOTALL
    )
    assert unit is not None
    host.module("topology", WORDS)
    host.write(unit[1], unit[2])
    host.run(["systemctl", "enable", "web.service"])

    host.reboot()

    def serves() -> bool:
        inside = ["ip", "netns", "exec", "db", "curl", "--silent", "--max-time", "2", "http://web/etc/hosts"]
        return host.run(inside, check=False).stdout.count("\tdb\n") == 1

    def pid() -> str:
        return host.run(["systemctl", "show", "--property=MainPID", "web.service"]).stdout

    wait_for(serves, what="the service answers, with the names of its neighbours")
    before = pid()
    for verb in ("start", "restart", "stop", "start"):
        host.run(["systemctl", verb, "nftables"])
    host.run(["systemctl", "restart", "linuxnet-fabric@default.service"])
    wait_for(serves, what="the service still answers")
    assert pid() == before
    wait_for(lambda: host.run(["linuxnet-fabric", "check"], check=False).returncode == 0, what="the rules are back")
