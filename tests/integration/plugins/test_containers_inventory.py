# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The containers of hosts as hosts: what the inventory lists, and tasks that run in them."""

import json
import subprocess

import pytest
import yaml

from tests.lab import ansible

HOSTS = {
    "all": {
        "hosts": {
            "node1": {
                "ansible_connection": "local",
                "ansible_python_interpreter": ansible.target_python(),
                "topology_networks": {"front": {}, "back-end": {"internal": True}},
                "topology_containers": {
                    "web": {"networks": {"front": {}, "back-end": {}}},
                    "batch": {"network_mode": "none"},
                },
            },
            "node2": {"ansible_host": "192.0.2.12", "ansible_user": "admin", "ansible_become": True},
        }
    }
}


@pytest.fixture
def inventory(tmp_path):
    directory = tmp_path / "inventory"
    (directory / "host_vars").mkdir(parents=True)
    (directory / "a_hosts.yml").write_text(yaml.safe_dump(HOSTS))
    (directory / "host_vars" / "node2.yml").write_text("topology_containers_more: {db: }\n")
    (directory / "containers.yml").write_text("plugin: linuxnet.fabric.containers\n")
    return directory


def listed(inventory):
    command = [ansible.program("ansible-inventory"), "-i", str(inventory), "--list"]
    done = subprocess.run(
        command, capture_output=True, text=True, env=ansible.environment(), cwd=str(ansible.ROOT), check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout, object_hook=lambda found: found.get("__ansible_unsafe", found))


def test_every_declared_container_is_a_host_in_the_groups_of_host_and_networks(inventory):
    found = listed(inventory)
    assert sorted(found["fabric_containers"]["hosts"]) == ["batch.node1", "db.node2", "web.node1"]
    assert sorted(found["fabric_containers_of_node1"]["hosts"]) == ["batch.node1", "web.node1"]
    assert found["fabric_containers_on_back_end"]["hosts"] == ["web.node1"]
    assert found["fabric_containers_on_bridge"]["hosts"] == ["db.node2"]  # without a word about networks


def test_a_container_is_reached_as_its_host_is_and_entered_by_sudo_where_the_host_says_become(inventory):
    words = listed(inventory)["_meta"]["hostvars"]
    db = words["db.node2"]
    assert (db["ansible_host"], db["ansible_user"], db["ansible_become_exe"]) == ("192.0.2.12", "admin", "sudo -n ip")
    assert (db["ansible_become_netns"], db["fabric_host"]) == ("db", "node2")
    assert words["web.node1"]["ansible_become_exe"] == "ip"
    assert words["batch.node1"]["fabric_network_mode"] == "none"


def test_containers_of_the_further_projects_of_a_host_are_listed_with_their_project(inventory):
    (inventory / "host_vars" / "node2.yml").write_text("topology_projects_shop: {shop: {containers: {db: }}}\n")
    words = listed(inventory)["_meta"]["hostvars"]
    assert words["db.node2"]["fabric_topology"] == "shop"
    assert words["web.node1"]["fabric_topology"] == "default"


def test_two_hosts_of_one_name_are_refused(inventory):
    (inventory / "containers.yml").write_text("plugin: linuxnet.fabric.containers\nname_format: node1\n")
    command = [ansible.program("ansible-inventory"), "-i", str(inventory), "--list"]
    done = subprocess.run(command, capture_output=True, text=True, env=ansible.environment(), cwd=str(ansible.ROOT))
    assert "container batch of node1 would be called node1, as another host of the inventory; set name_format" in (
        " ".join(done.stderr.split())
    )


def test_a_task_for_a_container_runs_inside_it(lab, inventory, tmp_path):
    lab.host.playbook("playbooks/site.yml", inventory=str(inventory), args=["--limit", "node1"])
    play = tmp_path / "play.yml"
    task = {"ansible.builtin.command": "ip -br link", "changed_when": False}
    play.write_text(yaml.safe_dump([{"hosts": "fabric_containers_of_node1", "gather_facts": False, "tasks": [task]}]))
    ran = lab.host.playbook(str(play), inventory=str(inventory))
    shown = sorted(sorted(line.split("@")[0].split()[0] for line in each["stdout_lines"]) for each in ran.results)
    assert shown == [["eth0", "eth1", "lo"], ["lo"]]


def test_services_of_the_compose_files_of_a_host_and_of_its_projects_are_listed(inventory, tmp_path):
    (tmp_path / "compose.yml").write_text("services: {shop: {networks: [front]}}\nnetworks: {front: {}}\n")
    files = [str(tmp_path / "compose.yml")]
    said = {
        "topology_compose_files": files,
        "topology_projects": {"more": {"compose_files": files, "compose_prefix": 1}},
    }
    (inventory / "host_vars" / "node2.yml").write_text(yaml.safe_dump(said))
    found = listed(inventory)
    assert len(found["fabric_containers_of_node2"]["hosts"]) == 2
    assert "shop.node2" in found["fabric_containers_on_front"]["hosts"]
