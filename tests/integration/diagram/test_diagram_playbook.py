# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook diagram.yml on a lab host: what is declared and what is found there, drawn in three formats."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.lab.ansible import target_python
from tests.unit.diagram.seen import seen_in_dot, seen_in_mermaid, seen_in_svg

PLAYBOOK = str(Path(__file__).resolve().parents[3] / "playbooks" / "diagram.yml")
READERS = {"svg": seen_in_svg, "mmd": seen_in_mermaid, "dot": seen_in_dot}
SUBNETS = ("172.20.0.0/24", "172.21.0.0/24", "172.22.0.0/24")
FRONT, BACK, OWN = ({"ipam": {"config": [{"subnet": subnet}]}} for subnet in SUBNETS)
NETWORKS = {"front": FRONT, "back": {**BACK, "internal": True, "icc": False}}
CONTAINERS = {
    "web": {
        "networks": {"front": {"ipv4_address": "172.20.0.10"}, "back": {"ipv4_address": "172.21.0.10"}},
        "ports": ["8080:80", "127.0.0.1:5353:53/udp"],
        "links": ["db"],
    },
    "db": {"networks": {"back": {"ipv4_address": "172.21.0.11"}}},
    "sidecar": {"network_mode": "container:web"},
    "batch": {"network_mode": "none"},
    "agent": {"network_mode": "host"},
}
OTHER = {
    "cache": {"networks": {"own": OWN}, "containers": {"redis": {"networks": {"own": {"ipv4_address": "172.22.0.9"}}}}}
}
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": target_python()}
#: No name, and no connection that there is: it does not answer.
LOST = {"ansible_connection": "ssh", "ansible_host": "192.0.2.254", "ansible_ssh_common_args": "-o ProxyCommand=false"}


@pytest.fixture
def drawn(shared_lab, tmp_path):
    """Runs the playbook; what is to be seen in the three files, which is the same."""

    def run(**more):
        words = {"topology_name": "shop", "topology_networks": NETWORKS, "topology_containers": CONTAINERS}
        hosts = {"node1": {**LOCAL, **words, "topology_projects": OTHER}, "node2": LOST}
        inventory = tmp_path / "inventory.json"
        inventory.write_text(json.dumps({"all": {"hosts": hosts}}))
        directory = tmp_path / "reports"
        ran = shared_lab.host.playbook(PLAYBOOK, str(inventory), {"topology_report_directory": str(directory), **more})
        assert ran.changed == 0
        found = {end: reader((directory / f"diagram.{end}").read_text("utf-8")) for end, reader in READERS.items()}
        assert found["svg"] == found["mmd"] == found["dot"]
        return found["dot"]

    return run


def test_what_is_found_on_a_host_is_drawn_as_what_is_declared(shared_lab, drawn):
    declared = drawn()
    assert {line for line in declared if line.startswith("node1 (cache)")} == {
        "node1 (cache): network own | br-own | 172.22.0.0/24",
        "node1 (cache): container redis",
        "node1 (cache): redis - eth0 172.22.0.9 - own",
    }
    assert "node1 (shop): web: link → db" in declared

    shared_lab.host.module("topology", {"name": "shop", "networks": NETWORKS, "containers": CONTAINERS})
    shared_lab.host.module("topology", {"name": "cache", **OTHER["cache"]})
    found = drawn(topology_diagram="found")
    assert [line.split(" | ")[0] for line in found - declared] == ["node2: unknown unknown"]
    assert declared - found == set()
