# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of the role by their tags, and the whole of it by a tag of the playbook's own."""

from __future__ import annotations

import json

import pytest

WORDS = {
    "topology_containers": {"own": {"network_mode": "none"}},
    "topology_projects": {"shop": {"containers": {"web": {}}}},
    "topology_dependencies": [],
    "topology_install_dependencies": True,
}


@pytest.fixture
def play(lab, tmp_path):
    """Runs a play of one role, tagged ``network``, with options of ansible-playbook; (namespaces there, tasks run)."""
    path = tmp_path / "play.json"
    role = {"role": "linuxnet.fabric.topology", "tags": ["network"]}
    path.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "roles": [role]}]))

    def run(*args, **words):
        ran = lab.host.playbook(str(path), extra_vars={**WORDS, **words}, args=args)
        tasks = [each["task"].split(" : ")[-1] for each in ran.results if not each.get("skipped")]
        return lab.host.run(["ls", "/run/netns"], check=False).stdout.split(), tasks

    return run


def test_a_tag_of_the_playbook_runs_all_of_the_role(play):
    namespaces, tasks = play("--tags", "network", topology_confirm_timeout=60)
    assert namespaces == ["own", "web"]
    assert tasks.count("Keep what the run did") == 2
    namespaces, _tasks = play("--tags", "network", topology_state="absent")
    assert namespaces == []


def test_the_packages_alone(play):
    namespaces, tasks = play("--tags", "topology_install")
    assert namespaces == []
    assert "Install nftables and the Python libraries" in tasks


def test_the_networks_without_the_packages(play):
    for choice in (("--tags", "topology_apply"), ("--skip-tags", "topology_install")):
        namespaces, tasks = play(*choice)
        assert namespaces == ["own", "web"]
        assert "Install nftables and the Python libraries" not in tasks


def test_another_tag_runs_nothing_of_the_role(play):
    namespaces, tasks = play("--tags", "elsewhere")
    assert namespaces == []
    assert [task for task in tasks if not task.startswith("Validating arguments")] == []
