# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run turns forwarding on for its networks, and for nobody else's; and what it found comes back."""

from __future__ import annotations

import json
from typing import Any, Dict, Iterator, List

import pytest

from tests.lab import Lab
from tests.lab.lab import FAR_IPV4, FAR_IPV6
from tests.lab.talk import Talk

FAMILIES = pytest.mark.parametrize("family", [4, 6])
FRONT: Dict[str, Any] = {
    "networks": {"front": {"enable_ipv6": True}},
    "containers": {"web": {"networks": ["front"], "ports": ["8080:80"]}},
}
BACK: Dict[str, Any] = {
    "name": "second",
    "networks": {"back": {"enable_ipv6": True}},
    "containers": {"db": {"networks": ["back"]}},
}
INSIDE: Dict[str, Any] = {
    "networks": {"inside": {"internal": True, "enable_ipv6": True}},
    "containers": {"web": {"networks": ["inside"]}},
}
KEYS = ("net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding", "net.ipv4.conf.all.accept_redirects")
OFF = ["0", "0", "1"]


@pytest.fixture(scope="module")
def talk(shared_lab: Lab) -> Iterator[Talk]:
    """The attacker takes the host for its router, and knows nobody else."""
    attacker, host = shared_lab.attacker, shared_lab.host
    attacker.run(["ip", "route", "replace", FAR_IPV4 + "/32", "via", host.ipv4])
    attacker.run(["ip", "route", "replace", FAR_IPV6 + "/128", "via", host.ipv6])
    made = Talk(shared_lab)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def as_it_was(talk: Talk) -> Iterator[None]:
    """Before and after a test the host forwards nothing, and there are no rules."""
    assert settings(talk) == OFF
    yield
    for name in ("second", "default"):
        talk.lab.host.module("topology", {"name": name, "state": "absent"})
    talk.lab.host.run(["sysctl", "-qw", *("{0}={1}".format(key, value) for key, value in zip(KEYS[:2], OFF))])
    talk.lab.host.run(["sysctl", "-qw", KEYS[2] + "=1"])
    assert talk.lab.host.run(["nft", "list", "ruleset"]).stdout == ""


def settings(talk: Talk) -> List[str]:
    return talk.lab.host.run(["sysctl", "-n", *KEYS]).stdout.split()


def apply(talk: Talk, words: Dict[str, Any], **more: Any) -> Dict[str, Any]:
    return talk.lab.host.module("topology", dict(words, **more))


def passes_by(talk: Talk, family: int) -> bool:
    """Whether the host forwards from the wire to the wire."""
    with talk.serve("client", 9) as server:
        address = FAR_IPV4 if family == 4 else FAR_IPV6
        return not talk.blocked("attacker", address, 9, server)


def told(answer: Dict[str, Any], word: str) -> bool:
    return word in json.dumps(answer.get("warnings", ()))


@FAMILIES
def test_a_host_that_did_not_forward_does_not_route_for_others(talk: Talk, family: int) -> None:
    answer = apply(talk, FRONT)
    host = talk.lab.host.ipv4 if family == 4 else talk.lab.host.ipv6
    assert settings(talk)[:2] == ["1", "1"]
    assert not passes_by(talk, family)
    with talk.serve("web", 80) as server, talk.serve("client", 7000) as far:
        assert talk.reach("client", host, 8080, server)
        assert talk.reach("web", FAR_IPV4 if family == 4 else FAR_IPV6, 7000, far)
    assert told(answer, "topology_transit: accept")
    assert not told(apply(talk, FRONT), "topology_transit")


@FAMILIES
def test_on_a_router_others_pass(talk: Talk, family: int) -> None:
    assert not told(apply(talk, FRONT, transit="accept"), "topology_transit")
    assert passes_by(talk, family)


@FAMILIES
def test_where_the_host_forwarded_before_others_pass_and_it_goes_on_to(talk: Talk, family: int) -> None:
    talk.lab.host.run(["sysctl", "-qw", *(key + "=1" for key in KEYS[:2])])
    assert not told(apply(talk, FRONT), "forward")
    assert passes_by(talk, family)
    talk.lab.host.module("topology", {"state": "absent"})
    assert settings(talk)[:2] == ["1", "1"]


