# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container on several networks: which way it goes out, by which it answers, and that it leads nobody across."""

from __future__ import annotations

import pytest

from tests.lab.talk import addresses

#: Nothing is masqueraded, so the client sees by which network a container came.
PLAIN = {"masquerade": False}
BOTH = {"masquerade": False, "enable_ipv6": True}


def nets(**networks):
    """Subnets that nobody has to look up: 172.20.N.0/24 and fd00:20:N::/64."""
    made = {}
    for number, (name, words) in enumerate(networks.items()):
        config = [{"subnet": "172.20.{0}.0/24".format(number)}]
        if words.get("enable_ipv6"):
            config.append({"subnet": "fd00:20:{0}::/64".format(number)})
        made[name] = dict(words, ipam={"config": config})
    return made


def came_by(talk, family):
    """The network number that the client sees m come from."""
    client = talk.lab.client
    with talk.serve("client", 7070) as server:
        seen = talk.reach("m", client.ipv4 if family == 4 else client.ipv6, 7070, server)
    return int(seen.split(".")[2]) if family == 4 else int(seen.split(":")[2] or 0)


def test_the_way_out_is_chosen_for_each_family_and_moves_when_a_network_goes(talk, declare):
    networks = nets(a=PLAIN, b=BOTH, c=BOTH, d=PLAIN, inner={"internal": True})
    m = {"inner": {}, "d": {"gw_priority": 5}, "c": {}, "b": {}, "a": {}}
    declare(networks, {"m": {"networks": m}}, twice=True)
    assert came_by(talk, 4) == 3  # the priority; d has no IPv6
    assert came_by(talk, 6) == 1  # the name, of those that have both families
    del m["d"]
    declare(networks, {"m": {"networks": m}}, twice=True)
    assert (came_by(talk, 4), came_by(talk, 6)) == (1, 1)
    m["c"] = {"gw_priority": 1}
    declare(networks, {"m": {"networks": m}}, twice=True)
    assert (came_by(talk, 4), came_by(talk, 6)) == (2, 2)
    del m["b"], m["c"]
    declare(networks, {"m": {"networks": m}}, twice=True)
    assert came_by(talk, 4) == 0
    assert talk.error("m", talk.lab.client.ipv6) != 0
    del m["a"]
    declare(networks, {"m": {"networks": m}}, twice=True)
    assert talk.error("m", talk.lab.client.ipv4) == 101  # ENETUNREACH: nothing but an internal network is left


def test_published_ports_go_with_the_default_route(talk, declare):
    networks, host = nets(a=BOTH, b=BOTH), talk.lab.host
    containers = {"m": {"networks": {"a": {}, "b": {}}, "ports": ["8080:80"]}}
    for first, number in (("a", 0), ("b", 1), (None, 0)):
        containers["m"]["networks"] = {"a": {}, "b": {}}
        if first:
            containers["m"]["networks"][first] = {"gw_priority": 1}
        answer = declare(networks, containers)
        for family, at_host in ((4, host.ipv4), (6, host.ipv6)):
            at = addresses(answer, "m", "eth{0}".format(number))[family]
            with talk.serve("m", 80, address=at) as server:
                seen = talk.reach("client", at_host, 8080, server)
            assert seen in (talk.lab.client.ipv4, talk.lab.client.ipv6)
            assert came_by(talk, family) == number


def test_interfaces_come_in_the_declared_order_or_by_name(talk, declare):
    m = {"b": {"mac_address": "02:00:00:00:00:0b"}, "a": {"interface_name": "uplink"}, "c": {}}
    answer = declare(nets(a=PLAIN, b=PLAIN, c=PLAIN), {"m": {"networks": m}, "n": {"networks": ["b"]}}, twice=True)
    links = talk.lab.host.container("m").json(["ip", "-j", "address"])
    shown = {link["ifname"]: link["addr_info"][0]["local"].split(".")[2] for link in links if link["ifname"] != "lo"}
    assert shown == {"eth0": "1", "uplink": "0", "eth1": "2"}
    with talk.serve("m", 7071) as server:
        assert talk.reach("n", addresses(answer, "m")[4], 7071, server)
    (neighbour,) = talk.lab.host.container("n").json(["ip", "-j", "neighbour", "show", addresses(answer, "m")[4]])
    assert neighbour["lladdr"] == "02:00:00:00:00:0b"


