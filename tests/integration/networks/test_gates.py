# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who gets in and out, as a network or a container declares it, each family apart."""

from __future__ import annotations

import socket
import struct

import pytest

from tests.lab import wait_for
from tests.lab.talk import DEADLINE, MOMENT, addresses

FAMILIES = pytest.mark.parametrize("family", [4, 6])
#: Network → its mode in each family.
MODES = {
    "n0": {4: "routed", 6: "nat"},
    "n1": {4: "nat", 6: "nat-unprotected"},
    "n2": {4: "nat-unprotected", 6: "routed"},
}


def of_party(party, family):
    return party.ipv4 if family == 4 else party.ipv6


def subnets(number):
    return {"config": [{"subnet": "172.20.{0}.0/24".format(number)}, {"subnet": "fd00:20:{0}::/64".format(number)}]}


@pytest.fixture(scope="module")
def modes(talk, declare):
    networks, containers = {}, {}
    for number, (name, mode) in enumerate(MODES.items()):
        words = {"ipv4": mode[4], "ipv6": mode[6]}
        networks[name] = {"enable_ipv6": True, "gateway_mode": words, "ipam": subnets(number)}
        containers["c" + name] = {"networks": [name], "ports": ["808{0}:80".format(number)]}
    networks["alone"] = {"internal": True, "enable_ipv6": True, "gateway_mode": "isolated", "ipam": subnets(9)}
    containers.update(one={"networks": ["alone"]}, two={"networks": ["alone"]})
    return declare(networks, containers, twice=True)


#: Mode → what gets in: to a published port and to another one by the container's address, by the host's port, a ping.
GETS_IN = {
    "nat": (False, False, True, False),
    "nat-unprotected": (True, True, True, True),
    "routed": (True, False, False, True),
}


@FAMILIES
@pytest.mark.parametrize("network", MODES)
def test_a_gateway_mode_holds_for_its_family(talk, modes, family, network):
    mode, container = MODES[network][family], "c" + network
    target, host = addresses(modes, container)[family], of_party(talk.lab.host, family)
    ways = ((target, 80, 80), (target, 22, 22), (host, int("808" + network[1]), 80))
    for (address, port, listening), arrives in zip(ways, GETS_IN[mode]):
        with talk.serve(container, listening) as server:
            seen = talk.reach("client", address, port, server, DEADLINE if arrives else MOMENT)
        assert (seen is not None) == arrives, (mode, address, port)
    assert talk.pings("client", target, DEADLINE if GETS_IN[mode][3] else MOMENT) == GETS_IN[mode][3]
    with talk.serve("client", 7076) as far:
        seen = talk.reach(container, of_party(talk.lab.client, family), 7076, far)
        assert seen == (target if mode == "routed" else host)


@FAMILIES
def test_an_isolated_network_is_among_itself(talk, modes, family):
    host, target = talk.lab.host, addresses(modes, "two")[family]
    with talk.serve("two", 80) as server, talk.serve(host.name, 514, "udp") as listener:
        assert talk.reach("one", target, 80, server)
        assert talk.blocked(host.name, target, 80, server)
        assert talk.blocked("client", target, 80, server)
        # The host's MAC is known to whoever looks for it, and its address is easily guessed.
        bridge = host.json(["ip", "-j", "link", "show", "br-alone"])[0]["address"]
        place = talk.lab.host.container("one")
        via = "172.20.9.250" if family == 4 else "fd00:20:9::fa"
        place.run(["ip", "neighbour", "replace", via, "dev", "eth0", "lladdr", bridge])
        place.run(["ip", "route", "replace", "default", "via", via])
        sender = talk.socket("one", socket.AF_INET if family == 4 else socket.AF_INET6, socket.SOCK_DGRAM)
        sender.sendto(b"one way", (of_party(host, family), 514))
        listener.settimeout(MOMENT)
        with pytest.raises(socket.timeout):
            listener.recv(64)


def test_a_trusted_interface_gets_in_and_no_other(talk, declare):
    networks = {
        "trusting": {"enable_ipv6": True, "trusted_host_interfaces": ["eth0"], "ipam": subnets(1)},
        "careful": {"enable_ipv6": True, "trusted_host_interfaces": ["wg0"], "ipam": subnets(2)},
    }
    answer = declare(networks, {"m": {"networks": ["trusting"]}, "n": {"networks": ["careful"]}}, twice=True)
    for family in (4, 6):
        for name, arrives in (("m", True), ("n", False)):
            with talk.serve(name, 80) as server:
                wait = DEADLINE if arrives else MOMENT
                seen = talk.reach("client", addresses(answer, name)[family], 80, server, wait)
                assert (seen is not None) == arrives, (family, name)


