# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real nft and conntrack: what is loaded compares equal, drift is repaired, stale flows end."""

from __future__ import annotations

import select

import pytest
from pyroute2.netlink.nfnetlink.nfctsocket import NFCTSocket
from ruleset_example import example
from ruleset_wire import Wire, address, endpoints, on_wire, policies, publish

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import conntrack, nft, nft_dump
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.model import Ruleset
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.owners import Owners
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.plan import plan_ruleset
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.text import layout
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.told import tell
from tests.lab.talk import MOMENT

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


def listed():
    return nft_dump.read(TABLES, "user-").digest


def test_of_a_set_that_grew_and_shrank_the_kernel_lists_what_it_listed_before(inside):
    """Whatever became of its hash table."""
    many = ", ".join("tcp . {0} : 172.20.0.10 . 80".format(port) for port in range(20000, 23000))
    before = listed()
    nft.load("add element inet fabric-default published4 {{ {0} }}\n".format(many))
    assert listed() != before
    nft.load("delete element inet fabric-default published4 {{ {0} }}\n".format(many))
    assert listed() == before


def test_the_kernel_lists_the_same_while_others_change_theirs(inside):
    before = nft_dump.read(TABLES, "user-")
    nft.load("table inet other {\nset s { type ipv4_addr; }\ncounter c { }\nchain c { accept; }\n}\n")
    after = nft_dump.read(TABLES, "user-")
    assert after.digest == before.digest
    assert after.generation > before.generation


def test_tables_that_are_not_there_are_listed_as_nothing(inside):
    assert nft_dump.read([("inet", "nobodys")], "") == nft_dump.read([("bridge", "nobodys")], "")
    assert nft_dump.read([("inet", "nobodys")], "").digest != listed()


def test_what_nft_lists_of_our_tables_it_loads_again(inside):
    """The way back of a run rests on it."""
    listed = nft.list_text(TABLES)
    nft.load("flush ruleset\n" + "".join(listed.values()))
    assert nft.list_text(TABLES) == listed
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
        "add rule bridge fabric-default guard ether type 0x88b5 counter",  # which no frame here is
        "add chain inet fabric-default forward { policy drop; }",
        "add chain inet fabric-default extra",
        "add set inet fabric-default extra { type ipv4_addr; }",
        "flush map inet fabric-default published4",
        "add element inet fabric-default bridges { other }",
        'add element inet fabric-default bridges { other comment "hers" }',
        "delete element inet fabric-default published4 { tcp . 8080 }; "
        "add element inet fabric-default published4 { tcp . 8080 : 192.0.2.7 . 81 }",
        "add element inet fabric-default masquerade4 { 10.0.0.0/8 }",
        "flush set bridge fabric-default addresses6",
    ],
)
def test_drift_is_seen_and_repaired_and_the_way_back_restores_it(inside, damage):
    whole = nft.list_text(TABLES)
    nft.load(damage)
    damaged = nft.list_text(TABLES)
    change = apply()
    assert change is not None and tell(change, Owners("default", example()))
    assert plan() is None
    nft.load(change.inverse_script)
    assert nft.list_text(TABLES) == damaged
    nft.load(change.inverse_script)
    assert nft.list_text(TABLES) == damaged
    apply()
    assert {key: sorted(text.split()) for key, text in nft.list_text(TABLES).items()} == {
        key: sorted(text.split()) for key, text in whole.items()
    }


def test_the_way_back_of_an_edit_does_not_mind_that_all_rules_were_flushed_since(inside):
    apply(example(1))
    change = plan(example(3))
    nft.load("flush ruleset")
    nft.load(change.inverse_script)
    apply(example(1))
    assert plan(example(1)) is None


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
    change = apply(example(ports))
    assert change.script.count("\n") == 1  # all of them are one update of one map, in the one transaction
    assert rules() == few
    assert plan(example(ports)) is None
    change = plan(example(ports + 1))
    assert change.script.count("\n") == 1
    told = tell(change, Owners("default", example()))
    assert [line.text for line in told] == ["publish 0.0.0.0:{0}/tcp -> 172.20.0.10:80".format(8080 + ports)]


def test_only_what_is_not_there_yet_is_written_down_by_nft_once_more(inside, monkeypatch):
    """In an interval everything is, for nft may join it with its neighbours."""
    written = []
    normalise = nft.Normalising
    monkeypatch.setattr(nft, "Normalising", lambda text, names: normalise(written.append(text) or text, names))
    apply(example(20))
    written.clear()
    assert plan(example(20)) is None and not written
    nft.load("delete element inet fabric-default published4 { tcp . 8083 }")
    nft.load(plan(example(21)).script)
    (text,) = written
    assert [port for port in range(8080, 8101) if ". {0} :".format(port) in text] == [8083, 8100]
    intervals = [item for table in layout(example()) for item in table.sets if item.interval and item.elements]
    assert intervals and all(element in text for item in intervals for element in item.elements)
    told = words_of_the_tables()
    nft.load("flush ruleset")
    apply(example(21))
    assert words_of_the_tables() == told


