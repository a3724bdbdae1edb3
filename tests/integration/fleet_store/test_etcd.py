# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The leases of a fleet in a real etcd, with TLS and passwords: what runs write there, and how they go on without."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import pytest

from tests.integration.overlay.conftest import new_fleet
from tests.integration.overlay.fleet import Fleet
from tests.lab import ansible, etcd

SHOP = {"driver": "overlay", "vni": 4711, "ipam": {"config": [{"subnet": "10.88.0.0/16", "block_size": 24}]}}
NETWORK = "topologies/default/networks/shop/"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tuple[Fleet, etcd.Cluster]]:
    """Two hosts on one wire, and three members of etcd on the first."""
    lack = etcd.missing()
    if lack:
        pytest.skip("these tests need " + lack)
    directory: Path = tmp_path_factory.mktemp("store")
    with new_fleet(directory, ("node1", "node2")) as fleet:
        yield fleet, etcd.Cluster([fleet.host("node1")] * 3, directory / "etcd")


def declare(fleet: Fleet, store: Any, **containers: Dict[str, Any]) -> None:
    fleet.declare({"shop": SHOP}, containers, topology_lease_store=store)


def introduced(fleet: Fleet, check: bool = False, fail: bool = False, limit: str = "") -> ansible.PlaybookRun:
    """The first play alone: who holds what. No kernel is touched by it."""
    playbook = fleet.directory / "introduce.yml"
    playbook.write_text(
        "- hosts: all\n  gather_facts: false\n  tasks:\n    - ansible.builtin.import_role:\n"
        "        {name: linuxnet.fabric.topology, tasks_from: introduce}\n"
    )
    return fleet.run(str(playbook), check=check, fail=fail, limit=limit)


def lines(fleet: Fleet, ran: ansible.PlaybookRun) -> Dict[str, List[str]]:
    """Host → what was done there, or would be."""
    done = [(each["host"], one) for each in ran.results for one in each.get("results", ())]
    return {
        host: [line for whose, one in done if whose == host for line in one.get("actions", ())] for host in fleet.own
    }


def messages(ran: ansible.PlaybookRun) -> str:
    every = [one for each in ran.results for one in (each, *each.get("results", ()))]
    return "\n".join(str(each.get("msg", "")) for each in every) + ran.told


def test_a_fleet_in_etcd_from_its_first_run_to_a_lost_quorum(place: Tuple[Fleet, etcd.Cluster]) -> None:
    fleet, cluster = place
    web = {"web": {"networks": {"shop": {"ipv4_address": "10.88.0.9"}}}}
    declare(fleet, cluster.store(), node1=web, node2={"db": {"networks": ["shop"]}})

    # A check announces what is done, and writes nothing.
    announced = lines(fleet, introduced(fleet, check=True))
    assert cluster.keys() == {}
    ran = introduced(fleet)
    assert lines(fleet, ran) == announced
    assert "hold 10.88.0.0/24 of shop in etcd" in announced["node1"]
    assert "hold 10.88.1.0/24 of shop in etcd" in announced["node2"]
    held = cluster.keys()
    members = [key for key in held if key.startswith(NETWORK + "members/")]
    assert {key: value for key, value in held.items() if key not in members} == {
        "vnis/4789/4711": "default/shop",
        NETWORK + "addresses/10.88.0.9": "id-of-node1 web node1",
        NETWORK + "blocks/10.88.0.0/24": "id-of-node1 node1",
        NETWORK + "blocks/10.88.1.0/24": "id-of-node2 node2",
    }
    assert all("\n" not in value for value in held.values()) and len(members) == 2
    assert etcd.PASSWORD not in ran.told

    # Nothing is left to do, and the password is in no file of the hosts.
    again = introduced(fleet)
    assert lines(fleet, again) == {"node1": [], "node2": []}
    assert cluster.keys() == held
    for host in fleet.own:
        found = fleet.host(host).run(["grep", "-rl", etcd.PASSWORD, "/var/lib", "/run", "/etc"], check=False)
        assert found.stdout == ""

    # A member gone costs nothing.
    leader = cluster.leader()
    cluster.kill(leader)
    assert lines(fleet, introduced(fleet)) == {"node1": [], "node2": []}

    # Without a quorum what needs no new lease goes on, check and run; a new lease fails at once, with the reason.
    second = next(number for number in range(3) if number != leader)
    cluster.kill(second)
    for check in (True, False):
        ran = introduced(fleet, check=check)
        assert lines(fleet, ran) == {"node1": [], "node2": []}
        assert "what is leased goes on working" in messages(ran)
    web["web"]["networks"]["shop"]["ipv4_address"] = "10.88.0.10"
    declare(fleet, cluster.store(), node1=web, node2={"db": {"networks": ["shop"]}})
    for check in (True, False):
        ran = introduced(fleet, check=check, fail=True)
        assert "node1: topology_networks.shop: 10.88.0.10 of web on shop: a new lease, which the store has to give" in (
            messages(ran)
        )

    # And it is back.
    cluster.start(leader, wait=False)
    cluster.start(second)
    introduced(fleet)
    assert NETWORK + "addresses/10.88.0.10" in cluster.keys()
    assert NETWORK + "addresses/10.88.0.9" not in cluster.keys()
