# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet's plan where all hosts share a store of leases: what is new needs it, and what it says of others counts."""

from __future__ import annotations

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.exchange import host_plan
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.handing import carried
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.holders import holders
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._fleet.inventory import (
    ANSWERS,
    plan_of,
    store_of,
    told_of,
)

ETCD = {"etcd": {"endpoints": ["https://192.0.2.21:2379"], "user": "fabric", "password": "secret"}}
SHOP = {"driver": "overlay", "vni": 4711, "ipam": {"config": [{"subnet": "10.88.0.0/16", "block_size": 24}]}}
STORE = {"store_id": "7", "revision": 9, "rows": []}
GONE = {"trouble": "topology_lease_store: etcd: https://192.0.2.21:2379: Connection refused"}
THERE = {"topology": "default", "network": "shop"}


def planned(stores, kept=None, address=None, lease_store=ETCD, away=()):
    """``stores``: host → what it sees. ``away``: those that are not in the run."""
    variables = {}
    for number, (host, store) in enumerate(stores.items()):
        place = {"ipv4_address": address} if address else {}
        identity = {
            "version": 1,
            "topology": "default",
            "host_id": "id-of-" + host,
            "underlay_address": "192.0.2.{0}".format(11 + number),
            "underlay_mtu": 1500,
            "clashes": [],
            "vxlans": [],
            "kept": carried(kept[host]) if kept and host in kept else None,
            "store": store,
        }
        variables[host] = {
            "topology_networks": {"shop": SHOP},
            "topology_containers": {"web" + host: {"networks": {"shop": place}}},
            "topology_lease_store": lease_store,
            ANSWERS: {"results": [{"identity": identity}]},
        }
    return plan_of(variables, list(variables), [host for host in variables if host not in away])


def kept_of(plan):
    return {host: told_of(plan, host)["default"] for host in plan["hosts"]}


def rows(plan, host, kind):
    return [row for row in plan["claims"][host]["default"] if row["kind"] == kind]


def test_a_host_claims_its_block_what_is_written_by_hand_and_what_others_know_of_it():
    plan = planned({"node1": STORE}, address="10.88.0.9")
    own = {**THERE, "host_id": "id-of-node1", "host": "node1"}
    assert rows(plan, "node1", "vni") == [{**THERE, "kind": "vni", "port": 4789, "vni": 4711}]
    assert rows(plan, "node1", "block") == [{**own, "kind": "block", "block": "10.88.0.0/24"}]
    assert rows(plan, "node1", "address") == [
        {**own, "kind": "address", "address": "10.88.0.9", "container": "webnode1"}
    ]
    (member,) = rows(plan, "node1", "member")
    assert member["told"]["peer"]["underlay_address"] == "192.0.2.11"


def test_what_the_store_has_of_others_is_theirs():
    block = {**THERE, "kind": "block", "block": "10.88.0.0/24", "host_id": "id9", "host": "node9"}
    alone = {**THERE, "kind": "address", "address": "10.88.1.7", "host_id": "id8", "host": "node8", "container": "db"}
    plan = planned({"node1": {**STORE, "rows": [block, alone]}})
    assert [row["block"] for row in rows(plan, "node1", "block")] == ["10.88.2.0/24"]


@pytest.mark.parametrize(
    "row, problem",
    [
        (
            {"kind": "vni", "topology": "default", "network": "other", "port": 4789, "vni": 4711},
            "node1: topology_networks.shop.vni: 4711: in the store it is that of the network other of the topology "
            "default; write another one",
        ),
        (
            {**THERE, "kind": "address", "address": "10.88.0.9", "host_id": "i", "host": "n", "container": "db"},
            "node1: topology_networks.shop.ipam.config[0]: 10.88.0.0/16 has no block",
        ),
    ],
)
def test_a_conflict_with_the_store_is_named_with_its_place(row, problem):
    plan = planned({"node1": {**STORE, "rows": [row]}}, address="10.88.0.9" if row["kind"] == "address" else None)
    assert plan["problems"], plan
    if row["kind"] == "vni":
        assert plan["problems"] == [problem]
    else:
        assert "topology_containers.webnode1.networks.shop.ipv4_address" in plan["problems"][0]


def test_without_the_store_a_new_lease_is_refused_and_what_is_held_goes_on():
    (problem,) = planned({"node1": GONE})["problems"]
    assert problem == (
        "node1: topology_networks.shop: the VXLAN identifier 4711 of shop; 10.88.0.0/24 of shop: a new lease, which "
        "the store has to give. topology_lease_store: etcd: https://192.0.2.21:2379: Connection refused. What is "
        "leased goes on working, and so does a run that needs no new lease"
    )
    kept = kept_of(planned({"node1": STORE}))
    again = planned({"node1": GONE}, kept)
    assert (again["problems"], kept_of(again)) == ([], kept)


def test_one_host_that_cannot_ask_does_not_keep_the_others_from_new_leases():
    kept = kept_of(planned({"node1": STORE}))
    plan = planned({"node1": GONE, "node2": STORE}, kept)
    assert plan["problems"] == [] and rows(plan, "node2", "block")[0]["block"] == "10.88.1.0/24"


def test_what_a_host_says_of_itself_counts_for_more_than_a_restored_backup():
    kept = kept_of(planned({"node1": STORE}))
    old = {**THERE, "kind": "block", "block": "10.88.7.0/24", "host_id": "id-of-node1", "host": "node1"}
    plan = planned({"node1": {**STORE, "rows": [old]}}, kept)
    assert [row["block"] for row in rows(plan, "node1", "block")] == ["10.88.0.0/24"]


