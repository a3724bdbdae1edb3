# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""become_method linuxnet.fabric.netns: another network, the same host, and a wrong name is told."""

from __future__ import annotations

import json

import pytest


def play(tmp_path, name, **words):
    # raw: nobody may not be allowed to run the Python that runs these tests
    task = {"ansible.builtin.raw": "ip netns identify; id -un; ls /sys/class/net"}
    become = {"become": True, "become_method": "linuxnet.fabric.netns", "vars": {"ansible_become_netns": name}}
    path = tmp_path / "play.json"
    path.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": [task], **become, **words}]))
    return str(path)


@pytest.mark.parametrize("user", ["root", "nobody"])
def test_a_task_runs_inside_as_the_user(lab, tmp_path, user):
    lab.host.run(["ip", "netns", "add", "web"])
    lab.host.run(["ip", "-n", "web", "link", "add", "inside0", "type", "bridge"])
    words = {"become_user": user, "become": True}
    ran = lab.host.playbook(play(tmp_path, "web", **words))
    assert ran.results[0]["stdout_lines"] == ["web", user, "inside0", "lo"]


@pytest.mark.parametrize("name", ["missing", "../../etc", "-x", "a;b"])
def test_a_wrong_name_is_told(lab, tmp_path, name):
    ran = lab.host.playbook(play(tmp_path, name), fail=True)
    assert "network namespace" in ran.told
