# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A routed overlay over three hosts, by the playbooks: what containers of one host reach on another."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from tests.integration.overlay.fleet import Fleet
from tests.lab import ansible

SHOP: Dict[str, Any] = {"driver": "overlay", "enable_ipv6": True, "ipam": {"config": [{"subnet": "10.88.0.0/16"}]}}
CONTAINERS = {
    "node1": {"web": {"networks": ["shop"], "ports": ["8080:80"]}, "app": {"networks": ["shop"]}},
    "node2": {"db": {"networks": ["shop"], "ports": ["9090:90"]}},
    "node3": {"mq": {"networks": ["shop"]}},
}


@pytest.fixture(scope="module")
def applied(shared_fleet: Fleet) -> ansible.PlaybookRun:
    shared_fleet.declare({"shop": SHOP}, CONTAINERS)
    planned = shared_fleet.run(check=True)
    ran = shared_fleet.run()
    for host in CONTAINERS:
        assert shared_fleet.actions(ran, host) == shared_fleet.actions(planned, host), "a check announces what comes"
    return ran


def test_a_second_run_changes_nothing(shared_fleet: Fleet, applied: ansible.PlaybookRun) -> None:
    again = shared_fleet.run()
    assert (again.changed, [each.get("actions") for each in again.results if each.get("actions")]) == (0, [])


@pytest.mark.parametrize("family", [4, 6])
def test_containers_reach_each_other_wherever_they_run(
    shared_fleet: Fleet, applied: ansible.PlaybookRun, family: int
) -> None:
    places = ["node1/web", "node1/app", "node2/db", "node3/mq"]
    addresses = {place: shared_fleet.address(applied, place, family) for place in places}
    for source in places:
        for target in places:
            if source != target:
                seen = shared_fleet.seen(source, target, addresses[target], 80, size=20000)
                assert seen == addresses[source], "{0} is seen by {1} as itself".format(source, target)