def test_a_host_that_lost_all_it_knew_gets_what_the_store_has_of_it():
    own = {**THERE, "kind": "block", "block": "10.88.7.0/24", "host_id": "id-of-node1", "host": "node1"}
    plan = planned({"node1": {**STORE, "rows": [own]}})
    assert [row["block"] for row in rows(plan, "node1", "block")] == ["10.88.7.0/24"]


def older(revision=9, store_id="7", **words):
    """The store as it is, for a host that saw it at another moment, or another one."""
    return {**STORE, "known": {"store_id": store_id, "revision": revision, "restored": None, **words}}


@pytest.mark.parametrize(
    "seen, reason",
    [
        (older(10), "the store was restored from a backup, for node1 knew a later one (revision 10)"),
        (older(4, restored=["7", 5]), "the store was restored from a backup, for node1 knew a later one (revision 4)"),
        (older(4, "6"), "the store is another one than node1 knew, or was restored from a backup"),
        ({**GONE, **older(10), "rows": []}, "the store was restored from a backup, for node1 knew a later one"),
    ],
)
def test_a_restored_store_gives_no_new_lease_to_a_run_that_lacks_hosts(seen, reason):
    kept = kept_of(planned(dict.fromkeys(("node1", "node2"), STORE)))
    seen = {key: value for key, value in seen.items() if not (seen.get("trouble") and key in ("store_id", "revision"))}
    stores = {"node1": seen, "node2": STORE, "node3": STORE}
    (problem,) = planned(stores, kept, away=["node2"])["problems"]
    assert problem.startswith("node3: topology_networks.shop: ") and reason in problem
    assert ": a new lease, and the store " in problem and "node2 got since then may look free there" in problem
    assert "Run the playbook on all hosts, without --limit" in problem


def test_a_restored_store_keeps_nobody_from_what_is_leased_nor_a_run_over_all_hosts_from_a_new_lease():
    kept = kept_of(planned({"node1": STORE, "node2": STORE}))
    limited = planned({"node1": older(10), "node2": STORE}, kept, away=["node2"])
    assert (limited["problems"], limited["whole"]) == ([], {"default": []})
    everybody = planned({"node1": older(10), "node2": older(12), "node3": STORE}, kept)
    assert everybody["problems"] == [] and rows(everybody, "node3", "block")[0]["block"] == "10.88.2.0/24"
    assert everybody["whole"] == {"default": ["node1", "node2", "node3"]}


@pytest.mark.parametrize("seen", [STORE, older(9), older(4)])
def test_a_store_that_went_on_or_was_never_known_gives_new_leases_to_a_limited_run(seen):
    kept = kept_of(planned({"node1": STORE, "node2": STORE}))
    assert planned({"node1": seen, "node2": STORE, "node3": STORE}, kept, away=["node2"])["problems"] == []


def test_a_host_that_cannot_ask_has_written_nothing_to_a_restored_store():
    kept = kept_of(planned({"node1": STORE, "node2": STORE}))
    plan = planned({"node1": older(10), "node2": GONE}, kept)
    assert (plan["problems"], plan["whole"]) == ([], {"default": []})


def test_two_stores_are_an_error():
    plan = planned({"node1": STORE, "node2": {**STORE, "store_id": "8"}})
    assert plan["problems"] == [
        "node2: topology_lease_store.etcd.endpoints: this etcd is another one than that of node1; the hosts of a fleet "
        "have to ask one"
    ]


def test_who_holds_what_is_a_row_for_each_block():
    plan = planned({"node1": STORE, "node2": STORE})
    found = holders(host_plan(kept_of(plan)["node1"]))
    assert [(row["block"], row["host"], row["state"]) for row in found] == [
        ("10.88.0.0/24", "node1", "own"),
        ("10.88.1.0/24", "node2", "peer"),
    ]


@pytest.mark.parametrize(
    "value, problem",
    [
        ("etcd", 'topology_lease_store: "host", or etcd with its words; nothing else is a store'),
        ({"etcd": {}}, "topology_lease_store.etcd.endpoints: name one at least, as https://192.0.2.21:2379"),
        (
            {"etcd": {"endpoints": ["192.0.2.21"]}},
            'topology_lease_store.etcd.endpoints[0]: "192.0.2.21": expected a URL of scheme, host and port, as '
            "https://192.0.2.21:2379",
        ),
        (
            {"etcd": {"endpoints": ["http://e:1"], "pasword": "x"}},
            'topology_lease_store.etcd.pasword: there is no such word (did you mean "password"?)',
        ),
        (
            {"etcd": {"endpoints": ["http://e:1"], "user": "fabric"}},
            "topology_lease_store.etcd.password: user is written, and this is not",
        ),
        (
            {"etcd": {"endpoints": ["http://e:1"], "prefix": "fabric"}},
            'topology_lease_store.etcd.prefix: "fabric": begin it with /',
        ),
    ],
)
def test_a_wrong_word_is_named_with_its_place(value, problem):
    with pytest.raises(DeclarationError) as raised:
        store_of({"topology_lease_store": value})
    assert str(raised.value) == problem


def test_user_and_password_are_one_word_for_the_module():
    found = store_of({"topology_lease_store": ETCD})
    assert found["etcd"]["login"] == "fabric:secret" and store_of({"topology_lease_store": "host"}) is None
    assert "secret" not in str({key: value for key, value in found["etcd"].items() if key != "login"})
