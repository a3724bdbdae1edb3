# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""linuxnet.fabric.netns: tasks run inside, see what is inside, and a wrong name is told."""

from __future__ import annotations

import json

import pytest


def play(tmp_path, tasks, **variables):
    variables = dict(variables, ansible_connection="linuxnet.fabric.netns")
    path = tmp_path / "play.json"
    path.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "vars": variables, "tasks": tasks}]))
    return str(path)


def inventory(tmp_path, name, python):
    path = tmp_path / "hosts.json"
    path.write_text(json.dumps({"all": {"hosts": {name: {"ansible_python_interpreter": python}}}}))
    return str(path)


@pytest.mark.parametrize("pipelining", [False, True])
def test_a_task_runs_inside(lab, tmp_path, pipelining):
    from tests.lab.ansible import target_python

    lab.host.run(["ip", "netns", "add", "web"])
    lab.host.run(["ip", "-n", "web", "link", "add", "inside0", "type", "bridge"])
    tasks = [
        {"ansible.builtin.command": {"argv": ["ip", "-o", "link", "show", "inside0"]}},
        {"ansible.builtin.copy": {"content": 'it\'s "quoted" $HOME', "dest": str(tmp_path / "copied")}},
        {"ansible.builtin.shell": "ls /sys/class/net"},
    ]
    path = play(tmp_path, tasks, ansible_pipelining=pipelining)
    ran = lab.host.playbook(path, inventory=inventory(tmp_path, "web", target_python()))
    assert "inside0" in ran.results[0]["stdout"]
    assert "eth0" not in ran.results[2]["stdout"]
    assert (tmp_path / "copied").read_text() == 'it\'s "quoted" $HOME'


def test_the_name_can_differ_from_the_inventory_s(lab, tmp_path):
    from tests.lab.ansible import target_python

    lab.host.run(["ip", "netns", "add", "other"])
    path = play(tmp_path, [{"ansible.builtin.command": "ip netns identify"}], ansible_netns="other")
    ran = lab.host.playbook(path, inventory=inventory(tmp_path, "web", target_python()))
    assert ran.results[0]["stdout"] == "other"


@pytest.mark.parametrize("name", ["missing", "../../etc", "-x", "a;b"])
def test_a_wrong_name_is_told(lab, tmp_path, name):
    from tests.lab.ansible import target_python

    path = play(tmp_path, [{"ansible.builtin.command": "true"}], ansible_netns=name)
    ran = lab.host.playbook(path, inventory=inventory(tmp_path, "web", target_python()), fail=True)
    assert "network namespace" in ran.told
