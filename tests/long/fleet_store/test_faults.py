# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What etcd and the way to it can do to a fleet: what is leased goes on, and a new lease is right, or refused."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple

import pytest

from tests.integration.fleet_store.steps import Run
from tests.integration.overlay.conftest import new_fleet
from tests.integration.overlay.fleet import Fleet
from tests.lab import etcd

SHOP = {"driver": "overlay", "ipam": {"config": [{"subnet": "10.88.0.0/16", "block_size": 24}]}}
HOSTS = ("node1", "node2", "node3")
BLOCKS = "topologies/default/networks/shop/blocks/"
#: Of a new lease that cannot be had: seconds until it is refused.
LONGEST = 5.0

Place = Tuple[Fleet, etcd.Cluster]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Three hosts, a member on each, and the leases of node1 and node2."""
    lack = etcd.missing()
    if lack:
        pytest.skip("these tests need " + lack)
    with new_fleet(tmp_path, HOSTS) as fleet:
        cluster = etcd.Cluster([fleet.host(host) for host in HOSTS], tmp_path / "etcd")
        declare(fleet, cluster, ("node1", "node2"))
        assert Run(fleet).problems == []
        yield fleet, cluster


def declare(fleet: Fleet, cluster: etcd.Cluster, hosts: Any = HOSTS, **words: Any) -> None:
    containers: Dict[str, Dict[str, Any]] = {host: {"web": {"networks": ["shop"]}} for host in hosts}
    fleet.declare({"shop": SHOP}, containers, topology_lease_store=cluster.store(**words))


def blocks(cluster: etcd.Cluster) -> Dict[str, str]:
    return {key[len(BLOCKS) :]: value.split()[1] for key, value in cluster.keys().items() if key.startswith(BLOCKS)}


def goes_on(fleet: Fleet, limit: Optional[List[str]] = None) -> None:
    """A check and a run of those that have their leases."""
    for check in (True, False):
        ran = Run(fleet, check=check, limit=limit or ["node1", "node2"])
        assert (ran.problems, [line for lines in ran.actions.values() for line in lines]) == ([], [])


def refused(fleet: Fleet, host: str = "node3", limit: Optional[List[str]] = None) -> str:
    """A new lease: by a check and by a run, and what a run that asks one host says."""
    for check in (True, False):
        ran = Run(fleet, check=check, limit=limit)
        (problem,) = (line for line in ran.problems if "a new lease" in line)
        assert problem.startswith(host + ": topology_networks.shop: ")
    return problem


def test_a_quorum_that_is_lost_and_comes_back(place: Place) -> None:
    fleet, cluster = place
    leader = cluster.leader()
    second = next(number for number in cluster.running if number != leader)
    for number in (leader, second):
        cluster.kill(number)
    goes_on(fleet)
    declare(fleet, cluster)
    assert "it cannot decide, for most of its members are not there" in refused(fleet)

    cluster.start(leader, wait=False)
    cluster.start(second)
    assert Run(fleet).problems == []
    assert blocks(cluster) == {"10.88.0.0/24": "node1", "10.88.1.0/24": "node2", "10.88.2.0/24": "node3"}


def test_members_that_hang_are_an_error_within_five_seconds(place: Place) -> None:
    """They are stopped, not gone: a connection is made and nothing is said. The worst that a quorum can be."""
    fleet, cluster = place
    for number in sorted(cluster.running):
        cluster.running[number].send_signal(signal.SIGSTOP)
    times = []
    for _time in range(3):
        start = time.monotonic()
        answer = fleet.host("node1").module("fleet_member", {"lease_store": _store(fleet)})
        times.append(time.monotonic() - start)
        assert "no answer within" in answer["identity"]["store"]["trouble"]
    for number in sorted(cluster.running):
        cluster.running[number].send_signal(signal.SIGCONT)
    print("seconds:", times)
    assert max(times) < LONGEST, "the start of the module included"


def _store(fleet: Fleet) -> Any:
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._fleet.inventory import store_of

    return store_of(fleet.variables)


def test_one_slow_member_costs_a_moment_and_nothing_else(place: Place) -> None:
    fleet, cluster = place
    follower = next(number for number in cluster.running if number != cluster.leader())
    cluster.running[follower].send_signal(signal.SIGSTOP)
    declare(fleet, cluster)
    ran = Run(fleet)
    cluster.running[follower].send_signal(signal.SIGCONT)
    assert (ran.problems, ran.warnings) == ([], [])
    assert blocks(cluster)["10.88.2.0/24"] == "node3"


def test_a_host_that_is_cut_off_goes_on_by_its_copy_while_the_others_lease(place: Place) -> None:
    fleet, cluster = place
    cut_off = fleet.host("node2")
    for rule in (
        "add table inet cut",
        "add chain inet cut out { type filter hook output priority 0; }",
        "add rule inet cut out tcp dport {2379, 2381, 2383} drop",
    ):
        cut_off.run(["nft", rule])
    declare(fleet, cluster)
    ran = Run(fleet)
    assert ran.problems == [] and [line for line in ran.warnings if "goes by what the host was told" in line]
    assert ran.actions["node2"] == ["remember node3 on shop: 10.88.2.0/24 at " + fleet.host("node3").ipv4]
    assert blocks(cluster)["10.88.2.0/24"] == "node3"

    fleet.own["node2"]["topology_containers"]["db"] = {"networks": {"shop": {"ipv4_address": "10.88.1.77"}}}
    assert "10.88.1.77 of db on shop: a new lease" in refused(fleet, "node2")
    cut_off.run(["nft", "delete", "table", "inet", "cut"])
    assert Run(fleet).problems == []


def test_a_certificate_of_the_members_that_expired_is_named_and_mended_without_a_restart(place: Place) -> None:
    fleet, cluster = place
    cluster.certificate("server", days=-1)  # read anew for each who connects
    goes_on(fleet)
    declare(fleet, cluster)
    assert "the certificate of {0} is not believed: certificate has expired".format(cluster.endpoint(0)) in refused(
        fleet
    )
    cluster.certificate("server")
    assert Run(fleet).problems == []


def test_a_full_database_refuses_what_is_new_and_serves_what_is_there(tmp_path: Path) -> None:
    lack = etcd.missing()
    if lack:
        pytest.skip("these tests need " + lack)
    with new_fleet(tmp_path, HOSTS) as fleet:
        cluster = etcd.Cluster([fleet.host("node1")], tmp_path / "etcd", secure=False, quota=1 << 22)
        declare(fleet, cluster, ("node1", "node2"))
        Run(fleet)
        put = 'etcdctl --endpoints {0} put /filler/$i "$(head -c 90000 /dev/zero | tr "\\0" x)"'
        fill = "i=0; while {0}; do i=$((i+1)); done".format(put)
        fleet.host("node1").run(["env", "ETCDCTL_API=3", "sh", "-c", fill.format(cluster.endpoint(0))], check=False)
        goes_on(fleet)

        declare(fleet, cluster)
        with pytest.raises(Exception, match="its database is full"):
            Run(fleet)
        declare(fleet, cluster, ("node1", "node2"))
        goes_on(fleet)
        assert "10.88.2.0/24" not in blocks(cluster)


def test_a_store_restored_from_an_old_backup_is_put_right_by_what_hosts_hold(place: Place) -> None:
    fleet, cluster = place
    backup = str(cluster.directory / "backup.db")
    cluster.etcdctl("snapshot", "save", backup, one=True)
    # Since then node1 got another block, and its old one is node3's.
    fleet.own["node1"]["topology_blocks"] = {"shop": "10.88.9.0/24"}
    Run(fleet).give_back()
    declare(fleet, cluster)
    fleet.own["node1"]["topology_blocks"] = {"shop": "10.88.9.0/24"}
    Run(fleet).give_back()
    now = {"10.88.9.0/24": "node1", "10.88.1.0/24": "node2", "10.88.0.0/24": "node3"}
    assert blocks(cluster) == now

    cluster.restore(backup)
    assert blocks(cluster) == {"10.88.0.0/24": "node1", "10.88.1.0/24": "node2"}, "as it was"
    by_hand = {"networks": {"shop": {"ipv4_address": "10.88.1.77"}}}
    fleet.own["node2"]["topology_containers"]["db"] = by_hand
    assert "what node1, node3 got since then may look free there" in refused(fleet, "node2", ["node2"])
    del fleet.own["node2"]["topology_containers"]["db"]
    goes_on(fleet, ["node2"])
    for number in range(100):  # the restored store comes further than the lost one was
        cluster.etcdctl("put", "/elsewhere", str(number))
    fleet.own["node2"]["topology_containers"]["db"] = by_hand
    assert "the store was restored from a backup, for node2 knew a later one" in refused(fleet, "node2", ["node2"])

    del fleet.own["node2"]["topology_containers"]["db"]
    ran = Run(fleet)
    assert ran.problems == []
    assert "give 10.88.0.0/24 of shop back in etcd" in ran.actions["node1"]
    assert blocks(cluster) == now
    fleet.own["node2"]["topology_containers"]["db"] = by_hand
    assert Run(fleet, limit=["node2"]).problems == [], "after a run over all hosts it is the store that is known"


def test_a_block_that_only_its_host_and_the_lost_store_knew_of_is_nobody_elses(place: Place) -> None:
    fleet, cluster = place
    backup = str(cluster.directory / "backup.db")
    cluster.etcdctl("snapshot", "save", backup, one=True)
    fleet.own["node2"]["topology_containers"]["db"] = {"networks": {"shop": {"ipv4_address": "10.88.1.77"}}}
    assert Run(fleet, limit=["node2"]).problems == []
    fleet.own["node1"]["topology_blocks"] = {"shop": "10.88.9.0/24"}
    assert Run(fleet, limit=["node1"]).problems == []

    cluster.restore(backup)
    del fleet.own["node1"]["topology_blocks"]
    del fleet.own["node2"]["topology_containers"]["db"]
    fleet.own["node2"]["topology_blocks"] = {"shop": "10.88.9.0/24"}
    assert "10.88.9.0/24 of shop: a new lease, and the store was restored" in refused(fleet, "node2", ["node2"])
    assert "10.88.9.0/24" not in blocks(cluster)


def test_what_the_backup_has_as_a_strangers_is_named(place: Place) -> None:
    fleet, cluster = place
    backup = str(cluster.directory / "backup.db")
    key = "{0}/{1}10.88.2.0/24".format(etcd.PREFIX, BLOCKS)
    cluster.etcdctl("put", key, "id-of-node9 node9")
    cluster.etcdctl("snapshot", "save", backup, one=True)
    cluster.etcdctl("del", key)
    declare(fleet, cluster)
    Run(fleet)
    cluster.restore(backup)
    assert Run(fleet).problems == [
        "node3: topology_networks.shop: the host holds 10.88.2.0/24, which overlaps a block of node9; write the block "
        "of one in topology_blocks"
    ]


def test_what_one_host_gives_back_another_of_the_same_run_gets(place: Place) -> None:
    """By the role itself: node1, which comes first, meets what the store has as node2's, and is planned anew."""
    fleet, cluster = place
    cluster.etcdctl("del", "--prefix", etcd.PREFIX + "/")
    cluster.etcdctl("put", "{0}/{1}10.88.0.0/24".format(etcd.PREFIX, BLOCKS), "id-of-node2 node2")
    playbook = fleet.directory / "introduce.yml"
    playbook.write_text(
        "- hosts: all\n  gather_facts: false\n  tasks:\n    - ansible.builtin.import_role:\n"
        "        {name: linuxnet.fabric.topology, tasks_from: introduce}\n"
    )
    fleet.run(str(playbook), check=True, args=["-f", "1"])
    ran = fleet.run(str(playbook), args=["-f", "1"])
    lost = [each["lost"] for result in ran.results for each in result.get("results", ()) if "lost" in each]
    assert [len(each) for each in lost] == [1, 0, 0, 0], "one met it, and nobody after"
    assert blocks(cluster) == {"10.88.0.0/24": "node1", "10.88.1.0/24": "node2"}
