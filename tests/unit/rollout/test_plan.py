# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan, its digest and its text, and what an approved one allows."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.approval import approve_only
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.changes import Change, Subject
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.report import report_of
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._rollout.plan import approved, plan_of, text_of

BRIDGE = Change("create bridge br-front", Subject(network="front"), {}, {"mtu": 1500, "addresses": ["172.20.0.1/24"]})
MTU = Change("set mtu of br-front from 1400 to 1500", Subject(network="front"), {"mtu": 1400}, {"mtu": 1500})
RULES = Change("load packet rules", Subject(topology="shop", part="packet rules"), {}, {"text": "a\nb\n"})


def answer(*changes: Change, kind: str = "intended") -> dict[str, Any]:
    told = [
        {"text": c.text, "subject": c.subject.as_data(), "before": dict(c.before), "after": dict(c.after), "kind": kind}
        for c in changes
    ]
    return {"changed": bool(changes), "changes": told, "networks": {}, "containers": {}}


def plan(**answers: Any) -> dict[str, Any]:
    return plan_of([report_of(given, host, "shop") for host, given in answers.items()], {})


def test_a_plan_says_what_changes_where_and_why() -> None:
    made = plan(b=answer(BRIDGE, RULES), a=answer(MTU, kind="drift"), c=answer(), d={"unreachable": True, "msg": "no"})
    assert list(made["hosts"]) == ["a", "b", "c"]
    assert [change["text"] for change in made["hosts"]["b"]["shop"]] == [BRIDGE.text, RULES.text]
    assert made["unknown"] == {"d": {"shop": "cannot be reached: no"}}
    assert text_of(made, "now").splitlines() == [
        f"plan {made['digest']} (now)",
        "2 hosts to change, 1 as declared, 1 unknown",
        "",
        "a/shop:",
        "  ~ set mtu of br-front from 1400 to 1500 (repairs what somebody changed)",
        "",
        "b/shop:",
        "  + create bridge br-front",
        "  + load packet rules",
        "",
        "c/shop: as declared",
        "",
        "d/shop: unknown: cannot be reached: no",
    ]


def test_hosts_with_the_same_lines_are_told_together() -> None:
    made = plan(a=answer(BRIDGE), b=answer(MTU), c=answer(BRIDGE))
    assert "a/shop, c/shop:" in text_of(made).splitlines()


def test_what_a_host_reserves_for_networks_across_hosts_is_in_its_plan() -> None:
    lease = {**answer(Change("reserve 10.88.0.0/24 of shop", Subject(network="shop"), {}, {"block": "10.88.0.0/24"}))}
    reserved = {"a": {"results": [{"item": {"key": "shop"}, **lease}, {"item": {"key": "other"}, **answer(MTU)}]}}
    claim = answer(Change("hold 10.88.0.0/24 of shop in etcd", Subject(network="shop"), {}, {"block": "10.88.0.0/24"}))
    held = {"a": {"results": [{"item": {"key": "shop"}, **claim}]}}
    made = plan_of([report_of(answer(BRIDGE), "a", "shop")], held, reserved)
    assert [change["text"] for change in made["hosts"]["a"]["shop"]] == [
        "hold 10.88.0.0/24 of shop in etcd",
        "reserve 10.88.0.0/24 of shop",
        BRIDGE.text,
    ]


def shuffled(value: Any, by: random.Random) -> Any:
    """The same data in another order, the lists and the lines of a text too."""
    if isinstance(value, dict):
        items = [(key, shuffled(item, by)) for key, item in value.items()]
        by.shuffle(items)
        return dict(items)
    if isinstance(value, list):
        items = [shuffled(item, by) for item in value]
        by.shuffle(items)
        return items
    if isinstance(value, str) and "\n" in value:
        lines = value.split("\n")
        by.shuffle(lines)
        return "\n".join(lines)
    return value


def test_the_digest_is_the_same_in_whatever_order_everything_came() -> None:
    answers = {f"node{number}": answer(BRIDGE, MTU, RULES) for number in range(20)}
    digest = plan(**answers)["digest"]
    assert len(digest) == 64 and int(digest, 16)
    for seed in range(20):
        assert plan(**shuffled(answers, random.Random(seed)))["digest"] == digest


