# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Broken promises between hosts: which are called once more, and how what both hosts saw becomes one place."""

from __future__ import annotations

from typing import Any, Dict, Optional

import pytest

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._verify_report.again import (
    MANY,
    chosen,
    token_again,
    with_places,
)
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._verify_report.report import why

WIRE = {"kind": "wire", "netns": "", "text": "it left by eth0 for node2, and no answer came in"}
RULE = {"kind": "rule", "netns": "", "text": "the host drops it: inet other c: drop"}


def cell(number: int = 0, address: str = "10.88.1.2", **more: Any) -> Dict[str, Any]:
    found: Dict[str, Any] = {
        "text": "web reaches db{0} on node2".format(number),
        "target": {"kind": "container", "names": ["db"], "host": "node2"},
        "address": address,
        "protocol": "tcp",
        "port": None,
        "promised": True,
        "about": "neighbours",
        "result": "broken",
        "said": "nothing came back",
        "place": WIRE,
        "token": "{0:016x}".format(number),
    }
    return {**found, **more}


def report(*cells: Dict[str, Any]) -> Dict[str, Any]:
    return {"host": "node1", "topology": "shop", "cells": list(cells), "differs": []}


def half(of: Dict[str, Any], came: bool = True, answer: bool = False, **more: Any) -> Dict[str, Any]:
    found = {"token": token_again(of), "came": came, "place": None, "answer": answer, "answer_place": None, "by": "vx0"}
    return {**found, **more}


def told(here: Dict[str, Any], there: Optional[Dict[str, Any]], of: Optional[Dict[str, Any]] = None) -> str:
    of = of or cell()
    far = {"node2": [there]} if there is not None else {}
    (judged,) = with_places(report(of), [here], far, {})["cells"]
    return why(judged)


def test_both_hosts_are_told_of_a_call_that_is_broken_and_nobody_of_what_holds_or_is_explained() -> None:
    held, explained, here = cell(1, result="held"), cell(2, place=RULE), cell(3, target={"host": "", "names": ["db"]})
    found = chosen([report(cell(0), held, explained, here)])
    (call,) = found["node1"]["shop"]["calls"]
    assert (call["source"], call["target"], call["text"]) == ("node1", "node2", "web reaches db0 on node2")
    assert found["node2"]["shop"] == {"called": [call]}
    assert chosen([report(held, explained, here)]) == {}


def test_of_many_calls_each_address_has_its_turn_and_no_host_follows_more_than_it_can() -> None:
    many = [cell(number, address="10.88.1.2") for number in range(500)]
    found = chosen([report(*many, cell(900, address="10.88.1.3"))])
    assert len(found["node2"]["shop"]["called"]) == len(found["node1"]["shop"]["calls"]) == MANY
    assert "10.88.1.3" in {call["address"] for call in found["node2"]["shop"]["called"]}


def test_what_arrived_though_it_was_not_to_is_called_once_more_whatever_is_known_of_it() -> None:
    assert chosen([report(cell(promised=False, place=RULE))])["node1"]["shop"]["calls"]


@pytest.mark.parametrize(
    "here, there, place",
    [
        (half(cell(), place=RULE), half(cell()), "rule: the host drops it: inet other c: drop"),
        (half(cell()), half(cell(), place=RULE), "rule: on node2: the host drops it: inet other c: drop"),
        (half(cell()), half(cell(), came=False), "wire: it left node1 by vx0, and nothing of it came to node2"),
        (half(cell()), half(cell(), answer_place=RULE), "rule: on node2: the host drops it: inet other c: drop"),
        (half(cell(), answer_place=RULE), half(cell(), answer=True), "rule: its answer: the host drops it: inet"),
        (
            half(cell()),
            half(cell(), answer=True),
            "wire: its answer left node2 by vx0, and nothing of it came to node1",
        ),
        (half(cell(), answer=True), half(cell(), answer=True), "unknown: it was answered when it was sent once more"),
        (half(cell()), None, "wire: it left by eth0 for node2, and no answer came in"),
    ],
)
def test_the_first_place_on_the_way_there_and_back_is_named(
    here: Dict[str, Any], there: Optional[Dict[str, Any]], place: str
) -> None:
    assert told(here, there).startswith("nothing came back; " + place)


def test_both_hosts_have_their_say_about_what_was_let_through() -> None:
    of = cell(promised=False, place=None)
    here, there = ({"kind": "rule", "netns": "", "text": text} for text in ("the host lets it through: a", "b"))
    told_ = told(half(of, place=here), half(of, place=there), of)
    assert told_ == "nothing came back; rule: the host lets it through: a; on node2: b"


def test_what_differs_on_the_other_host_is_told_with_its_name() -> None:
    of = cell()
    judged = with_places(
        report(of), [half(of)], {"node2": [half(of, place=RULE)]}, {"node2": ["set a up"], "node3": ["b"]}
    )
    assert judged["differs"] == ["on node2: set a up"]
