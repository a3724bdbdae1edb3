# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way to reach a host, with every strategy, and in batches of every size."""

from __future__ import annotations

import pytest

from tests.integration.over_ssh.fleet import CONTAINERS, WAYS, Fleet, roles_play
from tests.lab.booted import BootedLab, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason="lab hosts with sshd need " + missing())
HOSTS = ["node1", "node2", "node3", "node4"]
STRATEGIES = ["linear", "free", "host_pinned"]


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("way", sorted(WAYS))
def test_the_story_of_a_fleet(tmp_path, way, strategy):
    with BootedLab(light=HOSTS) as lab:
        Fleet(lab, tmp_path, way).story(strategy)


@pytest.mark.parametrize("serial", [[1], [2], ["50%"], [1, "100%"]], ids=str)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_batches_of_every_size(tmp_path, strategy, serial):
    with BootedLab(light=HOSTS) as lab:
        fleet = Fleet(lab, tmp_path, "sudo")
        rolling = roles_play(tmp_path, serial)
        assert fleet.run(rolling, strategy=strategy).changed == len(HOSTS)
        assert fleet.namespaces() == dict.fromkeys(HOSTS, sorted(CONTAINERS))
        assert fleet.run(rolling, "--limit", "node2,node3", strategy=strategy).changed == 0


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_ansible_on_the_host_itself(lab, tmp_path, strategy):
    """Without ssh: the connection local, as root."""
    words = {"topology_networks": {"front": {}}, "topology_containers": {"web": {"networks": ["front"]}}}
    env = {"ANSIBLE_STRATEGY": strategy}
    assert lab.host.playbook("playbooks/site.yml", extra_vars=words, env=env).changed == 1
    assert lab.host.playbook("playbooks/site.yml", extra_vars=words, env=env).changed == 0
    reports = {"topology_report_directory": str(tmp_path / "reports")}
    lab.host.playbook("playbooks/drift.yml", extra_vars={**words, **reports}, env=env)
    assert (tmp_path / "reports" / "node1.default.json").exists()
    lab.host.playbook("playbooks/teardown.yml", extra_vars=words, env=env)
    assert lab.host.run(["ip", "netns", "list"]).stdout == ""
