# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Elements that the kernel is told of without nft are those that nft would have made of the same words."""

from __future__ import annotations

from typing import Any, Callable, Iterator, List, Sequence, Tuple

import pytest
from ruleset_example import across_hosts, encrypted, example

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import nft, nft_dump, nft_elements, program
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.model import Ruleset
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.tables import NamedSet, table_text
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.text import layout

pytestmark = pytest.mark.parametrize("wire", [False], indirect=True, scope="module")

TABLES = [("inet", "fabric-default"), ("bridge", "fabric-default"), ("inet", "other")]
RULESETS = {"bridged": example, "across hosts": across_hosts, "encrypted": encrypted}


@pytest.fixture
def inside(wire) -> Iterator[None]:
    """This thread on the host of the wire, without any rules."""
    with wire.inside("host"):
        nft.load("flush ruleset")
        yield
        nft.load("flush ruleset")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> List[str]:
    """The programs that were run."""
    found: List[str] = []
    begin = program.Aside.__init__

    def noted(self: program.Aside, command: Sequence[str], *arguments: Any) -> None:
        found.append(command[0])
        begin(self, command, *arguments)

    monkeypatch.setattr(program.Aside, "__init__", noted)
    return found


def listed() -> bytes:
    found = nft_dump.read(TABLES, "user-")
    assert found is not None
    return found.digest


def by_nft(script: str) -> None:
    """A semicolon at its end is nothing to nft, and too much for us."""
    nft.load(script.rstrip("\n") + ";\n")


def sets_of(ruleset: Ruleset) -> Iterator[Tuple[str, NamedSet]]:
    for table in layout(ruleset):
        for item in table.sets:
            if item.elements:
                yield "{0} {1} {2}".format(table.family, table.name, item.name), item


def line(do: str, where: str, elements: Tuple[str, ...]) -> str:
    return "{0} element {1} {{ {2} }}\n".format(do, where, ", ".join(dict.fromkeys(elements)))


@pytest.mark.parametrize("ruleset", RULESETS)
def test_of_every_set_of_ours_the_elements_are_those_that_nft_makes(inside, started, ruleset) -> None:
    made = RULESETS[ruleset]()
    nft.load("\n".join(map(table_text, layout(made))))
    done = []
    for where, item in sets_of(made):
        if item.interval:
            continue
        flush = "flush {0} {1}".format("map" if item.map else "set", where)
        nft.load(flush)
        without = listed()
        by_nft(line("add", where, item.elements))
        with_them = listed()
        nft.load(flush)
        started.clear()

        nft.load(line("add", where, item.elements))
        assert (where, listed()) == (where, with_them)
        nft.load(line("delete", where, item.elements))
        assert (where, listed()) == (where, without)

        assert started == []
        nft.load(line("add", where, item.elements))
        done.append(item.name)
    assert with_them != without
    assert len(done) > 10


def test_what_comes_and_goes_together_is_one_transaction(inside) -> None:
    nft.load("\n".join(map(table_text, layout(example(1)))))
    before = nft_dump.read(TABLES, "user-")
    nft.load(
        "delete element inet fabric-default published4 { tcp . 8080 : 172.20.0.10 . 80 }\n"
        "add element inet fabric-default published4 { tcp . 8080 : 172.20.0.11 . 81 }\n"
        'add element bridge fabric-default ports { "veth00000000new" }\n'
    )
    after = nft_dump.read(TABLES, "user-")
    assert after.generation == before.generation + 1
    shown = nft.list_text(TABLES)
    assert "tcp . 8080 : 172.20.0.11 . 81" in shown[TABLES[0]]
    assert '"veth00000000new"' in shown[TABLES[1]]


OTHER = """table inet other {
set timed { type ipv4_addr; flags timeout; }
set counted { type ipv4_addr; counter; }
set ranges { type ipv4_addr; flags interval; }
set kinds { type icmp_type; }
set plain { type ipv4_addr; }
set names { type ifname; }
set marks { type mark; }
set services { type inet_service; }
map ways { type ipv4_addr : verdict; }
chain somewhere { }
}
"""


