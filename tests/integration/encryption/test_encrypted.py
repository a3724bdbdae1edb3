# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Encrypted networks between hosts that boot: foretold, made, found changed and repaired; and what is on the wire."""

from __future__ import annotations

import re
from typing import List

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import x25519
from tests.integration.encryption.hosts import (
    DIRECTORY,
    IFNAME,
    SECOND,
    UNIT,
    Hosts,
    Pings,
    Speaker,
    Wire,
    journal,
    private_key,
    shown,
)
from tests.lab.booted_host import BootedHost
from tests.lab.waiting import wait_for

MARKER = b"nobody-is-to-read-this-on-a-wire"
WEB, DB = ("10.88.0.2", "fd88::2"), ("10.88.1.2", "fd88::1:0:0:2")


def test_a_network_is_made_as_foretold_and_nothing_of_it_can_be_read_while_it_comes_and_goes(hosts: Hosts) -> None:
    hosts.own = {"node1": {"web": {"networks": ["shop"]}}, "node2": {"db": {"networks": ["shop"]}}}
    hosts.introduce()
    hosts.make("node2")
    first, second = hosts.host("node1"), hosts.host("node2")
    with Wire(hosts, "node1") as wire:
        foretold = hosts.make("node1", check=True)
        made = hosts.make("node1")
        assert made["actions"] == foretold["actions"]
        with Speaker(hosts, "node1/web", DB, MARKER) as speaker:
            # all that a container reaches on a plain overlay, with full segments, in both families
            assert [hosts.reaches("node1/web", "node2/db", each, size=200_000) for each in DB] == list(WEB)
            assert [hosts.reaches("node2/db", "node1/web", each, size=200_000) for each in WEB] == list(DB)
            assert hosts.make("node1")["actions"] == []
            # the program is killed, then stopped, then its device is taken away
            pid = first.run(["systemctl", "show", "-P", "MainPID", UNIT]).stdout.strip()
            first.run(["kill", "-9", pid])
            wait_for(lambda: hosts.reaches("node1/web", "node2/db", DB[0]) == WEB[0], 60, "the program to be back")
            first.run(["systemctl", "stop", UNIT])
            assert hosts.make("node1", check=True)["actions"] == ["start " + UNIT]
            said = speaker.said
            first.run(["ip", "link", "delete", IFNAME])
            wait_for(lambda: speaker.said > said or not _routed(hosts), 10, "something to be said")
            assert any(line.startswith("create " + IFNAME) for line in hosts.make("node1")["actions"])
            assert hosts.reaches("node1/web", "node2/db", DB[0]) == WEB[0]
            said = speaker.said
        result = shown(hosts.absent("node1"))
    assert said > 100
    assert wire.datagrams(51871) > 100, "what was said went over the wire"
    assert not wire.has(MARKER)
    assert first.run(["ls", DIRECTORY], check=False).stdout == ""
    secret = private_key(second)
    assert second.run(["find", DIRECTORY, "-type", "f", "-not", "-perm", "600"]).stdout == ""
    assert secret not in journal(second) + shown(hosts.make("node2")) + result


def _routed(hosts: Hosts) -> bool:
    """A socket says nothing where there is no route."""
    return "10.88.1.0/24" in hosts.host("node1").run(["ip", "route"]).stdout


