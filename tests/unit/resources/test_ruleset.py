# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The packet rules as text, and what a difference leads to. Pure: nft's answers are recordings.

After a change of the rules ``python -m tests.unit.resources.test_ruleset`` writes the recordings anew (needs root and
nft).
"""

from __future__ import annotations

import contextlib
import copy
import json
import re
from pathlib import Path

import pytest

from tests.paths import importable

importable()

HERE = Path(__file__).parent

from ruleset_example import across_hosts, example  # noqa: E402

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.conntrack import StaleFlow  # noqa: E402
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.link_local import link_local  # noqa: E402
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.compare import compare, removal  # noqa: E402
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.elements import elements  # noqa: E402
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.model import (  # noqa: E402
    Endpoint,
    NetworkPolicy,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.owners import Owners  # noqa: E402
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.state import read_tables  # noqa: E402
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.text import layout, render  # noqa: E402
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.told import tell, word_of  # noqa: E402

GOLDEN, RECORDING = HERE / "data" / "ruleset.nft", HERE / "data" / "ruleset.json"
INET, BRIDGE = ("inet", "fabric-default"), ("bridge", "fabric-default")


def recording():
    data = json.loads(RECORDING.read_text(encoding="utf-8"))
    return {INET: data["inet"], BRIDGE: data["bridge"]}


@pytest.fixture
def live():
    return copy.deepcopy(recording())


def plan(live, wanted=None, desired=None):
    return compare(layout(desired or example()), read_tables(wanted or recording()), read_tables(live), dict)


def told(change, there=None):
    return tell(change, Owners("default", example(), lambda: there or {}))


def actions(change):
    return tuple(line.text for line in told(change))


def body(live, kind, name, table=INET):
    return next(item[kind] for item in live[table] if kind in item and item[kind]["name"] == name)


def bodies(objects):
    return [each for item in objects for each in item.values()]


def rules(live, chain, table=INET):
    return [item for item in live[table] if "rule" in item and item["rule"]["chain"] == chain]


def test_the_whole_ruleset_is_as_written_down():
    assert render(example()) == GOLDEN.read_text(encoding="utf-8")


def test_no_rule_looks_into_a_map_without_taking_what_is_there():
    """Kernels before 6.5 refuse it."""
    for table in layout(example()):
        maps = {item.name for item in table.sets if item.map}
        for chain in table.chains:
            for rule in chain.rules:
                words = rule.split()
                looked = [before for before, word in zip(words, words[1:]) if word[:1] == "@" and word[1:] in maps]
                assert set(looked) <= {"map", "vmap"}, rule


def test_no_raw_part_of_a_packet_is_a_key():
    """nft before 1.0.4 does not load that, and what 1.0.9 and later list of it they do not load."""
    rules = [rule for table in layout(example()) for chain in table.chains for rule in chain.rules]
    assert [rule for rule in rules if re.search(r"@[lnt]h,\d", rule) and (" . " in rule or " @a" in rule)] == []
    assert [item.name for table in layout(example()) for item in table.sets if re.search(r"@[lnt]h,", item.type)] == []


def test_the_number_of_rules_does_not_depend_on_the_number_of_ports():
    def count(ruleset):
        return sum(len(chain.rules) for table in layout(ruleset) for chain in table.chains)

    assert count(example(1)) == count(example(1000)) == count(example(10000))


def chain(ruleset, name):
    return next((each.rules for each in layout(ruleset)[0].chains if each.name == name), None)


def test_only_where_a_network_has_ipv6_every_packet_is_asked_for_an_answer_to_the_hosts_loopback_address():
    four = tuple(network for network in example().networks if network.family == 4)
    assert chain(example(), "translated") == ("ip6 daddr ::1 iifname @bridges ip6 daddr set ip6 daddr map @loopback6",)
    assert chain(example(networks=four), "translated") is None


def test_a_peers_address_ends_the_questions_but_where_a_port_has_no_door():
    """Past a bridge with STP on a container may say any source: it is refused by the port that it came by."""
    ruleset = across_hosts()
    lan = NetworkPolicy("lan", "br0", 4, "192.0.2.0/24", "192.0.2.11", external=True)
    guest = Endpoint("web", "br0", "veth0000000lan", "02:42:c0:00:02:32", ("192.0.2.50",), "eth1")
    beside = ruleset._replace(networks=(*ruleset.networks, lan), endpoints=(*ruleset.endpoints, guest))
    assert chain(ruleset, "untracked")[0] == "@th,96,24 4711 ip saddr @peers-shop notrack accept"
    assert chain(beside, "untracked") == ("@th,96,24 4711 notrack", "@th,96,24 4712 notrack")


def test_what_comes_out_of_a_tunnel_is_its_peers_and_of_a_family_of_its_network():
    assert chain(across_hosts(), "from-shop") == (
        "meta mark . ip saddr @known4-shop meta mark set 0x0 ip daddr != 127.0.0.0/8 accept",
        "meta mark . ip saddr @senders4-shop meta mark set 0x0 ip daddr != 127.0.0.0/8 accept",
        "drop",
    )


def test_what_stays_on_a_network_is_for_it_before_a_users_rule_is_asked_where_there_are_networks_across_hosts():
    assert chain(across_hosts(), "home-shop") == (
        "ip daddr 10.88.0.0/16 goto user-shop",
        "jump sealed",
        "goto user-shop",
    )
    assert chain(across_hosts(), "forward").index("jump sealed") < chain(across_hosts(), "forward").index(
        "iifname vmap @hooks"
    )
    assert chain(example(), "home-front") is None


def test_what_keeps_neighbours_apart_is_asked_only_where_some_are_to_be():
    def asked(ruleset):
        return [
            rule for each in layout(ruleset)[1].chains for rule in each.rules if rule.startswith("iifname @icc_off")
        ]

    open_ones = tuple(network for network in example().networks if network.icc)
    assert (len(asked(example())), asked(example(networks=open_ones))) == (3, [])


def test_equal_tables_need_nothing_whatever_their_handles_and_order_of_elements(live):
    for item in live[INET]:
        for part in item.values():
            part["handle"] = part.get("handle", 0) + 100
            part.get("elem", []).reverse()
    assert plan(live) is None


def test_missing_tables_are_created_and_the_way_back_removes_them():
    change = compare(layout(example()), read_tables(recording()), {}, dict)
    assert actions(change) == ("create nft tables fabric-default (4 networks, 4 ports)",)
    assert change.inverse_script == (
        "add table inet fabric-default\ndelete table inet fabric-default\n"
        "add table bridge fabric-default\ndelete table bridge fabric-default\n"
    )


def test_one_port_more_is_one_element_more(live):
    body(live, "map", "published4")["elem"].clear()
    change = plan(live)
    assert actions(change) == ("publish 0.0.0.0:8080/tcp -> 172.20.0.10:80",)
    assert change.script == "add element inet fabric-default published4 { tcp . 8080 : 172.20.0.10 . 80 }\n"
    assert change.inverse_script.endswith("}\nflush map inet fabric-default published4\n")
    assert change.stale_flows == ()


def test_the_way_back_of_an_edit_takes_from_a_set_what_came_and_gives_it_what_went(live):
    elements = body(live, "set", "macs", BRIDGE)["elem"]
    elements[0] = {"concat": ["veth0", "02:42:00:00:00:09"]}
    change, missing = plan(live), read_tables(recording())[BRIDGE].elements["macs"]
    came = next(text for text in missing if text not in read_tables(live)[BRIDGE].elements["macs"])
    where = "element bridge fabric-default macs {{ {0} }}\n"
    back = "add {0}delete {0}add {1}".format(where.format(came), where.format('"veth0" . 02:42:00:00:00:09'))
    assert change.inverse_script.endswith("}\n" + back), "the edit may not have been made"


def test_an_element_with_a_comment_comes_back_with_its_whole_table(live):
    body(live, "set", "macs", BRIDGE)["elem"].append(
        {"elem": {"val": {"concat": ["veth0", "02:42:00:00:00:09"]}, "comment": "hers"}}
    )
    text = "table bridge fabric-default {\n}\n"
    change = compare(layout(example()), read_tables(recording()), read_tables(live), lambda: {BRIDGE: text})
    assert change.inverse_script == "add table {0}\ndelete table {0}\n{1}".format("bridge fabric-default", text)


def test_a_port_that_moved_is_one_element_changed_and_its_old_target_is_stale(live):
    body(live, "map", "published4")["elem"][0][1]["concat"] = ["172.20.0.77", 8]
    change = plan(live)
    assert actions(change) == (
        "unpublish 0.0.0.0:8080/tcp -> 172.20.0.77:8",
        "publish 0.0.0.0:8080/tcp -> 172.20.0.10:80",
    )
    assert change.stale_flows == (StaleFlow(4, "tcp", 8080, "172.20.0.77", 8),)
    gone, come = told(change)
    port = {"host_ip": "0.0.0.0", "published": 8080, "protocol": "tcp"}
    assert (gone.before, gone.after) == ({**port, "target": 8, "address": "172.20.0.77"}, {})
    assert (come.before, come.after) == ({}, {**port, "target": 80, "address": "172.20.0.10"})
    assert come.subject.as_data() == {"container": "web", "port": "0.0.0.0:8080/tcp"}


def test_a_connection_that_goes_to_the_same_place_as_before_is_not_stale(live):
    listed = body(live, "map", "published4_at")["elem"]
    listed.append([{"concat": ["192.0.2.1", "tcp", 8080]}, {"concat": ["172.20.0.10", 80]}])
    assert plan(live).stale_flows == ()
    listed[-1][1]["concat"] = ["172.20.0.11", 80]
    assert plan(live).stale_flows == (StaleFlow(4, "tcp", 8080, "172.20.0.11", 80, "192.0.2.1"),)


def test_a_range_of_ports_is_one_line_and_its_data_is_small(live):
    element = body(live, "map", "published4")["elem"]
    element += [[{"concat": ["udp", 32768 + i]}, {"concat": ["172.20.0.10", 32768 + i]}] for i in range(16384)]
    (change,) = told(plan(live))
    assert change.text == "unpublish 0.0.0.0:32768-49151/udp -> 172.20.0.10:32768-49151"
    assert change.before["published"] == change.before["target"] == "32768-49151"


def test_many_ports_that_make_no_range_are_one_line(live):
    element = body(live, "map", "published4")["elem"]
    element += [[{"concat": ["tcp", 9000 + i]}, {"concat": ["172.20.0.10", 80]}] for i in range(1000)]
    assert actions(plan(live)) == ("unpublish 1000 ports between 0.0.0.0:9000-9999/tcp -> 172.20.0.10",)


def test_an_interface_is_one_line_in_however_many_sets_it_is(live):
    for name in ("ports", "macs", "addresses4", "addresses6"):
        kept = [each for each in body(live, "set", name, BRIDGE)["elem"] if "veth0000000web" not in json.dumps(each)]
        body(live, "set", name, BRIDGE)["elem"] = kept
    (change,) = told(plan(live))
    assert change.text == "admit web:eth0 on front"
    assert change.subject.as_data() == {"container": "web", "interface": "eth0", "part": "packet rules"}
    assert change.before == {}
    assert change.after["MAC"] == ["02:42:ac:14:00:0a"]
    assert {"172.20.0.10", "fd00:20::a"} <= set(change.after["addresses"])


def test_an_element_that_is_missing_is_told_by_what_it_says(live):
    body(live, "set", "macs", BRIDGE)["elem"] = body(live, "set", "macs", BRIDGE)["elem"][1:]
    (change,) = told(plan(live))
    assert change.text == "change the packet rules of web:eth0 on front: MAC"
    assert (change.before, change.after) == ({"MAC": None}, {"MAC": ["02:42:ac:14:00:0a"]})


def test_what_is_no_longer_declared_is_told_by_what_the_kernel_still_has(live):
    body(live, "set", "macs", BRIDGE)["elem"].append({"concat": ["vethold", "02:42:00:00:00:01"]})
    change = plan(live)
    assert [line.text for line in told(change, {"vethold": "old:eth0"})] == ["no longer admit old:eth0"]
    assert told(change)[0].subject.as_data() == {"topology": "default", "part": "packet rules"}


def test_what_comes_and_goes_is_told_in_the_same_order_wherever_it_was_read(live):
    wanted = recording()
    for table in (INET, BRIDGE):
        for name in ("ports", "macs", "addresses4", "published4", "masquerade4", "hooks"):
            for each in bodies(live[table]):
                if each.get("name") == name:
                    each["elem"] = each.get("elem", [])[:1]
    once = actions(plan(live, wanted))
    back = actions(plan(wanted, live))
    for states in (live, wanted):
        for each in bodies([*states[INET], *states[BRIDGE]]):
            each.update({"elem": each["elem"][::-1]} if "elem" in each else {})
    assert len(once) > 3
    assert (actions(plan(live, wanted)), actions(plan(wanted, live))) == (once, back)


def test_the_chain_for_a_users_rules_is_its_networks(live):
    live[INET] = [item for item in live[INET] if item.get("chain", {}).get("name") != "user-front"]
    (change,) = told(plan(live))
    assert change.text == "add chain user-front to table inet fabric-default"
    assert change.subject.as_data() == {"network": "front", "part": "packet rules"}
    live[INET].append({"chain": {"family": "inet", "table": "fabric-default", "name": "user-gone", "handle": 1}})
    gone = told(plan(live))[-1]
    assert gone.text == "remove chain user-gone from table inet fabric-default"
    assert (gone.subject.network, gone.after) == ("gone", {"chain user-gone": None})


def test_a_chain_to_go_in_which_its_user_wrote_a_rule_goes_with_the_table(live):
    rule = dict(rules(live, "into")[0]["rule"], chain="user-gone")
    chain = {"family": "inet", "table": "fabric-default", "name": "user-gone", "handle": 1}
    live[INET] += [{"chain": chain}, {"rule": rule}]
    assert "replace nft table inet fabric-default, whose sets or chains differ" in actions(plan(live))


def test_a_network_and_a_link_are_told_by_their_names(live):
    body(live, "set", "masquerade4")["elem"] = []
    assert "change the packet rules of network front: masquerade" in actions(plan(live))
    for table, name in ((INET, "links4"), (BRIDGE, "links4"), (BRIDGE, "pairs4")):
        body(live, "set", name, table)["elem"] = []
    assert "link app to db" in actions(plan(live))


def test_no_set_goes_by_its_own_name():
    for table in layout(example()):
        for each in table.sets:
            assert word_of(each.name) != each.name, "give the set a word in told.py"


@pytest.mark.parametrize("chain", ["guard", "publish", "for_host", "forward", "within", "into", "postrouting"])
@pytest.mark.parametrize("damage", ["deleted", "added", "reordered", "flushed"])
def test_damaged_rules_are_repaired_in_their_chain_alone(live, chain, damage):
    there = rules(live, chain)
    if damage == "deleted":
        live[INET].remove(there[0])
    elif damage == "added":
        live[INET].append({"rule": dict(there[0]["rule"], expr=[{"accept": None}])})
    elif damage == "reordered":
        there[0]["rule"]["expr"], there[1]["rule"]["expr"] = there[1]["rule"]["expr"], there[0]["rule"]["expr"]
    else:
        for rule in there:
            live[INET].remove(rule)
    change = plan(live)
    assert actions(change) == ("repair rules of chain {0} in table inet fabric-default".format(chain),)
    lines = change.script.splitlines()
    assert lines[0] == "flush chain inet fabric-default " + chain
    assert all(line.startswith("add rule inet fabric-default {0} ".format(chain)) for line in lines[1:])


def test_a_policy_is_set_back(live):
    body(live, "chain", "forward")["policy"] = "drop"
    change = plan(live)
    assert actions(change) == ("set the policy of chain forward in table inet fabric-default to accept",)
    assert len(change.script.splitlines()) == 1


@pytest.mark.parametrize("kind", ["extra chain", "extra set", "missing set", "other type", "other priority", "counter"])
def test_a_table_that_is_built_differently_is_replaced_and_the_other_one_is_not(live, kind):
    if kind == "extra chain":
        live[INET].append({"chain": {"family": "inet", "table": "fabric-default", "name": "extra", "handle": 99}})
    elif kind == "extra set":
        live[INET].append({"set": dict(body(live, "set", "bridges"), name="extra")})
    elif kind == "missing set":
        live[INET].remove({"set": body(live, "set", "isolated")})
    elif kind == "other type":
        body(live, "set", "isolated").update(type="ipv4_addr", elem=[])
    elif kind == "other priority":
        body(live, "chain", "forward")["prio"] = 5
    else:
        live[INET].append({"counter": {"family": "inet", "table": "fabric-default", "name": "extra", "handle": 99}})
    change = plan(live)
    assert actions(change) == ("replace nft table inet fabric-default, whose sets or chains differ",)
    assert change.script.startswith("add table inet fabric-default\ndelete table inet fabric-default\ntable inet")
    assert "bridge fabric-default" not in change.script


def test_a_users_own_rules_are_not_looked_at_and_survive_a_replacement(live):
    live[INET].append({"rule": dict(rules(live, "into")[0]["rule"], chain="user-front")})
    assert plan(live) is None
    live[INET].append({"chain": {"family": "inet", "table": "fabric-default", "name": "extra", "handle": 99}})
    listing = "table inet fabric-default {\n\tchain user-front {\n\t\tip saddr 10.0.0.1 drop\n\t}\n}\n"
    change = compare(layout(example()), read_tables(recording()), read_tables(live), lambda: {INET: listing})
    assert "add rule inet fabric-default user-front ip saddr 10.0.0.1 drop" in change.script
    assert change.inverse_script.endswith(listing)


def test_tables_that_are_to_go_are_deleted_and_all_their_ports_are_stale(live):
    change = removal(read_tables(live), {INET: "table inet fabric-default {\n}\n"})
    assert change.script == "delete table inet fabric-default\ndelete table bridge fabric-default\n"
    assert {flow.published for flow in change.stale_flows} == {8080, 53, 22}
    assert removal({}, {}) is None


def test_a_link_local_address_is_made_of_the_mac():
    assert link_local("02:42:ac:14:00:0a") == "fe80::42:acff:fe14:a"


@pytest.mark.parametrize(
    "kind",
    [
        ["nf_proto", "ifname"],
        "nf_proto . ifname",
        {"typeof": {"concat": [{"meta": {"key": "nfproto"}}, {"meta": {"key": "iifname"}}]}},
    ],
    ids=["list", "text", "typeof"],
)
def test_an_element_reads_the_same_however_nft_writes_the_type(kind):
    assert list(elements({"type": kind, "elem": [{"concat": ["ipv4", "br-x"]}]})) == ['ipv4 . "br-x"']


def record() -> None:
    from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import nft

    GOLDEN.write_text(render(example()), encoding="utf-8")
    with contextlib.closing(nft.Normalising(render(example()), [INET, BRIDGE])) as normalising:
        shown = normalising.tables()
    data = {key[0]: objects for key, objects in shown.items()}
    RECORDING.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    record()
