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
import select
import shlex
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, Iterator, List, Mapping, Sequence, Tuple, Type

import pytest
from beside import ALL, Beside

from tests.integration.overlay.peer import SHOP, packet, told
from tests.lab import Lab, missing, wait_for
from tests.lab.lab import FAR_IPV4, FAR_IPV6
from tests.lab.talk import Talk

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


# --- the other hosts of overlay networks


class Afar:
    """The lab's client as another host of an overlay, and its attacker as none. ``chain``: what a warning names."""

    def __init__(self, beside: Beside) -> None:
        self.lab, self.talk = beside.lab, Talk(beside.lab)
        self.host = beside.lab.host
        containers = {"web": {"networks": ["shop"]}}
        hosts = {"here": self.host.ipv4, "there": self.lab.client.ipv4}
        self.declared = {
            "networks": {"shop": SHOP},
            "containers": containers,
            "fleet": told({"shop": SHOP}, hosts, containers),
        }

    def is_heard(self, wait: float = 5, sender: str = "client") -> bool:
        (device,) = self.host.json(["ip", "-j", "link", "show", "type", "vxlan"])
        own = self.declared["fleet"]["networks"]["shop"]["own"]["containers"]["web"]["addresses"][0]
        ear = self.talk.serve("web", 7777, "udp")
        raw = self.talk.socket(sender, socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        there = self.lab.parties[sender].ipv4
        raw.sendto(packet((there, self.host.ipv4), ("10.88.1.2", own), device["address"]), (self.host.ipv4, 0))
        heard = bool(select.select([ear], [], [], wait)[0])
        ear.close()
        return heard


def _warnings(made: Mapping[str, Any]) -> List[str]:
    return [each["event"]["msg"] if isinstance(each, dict) else each for each in made.get("warnings", ())]


def _of_ports(made: Mapping[str, Any]) -> List[str]:
    """Those about ports that overlays need."""
    return [text for text in _warnings(made) if "UDP port 4789" in text]


@pytest.fixture
def afar(beside: Beside) -> Iterator[Afar]:
    if beside.name == "Docker":
        pytest.skip("Docker's rules say nothing of what is for the host itself")
    made = Afar(beside)
    yield made
    made.talk.close()
    made.host.module("topology", {"state": "absent"})


def test_a_closed_port_of_overlays_is_named_with_commands_that_open_it(beside: Beside, afar: Afar) -> None:
    """It needs no more than what the warning about forwarded packets says, too."""
    made = afar.host.module("topology", afar.declared)
    (warned,) = _of_ports(made)
    forwarded = re.findall(r'"((?:ufw|firewall-cmd) [^"]*)"', " ".join(_warnings(made)))
    for command in forwarded:
        afar.host.run(command.split())
    assert not afar.is_heard(wait=0.5)

    opened = [shlex.split(each) for each in re.findall(r"`(.*?)`", warned)]
    for words in opened:
        afar.host.run(words)
    heard, left = afar.is_heard(), _of_ports(afar.host.module("topology", afar.declared))
    beside.close_again(opened)
    beside.undo(forwarded)

    assert heard and not left
    assert not afar.is_heard(wait=0.5)


def test_with_integrate_other_hosts_of_overlays_are_let_in_and_nobody_else(beside: Beside, afar: Afar) -> None:
    host, asked = afar.host, dict(afar.declared, firewall="integrate")
    announced = host.module("topology", asked, check=True)

    made = host.module("topology", asked)

    assert made["actions"] == announced["actions"] and not _of_ports(made)
    assert afar.is_heard() and not afar.is_heard(wait=0.5, sender="attacker")
    beside.reload()
    assert afar.is_heard()
    assert not host.module("topology", asked)["changed"]
    beside.shut_out(afar.lab.client.ipv4)
    assert not afar.is_heard(wait=0.5)
    assert host.module("topology", asked, check=True)["drift"]
    host.module("topology", asked)
    assert afar.is_heard()
    host.module("topology", {"state": "absent"})
    assert beside.state() == beside.untouched
