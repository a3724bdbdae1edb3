# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An overlay over three hosts, by the playbooks: who reaches whom, as whom, and by which name."""

from __future__ import annotations

import contextlib
import json
import select
import socket
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Set

import pytest

from tests.integration.overlay.fleet import DRIFT, VERIFY, Fleet
from tests.lab import ansible
from tests.lab.place import Host

CONTAINERS = {
    "node1": {
        "web": {"networks": ["shop"], "ports": ["8080:80"]},
        "app": {"networks": ["shop", "front"]},
        **{"narrow%d" % n: {"networks": ["narrow"]} for n in range(3)},
    },
    "node2": {"db": {"networks": {"shop": {"aliases": ["database"]}}}, "app": {"networks": ["shop"]}},
    "node3": {"mq": {"networks": ["shop"], "hostname": "queue"}, "narrow": {"networks": ["narrow"]}},
}
PLACES = ["node1/web", "node1/app", "node2/db", "node3/mq"]
FULL = 200_000


class Made(NamedTuple):
    fleet: Fleet
    ran: ansible.PlaybookRun

    def address(self, place: str, family: int) -> str:
        return self.fleet.address(self.ran, place, family)


@pytest.fixture(scope="module", params=["routed over IPv4", "bridged over IPv6"])
def made(shared_fleet: Fleet, request: pytest.FixtureRequest) -> Made:
    mode, _over, family = str(request.param).split()
    shop = {
        "driver": "overlay",
        "overlay_mode": mode,
        "enable_ipv6": True,
        "ipam": {"config": [{"subnet": "10.88.0.0/16"}]},
    }
    narrow = {**shop, "enable_ipv6": False, "ipam": {"config": [{"subnet": "10.89.0.0/24", "block_size": 30}]}}
    shared_fleet.declare({"shop": shop, "front": {}, "narrow": narrow}, CONTAINERS)
    if family == "IPv6":
        for host in shared_fleet.lab.hosts:
            shared_fleet.own[host.name]["topology_underlay_address"] = host.ipv6
    planned = shared_fleet.run(check=True)
    ran = shared_fleet.run()
    for name in CONTAINERS:
        assert shared_fleet.actions(ran, name) == shared_fleet.actions(planned, name), "a check announces what comes"
    return Made(shared_fleet, ran)


def test_a_second_run_changes_nothing(made: Made) -> None:
    again = made.fleet.run()
    assert (again.changed, [each["actions"] for each in again.results if each.get("actions")]) == (0, [])


@pytest.mark.parametrize("family", [4, 6])
def test_containers_reach_each_other_as_themselves_with_full_segments(made: Made, family: int) -> None:
    for source in PLACES:
        for target in PLACES:
            if source.split("/")[0] != target.split("/")[0]:
                seen = made.fleet.seen(source, target, made.address(target, family), 80, size=FULL)
                assert seen == made.address(source, family), (source, target)


@pytest.mark.parametrize("family", [4, 6])
def test_datagrams_of_the_mtu_pass_and_nothing_is_translated(made: Made, family: int) -> None:
    target, size = made.address("node2/db", family), 1450 - (28 if family == 4 else 48) - 20
    with made.fleet.listening("node2/db", 5353, "udp") as server:
        seen = made.fleet.talk.reach("node1/web", target, 5353, server, size=size)
    assert seen == made.address("node1/web", family)


def test_a_host_whose_block_is_full_has_further_ones_and_all_of_them_are_reached(made: Made) -> None:
    blocks = made.fleet.result(made.ran, "node1")["networks"]["narrow"]["block"]
    here, there = ["node1/narrow%d" % n for n in range(3)], "node3/narrow"
    assert blocks[0] == "10.89.0.0/30" and len(blocks) > 1

    for source, target in [(here[0], here[2]), (here[2], here[0]), (here[2], there), (there, here[2])]:
        assert made.fleet.seen(source, target, made.address(target, 4), 80) == made.address(source, 4), (source, target)
    assert made.fleet.seen("node1", here[2], made.address(here[2], 4), 80), "the host reaches it, too"


def test_a_published_port_answers_from_outside_from_other_hosts_and_from_their_containers(made: Made) -> None:
    node1, node2 = made.fleet.host("node1"), made.fleet.host("node2")
    with made.fleet.listening("node1/web", 80) as server:
        reach = made.fleet.talk.reach
        assert reach("client", node1.ipv4, 8080, server) == made.fleet.lab.client.ipv4
        assert reach("node2", node1.ipv4, 8080, server) == node2.ipv4
        assert reach("node2/db", node1.ipv4, 8080, server) == node2.ipv4, "it leaves its host masqueraded"
        assert reach("node1/app", node1.ipv4, 8080, server) is not None


def test_a_host_reaches_its_own_containers_and_no_others(made: Made) -> None:
    assert made.fleet.seen("node1", "node1/web", made.address("node1/web", 4), 80)
    for family in (4, 6):
        address = made.address("node2/db", family)
        with made.fleet.listening("node2/db", 80) as server:
            assert made.fleet.talk.blocked("node1", address, 80, server), "not over the network"


def test_a_container_of_another_network_and_the_wire_do_not_get_in(made: Made) -> None:
    fleet, target = made.fleet, made.address("node2/db", 4)
    fleet.host("attacker").run(["ip", "route", "replace", "10.88.0.0/16", "via", fleet.host("node1").ipv4])
    with fleet.listening("node2/db", 80) as server:
        assert fleet.talk.blocked("attacker", target, 80, server)
    fleet.host("attacker").run(["ip", "route", "delete", "10.88.0.0/16"])