@pytest.mark.parametrize(
    "script",
    [
        "add element inet other timed { 192.0.2.1 }",
        "add element inet other counted { 192.0.2.1 }",
        "add element inet other ranges { 192.0.2.0/24 }",
        "add element inet other kinds { echo-request }",
        'add element inet other plain { 192.0.2.1 comment "hers" }',
        "add element inet other plain { 192.0.2.1 }\nadd rule inet other somewhere accept",
        "add element inet other plain {{ {0} }}".format(
            ", ".join("10.0.{0}.{1}".format(*divmod(number, 250)) for number in range(nft_elements.MOST + 1))
        ),
    ],
    ids=["timeout", "counter", "interval", "type", "comment", "a rule, too", "many"],
)
def test_what_is_more_than_words_of_ours_nft_does(inside, started, script) -> None:
    nft.load(OTHER)
    before = listed()
    started.clear()
    assert not nft_elements.load(script + "\n")
    assert listed() == before
    nft.load(script + "\n")
    assert listed() != before
    assert len(started) == 1


@pytest.mark.parametrize(
    ("types", "element"),
    [
        ("inet_proto . inet_service", "47 . 65535"),
        ("inet_proto . inet_service", "sctp . 0"),
        ("ipv6_addr", "::ffff:192.0.2.1"),
        ("ipv6_addr . ipv6_addr", "fe80::1 . ::"),
        ("ifname", '"abcdefghijklmno"'),
        ("ifname . ifname", '"a.b-c_d" . "e"'),
        ("mark", "4711"),
        ("mark . ipv4_addr", "0xffffffff . 255.255.255.255"),
        ("ether_addr", "FF:ff:00:0a:b0:01"),
        ("nf_proto . ifname", 'ipv6 . "lo"'),
        ("inet_service", "80"),
        ("ether_addr . inet_proto . inet_service . ipv4_addr", "02:42:0a:64:03:ea . udp . 53 . 192.0.2.1"),
    ],
)
def test_words_at_their_bounds_are_those_of_nft(inside, started, types, element) -> None:
    nft.load("table inet other {{\nset s {{ type {0}; }}\n}}\n".format(types))
    by_nft(line("add", "inet other s", (element,)))
    by_it = listed()
    nft.load("flush set inet other s")
    started.clear()

    nft.load(line("add", "inet other s", (element,)))

    assert (listed(), started) == (by_it, [])


def test_verdicts_are_those_of_nft(inside) -> None:
    nft.load(OTHER)
    element = "add element inet other ways {{ 192.0.2.{0} : {1} }}\n"
    verdicts = ["accept", "drop", "continue", "return", "jump somewhere", "goto somewhere"]
    assert all(nft_elements.load(element.format(number, verdict)) for number, verdict in enumerate(verdicts))
    shown = nft.list_text(TABLES)[TABLES[2]]
    assert all("192.0.2.{0} : {1}".format(number, verdict) in shown for number, verdict in enumerate(verdicts))


@pytest.mark.parametrize(
    "second",
    [
        "delete element inet other plain { 192.0.2.9 }",
        "add element inet other nowhere { 192.0.2.9 }",
        "add element inet other ways { 192.0.2.1 : jump nowhere }",
        "add element inet other plain { 192.0.2.9 : accept }",
        "add element inet other plain { 192.0.2 }",
        "add element inet other marks { 0x100000000 }",
        "add element inet other services { 65536 }",
        'add element inet other names { "wg*" }',
        'add element inet other names { "abcdefghijklmnop" }',
    ],
)
def test_of_what_the_kernel_refuses_nothing_is_done_and_nft_says_why(inside, second) -> None:
    nft.load(OTHER)
    before = listed()
    with pytest.raises(nft.RefusedError, match="nft: .*Error"):
        nft.load("add element inet other plain { 192.0.2.1 }\n" + second + "\n")
    assert listed() == before


def test_only_of_what_is_taken_away_the_socket_is_let_go(inside) -> None:
    let_go: List[int] = []
    take: Callable[[int], object] = let_go.append
    nft.load(OTHER)
    nft.load("add element inet other plain { 192.0.2.1 }\n", take)
    assert let_go == []
    nft.load("delete element inet other plain { 192.0.2.1 }\n", take)
    assert len(let_go) == 1