def test_it_is_as_it_was_found_when_the_last_topology_goes(talk: Talk) -> None:
    apply(talk, FRONT)
    apply(talk, BACK)
    with talk.serve("client", 7000) as far:
        assert talk.reach("db", FAR_IPV4, 7000, far) and talk.reach("web", FAR_IPV6, 7000, far)
        talk.lab.host.module("topology", {"state": "absent"})
        assert talk.reach("db", FAR_IPV4, 7000, far) and talk.reach("db", FAR_IPV6, 7000, far)
    assert not passes_by(talk, 4) and not passes_by(talk, 6)
    talk.lab.host.module("topology", {"name": "second", "state": "absent"})
    assert settings(talk) == OFF


def test_what_the_kernel_sets_along_is_as_it_was_found_too(talk: Talk) -> None:
    talk.lab.host.run(["sysctl", "-qw", KEYS[2] + "=0"])
    talk.lab.host.run(["sysctl", "-qw", "net.ipv4.conf.eth0.forwarding=1"])
    apply(talk, FRONT)
    talk.lab.host.module("topology", {"state": "absent"})
    assert settings(talk) == ["0", "0", "0"]
    assert talk.lab.host.run(["sysctl", "-n", "net.ipv4.conf.eth0.forwarding"]).stdout.strip() == "1"
    talk.lab.host.run(["sysctl", "-qw", "net.ipv4.conf.eth0.forwarding=0"])


def test_that_it_was_us_is_remembered_over_a_flush(talk: Talk) -> None:
    apply(talk, FRONT)
    talk.lab.host.run(["nft", "flush", "ruleset"])
    assert passes_by(talk, 4)
    assert not told(apply(talk, FRONT), "topology_transit")
    assert not passes_by(talk, 4) and not passes_by(talk, 6)


def test_of_another_boot_nothing_is_believed(talk: Talk) -> None:
    """A host that forwards from its boot on was turned on by somebody else."""
    apply(talk, FRONT)
    path = "/var/lib/linuxnet-fabric/forwarding.json"
    talk.lab.host.run(["sed", "-i", 's/"boot_id": "[^"]*"/"boot_id": "another"/', path])
    apply(talk, FRONT)
    assert passes_by(talk, 4)
    talk.lab.host.module("topology", {"state": "absent"})
    assert settings(talk)[:2] == ["1", "1"]


def test_nothing_is_turned_on_for_what_needs_nothing(talk: Talk) -> None:
    answer = apply(talk, INSIDE)
    assert settings(talk) == OFF
    assert not any("forward" in line for line in answer["actions"])


def test_a_network_that_becomes_internal_needs_it_no_more(talk: Talk) -> None:
    apply(talk, FRONT)
    inside = {"networks": {"front": {"internal": True}}, "containers": {"web": {"networks": ["front"]}}}
    announced = talk.lab.host.module("topology", inside, check=True)["actions"]
    assert talk.lab.host.module("topology", inside)["actions"] == announced
    assert settings(talk) == OFF


@pytest.mark.parametrize("check", [True, False], ids=["check", "apply"])
def test_one_rule_by_hand_says_what_does_not_work_in_a_check_as_in_an_apply(lab, check):
    rule = {"kind": "masquerade", "subnet": "10.1.2.0/24", "bridge": "br-a", "forwarding": "keep"}
    lab.host.module("bridge", {"name": "br-a", "addresses": ["10.1.2.1/24"]})
    answer = lab.host.module("nat_rule", rule, check=check)
    assert told(answer, "net.ipv4.ip_forward is 0, and topology_forwarding: keep leaves it so")


def test_keep_writes_nothing_and_says_what_does_not_work(talk: Talk) -> None:
    answer = apply(talk, FRONT, forwarding="keep")
    assert settings(talk) == OFF
    assert told(answer, "net.ipv4.ip_forward is 0") and told(answer, "front")
    talk.lab.host.run(["sysctl", "-qw", *(key + "=1" for key in KEYS[:2])])
    assert not told(apply(talk, FRONT, forwarding="keep"), "forward")
    talk.lab.host.module("topology", {"state": "absent", "forwarding": "keep"})
    assert settings(talk)[:2] == ["1", "1"]
