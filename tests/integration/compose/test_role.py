# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role with Compose files: beside an inventory's own networks, on the way through check, apply and drift."""

from __future__ import annotations

import pytest
import yaml

from tests.lab import ansible

COMPOSE = """
services:
  web: {image: web, networks: [front], ports: ["${PORT:-8080}:80"], colour: red}
  side: {network_mode: "service:web"}
  debug: {profiles: [debug]}
networks: {front: {}}
"""


@pytest.fixture
def inventory(tmp_path):
    (tmp_path / "compose.yml").write_text(COMPOSE)
    (tmp_path / ".env").write_text("PORT=8088\n")
    node = {
        "ansible_connection": "local",
        "ansible_python_interpreter": ansible.target_python(),
        "topology_compose_files": [str(tmp_path / "compose.yml")],
        "topology_containers": {"db": {"networks": ["front"]}},
    }
    path = tmp_path / "hosts.yml"
    path.write_text(yaml.safe_dump({"all": {"hosts": {"node1": node}}}))
    return path


def test_a_host_has_what_its_compose_files_and_its_variables_declare(lab, inventory):
    first = lab.host.playbook("playbooks/site.yml", inventory=str(inventory))
    assert "left out, for it is not in Compose's words: services.web.colour" in " ".join(first.told.split())
    assert sorted(each.split()[0] for each in lab.host.run(["ip", "netns"]).stdout.splitlines()) == [
        "db",
        "side",
        "web",
    ]
    lab.host.container("web").serve("tcp", 80, says="web")
    assert lab.client.ask("tcp", lab.host.ipv4, 8088)["server"] == "web"
    assert lab.host.playbook("playbooks/site.yml", inventory=str(inventory)).changed == 0


def test_the_same_name_in_other_words_is_an_error_that_names_both(lab, inventory):
    more = ["-e", '{"topology_containers": {"web": {"network_mode": "none"}}}']
    ran = lab.host.playbook("playbooks/site.yml", inventory=str(inventory), args=more, fail=True)
    assert "topology_containers.web: topology_compose_files declares web too" in ran.told
    assert lab.host.run(["ip", "netns"]).stdout == ""
