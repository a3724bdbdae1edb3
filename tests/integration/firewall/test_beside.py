# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Beside a firewall that drops what it does not know: a warning, or the accept that it provides for, and back again.

With the real dockerd, ufw and firewalld, and with bytes on the wire.
"""

from __future__ import annotations

import functools
import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, Iterator, List, Sequence, Tuple, Type

import pytest
from beside import ALL, Beside

from tests.lab import Lab, missing, wait_for
from tests.lab.lab import FAR_IPV4, FAR_IPV6

TOPOLOGY: Dict[str, Any] = {
    "networks": {"front": {"enable_ipv6": True}, "back": {"internal": True}},
    "containers": {"web": {"networks": ["front", "back"], "ports": ["8080:80"]}, "db": {"networks": ["back"]}},
}
WITH = dict(TOPOLOGY, firewall="integrate")
Way = Tuple[str, int]
LESS = dict(
    WITH,
    networks={"front": TOPOLOGY["networks"]["front"]},
    containers={"web": {"networks": ["front"], "ports": ["8080:80"]}},
)
WAYS: List[Way] = [("in", 4), ("in", 6), ("out", 4), ("out", 6)]


@pytest.fixture(scope="module", params=ALL, ids=lambda kind: kind.name)
def beside(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Beside]:
    """The tests of one firewall share a host, for it takes its time to start: each makes of it what it needs."""
    kind: Type[Beside] = request.param
    lack = missing() or kind.missing()
    if lack:
        pytest.skip("needs {0} and what it needs: {1}".format(kind.name, lack))
    with Lab() as lab, kind(lab.host, tmp_path_factory.mktemp(kind.name)) as running:
        running.lab = lab
        lab.client.serve("tcp", 99)
        running.untouched = running.state()
        yield running


def hold(beside: Beside, open_ways: Sequence[Way]) -> None:
    """In: a client asks a published port. Out: a container asks somebody far away."""
    lab = beside.lab
    web = lab.host.container("web")
    web.serve("tcp", 80)
    asked = {
        ("in", 4): (lab.client, lab.host.ipv4, 8080),
        ("in", 6): (lab.client, lab.host.ipv6, 8080),
        ("out", 4): (web, FAR_IPV4, 99),
        ("out", 6): (web, FAR_IPV6, 99),
    }
    for way in open_ways:
        place, address, port = asked[way]
        wait_for(functools.partial(place.ask, "tcp", address, port, timeout=1), 20, "an answer {0} IPv{1}".format(*way))
    closed = [way for way in WAYS if way not in open_ways]
    with ThreadPoolExecutor() as pool:
        heard = list(pool.map(lambda way: asked[way][0].ask("tcp", *asked[way][1:], timeout=1), closed))
    assert heard == [None] * len(closed)
    web.stop()


def closed_by(beside: Beside) -> List[Way]:
    """firewalld lets pass by itself what was sent to a published port, for it was translated."""
    return [way for way in WAYS if way[1] in beside.families and not (way[0] == "in" and beside.name == "firewalld")]


def left_open(beside: Beside) -> List[Way]:
    return [way for way in WAYS if way not in closed_by(beside)]


def test_without_integrate_packets_are_dropped_and_a_warning_unless_ignored_names_the_chain(beside: Beside) -> None:
    made = beside.lab.host.module("topology", TOPOLOGY)

    told = json.dumps(made["warnings"])
    assert beside.chain in told and "topology_firewall: integrate" in told
    assert not beside.lab.host.module("topology", dict(TOPOLOGY, firewall="ignore")).get("warnings")
    hold(beside, left_open(beside))
    assert beside.state() == beside.untouched


def test_the_warning_tells_the_truth_and_what_it_says_to_do_helps(beside: Beside) -> None:
    host = beside.lab.host
    told = json.dumps(host.module("topology", TOPOLOGY)["warnings"]).replace('\\"', '"')
    commands = re.findall(r'"((?:iptables|ip6tables|ufw|firewall-cmd) [^"]*)"', told)

    assert ("nor published ports be reached" in told) is (("in", 4) in closed_by(beside))
    for command in commands:
        host.run(command.split())
    left = host.module("topology", TOPOLOGY).get("warnings")
    hold(beside, WAYS)
    beside.undo(commands)

    assert not left
    assert beside.state() == beside.untouched


def test_with_integrate_they_pass_after_a_reload_of_the_firewall_too(beside: Beside) -> None:
    host = beside.lab.host
    host.module("topology", TOPOLOGY)
    announced = host.module("topology", WITH, check=True)
    assert announced["intended"] == announced["actions"]
    assert beside.state() == beside.untouched

    made = host.module("topology", WITH)

    assert made["actions"] == announced["actions"] and not made.get("warnings")
    hold(beside, WAYS)
    put_in = beside.state()
    beside.reload()
    assert beside.state() == put_in
    assert not host.module("topology", WITH)["changed"]


def test_what_somebody_took_away_is_reported_as_drift_and_repaired(beside: Beside) -> None:
    host = beside.lab.host
    host.module("topology", WITH)
    before = beside.state()
    beside.remove_ours()

    made = host.module("topology", WITH, check=True)

    assert made["changed"] and made["drift"] == made["actions"]
    host.module("topology", WITH)
    assert beside.state() == before


def test_its_entries_follow_the_networks_and_not_the_containers(beside: Beside) -> None:
    host = beside.lab.host
    host.module("topology", WITH)
    few = beside.entries()
    more = {"c{0}".format(n): {"networks": ["front"], "ports": ["{0}:80".format(9000 + n)]} for n in range(5)}
    host.module("topology", dict(WITH, containers=dict(TOPOLOGY["containers"], **more)))
    assert beside.entries() == few

    host.module("topology", LESS)
    assert 0 < beside.entries() < few


def test_teardown_leaves_the_firewall_as_it_was(beside: Beside) -> None:
    host = beside.lab.host
    host.module("topology", WITH)
    assert beside.entries() > 0

    host.module("topology", {"state": "absent"})

    assert beside.state() == beside.untouched


def test_a_run_that_fails_takes_it_back(beside: Beside) -> None:
    host = beside.lab.host
    host.module("topology", {"state": "absent"})
    host.run(["mount", "-o", "remount,ro", "/etc/netns"])

    failed = host.module("topology", WITH, fail=True)

    host.run(["mount", "-o", "remount,rw", "/etc/netns"])
    assert "the host is as before" in failed["msg"]
    assert any("br-front" in line and ("through" in line or "zone" in line) for line in failed["undone"])
    assert beside.state() == beside.untouched
