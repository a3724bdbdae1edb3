# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits of traffic, counted in bytes: of two streams at once, how many of one arrive while so many of the other do.

Never by a clock: the two share the machine, and whatever else it does slows both.
"""

from __future__ import annotations

import json
import select
import time

import pytest

from tests.lab import wait_for
from tests.lab.talk import addresses

#: What the slower of two streams is measured by, many times what fits into a bucket.
ENOUGH = 1_000_000
DEADLINE = 120
BURST = "20kb"
WAYS = pytest.mark.parametrize("way", ["ingress", "egress"])


def limited(**rates):
    return {"bandwidth": {**rates, "burst": BURST}}


class Streams:
    """TCP streams between containers of the network, by whom they are sent to whom."""

    def __init__(self, talk, answer):
        self.talk, self.answer, self.streams = talk, answer, {}

    def open(self, name, source, target, port):
        server = self.talk.serve(target, port)
        connection = self.talk.connect(source, addresses(self.answer, target)[4], port, server)
        for end in (connection.client, connection.server):
            end.setblocking(False)
        self.streams[name] = (connection.client, connection.server)
        server.close()

    def flow_until(self, name, amount=ENOUGH):
        """Every stream sends what it can. How many bytes of each have arrived when ``amount`` of this one have."""
        arrived = dict.fromkeys(self.streams, 0)
        by_end = {target: each for each, (_source, target) in self.streams.items()}
        sources, targets = [source for source, _target in self.streams.values()], list(by_end)
        deadline = time.monotonic() + DEADLINE
        while arrived[name] < amount:
            assert time.monotonic() < deadline, "no stream"
            readable, writable, _none = select.select(targets, sources, [], 1)
            for target in readable:
                arrived[by_end[target]] += len(target.recv(1 << 16))
            for source in writable:
                source.send(b"x" * 4096)
        return arrived

    def drain(self):
        """Read what is on the way, so that the next measurement begins with nothing."""
        for source, target in self.streams.values():
            source.setblocking(True)
            source.send(b"end")
            source.setblocking(False)
            tail = b""
            while not tail.endswith(b"end"):
                assert select.select([target], [], [], DEADLINE)[0], "no end"
                tail = (tail + target.recv(1 << 16))[-3:]


@pytest.fixture
def streams(talk, declare):
    """streams(containers, ...): two that are limited and one that is not, with a stream for each (name, from, to)."""
    made = []

    def open_streams(containers, *wanted):
        found = Streams(talk, declare({"front": {}}, {"peer": {"networks": ["front"]}, **containers}, twice=True))
        for port, (name, source, target) in enumerate(wanted, 7300):
            found.open(name, source, target, port)
        made.append(found)
        return found

    yield open_streams
    for found in made:
        for ends in found.streams.values():
            for end in ends:
                end.close()


def traffic_control(host):
    """(interface, kind) of every qdisc that somebody set."""
    listed = json.loads(host.run(["tc", "-j", "qdisc", "show"]).stdout)
    return sorted((each["dev"][:4].rstrip("0123456789"), each["kind"]) for each in listed if each["handle"] != "0:")


def ifbs(host):
    return [link["ifname"] for link in json.loads(host.run(["ip", "-j", "link", "show", "type", "ifb"]).stdout) if link]


def host_end(answer, container):
    return answer["containers"][container]["interfaces"]["eth0"]["host_interface"]


@WAYS
def test_of_two_containers_the_one_with_four_times_the_rate_gets_four_times_the_bytes(streams, way):
    containers = {
        "fast": {"networks": {"front": limited(**{way: "16mbit"})}},
        "slow": {"networks": {"front": limited(**{way: "4mbit"})}},
    }
    ends = {"ingress": ("peer", "{0}"), "egress": ("{0}", "peer")}[way]
    wanted = [(name, *(end.format(name) for end in ends)) for name in ("fast", "slow")]
    arrived = streams(containers, *wanted).flow_until("slow")
    assert 3 < arrived["fast"] / arrived["slow"] < 5


@WAYS
def test_what_goes_the_other_way_is_not_limited(streams, way):
    flows = streams(
        {"web": {"networks": ["front"], **limited(**{way: "2mbit"})}}, ("into", "peer", "web"), ("out", "web", "peer")
    )
    arrived = flows.flow_until({"ingress": "into", "egress": "out"}[way], ENOUGH // 4)
    slow, free = sorted(arrived.values())
    assert {arrived["into"]: "ingress", arrived["out"]: "egress"}[slow] == way
    assert free > 3 * slow, "limited too; its acknowledgements go the limited way, so it is not as fast as it could be"


@WAYS
def test_a_limit_changes_on_open_connections(streams, declare, way):
    def containers(rate):
        both = {"changed": rate, "same": "4mbit"}
        return {name: {"networks": ["front"], **limited(**{way: each})} for name, each in both.items()}

    ends = {"ingress": ("peer", "{0}"), "egress": ("{0}", "peer")}[way]
    wanted = [(name, *(end.format(name) for end in ends)) for name in ("changed", "same")]
    flows = streams(containers("16mbit"), *wanted)
    assert flows.flow_until("same", ENOUGH // 2)["changed"] > ENOUGH
    flows.drain()
    answer = declare({"front": {}}, {"peer": {"networks": ["front"]}, **containers("4mbit")})
    assert len(answer["actions"]) == 1 and answer["actions"][0].startswith("change the limit of traffic")
    arrived = flows.flow_until("same", ENOUGH // 2)
    assert 0.6 < arrived["changed"] / arrived["same"] < 1.6


def test_nobody_in_the_container_can_see_or_lift_its_limits(streams):
    flows = streams(
        {
            "web": {"networks": ["front"], **limited(ingress="4mbit", egress="4mbit")},
            "fast": {"networks": {"front": limited(egress="16mbit")}},
        },
        ("limited", "web", "peer"),
        ("fast", "fast", "peer"),
    )
    host = flows.talk.lab.host
    inside = ["ip", "netns", "exec", "web", "tc"]
    assert "noqueue" in host.run([*inside, "qdisc", "show", "dev", "eth0"]).stdout
    assert host.run([*inside, "qdisc", "delete", "dev", "eth0", "root"], check=False).returncode != 0
    host.run([*inside, "qdisc", "replace", "dev", "eth0", "root", "pfifo"])
    arrived = flows.flow_until("limited")
    assert 3 < arrived["fast"] / arrived["limited"] < 5


def test_the_result_and_the_facts_say_the_limits_and_feed_them_back(talk, declare):
    networks = {"front": {"mtu": 1400}, "back": {"enable_ipv6": True}}
    containers = {
        "web": {"networks": {"front": {"bandwidth": {"ingress": "1.5mbps", "egress": 20000}}, "back": None}},
        "db": {"networks": ["back"], "bandwidth": {"egress": "10gbit", "burst": "3mb"}},
        "log": {"networks": ["back"], "bandwidth": {"ingress": "1gbit", "burst": 20001}},
    }
    answer = declare(networks, containers, twice=True)
    told = {
        (name, ifname): words["bandwidth"]
        for name, container in answer["containers"].items()
        for ifname, words in container["interfaces"].items()
    }
    assert told == {
        ("web", "eth0"): {"ingress": "12mbit", "egress": "20kbit"},
        ("web", "eth1"): None,
        ("db", "eth0"): {"egress": "10gbit", "burst": "3mb"},
        ("log", "eth0"): {"ingress": "1gbit", "burst": "20001b"},
    }
    facts = talk.lab.host.module("topology_info", {"name": "default"})
    seen = {
        (name, words["interface_name"]): words.get("bandwidth")
        for name, container in facts["containers"].items()
        for words in container["networks"].values()
    }
    assert seen == told
    fed_back = {"networks": facts["networks"], "containers": facts["containers"]}
    again = talk.lab.host.module("topology", fed_back)
    assert not again["changed"], again["actions"]


def test_limits_that_are_declared_no_more_are_gone_without_a_trace(talk, declare):
    host, front = talk.lab.host, {"networks": ["front"]}
    limits = {"web": {"ingress": "8mbit"}, "db": {"egress": "8mbit"}, "log": {"ingress": "8mbit", "egress": "8mbit"}}
    declare({"front": {}}, {name: {**front, "bandwidth": words} for name, words in limits.items()}, twice=True)
    both = [("ifb", "tbf"), ("veth", "ingress")]
    assert traffic_control(host) == sorted([*both, *both, ("veth", "tbf"), ("veth", "tbf"), ("veth", "pfifo")])
    answer = declare({"front": {}}, {name: front for name in limits}, twice=True)
    assert all("limit" in line or "through" in line or "queue" in line for line in answer["actions"])
    assert (traffic_control(host), ifbs(host)) == ([], [])


def test_what_somebody_took_a_part_of_is_taken_away_whole(talk, declare):
    """Of an ifb that is gone, what still sends to it would drop all that comes out of the container."""
    host, front = talk.lab.host, {"networks": ["front"]}
    declare({"front": {}}, {"web": {**front, "bandwidth": {"egress": "8mbit"}}})
    host.run(["ip", "link", "delete", *ifbs(host)])
    answer = declare({"front": {}}, {"web": front, "peer": front}, twice=True)
    assert traffic_control(host) == []
    with talk.serve("peer", 7290) as server:
        assert talk.reach("web", addresses(answer, "peer")[4], 7290, server)


FOREIGN = {
    "a qdisc": (["tc qdisc add dev {0} root htb"], "has a qdisc (htb) that is not ours", "root"),
    "a filter": (
        ["tc qdisc add dev {0} ingress", "tc filter add dev {0} parent ffff: pref 7 u32 match u32 0 0 flowid 1:1"],
        "has filters for what comes in by it (ingress) that are not ours",
        "ingress",
    ),
    "clsact": (["tc qdisc add dev {0} clsact"], "has filters for what comes in by it (clsact)", "clsact"),
}


@pytest.mark.parametrize("foreign", FOREIGN)
def test_what_somebody_else_set_up_stops_the_run_and_is_named(talk, declare, foreign):
    host, front = talk.lab.host, {"networks": ["front"]}
    commands, error, place = FOREIGN[foreign]
    ifname = host_end(declare({"front": {}}, {"web": front}), "web")
    for command in commands:
        host.run(command.format(ifname).split())
    there = traffic_control(host)
    words = {"networks": {"front": {}}, "containers": {"web": {**front, "bandwidth": {"egress": "8mbit"}}}}
    failure = host.module("topology", words, fail=True)
    assert "interface {0} {1}".format(ifname, error) in failure["msg"]
    assert "tc qdisc delete dev {0} {1}".format(ifname, place) in failure["msg"]
    assert traffic_control(host) == there
    assert not host.module("topology", {**words, "containers": {"web": front}})["changed"]
    assert traffic_control(host) == there
    host.run(["tc", "qdisc", "delete", "dev", ifname, place])
    declare(words["networks"], words["containers"], twice=True)


def test_a_published_port_and_a_ping_work_through_limits(talk, declare):
    words = {"networks": ["front"], "ports": ["8080:80"], "bandwidth": {"ingress": "2mbit", "egress": "2mbit"}}
    declare({"front": {"enable_ipv6": True}}, {"web": words}, twice=True)
    host = talk.lab.host
    with talk.serve("web", 80) as server:
        for address in (host.ipv4, host.ipv6):
            assert talk.reach("client", address, 8080, server)
    wait_for(lambda: talk.pings("web", talk.lab.client.ipv4), what="a ping through both limits")
