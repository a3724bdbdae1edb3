# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Beside the real ufw and firewalld of a host that boots: a warning that says what is closed, or the port is opened."""

from __future__ import annotations

from typing import Dict, Iterator, List, NamedTuple

import pytest

from tests.integration.encryption.hosts import SHOP, Hosts, shown
from tests.lab.waiting import wait_for

WEB, DB = "10.88.0.2", "10.88.1.2"


class Firewall(NamedTuple):
    """Commands, as its user has them."""

    start: str
    reload: str
    stop: str


FIREWALLS: Dict[str, Firewall] = {
    "ufw": Firewall("ufw --force enable", "ufw reload", "ufw disable"),
    "firewalld": Firewall(
        "systemctl unmask firewalld && systemctl start firewalld", "firewall-cmd --reload", "systemctl stop firewalld"
    ),
}


#: What encrypts → the port at which node1 is reached.
PORTS = {"wireguard": "51871", "openvpn": "1194"}


@pytest.fixture(params=["{0} and {1}".format(firewall, way) for firewall in sorted(FIREWALLS) for way in PORTS])
def behind(request: pytest.FixtureRequest, hosts: Hosts) -> Iterator[Hosts]:
    """node1 has the firewall, node2 none."""
    name, _and, way = request.param.split()
    firewall = FIREWALLS[name]
    host = hosts.host("node1")
    if host.run(["sh", "-c", "command -v " + name], check=False).returncode:
        pytest.skip("there is no " + name)
    hosts.networks = {"shop": SHOP}
    hosts.own = {"node1": {"web": {"networks": ["shop"]}}, "node2": {"db": {"networks": ["shop"]}}}
    hosts.words = {each: {"topology_encryption": way} for each in hosts.own}
    host.run(["sh", "-ec", firewall.start])
    try:
        yield hosts
    finally:
        for each in hosts.own:
            hosts.absent(each)
        hosts.words = {}
        host.run(["sh", "-ec", firewall.stop])


def _seen(hosts: Hosts) -> List[object]:
    """From either end."""
    return [hosts.reaches("node2/db", "node1/web", WEB), hosts.reaches("node1/web", "node2/db", DB)]


def test_a_closed_port_is_told_and_integrate_opens_it_for_good(behind: Hosts, request: pytest.FixtureRequest) -> None:
    name, _and, way = request.node.callspec.params["behind"].split()
    firewall = FIREWALLS[name]
    behind.introduce()
    behind.make("node2")
    told = shown({"warnings": behind.make("node1").get("warnings")})
    assert PORTS[way] in told and behind.host("node2").ipv4 in told, told
    assert behind.reaches("node2/db", "node1/web", WEB) is None

    behind.make("node1", firewall="integrate")

    wait_for(lambda: _seen(behind) == [DB, WEB], 60, "both ends to be reached")
    assert behind.make("node1", check=True, firewall="integrate")["actions"] == []
    behind.host("node1").run(["sh", "-ec", firewall.reload])
    wait_for(lambda: _seen(behind) == [DB, WEB], 60, "both ends to be reached")
    assert behind.make("node1", check=True, firewall="integrate")["actions"] == []
