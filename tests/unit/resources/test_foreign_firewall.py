# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of another firewall that would drop what our networks forward."""

from __future__ import annotations

from typing import Any, Dict, List

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.foreign_firewall import judge

REJECT = [{"reject": {"type": "icmpx", "expr": "admin-prohibited"}}]
ESTABLISHED = [
    {"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": "established"}},
    {"accept": None},
]


def chain(table: str, policy: str) -> Dict[str, Any]:
    return {"family": "ip", "table": table, "name": "FORWARD", "hook": "forward", "policy": policy}


def rule(expression: List[Any], of: str = "FORWARD") -> Dict[str, Any]:
    return {"rule": {"chain": of, "expr": expression}}


def match_interface(bridge: str) -> List[Any]:
    return [{"match": {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": bridge}}, {"accept": None}]


def test_a_policy_of_drop_is_named_with_the_way_out_that_docker_provides() -> None:
    said = judge(chain("filter", "drop"), [], ["br-front"])

    assert said is not None
    assert "FORWARD of table ip filter (policy drop)" in said
    assert "iptables -I DOCKER-USER -i br-front -j ACCEPT" in said


def test_a_last_rule_that_rejects_everything_counts_as_a_drop() -> None:
    said = judge(chain("firewalld", "accept"), [rule(ESTABLISHED), rule(REJECT)], ["br-front"])

    assert said is not None and "(its last rule)" in said and "firewall-cmd" in said


@pytest.mark.parametrize(
    "objects",
    [[], [rule(ESTABLISHED)], [rule([{"match": {}}, *REJECT])], [rule(REJECT, of="another")]],
    ids=["empty", "accepts only", "rejects some", "another chain"],
)
def test_a_chain_that_lets_the_unknown_pass_is_not_mentioned(objects: List[Any]) -> None:
    assert judge(chain("firewalld", "accept"), objects, ["br-front"]) is None


def test_a_table_that_knows_the_bridge_is_not_mentioned() -> None:
    known = [rule(match_interface("br-front"), of="DOCKER-USER")]

    assert judge(chain("filter", "drop"), known, ["br-front"]) is None


def test_only_the_bridges_that_it_does_not_know_are_named() -> None:
    known = [rule(match_interface("br-front"), of="DOCKER-USER")]

    said = judge(chain("filter", "drop"), known, ["br-front", "br-shop"])

    assert said is not None and "those of br-shop too" in said
