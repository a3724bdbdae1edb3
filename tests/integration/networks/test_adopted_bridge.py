# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers on a bridge of somebody else's that has the wire for a port, beside a network of our own."""

from __future__ import annotations

import pytest

from tests.lab.talk import addresses

FAMILIES = pytest.mark.parametrize("family", [4, 6])
BRIDGE = """
link add lan0 type bridge forward_delay 0
link set lan0 up
link set eth0 master lan0
address flush dev eth0
address add {0}/24 dev lan0
address add {1}/64 dev lan0 nodad
route replace default via 198.51.100.1
route replace default via 2001:db8:100::1
"""


def of_party(party, family):
    return party.ipv4 if family == 4 else party.ipv6


@pytest.fixture(scope="module")
def adopted(talk, declare):
    """The client and the attacker are in the subnet of the adopted network."""
    host = talk.lab.host
    host.run(["ip", "-b", "-"], input=BRIDGE.format(host.ipv4, host.ipv6).lstrip())
    wire = [
        {"subnet": "198.51.100.0/24", "gateway": "198.51.100.1", "ip_range": "198.51.100.128/25"},
        {"subnet": "2001:db8:100::/64", "gateway": "2001:db8:100::1", "ip_range": "2001:db8:100::f00/120"},
    ]
    networks = {
        "lan": {"external": True, "bridge": "lan0", "enable_ipv6": True, "ipam": {"config": wire}},
        "front": {"enable_ipv6": True},
    }
    containers = {
        "guest": {"networks": ["lan"], "ports": ["8081:80"]},
        "web": {"networks": ["front"], "ports": ["8080:80"]},
        "mixed": {"networks": {"lan": {}, "front": {"gw_priority": 1}}, "ports": ["8082:80"]},
    }
    return declare(networks, containers, twice=True)


@FAMILIES
def test_a_guest_is_a_machine_on_the_wire(talk, adopted, family):
    client, guest = of_party(talk.lab.client, family), addresses(adopted, "guest")[family]
    with talk.serve("guest", 80) as server, talk.serve("client", 7080) as far:
        assert talk.reach("client", guest, 80, server) == client
        assert talk.reach("guest", client, 7080, far) == guest
        assert talk.reach(talk.lab.host.name, guest, 80, server)
        assert talk.reach("client", of_party(talk.lab.host, family), 8081, server)
        assert talk.blocked("web", guest, 80, server)


@FAMILIES
def test_a_port_of_a_network_of_ours_is_reached_from_the_wire_and_sees_who_asks(talk, adopted, family):
    host = of_party(talk.lab.host, family)
    with talk.serve("web", 80) as server:
        for party in (talk.lab.client, talk.lab.attacker):
            assert talk.reach(party.name, host, 8080, server) == of_party(party, family)
            assert talk.blocked(party.name, addresses(adopted, "web")[family], 80, server)
        assert talk.reach("guest", host, 8080, server) == addresses(adopted, "guest")[family]
        assert talk.reach(talk.lab.host.name, host, 8080, server)


@FAMILIES
def test_a_container_on_both_answers_the_wire_where_it_was_asked(talk, adopted, family):
    with talk.serve("mixed", 80) as server:
        for place in ("client", "guest", "web", talk.lab.host.name):
            assert talk.reach(place, of_party(talk.lab.host, family), 8082, server), place
