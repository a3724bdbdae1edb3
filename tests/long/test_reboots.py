# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reboots in numbers: thirty containers ten times, and a thousand on a disk."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest
from power import start_a_run
from story import Story

from tests.lab.booted import BootedLab, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason="a lab host that boots needs " + missing())
#: How the host goes down each time: five by a kill, one of them in the middle of an apply.
TIMES = ["reboot", "crash", "reboot", "crash", "in an apply", "reboot", "crash", "reboot", "crash", "reboot"]


def test_thirty_containers_survive_ten_reboots_five_of_them_by_kill_once_in_the_middle_of_an_apply() -> None:
    seconds: List[float] = []
    with BootedLab() as lab:
        story = Story(lab, others=25)
        before = story.seen()
        for how in TIMES:
            if how == "in an apply":
                containers = dict(story.words["containers"], more={"networks": ["front"], "ports": ["9999:99"]})
                start_a_run(story.host, dict(story.words, containers=containers), "link")
                story.host.crash()
            else:
                getattr(story.host, how)()
            seconds.append(story.is_as_before(before))
    print("\nevery probe held after", ", ".join("{0:.1f} s".format(each) for each in seconds), file=sys.stderr)
    assert max(seconds) < 5.0


def test_a_run_that_the_power_failed_in_at_a_write_of_any_kind_is_taken_back() -> None:
    with BootedLab() as lab:
        story = Story(lab)
        before = story.seen()
        containers = dict(story.words["containers"], more={"networks": ["front"], "ports": ["9999:99"]})
        for stop_at in ("leases", "nft", "file"):
            start_a_run(story.host, dict(story.words, containers=containers), stop_at)
            story.host.crash()
            story.is_as_before(before)


@pytest.fixture
def on_disk() -> Iterator[List[str]]:
    """Directories of this machine's disk in the place of those that we write to: the lab's own are in memory."""
    with tempfile.TemporaryDirectory(prefix="fabric-disk-", dir="/var/tmp") as directory:
        pairs = []
        for path in ("/var/lib/linuxnet-fabric", "/etc/netns"):
            (Path(directory) / path[1:]).mkdir(parents=True)
            pairs.append("{0}{1}:{1}".format(directory, path))
        yield pairs
        shutil.rmtree(directory, ignore_errors=True)
        Path(directory).mkdir()


def test_a_thousand_containers_on_a_disk_are_restored_in_the_time_of_a_build(on_disk: List[str]) -> None:
    networks: Dict[str, Any] = {"front": {"ipam": {"config": [{"subnet": "172.20.0.0/20"}]}}}
    containers = {"c{0}".format(number): {"networks": ["front"], "ports": ["80"]} for number in range(1000)}
    with BootedLab(binds=on_disk) as lab:
        host = lab.host
        words = {"networks": networks, "containers": containers, "restore": "auto"}
        begun = time.monotonic()
        host.module("topology", words)
        build = time.monotonic() - begun
        host.reboot()
        shown = ["systemctl", "show", "--value", "linuxnet-fabric@default.service"]
        began, ended = (
            int(host.run([*shown, "--property=" + name]).stdout)
            for name in ("InactiveExitTimestampMonotonic", "ActiveEnterTimestampMonotonic")
        )
        restore = (ended - began) / 1e6
        print("\nbuild {0:.1f} s, restore at boot {1:.1f} s".format(build, restore), file=sys.stderr)
        assert host.failed_units() == []
        assert len(host.run(["ls", "/run/netns"]).stdout.split()) == 1000
        assert host.run(["linuxnet-fabric", "check"], check=False).returncode == 0
        assert restore < build * 1.25


def test_flushed_rules_are_back_within_the_minute_and_only_they_are_touched() -> None:
    with BootedLab() as lab:
        story = Story(lab, heal=1)
        before, host = story.seen(), story.host
        heard = host.popen(["ip", "monitor", "link", "address", "route"])
        host.run(["nft", "flush", "ruleset"])
        begun = time.monotonic()
        while "fabric-default" not in host.run(["nft", "list", "tables"]).stdout:
            assert time.monotonic() - begun < 65, "the rules have not come back"
            time.sleep(0.2)
        print("\nback after {0:.0f} s".format(time.monotonic() - begun), file=sys.stderr)
        heard.terminate()
        assert heard.stdout is not None and heard.stdout.read() == "", "links, addresses and routes are let alone"
        story.is_as_before(before)
        journal = host.run(["journalctl", "-b", "-u", "linuxnet-fabric-heal@default.service", "-o", "cat"]).stdout
        assert "create nft tables fabric-default" in journal
