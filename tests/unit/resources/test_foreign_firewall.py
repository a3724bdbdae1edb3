# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of another firewall that would drop what our networks forward."""

from __future__ import annotations

from typing import Any, Dict, List

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.firewalls.foreign import (
    Advice,
    judge,
    sends_to,
)

REJECT = [{"reject": {"type": "icmpx", "expr": "admin-prohibited"}}]
ESTABLISHED = [
    {"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": "established"}},
    {"accept": None},
]
COUNTED = {"counter": {"packets": 0, "bytes": 0}}
ADVICE = Advice("Say", ("{iptables} {family} {table} {name} {bridge}",), ("done",))
TRANSLATED = {"match": {"op": "in", "left": {"ct": {"key": "status"}}, "right": "dnat"}}


def chain(policy: str) -> Dict[str, Any]:
    return {"family": "ip", "table": "filter", "name": "FORWARD", "hook": "forward", "policy": policy}


def jump(target: str, *before: Any) -> List[Any]:
    return [*before, COUNTED, {"jump": {"target": target}}]


def from_interface(bridge: str, *then: Any) -> List[Any]:
    return [{"match": {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": bridge}}, COUNTED, *then]


class Table:
    """Chains and their rules, and which of them were read."""

    def __init__(self, **chains: List[List[Any]]) -> None:
        self.chains, self.read = chains, []

    def __call__(self, family: str, table: str, name: str) -> List[Dict[str, Any]]:
        self.read.append(name)
        return [{"chain": name, "expr": expression} for expression in self.chains.get(name, [])]


def said(policy: str, table: Table, *bridges: str) -> str:
    return judge(chain(policy), bridges or ("br-front",), ADVICE, table)


def test_a_policy_of_drop_is_named_with_what_would_let_the_packets_pass() -> None:
    told = said("drop", Table())

    assert "FORWARD of table ip filter (policy drop)" in told
    assert told.endswith('. Say "iptables ip filter FORWARD br-front", "done"')


def test_there_is_a_command_for_each_bridge() -> None:
    told = said("drop", Table(), "br-front", "br-shop")

    assert told.endswith('. Say "iptables ip filter FORWARD br-front", "iptables ip filter FORWARD br-shop", "done"')


@pytest.mark.parametrize(
    ("rule", "reached"),
    [
        ([TRANSLATED, COUNTED, {"accept": None}], True),
        ([*from_interface("eth0")[:1], TRANSLATED, {"accept": None}], False),
        ([TRANSLATED, {"drop": None}], False),
        (ESTABLISHED, False),
    ],
    ids=["all that was translated", "from one interface", "dropped", "answers"],
)
def test_published_ports_are_said_to_be_reached_where_what_was_translated_is_accepted(
    rule: List[Any], reached: bool
) -> None:
    told = said("drop", Table(FORWARD=[rule]))

    assert ("published ports are reached" in told) is reached
    assert ("nor published ports be reached" in told) is not reached
    assert "containers will not reach out" in told


@pytest.mark.parametrize("last", [*REJECT, {"drop": None}, {"xt": {"type": "target", "name": "REJECT"}}])
def test_a_last_rule_that_rejects_everything_counts_as_a_drop(last: Dict[str, Any]) -> None:
    logged = [COUNTED, {"log": {"prefix": "gone "}}, last]

    assert "(its last rule)" in said("accept", Table(FORWARD=[ESTABLISHED, [COUNTED, last]]))
    assert "(its last rule)" in said("accept", Table(FORWARD=[ESTABLISHED, logged]))


@pytest.mark.parametrize(
    "rules",
    [[], [ESTABLISHED], [[{"match": {}}, *REJECT]], [REJECT, ESTABLISHED]],
    ids=["empty", "accepts only", "rejects some", "rejects before its end"],
)
def test_a_chain_that_lets_the_unknown_pass_is_not_mentioned(rules: List[Any]) -> None:
    assert said("accept", Table(FORWARD=rules)) == ""


def test_a_chain_that_knows_the_bridge_is_not_mentioned() -> None:
    known = Table(FORWARD=[jump("DOCKER-USER")], **{"DOCKER-USER": [from_interface("br-front", {"accept": None})]})

    assert said("drop", known) == ""


def test_only_the_bridges_that_it_does_not_know_are_named() -> None:
    known = Table(FORWARD=[from_interface("br-front", {"accept": None})])

    assert "those of br-shop too" in said("drop", known, "br-front", "br-shop")


def test_chains_that_only_some_packets_come_to_are_not_read() -> None:
    """Those hold a rule for each published port, ten thousand of them."""
    table = Table(FORWARD=[jump("DOCKER", *from_interface("docker0")[:1]), jump("DOCKER-USER")])

    assert said("drop", table)
    assert table.read == ["FORWARD", "DOCKER-USER"]


def test_chains_that_jump_in_a_circle_or_without_an_end_are_left_at_some_point() -> None:
    endless = {"c{0}".format(n): [jump("c{0}".format(n + 1)), jump("FORWARD")] for n in range(1000)}
    table = Table(FORWARD=[jump("c0")], **endless)

    assert said("drop", table)
    assert len(table.read) < 50


def test_a_place_counts_only_where_every_packet_comes_by() -> None:
    table = Table(FORWARD=[jump("some", *from_interface("eth0")[:1]), jump("all")])

    assert sends_to(chain("drop"), "all", table)
    assert not sends_to(chain("drop"), "some", table)
