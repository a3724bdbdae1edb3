# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declared ports, from the words to the bytes: what the rules alone cannot show is here, the rest beside them."""

from __future__ import annotations

import pytest

from tests.lab.talk import addresses

FAMILIES = pytest.mark.parametrize("family", [4, 6])
SUBNETS = {"config": [{"subnet": "172.20.0.0/24"}, {"subnet": "fd00:20::/64"}]}


def of_party(party, family):
    return party.ipv4 if family == 4 else party.ipv6


@pytest.fixture(scope="module")
def written(talk, declare):
    """One port for each way to write one."""
    host = talk.lab.host
    second = {4: "198.51.100.12", 6: "2001:db8:100::12"}
    host.run(["ip", "address", "add", second[4] + "/24", "dev", "eth0"])
    host.run(["ip", "address", "add", second[6] + "/64", "dev", "eth0", "nodad"])
    web = [
        "9000-9010:7000-7010",
        {"target": 80, "published": 8080, "protocol": "tcp"},
        {"target": 81, "published": "8081", "host_ip": host.ipv4},
        {"target": 81, "published": "8081", "host_ip": host.ipv6},
        "53:53/udp",
        "{0}:8443:443".format(host.ipv4),
        "[{0}]:8443:443".format(host.ipv6),
        "127.0.0.1:8444:444",
        "7200",
    ]
    app = ["53:53/tcp", "{0}:8443:443".format(second[4]), "[{0}]:8443:443".format(second[6]), "8443:443"]
    networks = {"front": {"enable_ipv6": True, "ipam": SUBNETS}, "back": {"enable_ipv6": True}}
    containers = {
        "web": {"networks": ["front"], "ports": web},
        "app": {"networks": ["back"], "ports": app},
        "neighbour": {"networks": ["front"]},
        "other": {"networks": ["back"]},
    }
    # The host routes between others, too.
    return declare(networks, containers, transit="accept"), second


def chosen(written):
    return next(port["published"] for port in written[0]["containers"]["web"]["ports"] if port["target"] == 7200)


@FAMILIES
@pytest.mark.parametrize(
    "published, target, kind",
    [
        (9000, 7000, "tcp"),
        (9010, 7010, "tcp"),
        (8080, 80, "tcp"),
        (8081, 81, "tcp"),
        (53, 53, "udp"),
        (8443, 443, "tcp"),
    ],
)
def test_every_way_to_write_a_port_reaches_the_container(talk, written, family, published, target, kind):
    host = of_party(talk.lab.host, family)
    with talk.serve("web", target, kind) as server:
        assert talk.reach("client", host, published, server) == of_party(talk.lab.client, family)
        for source in (talk.lab.host.name, "web", "neighbour", "other"):
            assert talk.reach(source, host, published, server), source


@FAMILIES
def test_the_same_number_on_other_addresses_and_protocols_is_another_port(talk, written, family):
    host, second = of_party(talk.lab.host, family), written[1][family]
    gateway = next(g.split("/")[0] for g in written[0]["networks"]["back"]["gateways"] if (":" in g) == (family == 6))
    with talk.serve("app", 53) as dns, talk.serve("app", 443) as app, talk.serve("web", 443) as web:
        assert talk.reach("client", host, 53, dns)
        assert talk.reach("client", host, 8443, web)
        assert talk.reach("client", second, 8443, app)
        assert talk.reach("other", gateway, 8443, app)  # every other address: the one that names none
        assert talk.reach(talk.lab.host.name, gateway, 8443, app)


@FAMILIES
def test_a_chosen_port_is_reached(talk, written, family):
    with talk.serve("web", 7200) as server:
        assert talk.reach("client", of_party(talk.lab.host, family), chosen(written), server)


def test_a_port_on_the_loopback_address_answers_the_host_alone(talk, written):
    with talk.serve("web", 444) as server:
        assert talk.reach(talk.lab.host.name, "127.0.0.1", 8444, server)
        for source in ("client", "neighbour", "other", "web"):
            assert talk.blocked(source, talk.lab.host.ipv4, 8444, server), source


@FAMILIES
def test_what_only_passes_by_is_not_hijacked(talk, written, family):
    """The host routes between two others on its wire, to a port that it publishes itself."""
    attacker, host = talk.lab.attacker, of_party(talk.lab.host, family)
    target = "198.51.100.200" if family == 4 else "2001:db8:100::200"
    width = "/32" if family == 4 else "/128"
    attacker.run(["ip", "address", "add", target + width, "dev", "lo"] + ["nodad"] * (family == 6))
    talk.lab.client.run(["ip", "route", "add", target + width, "via", host])
    talk.lab.host.run(["ip", "route", "add", target + width, "via", of_party(attacker, family)])
    with talk.serve("attacker", 8080, address=target) as server:
        assert talk.reach("client", target, 8080, server) == of_party(talk.lab.client, family)


@FAMILIES
def test_what_is_not_published_is_not_reached_by_a_route_to_it(talk, written, family):
    address = addresses(written[0], "web")[family]
    with talk.serve("web", 80) as published, talk.serve("web", 9999) as server:
        for place in ("attacker", "client"):
            assert talk.blocked(place, address, 9999, server)
            assert talk.blocked(place, address, 80, published)
        assert talk.reach("neighbour", address, 9999, server)


def test_a_chosen_port_is_kept_whoever_comes_before(talk, declare, written):
    """Last, for it declares something else."""
    networks = {"front": {"enable_ipv6": True, "ipam": SUBNETS}}
    containers = {name: {"networks": ["front"], "ports": ["7200"]} for name in ("aaa", "app", "web")}
    answer = declare(networks, containers, twice=True)
    kept = {name: answer["containers"][name]["ports"][0]["published"] for name in containers}
    assert kept["web"] == chosen(written)
    assert len(set(kept.values())) == 3
    for name, port in kept.items():
        with talk.serve(name, 7200) as server:
            for family in (4, 6):
                assert talk.reach("client", of_party(talk.lab.host, family), port, server), name
