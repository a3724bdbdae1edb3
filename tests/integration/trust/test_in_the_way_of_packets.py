# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody else put where it takes packets of our networks is left alone, and named by every run and check."""

from __future__ import annotations

import json

import pytest

WORDS = {
    "networks": {
        "front": {
            "enable_ipv6": True,
            "ipam": {"config": [{"subnet": "172.20.0.0/24"}, {"subnet": "fd00:20::/64"}]},
        },
        "back": {"internal": True},
    },
    "containers": {
        "web": {
            "networks": {"front": {"ipv4_address": "172.20.0.10", "ipv6_address": "fd00:20::10"}, "back": {}},
            "ports": ["8080:80", "127.0.0.1:8443:443"],
        }
    },
}
#: What somebody does → how it is taken back, and what is said of it.
HARM = {
    "a route to one container": (
        ["ip route add 172.20.0.10/32 via 198.51.100.1"],
        ["ip route del 172.20.0.10/32"],
        "takes packets to 172.20.0.10/32 out of the network front (172.20.0.0/24): 172.20.0.10/32 via 198.51.100.1",
    ),
    "an IPv6 route to one container": (
        ["ip -6 route add fd00:20::10/128 dev eth0"],
        ["ip -6 route del fd00:20::10/128"],
        "takes packets to fd00:20::10/128 out of the network front (fd00:20::/64)",
    ),
    "an address of a container that the host takes for its own": (
        ["ip route add local 172.20.0.10/32 dev lo"],
        ["ip route del local 172.20.0.10/32 dev lo"],
        "172.20.0.0/24): local 172.20.0.10/32 dev lo",
    ),
    "a part of a network that leads nowhere": (
        ["ip route add blackhole 172.20.0.0/28"],
        ["ip route del blackhole 172.20.0.0/28"],
        "172.20.0.0/24): blackhole 172.20.0.0/28",
    ),
    "a port on an internal network's bridge": (
        ["ip link add way0 type veth peer name out0", "ip link set way0 master br-back"],
        ["ip link del way0"],
        "way0, which is not ours, is a port of br-back, the bridge of the internal network back",
    ),
    "a translation in front of ours": (
        [
            "nft add table ip theirs",
            "nft add chain ip theirs first { type nat hook prerouting priority -110 ; }",
            "nft add rule ip theirs first tcp dport { 8000-8090, 9999 } dnat to 203.0.113.9:1",
        ],
        ["nft delete table ip theirs"],
        "the chain first of table ip theirs, which is not ours, translates before our rules do: it may take what "
        "comes to the published port 8080/tcp,",
    ),
    "a translation of calls of the host, in a chain behind": (
        [
            "nft add table inet others",
            "nft add chain inet others there",
            "nft add chain inet others first { type nat hook output priority -150 ; }",
            "nft add rule inet others first jump there",
            "nft add rule inet others there ip daddr 127.0.0.1 tcp dport 8443 redirect to :1",
        ],
        ["nft delete table inet others"],
        "the published port 8443/tcp,",
    ),
}
#: What looks alike, and takes nothing.
HARMLESS = [
    "nft add table ip theirs",
    "nft add chain ip theirs first { type nat hook prerouting priority -110 ; }",
    "nft add rule ip theirs first tcp dport 8081 dnat to 203.0.113.9:1",
    "nft add rule ip theirs first udp dport 8080 dnat to 203.0.113.9:1",
    "nft add rule ip theirs first ip daddr 203.0.113.50 tcp dport 8080 dnat to 203.0.113.9:1",
    "nft add rule ip theirs first tcp dport 8080 accept",
    "nft add chain ip theirs later { type nat hook prerouting priority 10 ; }",
    "nft add rule ip theirs later tcp dport 8080 dnat to 203.0.113.9:1",
    "ip route add 172.16.0.0/12 via 198.51.100.1",
    "ip route add 172.21.0.0/24 via 198.51.100.1",
    "ip link add way0 type veth peer name out0",
    "ip link set way0 master br-front",
]


@pytest.fixture
def host(lab):
    lab.host.module("topology", WORDS)
    return lab.host


def run(host, lines):
    for line in lines:
        host.run(line.split())


def warned(host, **how):
    answer = host.module("topology", WORDS, **how)
    assert not answer["changed"], "it is not ours to change"
    return [json.dumps(each) for each in answer.get("warnings", [])]


def test_what_takes_packets_away_is_named_and_what_looks_alike_is_not(host):
    """One after the other on one host, for every run costs a second."""
    for done, _undone, _said in HARM.values():
        run(host, done)
    for check in (True, False):
        told = warned(host, check=check)
        assert [(what, sum(said in line for line in told)) for what, (_d, _u, said) in HARM.items()] == [
            (what, 1) for what in HARM
        ]
    unheard = host.module("topology", dict(WORDS, firewall="ignore"), check=True)
    assert not any("translates" in json.dumps(each) for each in unheard["warnings"])
    for _done, undone, _said in HARM.values():
        run(host, undone)
    run(host, HARMLESS)
    assert warned(host) == []
