# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The digest of a plan where addresses, subnets and ports are chosen: whose they are counts, and not which they are."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.report import report_of
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._rollout.by_owner import Chosen
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._rollout.plan import approved, plan_of


def change(text: str, after: dict[str, Any], before: dict[str, Any] | None = None, **subject: str) -> dict[str, Any]:
    return {"text": text, "subject": subject, "before": before or {}, "after": after, "kind": "intended"}


def leased(web: str, db: str) -> list[dict[str, Any]]:
    return [
        change(f"lease {web} to web:eth0 on front", {"address": web}, container="web", interface="eth0", part="lease"),
        change(f"lease {db} to db:eth0 on front", {"address": db}, container="db", interface="eth0", part="lease"),
    ]


def plan(changes: list[dict[str, Any]], chosen: dict[str, str], **more: Any) -> dict[str, Any]:
    answer = {"changes": changes, "chosen": chosen, "networks": {}, "containers": {}}
    return plan_of([report_of(answer, "node1", "default")], **more)


def digest(changes: list[dict[str, Any]], chosen: dict[str, str]) -> str:
    return str(plan(changes, chosen)["digest"])


def told(changes: list[dict[str, Any]], **chosen: str) -> list[dict[str, Any]]:
    found = Chosen({value.replace("_", "."): whose for value, whose in chosen.items()})
    return [each for one in changes for each in found.by_owner(one)]


WEB, DB = "web:eth0 on front", "db:eth0 on front"
ONE, OTHER = {"10.0.0.2": WEB, "10.0.0.3": DB}, {"10.0.0.3": WEB, "10.0.0.2": DB}


def test_who_gets_which_free_address_is_not_in_the_digest() -> None:
    assert digest(leased("10.0.0.2", "10.0.0.3"), ONE) == digest(leased("10.0.0.3", "10.0.0.2"), OTHER)


def test_an_address_that_is_written_or_leased_is() -> None:
    assert digest(leased("10.0.0.2", "10.0.0.3"), {}) != digest(leased("10.0.0.3", "10.0.0.2"), {})
    assert digest(leased("10.0.0.2", "10.0.0.3"), {}) != digest(leased("10.0.0.2", "10.0.0.3"), ONE)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("10.0.0.2", "<web>"),
        ("10.0.0.2/24", "<web>"),
        ("default via 10.0.0.2", "default via <web>"),
        ("10.0.0.2:80 and [fd00::2]:80", "<web>:80 and [<six>]:80"),
        ("02:42:0a:00:00:02", "<MAC of web>"),
        ("fe80::42:aff:fe00:2/64", "<link-local address of web>"),
        ("172.17.0.0/16", "<front>"),
        ("ff02::1:ff00:2", "<group>"),
        ("10.0.0.20, 110.0.0.2, 1.10.0.0.2, fd00::22", "10.0.0.20, 110.0.0.2, 1.10.0.0.2, fd00::22"),
        ("web:eb at 12:30:59", "web:eb at 12:30:59"),
    ],
)
def test_whatever_is_made_of_a_chosen_value_is_told_by_its_owner(value: str, shown: str) -> None:
    chosen = {"10.0.0.2": "web", "fd00::2": "six", "172.17.0.0/16": "front"}
    (found,) = Chosen(chosen).by_owner(change(value, {"words": [value], value: None}, network="front"))
    assert (found["text"], found["after"]) == (shown, {"words": [shown], shown: None})


def test_what_goes_was_no_choice() -> None:
    gone = change("release 10.0.0.2 of old", {}, {"address": "10.0.0.2"}, container="old", part="lease")
    moved = change("from 10.0.0.2 to 10.0.0.3", {"address": "10.0.0.3"}, {"address": "10.0.0.2"}, container="web")
    first, second = told([gone, moved], **{"10_0_0_2": "db", "10_0_0_3": "web"})
    assert first["text"] == "release 10.0.0.2 of old"
    assert (second["text"], second["before"]) == ("from 10.0.0.2 to <web>", {"address": "10.0.0.2"})


def port(published: Any, target: Any) -> dict[str, Any]:
    words = {"host_ip": "", "published": published, "protocol": "tcp", "target": target}
    text = f"lease port {published}/tcp to web for {target}/tcp"
    return change(text, words, container="web", port=f"{published}/tcp", part="lease")


def test_chosen_ports_are_told_one_by_one_whether_they_follow_each_other_or_not() -> None:
    together = [port("32768-32769", "80-81")]
    apart = [port(32770, 80), port(32790, 81)]
    names = ["web for 80/tcp", "web for 81/tcp"]
    assert digest(together, dict(zip(["32768/tcp", "32769/tcp"], names))) == digest(
        apart, dict(zip(["32770/tcp", "32790/tcp"], names))
    )


def test_of_a_list_that_is_cut_short_it_is_counted_what_was_chosen() -> None:
    lists = [["10.0.0.2", "x", "and 5 more"], ["y", "10.0.0.2", "and 5 more"], ["x", "y", "and 5 more"]]
    found = told([change("", {"words": each}) for each in lists], **{"10_0_0_2": "web"})
    assert [each["after"]["words"] for each in found] == [3, 3, ["x", "y", "and 5 more"]]


def test_a_plan_has_of_all_that_was_chosen_what_its_lines_say() -> None:
    across = {"default": {"10.88.0.2": "app on shop of node1", "10.88.9.9": "mq on shop of node9"}}
    made = plan([*leased("10.0.0.2", "10.0.0.3"), change("remember 10.88.0.2", {}, network="shop")], ONE, across=across)
    assert made["chosen"] == {"node1": {"default": {**ONE, "10.88.0.2": "app on shop of node1"}}}
    assert plan([], ONE)["chosen"] == {}


def exchanged(made: dict[str, Any]) -> None:
    """An address in one line alone."""
    made["hosts"]["node1"]["default"][0]["after"] = {"address": "10.0.0.3"}


def renamed(made: dict[str, Any]) -> None:
    """A value that somebody wrote down, put beside those that were chosen."""
    line = made["hosts"]["node1"]["default"][2]
    line.update(text="set mtu of front to 9000", after={"address": "10.9.9.9"})
    made["chosen"]["node1"]["default"]["10.9.9.9"] = "10.0.0.99"


def without(made: dict[str, Any]) -> None:
    del made["chosen"]


@pytest.mark.parametrize("edit", [exchanged, renamed, without])
def test_a_plan_whose_lines_are_not_those_of_its_digest_was_edited(edit: Any) -> None:
    made = plan([*leased("10.0.0.2", "10.0.0.3"), change("set", {"address": "10.0.0.99"}, network="front")], ONE)
    assert set(approved(made, "node1", "default").values()) > {"set"}
    spoilt = copy.deepcopy(made)
    edit(spoilt)
    with pytest.raises(FabricError, match="it was edited"):
        approved(spoilt, "node1", "default")
