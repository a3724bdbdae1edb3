# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nft showed of the rules at another time, and what that tells of elements that it has not seen yet. Pure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.paths import importable

importable()

from ruleset_example import example  # noqa: E402
from test_ruleset import BRIDGE, INET, recording  # noqa: E402

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.nft_dump import Listed  # noqa: E402
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.nft_record import Record  # noqa: E402
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset import shown  # noqa: E402
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.alike import (  # noqa: E402
    alike,
    with_elements,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.compare import compare  # noqa: E402
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.edit import TableEdit  # noqa: E402
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.known import (  # noqa: E402
    KnownElements,
    are_plain,
    missing,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.state import read_tables  # noqa: E402
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.tables import Chain  # noqa: E402
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.text import layout  # noqa: E402


class Kept(Record):
    """Of these, the newest at the end."""

    def kept(self):
        return iter(reversed(self.data))


def record(*kept):
    return Kept(b"", len(kept) - 1, True, Listed(1, b""), kept)


def tables():
    return layout(example())


def without_last(tables_of, name):
    return [
        table._replace(
            sets=tuple(each._replace(elements=each.elements[:-1]) if each.name == name else each for each in table.sets)
        )
        for table in tables_of
    ]


def test_what_was_kept_comes_back_as_it_was():
    states = read_tables(recording())
    assert shown.states(record(shown.whole(states))) == states


def test_what_runs_took_and_put_is_made_up_for_in_their_order():
    then = read_tables(recording())
    fewer, text = without_one(then)
    removed, added = (compare(tables(), wanted, live, dict) for wanted, live in ((fewer, then), (then, fewer)))
    kept = [shown.whole(then), shown.edits(removed.edits)]
    assert shown.states(record(*kept)) == fewer
    assert shown.states(record(*kept, shown.edits(added.edits))) == then
    assert text not in fewer[BRIDGE].elements["macs"]


def without_one(states):
    """And the element that is missing."""
    members = dict(states[BRIDGE].elements["macs"])
    text, _value = members.popitem()
    bridge = replace(states[BRIDGE], elements={**states[BRIDGE].elements, "macs": members})
    return {**states, BRIDGE: bridge}, text


def test_what_went_and_came_again_is_what_it_is_since():
    then = read_tables(recording())
    port = "tcp . 80 : 10.0.0.2 . 8080"
    first = TableEdit(*INET, added={"published4": {port: 1}}, removed={"published4": {}})
    gone = TableEdit(*INET, added={"published4": {}}, removed={"published4": {port: 1}})
    again = TableEdit(*INET, added={"published4": {port: 2}}, removed={"published4": {}})
    kept = [shown.whole(then), *(shown.edits([each]) for each in (first, gone, again))]
    found = shown.states(record(*kept))[INET].elements["published4"]
    assert found == {**then[INET].elements["published4"], port: 2}
    assert list(found)[-1] == port


ONE, TWO, THREE = {"a": 1, "b": 2}, {"b": 2, "a": 1}, {"b": 2, "c": 3, "a": 1, "d": 4}


def values_of(elements, **more):
    return KnownElements(elements, elements.get, **more)


@pytest.mark.parametrize(
    ("elements", "others", "expected"),
    [
        (ONE, TWO, {}),
        (THREE, ONE, {"c": 3, "d": 4}),
        (ONE, THREE, {}),
        (values_of(THREE), values_of(ONE), {"c": 3, "d": 4}),
        (values_of(THREE, beside=ONE, new=["c", "d"]), ONE, {"c": 3, "d": 4}),
        (ONE, values_of(THREE, beside=ONE, new=["c", "d"]), {}),
        (TWO, values_of({"b": 2, "c": 3}, beside=TWO, new=["c"]), {"a": 1}),
    ],
)
def test_what_others_are_without_is_the_same_however_much_is_known(elements, others, expected):
    assert missing(elements, others) == expected


def test_of_elements_that_are_all_in_their_text_nothing_is_unpacked():
    states = shown.states(record(shown.whole(read_tables(recording()))))
    published = states[INET].elements["published4"]
    assert published.plain
    assert are_plain(KnownElements(published, {}.__getitem__, plain=True))
    assert not are_plain({"80": {"elem": {"val": 80, "comment": "mine"}}})


@pytest.mark.parametrize("kept", [(b"",), (b"{",), (b"nothing",), ()])
def test_what_no_run_has_kept_is_as_nothing(kept):
    assert shown.states(record(*kept)) is None


def test_a_digest_tells_whether_tables_differ_in_elements_alone():
    one, fewer = shown.digest_of(tables()), shown.digest_of(without_last(tables(), "published4"))
    other = shown.digest_of(tables()[:1])
    assert one == shown.digest_of(tables())
    assert one != fewer
    assert shown.is_built_alike(one, fewer)
    assert not shown.is_built_alike(one, other)


def test_intervals_and_chains_for_users_are_no_part_of_how_tables_are_built():
    inet, bridge = tables()
    more = inet._replace(chains=(*inet.chains, Chain("user-more")))
    assert shown.is_built_alike(shown.digest_of([inet, bridge]), shown.digest_of([more, bridge]))
    assert shown.is_built_alike(shown.digest_of(tables()), shown.digest_of(without_last(tables(), "inside4")))
    for chain in (Chain("user-more", ("accept",)), Chain("more"), Chain("user-more", hook="type filter hook forward")):
        other = inet._replace(chains=(*inet.chains, chain))
        assert not shown.is_built_alike(shown.digest_of([inet, bridge]), shown.digest_of([other, bridge]))


def test_a_chain_for_a_users_rules_comes_and_goes():
    states = read_tables(recording())
    inet, bridge = tables()
    more = inet._replace(chains=(*inet.chains, Chain("user-more")))
    found = with_elements([more, bridge], states)
    expected = {**states[INET].rules, "user-more": []}
    assert found[INET].rules == expected
    assert found[INET].chains["user-more"] == found[INET].chains["user-front"]
    assert with_elements([inet, bridge], found) == with_elements([inet, bridge], states)
    edit = TableEdit(*INET, new_chains=["user-more"])
    assert shown.states(record(shown.whole(states), shown.edits([edit])))[INET].rules == expected


def test_of_each_element_nft_shows_another_one_tells_what_it_will_show():
    """Every element of the recording that is not alone in its set, from each of the others."""
    tried = 0
    for state in read_tables(recording()).values():
        for name, members in state.elements.items():
            if "flags" in state.sets[name][1] or len(members) < 2:
                continue
            for text, value in members.items():
                others = {each: members[each] for each in members if each != text}
                assert alike(text, others, state.sets[name][1]) in (value, None), text
                tried += alike(text, others, state.sets[name][1]) is not None
    assert tried > 20


PORTS = {"type": ["inet_proto", "inet_service"], "map": ["ipv4_addr", "inet_service"]}
PORT = {"tcp . 80 : 10.0.0.2 . 8080": [{"concat": [6, 80]}, {"concat": ["10.0.0.2", 8080]}]}
SUBNET = {"": {"prefix": {"addr": "10.0.0.0", "len": 24}}}
HOMES, AT_HOME = {"type": ["ifname", "ipv4_addr"]}, {"": {"concat": ["br-b", SUBNET[""]]}}
DOORS, DOOR = {"type": "ifname", "map": "verdict"}, {"": ["br-b", {"jump": {"target": "b"}}]}
MACS, MAC = {"type": ["ifname", "ether_addr"]}, {"": {"concat": ["veth2", "02:42:0a:00:00:01"]}}


@pytest.mark.parametrize(
    ("text", "others", "body", "expected"),
    [
        ("udp . 53 : 10.0.0.3 . 53", PORT, PORTS, [{"concat": [17, 53]}, {"concat": ["10.0.0.3", 53]}]),
        ('"br-a" : goto user-a', DOOR, DOORS, ["br-a", {"goto": {"target": "user-a"}}]),
        ('"veth1" . 02:42:0a:00:00:02', MAC, MACS, {"concat": ["veth1", "02:42:0a:00:00:02"]}),
        ("fd00::2", {"": "fd00::1"}, {"type": "ipv6_addr"}, "fd00::2"),
        ("10.0.1.0/24", SUBNET, {"type": "ipv4_addr"}, {"prefix": {"addr": "10.0.1.0", "len": 24}}),
        ("fd00:1::/64", SUBNET, {"type": "ipv6_addr"}, {"prefix": {"addr": "fd00:1::", "len": 64}}),
        ('"br-a" . 10.0.1.0/24', AT_HOME, HOMES, {"concat": ["br-a", {"prefix": {"addr": "10.0.1.0", "len": 24}}]}),
    ],
)
def test_an_element_is_made_as_another_one_is(text, others, body, expected):
    assert alike(text, others, body) == expected


@pytest.mark.parametrize(
    ("text", "others", "body"),
    [
        ("tcp . 80 : 10.0.0.2 . 8080", {}, PORTS),
        ("tcp . 80", PORT, PORTS),
        ("tcp . 80 : 10.0.0.2 . 8080 . 1", PORT, PORTS),
        ("dccp . 80 : 10.0.0.2 . 8080", PORT, PORTS),
        ("tcp . 080 : 10.0.0.2 . 8080", PORT, PORTS),
        ("10.0.0.2", {"": {"elem": {"val": "10.0.0.1", "comment": "mine"}}}, {"type": "ipv4_addr"}),
        ("10.0.1.1/24", SUBNET, {"type": "ipv4_addr"}),
        ("10.0.1.1/32", SUBNET, {"type": "ipv4_addr"}),
        ("0.0.0.0/0", SUBNET, {"type": "ipv4_addr"}),
        ("10.0.1.1", SUBNET, {"type": "ipv4_addr"}),
        ("fd00:1:0::/64", SUBNET, {"type": "ipv6_addr"}),
        ("10.0.1.0/24", {"": "10.0.0.1"}, {"type": "ipv4_addr"}),
        ("10.0.1.1-10.0.1.9", {"": "10.0.0.1"}, {"type": "ipv4_addr"}),
        ('"br-a" : accept', {"": ["br-b", {"accept": None}]}, DOORS),
    ],
)
def test_where_it_is_not_certain_nobody_guesses(text, others, body):
    assert alike(text, others, body) is None


def test_tables_with_other_elements_are_as_nft_would_show_them():
    states = read_tables(recording())
    fewer, _text = without_one(states)
    found = with_elements(tables(), fewer)
    assert found == states


def test_an_element_of_a_set_that_was_empty_is_nobodys_guess():
    states = read_tables(recording())
    states[INET] = replace(states[INET], elements={**states[INET].elements, "published4": {}})
    assert with_elements(tables(), states) is None
