# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks are there when the host comes up: after a reboot, after the power failed, and in the middle of a run."""

from __future__ import annotations

from typing import Iterator

import pytest
from power import start_a_run
from story import PROGRAM, Story

from tests.lab.booted import BootedLab, missing
from tests.lab.booted_host import BootedHost


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    if missing():
        pytest.skip("a lab host that boots needs " + missing())
    with BootedLab() as lab:
        yield Story(lab)


@pytest.mark.parametrize("how", ["reboot", "crash"])
def test_after_a_boot_everything_is_as_it_was_within_five_seconds(story: Story, how: str) -> None:
    before = story.seen()
    getattr(story.host, how)()
    assert story.is_as_before(before) < 5.0 + slack()
    said = story.host.run(["journalctl", "-b", "-u", "linuxnet-fabric*"]).stdout
    assert "create bridge br-front" in said
    assert "did not forward" not in said, "what an apply says once is not said at each boot"


def slack() -> float:
    """Seconds for other tests that run beside this one: what is promised is promised of a machine of one's own."""
    with open("/proc/loadavg") as file:
        return 5.0 * float(file.read().split()[0])


def test_after_words_of_a_firewall_every_probe_holds_and_the_service_in_a_namespace_lives_on(story: Story) -> None:
    pid = story.pid()
    for word in ("start", "reload", "stop", "start", "restart"):
        story.tell(word, "nftables")
        if word != "stop":
            story.holds(within=30)
    assert story.check()[0] == 0
    assert story.pid() == pid


def test_two_restores_at_once_make_it_once(story: Story) -> None:
    before = story.seen()
    story.host.run(["ip", "link", "delete", "br-front"])
    both = "{0} restore & {0} restore && wait $!".format(PROGRAM)
    said = story.host.run(["sh", "-c", both]).stdout
    assert said.count("create bridge br-front") == 1 and said.count("default: as it was applied") == 1
    story.is_as_before(before)


@pytest.mark.parametrize("where", ["link", "prepared"])
def test_a_run_that_the_power_failed_in_is_taken_back_and_then_all_is_as_it_was(story: Story, where: str) -> None:
    before = story.seen()
    containers = dict(story.words["containers"], more={"networks": ["front"], "ports": ["9999:99"]})
    start_a_run(story.host, dict(story.words, containers=containers), where)
    story.host.crash()
    story.is_as_before(before)


def test_a_run_that_had_been_verified_when_the_power_failed_is_finished(story: Story) -> None:
    containers = dict(story.words["containers"], more={"networks": ["front"], "ports": ["9999:99"]})
    start_a_run(story.host, dict(story.words, containers=containers), "declared")
    story.host.crash()
    assert story.host.module("topology", {**story.words, "containers": containers}, check=True)["actions"] == []
    story.apply()


def test_a_run_that_waited_for_its_confirmation_is_taken_back_by_the_boot(story: Story) -> None:
    before = story.seen()
    containers = dict(story.words["containers"], more={"networks": ["front"], "ports": ["9999:99"]})
    story.apply(containers=containers, confirm_timeout=600)
    assert "more" in story.host.run(["ls", "/run/netns"]).stdout
    story.host.crash()
    story.is_as_before(before)


def test_a_restore_that_cannot_be_done_is_a_failed_unit_that_says_why_and_the_rest_boots(story: Story) -> None:
    host = story.host
    host.run(["mv", "/usr/sbin/nft", "/usr/sbin/nft.away"])
    host.reboot()
    assert "linuxnet-fabric@default.service" in host.failed_units()
    assert "nft" in host.run(["journalctl", "-b", "-u", "linuxnet-fabric@default.service"]).stdout
    assert story.lab.client.run(["ping", "-c", "1", "-W", "5", host.ipv4]).returncode == 0
    assert host.run(["systemctl", "is-active", "lab-sshd"]).stdout.strip() == "active"
    host.run(["mv", "/usr/sbin/nft.away", "/usr/sbin/nft"])
    before_repair = story.check()
    assert before_repair[0] == 2, before_repair
    host.run([PROGRAM, "restore"])
    host.run(["systemctl", "restart", "linuxnet-fabric@default.service", "web"])
    story.holds()
    assert story.check()[0] == 0


def test_the_last_topology_leaves_nothing_on_the_host(booted: BootedLab) -> None:
    clean = files_of(booted.host)
    words = {"networks": {"front": {}}, "containers": {"web": {"networks": ["front"]}}, "restore": "auto", "heal": 5}
    booted.host.module("topology", words)
    booted.host.module(
        "topology", dict(words, name="other", networks={"more": {}}, containers={"x": {"networks": ["more"]}})
    )
    assert PROGRAM in files_of(booted.host)
    booted.host.module("topology", {"state": "absent"})
    assert PROGRAM in files_of(booted.host), "another project still needs it"
    booted.host.module("topology", {"name": "other", "state": "absent"})
    left = [path for path in files_of(booted.host) if path not in clean]
    assert [path for path in left if not path.startswith("/var/lib/linuxnet-fabric")] == []


def files_of(host: BootedHost) -> "list[str]":
    """Everything of ours by its name, and everything below the directories that we write to."""
    places = ["/etc/systemd", "/etc/netns", "/usr/local", "/var/lib/linuxnet-fabric"]
    return host.run(["find", *places, "-type", "f"]).stdout.split()
