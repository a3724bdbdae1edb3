# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run says at its end, of results of every driver and both families."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List

import pytest

from ansible_collections.linuxnet.fabric.plugins.filter.drift import where_lines

jinja2 = pytest.importorskip("jinja2")

TEMPLATES = Path(__file__).resolve().parents[3] / "roles" / "topology" / "templates"
NIC = {"ipv4": "172.20.0.10", "ipv6": "fd00:20::10", "network": "front"}
PORTS = [
    {"host_ip": "0.0.0.0", "published": 8080, "target": 80, "protocol": "tcp"},
    {"host_ip": "::", "published": 8080, "target": 80, "protocol": "tcp"},
]
RESULT: Dict[str, Any] = {
    "networks": {
        "front": {"driver": "bridge", "bridge": "br-front", "subnets": ["172.20.0.0/24"], "gateways": ["172.20.0.1"]},
        "lan": {"driver": "macvlan", "parent": "eth0", "macvlan_mode": "bridge", "subnets": [], "gateways": []},
    },
    "containers": {
        "web": {"mode": "bridge", "interfaces": {"eth0": NIC}, "ports": PORTS},
        "tv": {
            "mode": "bridge",
            "interfaces": {"eth0": {"ipv4": "192.0.2.70", "ipv6": None, "network": "lan"}},
            "ports": [],
        },
        "batch": {"mode": "none", "interfaces": {}, "ports": []},
        "agent": {"mode": "host", "interfaces": {}, "ports": []},
    },
}


def rendered(name: str) -> List[str]:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    text: str = environment.get_template(name).render(topology_result=RESULT)
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def test_a_summary_has_networks_without_a_bridge_and_both_families() -> None:
    assert rendered("summary.txt.j2") == [
        "NETWORK BRIDGE SUBNET GATEWAY",
        "front br-front 172.20.0.0/24 172.20.0.1",
        "lan eth0",
        "CONTAINER MODE NETWORK NIC ADDRESS BRIDGE PORTS",
        "web bridge front eth0 172.20.0.10 fd00:20::10 br-front 0.0.0.0:8080->80/tcp [::]:8080->80/tcp",
        "tv bridge lan eth0 192.0.2.70 eth0",
        "batch none - lo 127.0.0.1 -",
        "agent host - - the host's own -",
    ]


def test_a_run_ends_with_where_the_containers_are_that_it_changed() -> None:
    subjects = [{"container": "web"}, {"container": "web", "interface": "eth0"}, {"network": "front"}]
    subjects += [{"container": "batch"}, {"container": "one that was removed"}]
    assert where_lines({**RESULT, "changes": [{"subject": each} for each in subjects]}) == [
        "web: 172.20.0.10 fd00:20::10 on front, 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp",
        "batch: none",
    ]


def test_of_many_that_changed_some_are_told() -> None:
    many = {"c{0}".format(number): RESULT["containers"]["batch"] for number in range(30)}
    changes = [{"subject": {"container": name}} for name in many]
    told = where_lines({"containers": many, "changes": changes})
    assert (len(told), told[-1]) == (21, "and 10 more")
    ports = [{**PORTS[0], "published": number} for number in range(30)]
    told = where_lines(
        {
            "containers": {"web": {"mode": "bridge", "interfaces": {}, "ports": ports}},
            "changes": [{"subject": {"container": "web"}}],
        }
    )
    assert len(told) == 1 and told[0].endswith("0.0.0.0:11->80/tcp ...")
