# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first thing that a learner tries: what would the playbook do, on a host where nothing is?"""

PLAYBOOK = "playbooks/bridge_by_hand.yml"


def test_a_check_on_a_fresh_host_says_of_every_task_that_it_would_change_something(lab):
    foretold = lab.host.playbook(PLAYBOOK, check=True, diff=True)
    assert lab.host.run(["ip", "netns", "list"]).stdout == ""
    done = lab.host.playbook(PLAYBOOK)
    assert foretold.changed == done.changed == 7
    assert lab.host.playbook(PLAYBOOK).changed == 0


def test_a_check_warns_of_what_an_earlier_task_must_make_and_a_run_refuses(lab):
    words = {"name": "veth-a", "netns": "web", "ifname": "eth0", "master": "br-a"}
    said = lab.host.module("veth", words, check=True)
    assert said["changed"]
    assert "there is no such namespace" in str(said["warnings"])
    refused = lab.host.module("veth", words, fail=True)
    assert "there is no such namespace" in refused["msg"] and "there is no such bridge" in refused["msg"]
