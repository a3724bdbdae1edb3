# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The leases of a fleet in a real etcd, with TLS and passwords: what runs write there, and how they go on without."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Iterator, Tuple

import pytest

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._fleet.inventory import store_of
from tests.integration.fleet_store.steps import Run
from tests.integration.overlay.conftest import new_fleet
from tests.integration.overlay.fleet import SITE, TEARDOWN, Fleet
from tests.lab import etcd

SHOP = {"driver": "overlay", "vni": 4711, "ipam": {"config": [{"subnet": "10.88.0.0/16", "block_size": 24}]}}
NETWORK = "topologies/default/networks/shop/"
NOTHING: Dict[str, Any] = {"node1": [], "node2": []}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tuple[Fleet, etcd.Cluster]]:
    """Two hosts on one wire, and three members of etcd on the first."""
    lack = etcd.missing()
    if lack:
        pytest.skip("these tests need " + lack)
    directory: Path = tmp_path_factory.mktemp("store")
    with new_fleet(directory, ("node1", "node2")) as fleet:
        yield fleet, etcd.Cluster([fleet.host("node1")] * 3, directory / "etcd")


@pytest.fixture
def fleet(place: Tuple[Fleet, etcd.Cluster]) -> Fleet:
    """Hosts that were told nothing yet, and an empty store."""
    fleet, cluster = place
    for host in fleet.own:
        fleet.host(host).run(["rm", "-rf", "/var/lib/linuxnet-fabric/fleet"])
    cluster.etcdctl("del", "--prefix", etcd.PREFIX + "/")
    return fleet


@pytest.fixture
def cluster(place: Tuple[Fleet, etcd.Cluster]) -> etcd.Cluster:
    return place[1]


def declare(fleet: Fleet, store: Any, web: str = "10.88.0.9") -> None:
    containers = {
        "node1": {"web": {"networks": {"shop": {"ipv4_address": web}}}},
        "node2": {"db": {"networks": ["shop"]}},
    }
    fleet.declare({"shop": SHOP}, containers, topology_lease_store=store)


def leases(cluster: etcd.Cluster) -> Dict[str, str]:
    """What is held, without what hosts say of themselves."""
    return {key: value for key, value in cluster.keys().items() if "/members/" not in key}


HELD = {
    "vnis/4789/4711": "default/shop",
    NETWORK + "addresses/10.88.0.9": "id-of-node1 web node1",
    NETWORK + "blocks/10.88.0.0/24": "id-of-node1 node1",
    NETWORK + "blocks/10.88.1.0/24": "id-of-node2 node2",
}


def test_a_fleet_in_etcd_from_its_first_run_to_a_lost_quorum(fleet: Fleet, cluster: etcd.Cluster) -> None:
    declare(fleet, cluster.store())

    # A check announces what is done, and writes nothing.
    announced = Run(fleet, check=True).actions
    assert cluster.keys() == {}
    assert Run(fleet).actions == announced
    assert "hold 10.88.0.0/24 of shop in etcd" in announced["node1"]
    assert "hold 10.88.1.0/24 of shop in etcd" in announced["node2"]
    assert leases(cluster) == HELD

    # What is not approved is not written, and named.
    words = {"lease_store": store_of(fleet.variables), "state": "held", "host_id": "id-of-node1", "approved": {}}
    there = {"topology": "default", "network": "shop", "host_id": "id-of-node1", "host": "node1"}
    claims = [{**there, "kind": "block", "block": "10.88.7.0/24"}]
    refused = fleet.host("node1").module("fleet_member", {**words, "claims": claims}, fail=True)
    assert refused["not_approved"] == ["hold 10.88.7.0/24 of shop in etcd"]
    assert leases(cluster) == HELD

    # Nothing is left to do, and user and password are in no file of the hosts.
    before = cluster.keys()
    assert Run(fleet).actions == NOTHING and cluster.keys() == before
    for host in fleet.own:
        found = fleet.host(host).run(["grep", "-rlE", etcd.PASSWORD, "/var/lib", "/run", "/etc"], check=False)
        assert found.stdout == ""

    # The leader gone costs nothing.
    leader = cluster.leader()
    cluster.kill(leader)
    assert Run(fleet).actions == NOTHING

    # Without a quorum what needs no new lease goes on, check and run; a new lease fails, with the reason.
    second = next(number for number in range(3) if number != leader)
    cluster.kill(second)
    ran = Run(fleet, check=True, limit=["node1"])
    assert (ran.problems, ran.actions["node1"]) == ([], [])
    assert [line for line in ran.warnings if "what is leased goes on working" in line], ran.warnings
    declare(fleet, cluster.store(), web="10.88.0.10")
    (problem,) = Run(fleet, limit=["node1"]).problems
    assert problem.startswith(
        "node1: topology_networks.shop: 10.88.0.10 of web on shop: a new lease, which the store has to give. "
        "topology_lease_store: etcd: "
    )

    # And it is back.
    cluster.start(leader, wait=False)
    cluster.start(second)
    ran = Run(fleet)
    assert NETWORK + "addresses/10.88.0.10" in cluster.keys() and NETWORK + "addresses/10.88.0.9" in cluster.keys()
    ran.give_back()
    assert NETWORK + "addresses/10.88.0.9" not in cluster.keys(), "it goes when the host goes by it no more"


