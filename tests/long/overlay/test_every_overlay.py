# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three hosts, in both modes, both families inside and both between the hosts: everything that an overlay promises."""

from __future__ import annotations

import itertools
from typing import Any, Dict, Iterator

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.link_local import link_local
from tests.integration.overlay.fleet import FleetTalk
from tests.lab import Lab, missing
from tests.long.overlay.direct import DirectFleet, addresses, changed

HOSTS = ("node1", "node2", "node3")
SUBNETS = {4: {"subnet": "10.88.0.0/16"}, 6: {"subnet": "fd00:88::/64"}}
#: More than a segment, and what is left of 1500 bytes.
MANY, MTU = 200_000, {4: 1450, 6: 1430}
HEADERS = {4: 28, 6: 48}
CASES = list(itertools.product(("routed", "bridged"), (4, 6), (4, 6)))


class Made:
    def __init__(self, fleet: DirectFleet, talk: FleetTalk, mode: str, family: int, underlay: int) -> None:
        self.bridged = mode == "bridged"
        self.fleet, self.lab, self.talk, self.family, self.underlay = fleet, fleet.lab, talk, family, underlay
        self.results = fleet.run(HOSTS)
        self.places = addresses(self.results, family)

    def seen(self, source: str, target: str, address: str, port: int, listening: int, **how: Any) -> Any:
        server = self.talk.serve(target, listening, how.pop("kind", "tcp"))
        try:
            return self.talk.reach(source, address, port, server, **how)
        finally:
            server.close()

    def blocked(self, source: str, target: str) -> bool:
        server = self.talk.serve(target, 7000)
        try:
            return self.talk.blocked(source, self.places[target], 7000, server)
        finally:
            server.close()

    def of_host(self, name: str) -> str:
        return str(getattr(self.lab.parties[name], "ipv%d" % self.family))


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    lack = missing()
    if lack:
        pytest.skip("a lab needs " + lack)
    with Lab(HOSTS) as made:
        yield made


@pytest.fixture(params=CASES, ids=lambda case: "{0}, IPv{1} over IPv{2}".format(*case))
def made(lab: Lab, request: pytest.FixtureRequest) -> Iterator[Made]:
    mode, family, underlay = request.param
    fleet, talk = DirectFleet(lab), FleetTalk(lab)
    network = {"driver": "overlay", "overlay_mode": mode, "ipam": {"config": [SUBNETS[family]]}}
    families = {"enable_ipv4": family == 4, "enable_ipv6": family == 6}
    for host in lab.hosts:
        fleet.declared[host.name] = {
            "topology_networks": {"shop": {**network, **families}},
            "topology_containers": _containers(),
            "topology_host_id": "id-of-" + host.name,
            "topology_underlay_address": host.ipv4 if underlay == 4 else host.ipv6,
        }
    try:
        yield Made(fleet, talk, mode, family, underlay)
    finally:
        talk.close()
        fleet.remove()


def _containers() -> Dict[str, Any]:
    return {"web": {"networks": ["shop"], "ports": ["8080:80"]}, "db": {"networks": ["shop"]}}


def test_all_that_an_overlay_promises_holds(made: Made) -> None:
    assert changed(made.fleet.run(HOSTS)) == [], "a second run changes nothing"
    largest = MTU[made.underlay] - HEADERS[made.family]
    for source, target in itertools.permutations(made.places, 2):
        address, own = made.places[target], made.places[source]
        assert made.seen(source, target, address, 80, 80, size=MANY) == own, (source, target)
        assert made.seen(source, target, address, 53, 53, kind="udp", size=largest) == own, (source, target)
    for name in HOSTS:
        for other in set(HOSTS) - {name}:
            assert made.blocked(name, other + "/db"), "a host is no part of the networks of others"
            seen = made.seen(name, other + "/web", made.of_host(other), 8080, 80)
            assert seen == made.of_host(name), "a published port answers other hosts"
            seen = made.seen(name + "/db", other + "/web", made.of_host(other), 8080, 80)
            assert seen == made.of_host(name), "and their containers, which leave masqueraded"
        assert made.seen("client", name + "/web", made.of_host(name), 8080, 80) == made.of_host("client")
    _strangers_do_not_get_in(made)
    if made.bridged and made.family == 6:
        _link_local_addresses_are_on_the_segment(made)


def _link_local_addresses_are_on_the_segment(made: Made) -> None:
    """Of each of the containers that are behind one port."""
    for target in made.places:
        host, _slash, name = target.partition("/")
        mac = made.results[host]["containers"][name]["interfaces"]["eth0"]["mac"]
        for source in made.places:
            if source.split("/")[0] != host:
                assert made.seen(source, target, link_local(mac) + "%eth0", 80, 80) is not None, (source, target)


def _strangers_do_not_get_in(made: Made) -> None:
    attacker, first = made.lab.attacker, made.lab.host
    route = ["ip", "-%d" % made.family, "route"]
    subnet = SUBNETS[made.family]["subnet"]
    attacker.run([*route, "replace", subnet, "via", made.of_host(first.name)])
    try:
        assert made.blocked("attacker", "node1/db") and made.blocked("attacker", "node2/db")
    finally:
        attacker.run([*route, "delete", subnet])
