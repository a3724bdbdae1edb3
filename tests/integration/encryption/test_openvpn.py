# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same networks encrypted by OpenVPN: foretold, made, killed, repaired, changed, and never in the clear."""

from __future__ import annotations

from typing import Iterator

import pytest

from tests.integration.encryption.hosts import Hosts, Speaker, Wire, journal, shown
from tests.lab.waiting import wait_for

MARKER = b"nobody-is-to-read-this-on-a-wire"
WEB, DB = ("10.88.0.2", "fd88::2"), ("10.88.1.2", "fd88::1:0:0:2")
DIRECTORY = "/var/lib/linuxnet-fabric/openvpn"
#: Of the host that listens.
IFNAME = "ov-37a8eec1ce19"
UNIT = "linuxnet-fabric-openvpn@{0}.service".format(IFNAME)


@pytest.fixture
def pair(hosts: Hosts) -> Iterator[Hosts]:
    hosts.words = {host: {"topology_encryption": "openvpn"} for host in ("node1", "node2")}
    hosts.networks["shop"] = dict(hosts.networks["shop"], encrypted=True)
    hosts.own = {"node1": {"web": {"networks": ["shop"]}}, "node2": {"db": {"networks": ["shop"]}}}
    yield hosts
    hosts.words = {}
    for host in hosts.own:
        hosts.absent(host)
    hosts.told.clear()


def test_openvpn_carries_what_wireguard_would_and_nothing_can_be_read(pair: Hosts) -> None:
    pair.introduce()
    pair.make("node2")
    first, second = pair.host("node1"), pair.host("node2")
    with Wire(pair, "node1") as wire:
        foretold = pair.make("node1", check=True)
        assert pair.make("node1")["actions"] == foretold["actions"]
        with Speaker(pair, "node1/web", DB, MARKER) as speaker:
            _wait(pair)
            # with full segments, in both families
            assert [pair.reaches("node1/web", "node2/db", each, size=200_000) for each in DB] == list(WEB)
            assert [pair.reaches("node2/db", "node1/web", each, size=200_000) for each in WEB] == list(DB)
            assert [pair.make(host)["actions"] for host in pair.own] == [[], []]
            first.run(["systemctl", "stop", UNIT])
            first.run(["ip", "link", "set", IFNAME, "mtu", "1300"])
            first.run(["ip", "route", "delete", "10.88.1.0/24"])
            first.run(["sh", "-c", "echo verb 3 >> {0}/{1}.conf".format(DIRECTORY, IFNAME)])
            foretold = pair.make("node1", check=True)
            assert foretold["actions"] == [
                "set mtu of {0} from 1300 to 1448".format(IFNAME),
                "repair the route to node2 over {0}: 10.88.1.0/24".format(IFNAME),
                "rewrite {0}/{1}.conf".format(DIRECTORY, IFNAME),
                "start " + UNIT,
            ]
            assert pair.make("node1")["actions"] == foretold["actions"]
            _wait(pair)
            said = speaker.said
        result = shown(pair.absent("node1"))
    assert said > 100
    assert wire.datagrams(1194) > 100, "what was said went over the wire"
    assert not wire.has(MARKER)
    assert first.run(["ls", DIRECTORY], check=False).stdout == ""
    assert second.run(["find", DIRECTORY, "-type", "f", "-not", "-perm", "600"]).stdout == ""
    secret = second.run(["cat", DIRECTORY + "/default.pem"]).stdout.split("\n")[1]
    assert secret not in journal(second) + shown(pair.make("node2")) + result


def _wait(pair: Hosts) -> None:
    wait_for(lambda: pair.reaches("node1/web", "node2/db", DB[0]) == WEB[0], 60, "the tunnel to be there")