def test_a_living_fleet_moves_from_its_hosts_to_etcd_and_back(fleet: Fleet, cluster: etcd.Cluster) -> None:
    declare(fleet, "host")
    Run(fleet)

    # A conflict is named before anything is written.
    key = "{0}/{1}blocks/10.88.1.0/25".format(etcd.PREFIX, NETWORK)
    cluster.etcdctl("put", key, "id-of-node9 node9")
    declare(fleet, cluster.store())
    for check in (True, False):
        assert Run(fleet, check=check).problems == [
            "node2: topology_networks.shop: the host holds 10.88.1.0/24, which overlaps a block of node9; write the "
            "block of one in topology_blocks"
        ]
    assert len(cluster.keys()) == 1
    cluster.etcdctl("del", key)

    moved = Run(fleet)
    assert moved.actions == {
        "node1": ["hold 10.88.0.0/24 of shop in etcd", "hold 10.88.0.9 of web on shop in etcd"],
        "node2": ["hold 10.88.1.0/24 of shop in etcd"],
    }
    assert leases(cluster) == HELD

    declare(fleet, "host")
    assert Run(fleet).actions == NOTHING


def test_a_host_alone_learns_of_the_others_from_etcd(fleet: Fleet, cluster: etcd.Cluster) -> None:
    declare(fleet, cluster.store())
    Run(fleet, limit=["node1"])  # node2 is not known yet: an error that names it
    Run(fleet)
    fleet.host("node1").run(["rm", "-r", "/var/lib/linuxnet-fabric/fleet"])

    ran = Run(fleet, limit=["node1"])

    assert ran.problems == []
    assert ran.actions["node1"] == [
        "reserve 10.88.0.0/24 of shop",
        "remember node2 on shop: 10.88.1.0/24 at {0}".format(fleet.host("node2").ipv4),
    ]


def test_what_a_host_that_left_holds_is_shown_at_once_and_taken_back_by_name(
    fleet: Fleet, cluster: etcd.Cluster
) -> None:
    declare(fleet, cluster.store())
    Run(fleet)
    gone = fleet.own.pop("node2")
    node1 = fleet.host("node1")

    def reclaimed(*hosts: str) -> Dict[str, Any]:
        words = {"state": "reclaimed", "host_id": "id-of-node1", "inventory": ["node1"], "hosts": list(hosts)}
        return node1.module("fleet_member", {**words, "lease_store": store_of(fleet.variables)})

    (line,) = reclaimed("node2")["held"]
    assert line == (
        "still held: 10.88.1.0/24 of shop, by node2, which left the inventory; it is a peer until linuxnet.fabric.site "
        "runs"
    )
    for run, word, state in (("a", "still held", "left"), ("a", "still held", "left"), ("b", "orphaned", "orphaned")):
        Run(fleet, run=run)
        assert reclaimed()["held"] == [word + ": 10.88.1.0/24 of shop, by node2"]
        held = node1.module("topology_info", {})["fleet_leases"]
        assert [(row["block"], row["host"], row["state"]) for row in held] == [
            ("10.88.0.0/24", "node1", "own"),
            ("10.88.1.0/24", "node2", state),
        ]
    assert reclaimed("node2")["actions"] == ["take back 10.88.1.0/24 of shop from node2"]
    assert reclaimed()["held"] == []
    assert "node2" not in str(cluster.keys())
    fleet.own["node2"] = gone


def test_the_role_holds_before_and_gives_back_at_the_end(fleet: Fleet, cluster: etcd.Cluster) -> None:
    declare(fleet, cluster.store())
    other = fleet.own.pop("node2")
    ran = fleet.run(SITE)
    assert leases(cluster) == {key: value for key, value in HELD.items() if "node2" not in value}
    assert etcd.PASSWORD not in ran.told

    torn = fleet.run(TEARDOWN)

    assert cluster.keys() == {}
    assert "give 10.88.0.0/24 of shop back in etcd" in fleet.actions(torn, "node1")
    fleet.own["node2"] = other


def test_wrong_credentials_say_what_is_wrong_and_what_goes_on(fleet: Fleet, cluster: etcd.Cluster) -> None:
    cluster.certificate("old", days=-1)
    paths = {"cert": str(cluster.directory / "old.pem"), "key": str(cluster.directory / "old.key")}
    for words, says in (
        ({"password": "wrong"}, "authentication failed, invalid user ID or password; see user and password"),
        ({"prefix": "/elsewhere"}, "the user fabric may not read and write below /elsewhere"),
        ({"endpoints": ["https://{0}:1".format(fleet.host("node1").ipv4)]}, "Connection refused"),
        (paths, "the certificate {0} of this host has expired at ".format(paths["cert"])),
        ({"ca": "/nowhere/ca.pem"}, "ca: /nowhere/ca.pem cannot be used (No such file or directory)"),
    ):
        declare(fleet, cluster.store(**words))
        answer = fleet.host("node1").module("fleet_member", {"lease_store": store_of(fleet.variables)})
        assert says in answer["identity"]["store"]["trouble"]
        assert says in str(answer["warnings"])