@pytest.mark.parametrize(
    "other",
    [
        {"b": answer(BRIDGE, MTU)},  # another host
        {"a": answer(BRIDGE)},  # a line less
        {"a": answer(BRIDGE, MTU, RULES)},  # a line more
        {"a": answer(BRIDGE, Change(MTU.text, MTU.subject, {"mtu": 1401}, MTU.after))},  # another value
        {"a": answer(BRIDGE, Change(MTU.text, Subject(network="back"), MTU.before, MTU.after))},  # of another thing
        {"a": answer(BRIDGE, MTU), "b": answer(MTU)},  # on another host, too
    ],
)
def test_whatever_else_would_be_done_has_another_digest(other: dict[str, Any]) -> None:
    assert plan(**other)["digest"] != plan(a=answer(BRIDGE, MTU))["digest"]


def test_a_host_that_is_as_declared_changes_no_digest() -> None:
    assert plan(a=answer(BRIDGE), b=answer())["digest"] == plan(a=answer(BRIDGE))["digest"]


# --- what an approved plan allows


def test_what_was_approved_may_be_done_and_so_may_less_of_it() -> None:
    made = plan(a=answer(BRIDGE, MTU, RULES))
    ask = approve_only(approved(made, "a", "shop"))
    ask([BRIDGE, MTU, RULES])
    ask([RULES])
    ask([])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (MTU, MTU.text),
        (Change(RULES.text, RULES.subject, {}, {"text": "c\n"}), RULES.text + " (approved with other values)"),
        (Change("create \x1b[2J", Subject(network="x")), "create \\x1b[2J"),
    ],
)
def test_what_was_not_approved_is_refused_and_named(change: Change, told: str) -> None:
    ask = approve_only(approved(plan(a=answer(BRIDGE, RULES)), "a", "shop"))
    with pytest.raises(FabricError) as failure:
        ask([BRIDGE, change])
    assert str(failure.value) == "not in the approved plan, and so nothing was changed here: " + told


@pytest.mark.parametrize(("host", "topology"), [("b", "shop"), ("a", "other")])
def test_of_a_host_or_project_that_is_not_in_the_plan_nothing_was_approved(host: str, topology: str) -> None:
    assert approved(plan(a=answer(BRIDGE)), host, topology) == {}


def test_without_a_plan_everything_may_be_done() -> None:
    approve_only(None)([BRIDGE, MTU])


def edited(made: dict[str, Any]) -> dict[str, Any]:
    made["hosts"]["a"]["shop"][0]["after"] = {"mtu": 9000}
    return made


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (edited, "the digest is not that of the plan, so it was edited"),
        (lambda made: {**made, "version": 1}, "a plan of version 1, and this release reads version 2"),
        (lambda made: {"hosts": {}}, "this is no plan.json"),
        (lambda made: [], "this is no plan.json"),
    ],
)
def test_what_is_no_plan_of_this_release_approves_nothing(spoil: Any, told: str) -> None:
    made = spoil(copy.deepcopy(plan(a=answer(BRIDGE))))
    with pytest.raises(FabricError) as failure:
        approved(made, "a", "shop")
    assert str(failure.value).startswith("topology_approved_plan: " + told)
    assert "linuxnet.fabric.plan again" in str(failure.value)


# --- several projects of a host


def leases(subnet: str, port: str = "") -> dict[str, Any]:
    lease = Change(f"lease subnet {subnet} to n", Subject(network="n", part="lease"), {}, {"subnet": subnet})
    return {**answer(lease), "chosen": {subnet: "n", **({port: "web for 80/tcp"} if port else {})}}


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (
            leases("172.17.0.0/16"),
            leases("172.17.0.0/16"),
            "172.17.0.0/16 would be leased by it",
        ),
        (
            leases("172.17.0.0/16"),
            leases("172.17.4.0/24"),
            "172.17.4.0/24 would be leased by it",
        ),
        (leases("172.17.0.0/16", "32768/tcp"), leases("fd00::/64", "32768/tcp"), "the host port 32768/tcp would be"),
        (leases("172.17.0.0/16", "32768/tcp"), leases("172.18.0.0/16", "32768/udp"), ""),
    ],
)
def test_what_two_projects_of_a_host_would_choose_is_not_known_of_the_second(one: Any, other: Any, told: str) -> None:
    made = plan_of([report_of(other, "a", "blog"), report_of(one, "a", "app"), report_of(one, "b", "blog")])
    assert list(made["hosts"]["b"]) == ["blog"], "another host is another matter"
    assert ("blog" in made["hosts"]["a"]) == (not told)
    assert told in made["unknown"].get("a", {}).get("blog", "")