def test_what_somebody_changed_is_named_and_repaired(shop: Hosts) -> None:
    host = shop.host("node1")
    config = DIRECTORY + "/default.conf"
    stranger = x25519.public_key(x25519.private_key())
    peer = _key_of(shop, "node2")
    for change in (
        ["wg", "set", IFNAME, "peer", peer, "endpoint", "198.51.100.99:1", "persistent-keepalive", "7"],
        ["wg", "set", IFNAME, "peer", peer, "allowed-ips", "10.88.9.0/24"],
        ["wg", "set", IFNAME, "peer", stranger, "allowed-ips", "10.88.7.0/24"],
        ["wg", "set", IFNAME, "listen-port", "51999"],
        ["sh", "-c", "wg genkey | wg set {0} private-key /dev/stdin".format(IFNAME)],
        ["ip", "link", "set", IFNAME, "mtu", "1300"],
        ["ip", "route", "delete", "10.88.1.0/24"],
        ["chmod", "644", config],
        ["sh", "-c", "echo >> /etc/systemd/system/" + UNIT],
    ):
        host.run(change)

    foretold = shop.make("node1", check=True)

    assert foretold["actions"] == [
        "rewrite " + UNIT,
        "set mtu of {0} from 1300 to 1440".format(IFNAME),
        "set the key of " + IFNAME,
        "set the port of {0} from 51999 to 51871".format(IFNAME),
        "repair the way to node2 over {0}: 10.88.1.0/24, fd88::1:0:0:0/80".format(IFNAME),
        "set the endpoint of node2 on {0} from 198.51.100.99:1 to 198.51.100.12:51871".format(IFNAME),
        "set the keepalive of node2 on {0} from 7 to none".format(IFNAME),
        "repair the route to node2 over {0}: 10.88.1.0/24".format(IFNAME),
        "remove the peer 10.88.7.0/24 from " + IFNAME,
        "write " + config,
    ]
    told = shown({"changes": foretold["changes"]})
    assert peer not in told and stranger not in told, "a line names a host, never a key"
    assert shop.make("node1")["actions"] == foretold["actions"]
    assert shop.make("node1", check=True)["actions"] == []
    assert shop.reaches("node1/web", "node2/db", DB[0]) == WEB[0]
    lines: List[str] = host.run(["wg", "show", IFNAME, "allowed-ips"]).stdout.splitlines()
    assert lines == ["{0}\t10.88.1.0/24 fd88::1:0:0:0/80".format(peer)]
    # a socket that is opened anew loses what waits in the one before, of all peers
    sockets = _sockets(host)
    host.run(["wg", "set", IFNAME, "peer", stranger, "allowed-ips", "10.88.7.0/24"])
    assert shop.make("node1")["actions"] == ["remove the peer 10.88.7.0/24 from " + IFNAME]
    assert sockets and _sockets(host) == sockets


def _sockets(host: BootedHost) -> List[str]:
    """Of the tunnel, by their inodes."""
    return re.findall(r" ino:(\d+) ", host.run(["ss", "-Hlune", "sport", "=", ":51871"]).stdout)


def test_keys_change_without_a_lost_packet_and_the_former_ones_are_gone(shop: Hosts) -> None:
    host, before = shop.host("node1"), private_key(shop.host("node1"))
    assert shop.reaches("node1/web", "node2/db", DB[0]) == WEB[0]
    with (
        Wire(shop, "node1") as wire,
        Speaker(shop, "node1/web", DB, MARKER, 0.02),
        Pings(shop, "node1/web", DB[0]) as pings,
    ):
        received, sent, finished = shop.rotate()

    assert (pings.lost, pings.sent > 200) == (0, True), pings.sent
    assert not wire.has(MARKER)
    assert any(line.startswith("create {0} ".format(SECOND)) for line in received["node1"])
    assert "send to node2 over {0} from now on: 10.88.1.0/24".format(SECOND) in sent["node1"]
    assert any(line.startswith("remove {0} ".format(IFNAME)) for line in finished["node1"])
    assert shop.behind == []
    assert host.run(["wg", "show", "interfaces"]).stdout.split() == [SECOND]
    assert host.run(["ls", DIRECTORY]).stdout.split() == ["default:1.conf", "default:1.key"]
    assert before not in host.run(["sh", "-c", "cat {0}/*".format(DIRECTORY)]).stdout
    assert [shop.make(each, check=True)["actions"] for each in shop.own] == [[], []]
    assert shop.reaches("node1/web", "node2/db", DB[0], size=200_000) == WEB[0]


def _key_of(hosts: Hosts, peer: str) -> str:
    return str(hosts.told["node1"]["networks"]["shop"]["peers"][peer]["tunnel"]["public_key"])
