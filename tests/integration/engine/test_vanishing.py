# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A handle that somebody takes away while a run reads the host."""

from __future__ import annotations

import subprocess
from typing import Any, Tuple
from unittest import mock

import pytest
from labhost import LabHost
from scenarios import NOTHING, Declaration, run

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import visits
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.host import Host
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.visits import Visits

TWO: Declaration = {
    "networks": {"front": {}},
    "containers": {"web": {"networks": ["front"]}, "db": {"network_mode": "none"}},
}
NAMES = ("db", "web")


@pytest.mark.parametrize("by", ["ip netns delete web", "umount /run/netns/web"])
def test_what_was_listed_and_is_gone_is_read_as_gone(fresh_host: LabHost, by: str) -> None:
    states, handles, dead = fresh_host.run(_taken_while_reading, by)
    assert (states, handles) == (("db",), ("db",))
    assert dead is by.startswith("umount")  # its file is there, and leads nowhere


def test_the_run_that_reads_it_makes_it_again(fresh_host: LabHost) -> None:
    made, again = fresh_host.run(_taken_while_a_run_reads)
    assert made == ("create namespace db",)
    assert again == ()


def _taken_while_reading(by: str) -> Tuple[Any, Any, bool]:
    run(TWO)
    with Host() as host, Visits(host, {}, ["default"]) as reading:
        assert sorted(reading.handles) == sorted(NAMES)
        subprocess.run(by.split(), check=True)
        states = tuple(reading.finish())
        return states, tuple(n for n, inode in reading.handles.items() if inode), "web" in reading.handles


def _taken_while_a_run_reads() -> Tuple[Any, Any]:
    run(TWO)
    enter, taken = visits._enter, []

    def taking(name: str) -> bool:
        if not taken:
            taken.append(subprocess.run(["ip", "netns", "delete", "db"], check=True))
        return enter(name)

    with mock.patch.object(visits, "_enter", taking):
        made = run(TWO).actions
    again = run(TWO).actions
    run(NOTHING)
    return made, again
