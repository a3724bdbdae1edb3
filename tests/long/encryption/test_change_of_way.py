# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network in use goes over from WireGuard to OpenVPN and back: nothing of it can be read meanwhile."""

from __future__ import annotations

from typing import Iterator, List

import pytest

from tests.integration.encryption.hosts import SHOP, Hosts, Speaker, Wire
from tests.lab.waiting import wait_for

MARKER = b"nobody-is-to-read-this-on-a-wire"
WEB, DB = "10.88.0.2", "10.88.1.2"


@pytest.fixture(params=["routed", "bridged"])
def pair(request: pytest.FixtureRequest, hosts: Hosts) -> Iterator[Hosts]:
    hosts.networks = {"shop": {**SHOP, "overlay_mode": request.param}}
    hosts.own = {"node1": {"web": {"networks": ["shop"]}}, "node2": {"db": {"networks": ["shop"]}}}
    yield hosts
    for host in hosts.own:
        hosts.absent(host)
    hosts.words = {}


def _way(hosts: Hosts, way: str) -> List[str]:
    """What each host did for it, one after the other."""
    hosts.words = {host: {"topology_encryption": way} for host in hosts.own}
    hosts.introduce()
    done = [line for host in hosts.own for line in hosts.make(host)["actions"]]
    wait_for(lambda: hosts.reaches("node1/web", "node2/db", DB, size=200_000) == WEB, 60, "it to be by " + way)
    return done


def test_a_network_in_use_goes_over_to_openvpn_and_back(pair: Hosts) -> None:
    _way(pair, "wireguard")
    with Wire(pair, "node1") as wire, Speaker(pair, "node1/web", [DB], MARKER):
        with Speaker(pair, "node2/db", [WEB], MARKER) as speaker:
            there, back = _way(pair, "openvpn"), _way(pair, "wireguard")
            said = speaker.said
    assert said > 100
    assert not wire.has(MARKER)
    for lines, made, gone in ((there, "(OpenVPN", "(WireGuard)"), (back, "(WireGuard", "(OpenVPN)")):
        assert sum(line.startswith("create ") and made in line for line in lines) == 2, lines
        assert sum(line.startswith("remove ") and line.endswith(gone) for line in lines) == 2, lines
    assert [pair.make(host, check=True)["actions"] for host in pair.own] == [[], []]