def words_of_the_tables():
    """In no order: that of elements changes."""
    return {name: sorted(shown.replace(",", " ").split()) for name, shown in nft.list_text(TABLES).items()}


class Flows:
    """UDP flows that the client keeps open, and what the published ports do to them."""

    def __init__(self, wire: Wire, family: int) -> None:
        self.wire, self.family = wire, family
        self.servers = {name: wire.serve(name, 53, "udp") for name in ("web", "web2", "app")}
        self.clients = {}
        with wire.inside("host"):
            nft.load("flush ruleset")
            with NFCTSocket() as tracked:
                tracked.flush()

    def load(self, *ports, **changes) -> int:
        """How many tracked connections that ended."""
        with self.wire.inside("host"):
            change = plan_ruleset("wire", Ruleset("wire", policies(**changes), endpoints(), ports))
            nft.load(change.script)
            return conntrack.delete_stale(change.stale_flows)

    def publish(self, container, published, **where):
        return publish(container, published, 53, "udp", self.family, **where)

    def heard_by(self, port, target=None):
        """Send once more by the flow to this port: the container that hears it, or None."""
        key = (target or on_wire("host", self.family), port)
        if key not in self.clients:
            number = 4000 + len(self.clients)
            self.clients[key] = self.wire.serve("client", number, "udp", address=on_wire("client", self.family))
        self.clients[key].sendto(b"there", key)
        ready = select.select(list(self.servers.values()), [], [], MOMENT)[0]
        for name, server in self.servers.items():
            if server in ready:
                assert server.recvfrom(16)[1][0].endswith(on_wire("client", self.family))
                return name
        return None

    def close(self) -> None:
        for each in [*self.servers.values(), *self.clients.values()]:
            each.close()


@pytest.fixture(params=[4, 6])
def flows(wire: Wire, request):
    made = Flows(wire, request.param)
    yield made
    made.close()


def second_address(flows):
    """Another address of the host on the wire."""
    address = "192.0.2.98" if flows.family == 4 else "2001:db8::98"
    suffix = "/24" if flows.family == 4 else "/64 nodad"
    flows.wire.ip("host", "address replace {0}{1} dev eth0".format(address, suffix))
    return address


def test_a_udp_flow_follows_a_port_that_moves_and_no_other_flow_ends(flows):
    assert flows.heard_by(5353) is None  # the host itself refuses, and would go on refusing this flow
    other = flows.publish("app", 54)
    flows.load(flows.publish("web", 5353), other)
    assert flows.heard_by(5353) == "web"
    assert flows.heard_by(54) == "app"
    assert flows.load(flows.publish("web2", 5353), other) == 1
    assert flows.heard_by(5353) == "web2"
    assert flows.heard_by(54) == "app"


def test_a_port_that_goes_from_every_address_to_one_ends_only_what_went_to_the_others(flows):
    second = second_address(flows)
    flows.load(flows.publish("web", 5353))
    assert flows.heard_by(5353) == flows.heard_by(5353, second) == "web"
    at_first = flows.publish("web", 5353, host_ip=on_wire("host", flows.family))
    assert flows.load(at_first) == 1
    assert flows.heard_by(5353) == "web"
    assert flows.heard_by(5353, second) is None
    assert flows.load(flows.publish("web", 5353)) == 1  # what the host refused meanwhile
    assert flows.heard_by(5353) == flows.heard_by(5353, second) == "web"


def test_a_port_that_gets_an_address_of_its_own_takes_along_what_went_there(flows):
    second = second_address(flows)
    everywhere = flows.publish("web", 5353)
    flows.load(everywhere)
    assert flows.heard_by(5353) == flows.heard_by(5353, second) == "web"
    assert flows.load(everywhere, flows.publish("web2", 5353, host_ip=second)) == 1
    assert flows.heard_by(5353) == "web"
    assert flows.heard_by(5353, second) == "web2"


def test_a_port_of_a_routed_network_that_goes_ends_what_went_there(flows):
    subnet, via = ("172.20.0.0/24" if flows.family == 4 else "fd00:20::/64"), on_wire("host", flows.family)
    flows.wire.ip("client", "route replace {0} via {1}".format(subnet, via))
    routed = {"front": {"gateway_mode": "routed"}}
    one, two = flows.publish("web", 5353), flows.publish("web2", 5354)
    flows.load(one, two, **routed)
    for name in ("web", "web2"):
        assert flows.heard_by(53, address(name, flows.family)) == name
    assert flows.load(two, **routed) == 1
    assert flows.heard_by(53, address("web", flows.family)) is None
    assert flows.heard_by(53, address("web2", flows.family)) == "web2"