@pytest.fixture
def second(talk):
    """Another address of the host on its wire, of each family."""
    added = {4: "198.51.100.13", 6: "2001:db8:100::13"}
    given = [[added[4] + "/24", "dev", "eth0"], [added[6] + "/64", "dev", "eth0", "nodad"]]
    for words in given:
        talk.lab.host.run(["ip", "address", "add", *words])
    yield added
    for words in given:
        talk.lab.host.run(["ip", "address", "delete", *words[:3]])


def test_a_network_goes_out_by_the_address_that_it_names_and_publishes_on_it(talk, declare, second):
    both = {"ipv4": second[4], "ipv6": second[6]}
    networks = {"n": {"enable_ipv6": True, "snat_to": both, "host_binding": both, "ipam": subnets(1)}}
    declare(networks, {"m": {"networks": ["n"], "ports": ["8088:80"]}}, twice=True)
    for family in (4, 6):
        with talk.serve("client", 7078) as far, talk.serve("m", 80) as server:
            assert talk.reach("m", of_party(talk.lab.client, family), 7078, far) == second[family]
            assert talk.reach("client", second[family], 8088, server)
            assert talk.blocked("client", of_party(talk.lab.host, family), 8088, server)


def test_a_users_own_rules_decide_first_and_survive_changes(talk, declare):
    networks = {"n": {"enable_ipv6": True, "ipam": subnets(1)}}
    containers = {"m": {"networks": ["n"], "ports": ["8089:80"]}}
    declare(networks, containers)
    host, client = talk.lab.host, talk.lab.client
    for rule in ("ip saddr " + client.ipv4, "ip6 saddr " + client.ipv6):
        host.run(["nft", "add", "rule", "inet", "fabric-default", "user-n", *rule.split(), "drop"])
    for ports in (["8089:80"], ["8089:80", "9000-9100:9000-9100"], ["8089:80", "53:53/udp"]):
        containers["m"]["ports"] = ports
        declare(networks, containers, twice=True)
        with talk.serve("m", 80) as server:
            for family in (4, 6):
                assert talk.blocked("client", of_party(host, family), 8089, server)
                assert talk.reach("attacker", of_party(host, family), 8089, server)
    host.run(["nft", "flush", "chain", "inet", "fabric-default", "user-n"])
    with talk.serve("m", 80) as server:
        for family in (4, 6):
            assert talk.reach("client", of_party(host, family), 8089, server)


def test_links_open_what_they_name_by_name_and_by_alias(talk, declare):
    networks = {"n": {"enable_ipv6": True, "icc": False, "ipam": subnets(1)}}
    containers = {
        "app": {"networks": ["n"], "links": ["db:database"]},
        "db": {"networks": ["n"], "expose": ["5432"], "ports": ["9090:90"]},
        "other": {"networks": ["n"]},
    }
    answer = declare(networks, containers, twice=True)
    with talk.serve("db", 5432) as server, talk.serve("db", 90) as published, talk.serve("db", 22) as unnamed:
        for target in addresses(answer, "db").values():
            assert talk.reach("app", target, 5432, server)
            assert talk.reach("app", target, 90, published)
            assert talk.blocked("app", target, 22, unnamed)
            assert talk.blocked("other", target, 5432, server)
            assert talk.blocked("other", target, 90, published)
        with talk.serve("app", 5432) as backwards:
            assert talk.blocked("db", addresses(answer, "app")[4], 5432, backwards)
            assert talk.blocked("db", addresses(answer, "app")[6], 5432, backwards)
    running = talk.lab.host.container("db").serve("tcp", 5432)
    try:
        for name in ("db", "database"):
            assert talk.lab.host.container("app").ask("tcp", name, 5432)["server"] == "db"
        assert "database" not in talk.lab.host.container("other").run(["cat", "/etc/hosts"]).stdout
    finally:
        running.kill()


