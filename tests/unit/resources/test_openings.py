# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of another firewall that keeps the other hosts of overlay networks out, and when nothing is."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

import pytest
from ruleset_example import across_hosts, encrypted

from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.firewalls import openings as room
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.firewalls.foreign import Chains
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.firewalls.openings import (
    Opening,
    openings,
    warning,
)

OWN = {"family": "inet", "table": "mine", "name": "incoming", "hook": "input", "policy": "drop"}
OPENING = Opening("ip", 4789, ("192.0.2.12", "192.0.2.13"))
ACCEPT: Dict[str, Any] = {"accept": None}


def _to(right: Any) -> Dict[str, Any]:
    return {"match": {"op": "==", "left": {"payload": {"protocol": "udp", "field": "dport"}}, "right": right}}


def _from(right: Any) -> Dict[str, Any]:
    return {"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}}, "right": right}}


def _said(*rules: List[Any], policy: str = "drop", kind: str = "", names: Any = ()) -> Optional[str]:
    chain = dict(OWN, policy=policy, **({"table": "firewalld"} if kind == "firewalld" else {}))

    def read(_family: str, _table: str, _name: str) -> List[Dict[str, Any]]:
        return [{"expr": rule} for rule in rules]

    return warning(chain, Chains(incoming=(chain,), names=frozenset(names)), kind, OPENING, read)


def test_it_is_all_hosts_of_all_overlays_by_port() -> None:
    assert openings(across_hosts()) == (OPENING,)


def test_an_encrypted_network_rests_on_the_port_of_its_tunnel() -> None:
    (opening,) = openings(encrypted())

    assert str(opening) == "UDP port 51871 from 192.0.2.12, 192.0.2.13"
    assert openings(None) == ()


def test_a_chain_that_drops_is_named_with_a_command_that_opens_the_port() -> None:
    assert _said() == (
        "the chain incoming of table inet mine (policy drop) drops packets that it does not know, and so the overlay "
        "networks' UDP port 4789 from 192.0.2.12, 192.0.2.13: nothing will arrive from these hosts. It is none in "
        "which topology_firewall: integrate knows a place (ufw's or firewalld's). Add by hand `nft insert rule inet "
        "mine incoming ip saddr { 192.0.2.12, 192.0.2.13 } udp dport 4789 accept`"
    )
    assert _said(policy="accept") is None


@pytest.mark.parametrize(
    "rule",
    [
        [_to(4789), ACCEPT],
        [_from({"set": ["192.0.2.13", "192.0.2.12"]}), _to(4789), {"counter": None}, ACCEPT],
        [_from({"prefix": {"addr": "192.0.2.0", "len": 24}}), _to({"range": [4000, 5000]}), ACCEPT],
        [_from("@peers"), _to({"set": [22, 4789]}), ACCEPT],
    ],
    ids=["from anywhere", "a set", "prefix and range", "a named set"],
)
def test_nothing_is_said_where_somebody_has_opened_the_port(rule: List[Any]) -> None:
    assert _said(rule) is None


@pytest.mark.parametrize(
    "rule",
    [
        [_to(4789), {"drop": None}],
        [_to(4790), ACCEPT],
        [_from("192.0.2.99"), _to(4789), ACCEPT],
        [_from("192.0.2.12"), _to({"range": [1, 1023]}), ACCEPT],
        [{"match": {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": "lo"}}, ACCEPT],
    ],
    ids=["closed", "another port", "another host", "other ports", "another interface"],
)
def test_what_is_about_something_else_opens_nothing(rule: List[Any]) -> None:
    assert "from 192.0.2.12, 192.0.2.13:" in (_said(rule) or "")


def test_who_is_let_in_already_is_not_named() -> None:
    told = _said([_from("192.0.2.12"), _to(4789), ACCEPT]) or ""
    assert "UDP port 4789 from 192.0.2.13:" in told and "192.0.2.12" not in told


def test_many_hosts_are_told_by_example(monkeypatch: pytest.MonkeyPatch) -> None:
    many = Opening("ip", 4789, tuple("192.0.2.{0}".format(n) for n in range(1, 10)))
    chain = {"family": "ip", "table": "filter", "name": "INPUT", "hook": "input", "policy": "drop"}
    monkeypatch.setattr(room.iptables, "rules", lambda _family, _name: [])

    told = warning(chain, Chains(), "ufw", many, lambda *_place: []) or ""

    assert "192.0.2.4 and 5 more: nothing will arrive" in told
    assert told.endswith("`ufw allow proto udp from 192.0.2.4 to any port 4789` and so for 5 more")


@pytest.mark.parametrize(
    ("rule", "opens"),
    [
        ("-p udp -m udp --dport 4789 -j ACCEPT", True),
        ("-s 192.0.2.0/24 -p udp -m udp --dport 4000:5000 -j ACCEPT", True),
        ("-s 192.0.2.12/32 -p udp -m multiport --dports 22,4789 -j ACCEPT", True),
        ("-s 192.0.2.99/32 -p udp -m udp --dport 4789 -j ACCEPT", False),
        ("! -s 192.0.2.12/32 -p udp -m udp --dport 4789 -j ACCEPT", False),
        ("-p udp -m udp --dport 4789 -j DROP", False),
        ("-i lo -j ACCEPT", False),
    ],
)
def test_rules_of_iptables_are_read_as_it_writes_them(monkeypatch: pytest.MonkeyPatch, rule: str, opens: bool) -> None:
    chain = {"family": "ip", "table": "filter", "name": "INPUT", "hook": "input", "policy": "drop"}
    monkeypatch.setattr(room.iptables, "rules", lambda _family, name: [rule] if name == "INPUT" else None)

    told = warning(chain, Chains(), "", Opening("ip", 4789, ("192.0.2.12",)), lambda *_place: [])

    assert (told is None) == opens
