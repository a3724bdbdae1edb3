# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet over ssh: as root and by sudo, by both strategies, some hosts at a time, and some hosts alone.

Each way with each strategy and each size of a batch is in tests/long/over_ssh.
"""

from __future__ import annotations

import pytest

from tests.integration.over_ssh.fleet import CONTAINERS, Fleet, roles_play
from tests.lab.booted import BootedLab, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason="lab hosts with sshd need " + missing())


@pytest.fixture
def fleet(tmp_path):
    """A function: the way by which hosts are reached, and their names → a fleet."""
    labs = []

    def make(way, *names):
        labs.append(BootedLab(light=names))
        return Fleet(labs[-1], tmp_path, way)

    yield make
    for lab in labs:
        lab.close()


def test_a_fleet_is_made_reported_repaired_and_taken_away(fleet):
    fleet("sudo", "node1", "node2").story("free")


def test_a_batch_with_a_failure_is_the_last(fleet, tmp_path):
    hosts = fleet("root", "node1", "node2", "node3")
    rolling = roles_play(tmp_path, [1, 1, "100%"])
    hosts.run(rolling, own={"node2": {"topology_port_range": "many"}}, fail=True)
    assert hosts.namespaces() == {"node1": sorted(CONTAINERS), "node2": [], "node3": []}


def test_a_user_who_did_not_become_root_is_told_what_to_do(fleet):
    words = {"ansible_become": False, "ansible_python_interpreter": "/usr/bin/python3"}
    told = fleet("sudo", "node1").run("site.yml", fail=True, **words).told
    assert "linuxnet.fabric needs root on node1, also in check mode; this task runs as admin (uid " in told
    assert "Add become: true" in told


def test_a_run_is_confirmed_over_a_new_connection_of_a_user_who_may_sudo(fleet):
    hosts = fleet("sudo", "node1")
    hosts.run("site.yml", topology_confirm_timeout=60)
    assert hosts.run("site.yml", check=True).changed == 0  # it would be refused while anything waits
