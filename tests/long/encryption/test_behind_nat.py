# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host behind NAT that keeps it open is found wherever it is, and that is no drift; elsewhere another endpoint is."""

from __future__ import annotations

from typing import Iterator

import pytest

from tests.integration.encryption.hosts import IFNAME, SHOP, Hosts
from tests.lab.waiting import wait_for

WEB, DB = "10.88.0.2", "10.88.1.2"
#: Another port outside, and nothing comes in that was not asked for: by rules that keep no connection, for what is
#: encrypted is never tracked.
_NAT = """
nft delete table netdev box 2>/dev/null || true
nft -f - <<END
table netdev box {{
    chain out {{
        type filter hook egress device "eth0" priority 0;
        udp sport 51871 udp sport set {0}
    }}
    chain in {{
        type filter hook ingress device "eth0" priority 0;
        udp dport 51871 drop
        udp dport {0} udp dport set 51871
    }}
}}
END
"""


@pytest.fixture
def pair(hosts: Hosts) -> Iterator[Hosts]:
    hosts.networks = {"shop": SHOP}
    hosts.own = {"node1": {"web": {"networks": ["shop"]}}, "node2": {"db": {"networks": ["shop"]}}}
    yield hosts
    hosts.words = {}
    hosts.host("node1").run(["nft", "delete", "table", "netdev", "box"], check=False)
    for host in hosts.own:
        hosts.absent(host)


def _is_behind(hosts: Hosts, port: int) -> None:
    hosts.host("node1").run(["sh", "-ec", _NAT.format(port)])


def _endpoint(hosts: Hosts) -> str:
    """Of node1, as node2 has it."""
    return str(hosts.host("node2").run(["wg", "show", IFNAME, "endpoints"]).stdout.split()[1])


def test_a_host_behind_nat_is_found_again_where_it_moved_to_and_that_is_no_drift(pair: Hosts) -> None:
    pair.words = {"node1": {"topology_wireguard_keepalive": 1}}
    place = pair.host("node1").ipv4 + ":{0}"
    _is_behind(pair, 40001)
    pair.make_all()
    for port in (40001, 40002):
        _is_behind(pair, port)

        wait_for(lambda: _endpoint(pair) == place.format(port), 60, "it to be heard")  # noqa: B023

        assert pair.reaches("node2/db", "node1/web", WEB) == DB
        assert [pair.make(host, check=True)["actions"] for host in pair.own] == [[], []]


def test_where_nobody_is_behind_nat_another_endpoint_is_named_and_repaired(pair: Hosts) -> None:
    pair.make_all()
    declared = pair.host("node1").ipv4 + ":51871"
    (peer, *_rest) = pair.host("node2").run(["wg", "show", IFNAME, "peers"]).stdout.split()
    pair.host("node2").run(["wg", "set", IFNAME, "peer", peer, "endpoint", "198.51.100.99:40003"])

    line = "set the endpoint of node1 on {0} from 198.51.100.99:40003 to {1}".format(IFNAME, declared)
    assert pair.make("node2", check=True)["actions"] == [line]
    assert pair.make("node2")["actions"] == [line]
    assert _endpoint(pair) == declared
    assert pair.reaches("node2/db", "node1/web", WEB) == DB
