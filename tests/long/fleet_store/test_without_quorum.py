# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three hosts that boot, a member of etcd on each, with TLS and passwords, managed over ssh: what containers send each
other, checks and runs go on while members and their leader are killed, and a new lease is refused with the reason."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from itertools import permutations
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._fleet.inventory import store_of
from tests.integration.overlay.fleet import FleetTalk
from tests.lab import ansible, etcd
from tests.lab.booted import BootedLab, missing
from tests.paths import ROOT

HOSTS = ("node1", "node2", "node3")
SHOP = {"driver": "overlay", "ipam": {"config": [{"subnet": "10.88.0.0/16", "block_size": 24}]}}
#: Of a new lease that cannot be had: seconds until a host refuses it.
LONGEST = 5.0
PLACES = [host + "/web" for host in HOSTS]


class Fleet:
    """``containers``: host → its containers, as the next run's inventory says."""

    def __init__(self, lab: BootedLab, cluster: etcd.Cluster, directory: Path) -> None:
        self.lab, self.cluster, self.directory = lab, cluster, directory
        self.talk = FleetTalk(lab)
        self.containers: Dict[str, Dict[str, Any]] = {host: {"web": {"networks": ["shop"]}} for host in HOSTS}
        self.addresses: Dict[str, str] = {}

    def run(self, check: bool = False, fail: bool = False, limit: str = "all") -> ansible.PlaybookRun:
        words = {
            "ansible_user": "root",
            "ansible_ssh_common_args": " ".join(self.lab.ssh_options()),
            "ansible_python_interpreter": ansible.target_python(),
            "topology_networks": {"shop": SHOP, "own": {"ipam": {"config": [{"subnet": "172.20.0.0/24"}]}}},
            "topology_lease_store": self.cluster.store(),
        }
        hosts = {
            host.name: {
                "ansible_host": host.ipv4,
                "topology_host_id": "id-of-" + host.name,
                "topology_containers": self.containers[host.name],
            }
            for host in self.lab.hosts
        }
        path = self.directory / "hosts.json"
        path.write_text(json.dumps({"all": {"hosts": hosts, "vars": words}}))
        site = str(ROOT / "playbooks" / "site.yml")
        ran = self.lab.client.playbook(site, str(path), check=check, args=["--limit", limit], fail=fail)
        for each in ran.results:
            for name, container in each.get("containers", {}).items():
                if container["interfaces"]:
                    place = "{0}/{1}".format(each["host"], name)
                    self.addresses[place] = next(iter(container["interfaces"].values()))["ipv4"]
        return ran

    def probe(self, places: List[str]) -> None:
        """Each calls each, across the hosts, and is seen as who it is."""
        for source, target in permutations(places, 2):
            server = self.talk.serve(target, 8000)
            try:
                seen = self.talk.reach(source, self.addresses[target], 8000, server)
            finally:
                server.close()
            assert seen == self.addresses[source], (source, target)

    def refused_within(self) -> float:
        """Seconds that a host takes to say that the store has no new lease to give, its module's start included."""
        words = {"lease_store": store_of({"topology_lease_store": self.cluster.store()}), "host_id": "id-of-node1"}
        claim = {"topology": "default", "network": "shop", "kind": "block", "block": "10.88.77.0/24"}
        claims = [{**claim, "host": "node1", "host_id": "id-of-node1"}]
        start = time.monotonic()
        answer = self.lab.host.module("fleet_member", {**words, "state": "held", "claims": claims}, fail=True)
        seconds = time.monotonic() - start
        assert "10.88.77.0/24 of shop: a new lease, which the store has to give" in answer["msg"]
        assert "it cannot decide, for most of its members are not there" in answer["msg"]
        return seconds


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    lack = missing() or etcd.missing()
    if lack:
        pytest.skip("these tests need " + lack)
    (ROOT / "build").mkdir(exist_ok=True)
    # A host that boots has a /tmp of its own, and sees the checkout.
    directory = Path(tempfile.mkdtemp(prefix="etcd-", dir=ROOT / "build"))
    try:
        with BootedLab(HOSTS) as lab:
            made = Fleet(lab, etcd.Cluster(lab.hosts, directory), tmp_path)
            try:
                yield made
            finally:
                made.talk.close()
    finally:
        shutil.rmtree(directory)


def test_traffic_checks_and_runs_go_on_without_a_quorum(fleet: Fleet) -> None:
    cluster = fleet.cluster
    fleet.run()
    fleet.probe(PLACES)

    # The leader is killed: a new lease is had all the same, and it comes back and knows of it.
    leader = cluster.leader()
    cluster.kill(leader)
    fleet.containers["node1"]["db"] = {"networks": {"shop": {"ipv4_address": "10.88.0.77"}}}
    fleet.run()
    fleet.probe([*PLACES, "node1/db"])
    cluster.start(leader)
    endpoint = cluster.endpoint(leader)
    assert "10.88.0.77" in cluster.etcdctl("get", "--prefix", etcd.PREFIX, "--endpoints", endpoint)

    # No quorum.
    gone = [cluster.leader()]
    gone.append(next(number for number in cluster.running if number not in gone))
    for number in gone:
        cluster.kill(number)
    fleet.probe([*PLACES, "node1/db"])
    assert fleet.run(check=True).changed == 0
    assert fleet.run().changed == 0
    fleet.containers["node2"]["app"] = {"networks": ["shop"]}  # in the block that the host has
    fleet.containers["node2"]["batch"] = {"networks": ["own"], "ports": ["8080:80"]}
    fleet.run()
    fleet.probe([*PLACES, "node2/app"])
    seconds = [fleet.refused_within() for _time in range(3)]
    print("seconds:", seconds)
    assert max(seconds) < LONGEST
    fleet.containers["node3"]["db"] = {"networks": {"shop": {"ipv4_address": "10.88.2.77"}}}
    ran = fleet.run(fail=True)
    assert "10.88.2.77 of db on shop: a new lease, which the store has to give" in ran.told
    fleet.probe([*PLACES, "node2/app"])

    # And it is back.
    for number in gone:
        cluster.start(number, wait=False)
    cluster.wait_until_healthy()
    fleet.run()
    fleet.probe([*PLACES, "node3/db"])
