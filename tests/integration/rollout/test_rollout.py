# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""topology_serial: hosts in batches, of which the first with a host that fails ends the run."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

from tests.integration.overlay.conftest import new_fleet
from tests.integration.overlay.fleet import Fleet

NAMES = ("node1", "node2", "node3")
NETWORKS = {"front": {"ipam": {"config": [{"subnet": "172.20.0.0/24"}]}}}
WEB = {"web": {"network_mode": "none"}}
WRONG = {"web": {"ports": ["80:99999"]}}
#: Nobody listens there.
AWAY = {"ansible_host": "127.0.0.1", "ansible_port": 1}


@pytest.fixture
def rollout(tmp_path: Path) -> Iterator[Fleet]:
    with new_fleet(tmp_path, NAMES) as fleet:
        fleet.declare(NETWORKS, dict.fromkeys(NAMES, WEB))
        yield fleet


def made(fleet: Fleet) -> List[str]:
    return [name for name in NAMES if Path("/proc/{0}/root/run/netns/web".format(fleet.host(name).pid)).exists()]


def failures(ran: Any) -> Dict[str, int]:
    return {host: stats["failures"] for host, stats in ran.stats.items() if stats["failures"]}


def told(ran: Any, task: str) -> List[str]:
    return [each["msg"] for each in ran.results if each["task"] == task and not each.get("skipped")]


def test_a_batch_of_which_a_host_fails_is_the_last_and_its_others_are_finished(rollout: Fleet) -> None:
    rollout.own["node1"]["topology_containers"] = WRONG
    rollout.own = {"away": {"ansible_connection": "ssh", **AWAY}, **rollout.own}
    ran = rollout.run(topology_serial=[1, 2], topology_confirm_timeout=300, fail=True)
    assert ran.stats["away"]["unreachable"] == 1, "alone in the first batch, it is told, and ends nothing"
    assert (ran.returncode, list(failures(ran))) == (2, ["node1"])
    assert made(rollout) == ["node2"]
    kept = [each["host"] for each in ran.results if each["task"].endswith("Keep what the run did")]
    assert kept == ["node2"], "what was made beside the host that failed is confirmed"
    (line,) = told(ran, "End the run with this batch")
    assert line == "node1 failed, and the run ends with its batch (node1, node2). As they were: node3"


def test_a_batch_calls_its_own_hosts_and_those_of_earlier_ones(rollout: Fleet) -> None:
    shop = {"shop": {"driver": "overlay", "ipam": {"config": [{"subnet": "10.88.0.0/16"}]}}}
    rollout.declare(shop, dict.fromkeys(NAMES, {"web": {"networks": ["shop"]}}))
    canary = rollout.host("node1")
    canary.run(["nft", "add table ip other; add chain ip other c { type filter hook forward priority 5; }"])
    canary.run(["nft", "add rule ip other c ip saddr 10.88.2.0/24 drop"])
    ran = rollout.run(topology_serial=[1, 2], fail=True)
    tried = {
        (each["host"], cell["target"]["host"], cell["result"])
        for each in ran.results
        for cell in each.get("cells", ())
        if cell["source"]["names"] and cell["target"]["host"] and cell["result"] != "unprobed"
    }
    held = {("node2", "node1", "held"), ("node2", "node3", "held"), ("node3", "node2", "held")}
    assert tried == {*held, ("node3", "node1", "broken")}
    assert list(failures(ran)) == ["node3"]
    said = "".join(told(ran, "Fail where a promise does not hold"))
    assert "web reaches web on node1" in said
    assert "on node1: the host drops it: ip other c: ip saddr 10.88.2.0/24 drop" in said, "the host was asked, too"
    for name in NAMES:
        sockets = rollout.host(name).run(["cat", "/proc/net/unix"]).stdout
        assert "linuxnet-fabric-verify" not in sockets, "nothing listens any more"


def test_sizes_of_batches_that_nobody_would_read_are_an_error_before_any_host_is_asked(rollout: Fleet) -> None:
    ran = rollout.run(topology_serial="1,ten", fail=True)
    assert any('topology_serial[1]: "ten": expected a number of hosts' in str(each.get("msg")) for each in ran.results)
    rollout.own["node3"]["topology_serial"] = 1
    ran = rollout.run(fail=True)
    assert "topology_serial: 1 in the inventory would be read by nobody" in ran.told
    assert not any("networks" in each for each in ran.results), "no host is made, not those either that say nothing"