def test_what_is_for_other_hosts_containers_goes_by_the_networks_own_way_or_not_at_all(made: Made) -> None:
    """Whatever the routes say, and whatever a user's own rules let pass."""
    fleet, node1, elsewhere = made.fleet, made.fleet.host("node1"), made.fleet.host("client").ipv4
    there = made.address("node2/db", 4)
    ear = fleet.talk.ear("client")
    with _rule(node1, "user-shop accept"), _rule(node1, "user-front accept"):
        with _route(node1, there + "/32", elsewhere), _route(node1, "203.0.113.9/32", elsewhere):
            for place in ("node1/web", "node1/app", "node1"):
                for target in (there, "203.0.113.9"):
                    _say(fleet, place, target)
            heard = _targets(ear, {there, "203.0.113.9"})
    ear.close()
    assert heard == ["203.0.113.9"] * 3


@contextlib.contextmanager
def _rule(host: Host, rule: str) -> Iterator[None]:
    chain = "inet fabric-default " + rule.split()[0]
    host.run(["nft", "add rule inet fabric-default " + rule])
    yield
    host.run(["nft", "flush chain " + chain])


@contextlib.contextmanager
def _route(host: Host, prefix: str, via: str) -> Iterator[None]:
    host.run(["ip", "route", "replace", prefix, "via", via])
    yield
    host.run(["ip", "route", "delete", prefix])


def _say(fleet: Fleet, place: str, target: str) -> None:
    """A datagram; the host's own is refused where it is sent."""
    mouth = fleet.talk.socket(place, socket.AF_INET, socket.SOCK_DGRAM)
    with contextlib.suppress(PermissionError):
        mouth.sendto(b"hello", (target, 7777))
    mouth.close()


def _targets(ear: socket.socket, wanted: Set[str]) -> List[str]:
    """Of the IPv4 packets that came, in their order."""
    heard = []
    while select.select([ear], [], [], 0.5)[0]:
        frame = ear.recv(2048)
        if frame[12:14] == b"\x08\x00" and socket.inet_ntoa(frame[30:34]) in wanted:
            heard.append(socket.inet_ntoa(frame[30:34]))
    return heard


def test_names_are_the_own_hosts_first_and_then_those_of_others(made: Made) -> None:
    def hosts(place: str) -> Dict[str, List[str]]:
        host, name = place.split("/")
        found: Dict[str, List[str]] = {}
        for line in made.fleet.host(host).run(["cat", "/etc/netns/{0}/hosts".format(name)]).stdout.splitlines():
            address, *names = line.split()
            for each in names:
                found.setdefault(each, []).append(address)
        return found

    web, mq = hosts("node1/web"), hosts("node3/mq")
    both = [made.address("node2/db", family) for family in (4, 6)]
    assert web["db"] == web["database"] == both
    assert web["queue"] == [made.address("node3/mq", family) for family in (4, 6)]
    assert web["app"] == [made.address("node1/app", family) for family in (4, 6)], "the own host's"
    assert mq["app"] == [made.address("node{0}/app".format(n), family) for n in (1, 2) for family in (4, 6)], (
        "all of them"
    )


def test_drift_is_named_and_repaired(made: Made) -> None:
    fleet = made.fleet
    device = "vxlanaaed7988b4"
    fleet.host("node1").run(["ip", "link", "delete", device])
    report = fleet.run(DRIFT, topology_report_directory=str(fleet.directory / "reports"), fail=True)
    assert any(line.startswith("create " + device) for line in fleet.actions(report, "node1"))
    assert fleet.actions(report, "node2") == []
    repaired = fleet.run()
    assert fleet.actions(repaired, "node1") == fleet.actions(report, "node1")
    assert fleet.seen("node1/web", "node3/mq", made.address("node3/mq", 4), 80)


#: What somebody may do to the device, and how the line begins that says so.
DRIFTS = [
    ("ip link set {device} mtu 1300", "set mtu of {device} (of shop) from 1300 to "),
    ("ip link set {device} address 06:00:00:00:00:01", "set mac of {device} (of shop) from 06:00:00:00:00:01 to "),
    ("bridge fdb add 06:00:00:00:00:66 dev {device} dst {attacker}", "no longer reach {attacker} over shop: "),
    ("bridge fdb del {node2 mac} dev {device} dst {node2} self", "repair the way to node2 over shop: "),
    (
        "bridge fdb replace {node3 mac} dev {device} dst {attacker} self permanent",
        "repair the way to node3 over shop: ",
    ),
]


def test_each_part_drifts_and_comes_back(made: Made) -> None:
    fleet, device = made.fleet, "vxlanaaed7988b4"
    underlay = "ipv6" if "topology_underlay_address" in fleet.own["node1"] else "ipv4"
    words: Dict[str, Any] = {n: getattr(fleet.host(n), underlay) for n in ("attacker", "node2", "node3")}
    entries = fleet.host("node1").run(["bridge", "fdb", "show", "dev", device]).stdout.splitlines()
    for name in ("node2", "node3"):
        words[name + " mac"] = next(each.split()[0] for each in entries if "dst " + words[name] + " " in each)
    for drift, _line in DRIFTS:
        fleet.host("node1").run(drift.format(device=device, **words).split())
    planned = fleet.actions(fleet.run(check=True, limit="node1"), "node1")
    for _drift, line in DRIFTS:
        assert [each for each in planned if each.startswith(line.format(device=device, **words))], (line, planned)
    assert fleet.actions(fleet.run(limit="node1"), "node1") == planned
    assert fleet.run(check=True, limit="node1").changed == 0


def verified(made: Made, directory: Path, fail: bool = False) -> "tuple[ansible.PlaybookRun, Dict[str, Any]]":
    """The run, and the report of each host."""
    ran = made.fleet.run(VERIFY, fail=fail, topology_report_directory=str(directory))
    return ran, {each["host"]: each for each in json.loads((directory / "verify.json").read_text())}
