# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/operations.md says of uninstalling, on a host with systemd as process 1, by Ansible over ssh."""

from __future__ import annotations

from pathlib import Path
from typing import List

import pytest

from tests.integration.docs.walk import ROOT, blocks, commands
from tests.integration.over_ssh.fleet import Fleet
from tests.lab.booted import BootedLab, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason="a lab host that boots needs " + missing())
PAGE = ROOT / "docs" / "operations.md"
PLACES = "/etc/netns /etc/systemd/system /usr/local /run /var/lib /etc/bash_completion.d"


def removal() -> List[str]:
    """What the page has a person type at the end."""
    return [line for block in blocks(PAGE) for line in commands(block.text) if line.startswith("rm -rf /var/lib/")]


def test_after_the_pages_words_nothing_of_ours_is_left_on_a_host_or_comes_with_a_boot(
    booted: BootedLab, tmp_path: Path
) -> None:
    host = booted.host
    fleet = Fleet(booted, tmp_path, "root")

    def ours() -> List[str]:
        found = host.run(["sh", "-c", "find {0} -path '*fabric*' 2>/dev/null || true".format(PLACES)]).stdout.split()
        units = host.run(["systemctl", "list-units", "--all", "--plain", "--no-legend", "linuxnet-fabric*"]).stdout
        links = host.run(["ip", "-details", "link"]).stdout
        tables = host.run(["nft", "list", "tables"]).stdout
        return found + units.splitlines() + [text for text in (links, tables) if "fabric" in text]

    fleet.run("site.yml", topology_restore=True, topology_heal=5)
    assert "/usr/local/sbin/linuxnet-fabric" in ours()
    fleet.run("teardown.yml", topology_restore=True, topology_heal=5)
    left = ours()
    assert [path for path in left if not path.startswith(("/var/lib/linuxnet-fabric", "/run/linuxnet-fabric"))] == []
    (line,) = removal()
    host.run(["sh", "-c", line])

    assert ours() == []
    host.reboot()
    assert (ours(), host.failed_units()) == ([], [])