def test_a_container_that_moves_to_another_network_is_found_there_at_once_by_every_address(talk, declare):
    """Its neighbour there knew another container by that address before."""
    networks = nets(a=BOTH, b=BOTH)
    at = {"ipv4_address": "172.20.1.8", "ipv6_address": "fd00:20:1::8"}
    before = {"m": {"networks": ["a"]}, "n": {"networks": ["b"]}, "old": {"networks": {"b": at}}}
    declare(networks, before)
    with talk.serve("old", 80) as server:
        assert talk.reach("n", at["ipv4_address"], 80, server) and talk.reach("n", at["ipv6_address"], 80, server)
    moved = {"networks": {"b": dict(at, mac_address="02:00:00:00:00:08")}}
    answer = declare(networks, {"m": moved, "n": before["n"]}, twice=True)
    with talk.serve("m", 80) as server:
        for target in (at["ipv4_address"], at["ipv6_address"], "fe80::ff:fe00:8%eth0"):
            assert talk.reach("n", target, 80, server), target
    with talk.serve("n", 80) as neighbour:
        for target in addresses(answer, "n").values():
            assert talk.reach("m", target, 80, neighbour), target


@pytest.fixture
def strict(talk):
    """Every reverse path filter as strict as it gets, as many distributions have it."""
    keys = ["/proc/sys/net/ipv4/conf/{0}/rp_filter".format(name) for name in ("all", "default", "eth0")]
    talk.lab.host.run(["sh", "-c", "for key; do echo 1 > $key; done", "sh", *keys])
    yield
    talk.lab.host.run(["sh", "-c", "for key; do echo 0 > $key; done", "sh", *keys])


@pytest.mark.parametrize("family", [4, 6])
def test_a_container_on_two_networks_answers_everybody_under_a_strict_reverse_path_filter(
    talk, declare, strict, family
):
    """The server's default route is by a; its neighbours on b, and callers of its port from b, do not come by it."""
    networks = nets(a=dict(BOTH, masquerade=True), b=BOTH, c=dict(BOTH, masquerade=True))
    containers = {
        "m": {"networks": ["a", "b"], "ports": ["8080:80"]},
        "n": {"networks": ["b"]},
        "o": {"networks": ["c"]},
        "p": {"networks": ["a"]},
    }
    answer = declare(networks, containers)
    host, client = talk.lab.host, talk.lab.client
    at_host, outside = (host.ipv4, client.ipv4) if family == 4 else (host.ipv6, client.ipv6)
    with talk.serve("m", 80) as server:
        on_a, on_b = (addresses(answer, "m", ifname)[family] for ifname in ("eth0", "eth1"))
        assert talk.reach("client", at_host, 8080, server) == outside
        assert talk.reach("n", on_b, 80, server) == addresses(answer, "n")[family]
        assert talk.reach("n", at_host, 8080, server)  # from a network that is not masqueraded, and m's own
        assert talk.reach("o", at_host, 8080, server)
        assert talk.reach("p", at_host, 8080, server)
        assert talk.reach("m", at_host, 8080, server)
        assert talk.reach(host.name, on_a, 80, server)
        assert talk.reach(host.name, on_b, 80, server)
        for network in answer["networks"].values():
            gateway = next(each for each in network["gateways"] if (":" in each) == (family == 6)).split("/")[0]
            assert talk.reach(host.name, gateway, 8080, server)
            assert talk.reach("n", gateway, 8080, server)


@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize("anti_spoofing", [True, False])
def test_a_container_on_two_networks_is_no_router(talk, declare, family, anti_spoofing):
    networks = nets(a=dict(BOTH, anti_spoofing=anti_spoofing), b=dict(BOTH, anti_spoofing=anti_spoofing))
    containers = {"m": {"networks": ["a", "b"]}, "n": {"networks": ["a"]}, "o": {"networks": ["b"]}}
    answer = declare(networks, containers)
    target = addresses(answer, "o")[family]
    width = 32 if family == 4 else 128
    for one, ifname, other in (("n", "eth0", "o"), ("o", "eth1", "n")):
        route = "{0}/{1}".format(addresses(answer, other)[family], width)
        way = ["ip", "route", "replace", route, "via", addresses(answer, "m", ifname)[family]]
        talk.lab.host.container(one).run(way)
    with talk.serve("o", 80) as server, talk.serve("o", 514, "udp") as listener:
        assert talk.blocked("n", target, 80, server)
        assert talk.blocked("n", target, 514, listener)
