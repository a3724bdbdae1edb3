# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A group declares some containers, and a host of it some more: the common way to write an inventory."""

import pytest
import yaml

from tests.lab import ansible


@pytest.fixture
def inventory(tmp_path):
    hosts = {"ansible_connection": "local", "ansible_python_interpreter": ansible.target_python()}
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "host_vars").mkdir()
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump({"all": {"children": {"shop": {"hosts": {"node1": hosts}}}}}))
    (tmp_path / "group_vars" / "shop.yml").write_text(
        "topology_networks_shop: {front: {}}\ntopology_containers_shop: {web: {networks: [front]}}\n"
    )
    (tmp_path / "host_vars" / "node1.yml").write_text("topology_containers: {extra: {networks: [front]}}\n")
    return tmp_path


def test_a_host_adds_to_what_its_group_declares(lab, inventory):
    lab.host.playbook("playbooks/site.yml", inventory=str(inventory))
    assert sorted(lab.host.run(["ls", "/run/netns"]).stdout.split()) == ["extra", "web"]
    assert lab.host.playbook("playbooks/site.yml", inventory=str(inventory)).changed == 0


def test_two_variables_that_contradict_one_another_are_both_named_before_anything_is_touched(lab, inventory):
    (inventory / "host_vars" / "node1.yml").write_text("topology_containers: {web: {network_mode: none}}\n")
    ran = lab.host.playbook("playbooks/site.yml", inventory=str(inventory), fail=True)
    assert "topology_containers_shop.web: topology_containers declares web too" in ran.told
    assert lab.host.run(["ip", "netns", "list"]).stdout == ""
