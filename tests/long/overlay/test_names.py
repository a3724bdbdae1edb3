# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names across an overlay network: two hosts, each with its own name server, and whoever shares a network is known."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, Dict

import pytest
from resolver import NOERROR, NXDOMAIN, PTR, asked, servers_of

from tests.lab.booted import BootedLab, missing
from tests.lab.waiting import wait_for

LACKING = missing() or ("" if shutil.which("unbound", path="/usr/sbin") else "unbound")
pytestmark = pytest.mark.skipif(bool(LACKING), reason="lab hosts that boot, and names, need " + LACKING)
SHOP = {"driver": "overlay", "ipam": {"config": [{"subnet": "10.88.0.0/16"}]}}
CONTAINERS: Dict[str, Any] = {
    "node1": {"web": {"networks": {"shop": {"aliases": ["www"]}}}, "alone": {"networks": ["front"]}},
    "node2": {"db": {"networks": ["shop"], "hostname": "database"}},
}


def inventory(lab: BootedLab, containers: Dict[str, Any]) -> str:
    """The lab's own, with what each host declares."""
    path = Path(lab.inventory())
    told = json.loads(path.read_text())
    for nodes in told["all"]["children"].values():
        for host, words in nodes["hosts"].items():
            words.update(topology_networks={"shop": SHOP, "front": {}}, topology_containers=containers[host])
            words.update(topology_dns="unbound", topology_hosts="nodes")
    path.write_text(json.dumps(told))
    return str(path)


def test_a_container_is_known_by_name_on_the_other_host_and_a_new_one_at_once() -> None:
    with BootedLab(["node1", "node2"]) as lab:

        def asks(place: str, name: str, *kind: str) -> Any:
            host, _slash, container = place.partition("/")
            server = servers_of(lab.parties[host], container)[0]
            return asked(lab.parties[host].container(container), server, name, *kind)

        def apply(containers: Dict[str, Any]) -> Dict[str, str]:
            ran = lab.client.playbook("linuxnet.fabric.site", inventory(lab, containers))
            told = [each["containers"] for each in ran.results if each.get("containers")]
            interfaces = {name: said["interfaces"] for each in told for name, said in each.items()}
            return {name: said["eth0"]["ipv4"].split("/")[0] for name, said in interfaces.items()}

        addresses = apply(CONTAINERS)
        web, db = addresses["web"], addresses["db"]
        wait_for(lambda: asks("node2/db", "web") == [NOERROR, web], 30, "a name of the other host")
        wait_for(lambda: asks("node1/web", "database") == [NOERROR, db], 30, "a host name of the other host")
        assert asks("node2/db", "www") == [NOERROR, web], "an alias"
        reverse = ".".join(reversed(db.split("."))) + ".in-addr.arpa"
        assert asks("node1/web", reverse, PTR) == [NOERROR, "db"]
        assert asks("node1/alone", "db") == [NXDOMAIN], "of a network that it is not on"

        late = apply({**CONTAINERS, "node2": {**CONTAINERS["node2"], "late": {"networks": ["shop"]}}})["late"]
        wait_for(lambda: asks("node1/web", "late") == [NOERROR, late], 30, "a new name of the other host")
        for host in lab.hosts:
            host.crash()
        wait_for(lambda: asks("node1/web", "late") == [NOERROR, late], 30, "names of the other host after a boot")