def test_a_container_cannot_be_another_unless_the_network_lets_it(talk, declare):
    """What it may send is looked into frame by frame elsewhere; here, that nobody has to ask for it."""

    def arrives():
        ear = talk.ear("m", "eth0")
        for source, token in (("172.20.1.99", b"forged"), ("172.20.1.3", b"honest")):
            payload = struct.pack("!HHHH", 4000, 4001, 8 + len(token), 0) + token
            head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 1, 0, 64, 17, 0)
            ends = socket.inet_aton(source) + socket.inet_aton("172.20.1.2")
            total = sum(struct.unpack("!10H", head + ends))
            total = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
            packet = head[:10] + struct.pack("!H", total) + ends + payload
            talk.shout("n", bytes.fromhex("0242ac140102" + "0242ac140103" + "0800") + packet)
        seen = []
        wait_for(lambda: seen.append(ear.recv(4096)) or b"honest" in seen[-1], what="the honest frame")
        ear.close()
        return any(b"forged" in frame for frame in seen)

    containers = {
        "m": {"networks": {"n": {"ipv4_address": "172.20.1.2"}}},
        "n": {"networks": {"n": {"ipv4_address": "172.20.1.3"}}},
    }
    declare({"n": {"ipam": {"config": [{"subnet": "172.20.1.0/24"}]}}}, containers)
    assert not arrives()
    declare({"n": {"anti_spoofing": False, "ipam": {"config": [{"subnet": "172.20.1.0/24"}]}}}, containers)
    assert arrives()


@FAMILIES
def test_the_ports_of_what_leaves_are_random(talk, declare, family):
    """Somebody who sees one cannot tell the next, nor does a container choose it. A ULA was chosen for IPv6."""
    declare({"n": {"enable_ipv6": True}}, {"m": {"networks": ["n"]}})
    client = of_party(talk.lab.client, family)
    with talk.serve("client", 7077, "udp", client) as listener:
        listener.settimeout(10)
        seen = set()
        for port in (40000, 40001, 40002):
            sender = talk.serve("m", port, "udp")
            target = client if family == 6 else "::ffff:" + client
            sender.sendto(b"there", (target, 7077))
            _data, (address, number, *_rest) = listener.recvfrom(64)
            assert address == of_party(talk.lab.host, family)
            seen.add(number - port)
            sender.close()
    assert len(seen) == 3


def test_a_network_may_have_ipv6_alone(talk, declare):
    networks = {
        "six": {"enable_ipv4": False, "enable_ipv6": True, "ipam": {"config": [{"subnet": "fd00:20:6::/64"}]}},
        "four": {"ipam": {"config": [{"subnet": "172.20.4.0/24"}]}},
    }
    containers = {
        "m": {"networks": ["six"], "ports": ["8086:80"]},
        "both": {"networks": ["six", "four"], "ports": ["8087:80"]},
    }
    answer = declare(networks, containers, twice=True)
    host, client = talk.lab.host, talk.lab.client
    with talk.serve("m", 80) as m, talk.serve("both", 80) as both, talk.serve("client", 7079) as far:
        assert talk.reach("client", host.ipv6, 8086, m) == client.ipv6
        assert talk.reach("both", addresses(answer, "m")[6], 80, m) == addresses(answer, "both")[6]
        assert talk.blocked("client", host.ipv4, 8086, m)
        assert talk.reach("client", host.ipv6, 8087, both) == client.ipv6
        assert talk.reach("client", host.ipv4, 8087, both) == client.ipv4
        assert talk.reach("m", client.ipv6, 7079, far) == host.ipv6
        assert talk.reach("both", client.ipv6, 7079, far) == host.ipv6
        assert talk.reach("both", client.ipv4, 7079, far) == host.ipv4
        assert talk.error("m", client.ipv4) == 101  # ENETUNREACH


def test_the_networks_of_two_topologies_are_as_far_apart_as_those_of_one(talk, declare):
    answer = declare({"n": {"enable_ipv6": True, "ipam": subnets(1)}}, {"m": {"networks": ["n"], "ports": ["8088:80"]}})
    words = {"name": "second", "networks": {"o": {"enable_ipv6": True, "ipam": subnets(2)}}}
    words["networks"]["shut"] = {"enable_ipv6": True, "internal": True, "ipam": subnets(3)}
    words["containers"] = {"p": {"networks": ["o"], "ports": ["8089:80"]}, "q": {"networks": ["shut"]}}
    host = talk.lab.host
    theirs = host.module("topology", words)
    try:
        with talk.serve("m", 80) as ours, talk.serve("p", 80) as other:
            for family in (4, 6):
                at_host = of_party(host, family)
                assert talk.blocked("p", addresses(answer, "m")[family], 80, ours)
                assert talk.blocked("m", addresses(theirs, "p")[family], 80, other)
                assert talk.reach("p", at_host, 8088, ours)
                assert talk.reach("m", at_host, 8089, other)
                gateway = "172.20.3.1" if family == 4 else "fd00:20:3::1"
                assert talk.blocked("q", gateway, 8088, ours)
    finally:
        host.module("topology", {"name": "second", "state": "absent"})
