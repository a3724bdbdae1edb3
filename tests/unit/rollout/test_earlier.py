# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts of earlier batches a batch calls."""

from __future__ import annotations

from typing import Any

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._rollout.earlier import AT_LEAST, earlier

HOSTS = [f"node{number:04}" for number in range(1000)]


def peers(*hosts: str) -> dict[str, Any]:
    return dict.fromkeys(hosts, {})


def asked(found: dict[str, list[dict[str, Any]]]) -> list[str]:
    return sorted(each["host"] for asks in found.values() for each in asks)


def test_a_batch_calls_those_before_it_that_it_shares_a_network_with_and_no_other() -> None:
    plan = {
        "default": {"shop": peers("node0000", "node0002", "node0003"), "back": peers("node0001", "node0004")},
        "other": {"shop": peers("node0000", "node0002")},
    }
    found = earlier(plan, HOSTS[:5], ["node0002", "node0003"])
    assert found == {"node0002": [{"host": "node0000", "topologies": ["default", "other"]}], "node0003": []}
    assert earlier(plan, HOSTS[:5], ["node0000"]) == {"node0000": []}, "nobody comes before the first"
    assert earlier({}, HOSTS[:5], ["node0004"]) == {"node0004": []}


def test_of_many_it_calls_as_many_as_it_has_hosts_from_all_batches_each_asked_by_one() -> None:
    plan = {"default": {"shop": peers(*HOSTS)}}
    alone = earlier(plan, HOSTS, HOSTS[500:501])
    assert len(asked(alone)) == AT_LEAST
    assert (asked(alone)[0], asked(alone)[-1]) == (HOSTS[0], HOSTS[499])
    found = earlier(plan, HOSTS, HOSTS[900:])
    assert {len(asks) for asks in found.values()} == {1}
    assert len(set(asked(found))) == 100
