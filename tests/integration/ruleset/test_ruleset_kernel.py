# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real nft and conntrack: what is loaded compares equal, drift is repaired, stale flows end."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from ruleset_wire import Wire, endpoints, on_wire, policies, publish

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import conntrack, nft
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset import Ruleset
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset_plan import plan_ruleset

sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "resources"))
from ruleset_example import example

pytestmark = pytest.mark.parametrize("wire", [False], indirect=True, scope="module")

TABLES = [("inet", "fabric-default"), ("bridge", "fabric-default")]


def plan(ruleset=None):
    return plan_ruleset("default", ruleset or example())


def apply(ruleset=None):
    change = plan(ruleset)
    if change is not None:
        nft.load(change.script)
    return change


@pytest.fixture
def inside(wire):
    """This thread on the host of the wire, with the example loaded."""
    with wire.inside("host"):
        nft.load("flush ruleset")
        apply()
        yield
        nft.load("flush ruleset")


def test_what_was_loaded_needs_nothing(inside):
    assert plan() is None


def test_looking_leaves_no_trace(inside):
    before = nft.list_text(TABLES)
    assert plan(example(5)) is not None
    assert nft.list_text(TABLES) == before


@pytest.mark.parametrize(
    "damage",
    [
        "flush ruleset",
        "delete table bridge fabric-default",
        "flush table inet fabric-default",
        "flush chain inet fabric-default into",
        "insert rule inet fabric-default forward accept",
        "add rule bridge fabric-default guard counter",
        "add chain inet fabric-default forward { policy drop; }",
        "add chain inet fabric-default extra",
        "add set inet fabric-default extra { type ipv4_addr; }",
        "flush map inet fabric-default published4",
        "add element inet fabric-default bridges { other }",
        "add element inet fabric-default masquerade4 { 10.0.0.0/8 }",
        "flush set bridge fabric-default nd_targets",
    ],
)
def test_drift_is_seen_and_repaired_and_the_way_back_restores_it(inside, damage):
    whole = nft.list_text(TABLES)
    nft.load(damage)
    damaged = nft.list_text(TABLES)
    change = apply()
    assert change is not None and change.actions
    assert plan() is None
    nft.load(change.inverse_script)
    assert nft.list_text(TABLES) == damaged
    nft.load(change.inverse_script)
    assert nft.list_text(TABLES) == damaged
    apply()
    assert {key: sorted(text.split()) for key, text in nft.list_text(TABLES).items()} == {
        key: sorted(text.split()) for key, text in whole.items()
    }


def test_a_users_rules_survive_edits_and_replacements(inside):
    nft.load("add rule inet fabric-default user-front ip saddr 198.51.100.0/24 drop")
    assert plan() is None
    nft.load("add chain inet fabric-default extra")
    apply(example(3))
    assert "ip saddr 198.51.100.0/24 drop" in nft.list_text(TABLES)[TABLES[0]]
    assert plan(example(3)) is None


def test_tables_go_and_come_back(inside):
    before = nft.list_text(TABLES)
    change = plan_ruleset("default", None)
    nft.load(change.script)
    assert nft.list_text(TABLES) == {}
    assert plan_ruleset("default", None) is None
    nft.load(change.inverse_script)
    assert nft.list_text(TABLES) == before


@pytest.mark.parametrize("ports", [1000, 10000])
def test_however_many_ports_the_rules_are_as_many_and_one_more_is_one_element(inside, ports):
    def rules():
        return sum("rule" in item for objects in nft.list_tables(TABLES).values() for item in objects)

    few = rules()
    apply(example(ports))
    assert rules() == few
    assert plan(example(ports)) is None
    change = plan(example(ports + 1))
    assert change.script.count("\n") == 1
    assert change.actions == ("publish 0.0.0.0:{0}/tcp -> 172.20.0.10:80".format(8080 + ports),)


def test_a_udp_flow_follows_a_port_that_moves_and_no_other_flow_ends(wire: Wire):
    def ruleset(container):
        return Ruleset(
            "wire", policies(), endpoints(), (publish(container, 5353, 53, "udp"), publish("app", 54, 53, "udp"))
        )

    def load(desired):
        with wire.inside("host"):
            change = plan_ruleset("wire", desired)
            nft.load(change.script)
            return conntrack.delete_stale(change.stale_publications)

    servers = {name: wire.serve(name, 53, "udp") for name in ("web", "web2", "app")}
    with wire.inside("host"):
        nft.load("flush ruleset")
    flows = {}
    for port in (5353, 54):
        flows[port] = wire.serve("client", 4000 + port, "udp", host=on_wire("client", 4))
        flows[port].settimeout(10)

    def ask(port):
        flows[port].sendto(b"there", (on_wire("host", 4), port))

    def heard(name):
        servers[name].settimeout(10)
        return servers[name].recvfrom(16)[1][0].endswith(on_wire("client", 4))

    ask(5353)  # nobody is there yet: the host itself refuses, and would go on refusing this flow
    load(ruleset("web"))
    ask(5353)
    assert heard("web")
    ask(54)
    assert heard("app")
    assert load(ruleset("web2")) == 1
    ask(5353)
    assert heard("web2")
    ask(54)
    assert heard("app")
