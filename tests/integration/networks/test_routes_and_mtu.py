# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container's packets meet: the size that fits, the routes that are declared, the addresses of the link."""

from __future__ import annotations

import errno
import socket
import struct

import pytest

from tests.lab import wait_for
from tests.lab.talk import addresses

FAMILIES = pytest.mark.parametrize("family", [4, 6])
#: What IP and UDP take of a packet; and the options that forbid to cut it, and tell what is known of the way.
HEADERS = {4: 28, 6: 48}
DISCOVER = {4: (socket.IPPROTO_IP, 10), 6: (socket.IPPROTO_IPV6, 23)}
KNOWN = {4: (socket.IPPROTO_IP, 14), 6: (socket.IPPROTO_IPV6, 24)}
AF = {4: socket.AF_INET, 6: socket.AF_INET6}


def subnets(number):
    return {
        "config": [
            {"subnet": "172.20.{0}.0/24".format(number), "gateway": "172.20.{0}.1".format(number)},
            {"subnet": "fd00:20:{0}::/64".format(number), "gateway": "fd00:20:{0}::1".format(number)},
        ]
    }


def of_party(party, family):
    return party.ipv4 if family == 4 else party.ipv6


# --- mtu --------------------------------------------------------------------------------------------------------------


def whole(talk, place, address, port, family):
    """A connected UDP socket whose packets must not be cut."""
    made = talk.socket(place, AF[family], socket.SOCK_DGRAM)
    made.setsockopt(*DISCOVER[family], 2)  # IP_PMTUDISC_DO, IPV6_PMTUDISC_DO
    made.connect((address, port))
    return made


def sent(made, size):
    try:
        return made.send(b"x" * size)
    except OSError as error:
        assert error.errno == errno.EMSGSIZE
        return 0


@FAMILIES
@pytest.mark.parametrize("declared", [1400, None], ids=["declared", "that of the way out"])
def test_a_packet_of_the_mtu_arrives_and_the_sender_of_a_larger_one_is_told(talk, declare, family, declared):
    host, client = talk.lab.host, talk.lab.client
    mtu = declared or 1450
    client.run(["ip", "-4" if family == 4 else "-6", "route", "flush", "cache"])  # what was told of the way before
    host.run(["ip", "link", "set", "eth0", "mtu", str(1500 if declared else mtu)])
    network = {"enable_ipv6": True, "ipam": subnets(1), **({"mtu": declared} if declared else {})}
    declare({"n": network}, {"web": {"networks": ["n"], "ports": ["5353:53/udp"]}})
    fits = mtu - HEADERS[family]
    with talk.serve("client", 7072, "udp") as listener, talk.serve("web", 53, "udp") as server:
        out = whole(talk, "web", of_party(client, family), 7072, family)
        assert (sent(out, fits + 1), sent(out, fits)) == (0, fits)
        listener.settimeout(10)
        assert len(listener.recv(65535)) == fits
        way_in = whole(talk, "client", of_party(host, family), 5353, family)
        if declared:  # otherwise the wire itself is as narrow, and nobody is there to tell
            sent(way_in, 1500 - HEADERS[family])
            wait_for(lambda: way_in.getsockopt(*KNOWN[family]) == mtu or sent(way_in, 0), what="ICMP: too big")
            way_in.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)  # which told the same
            assert sent(way_in, fits + 1) == 0
        assert sent(way_in, fits) == fits
        server.settimeout(10)
        assert len(server.recv(65535)) == fits
    host.run(["ip", "link", "set", "eth0", "mtu", "1500"])


@FAMILIES
def test_a_datagram_of_many_packets_arrives_whole_and_is_answered(talk, declare, family):
    networks = {"n": {"enable_ipv6": True, "ipam": subnets(1)}}
    networks["apart"] = {"enable_ipv6": True, "ipam": subnets(2), "icc": False}
    containers = {
        "web": {"networks": ["n"], "ports": ["5353:53/udp"]},
        "app": {"networks": ["apart"], "links": ["db"]},
        "db": {"networks": ["apart"], "expose": ["53/udp"]},
    }
    answer = declare(networks, containers)
    at_db = addresses(answer, "db")[family]
    asked = {"web": ("client", of_party(talk.lab.host, family), 5353), "db": ("app", at_db, 53)}
    for server, (place, address, port) in asked.items():
        with talk.serve(server, 53, "udp") as listener, talk.socket(place, AF[family], socket.SOCK_DGRAM) as asking:
            asking.connect((address, port))
            asking.send(b"x" * 4000)
            listener.settimeout(5)
            data, peer = listener.recvfrom(65535)
            listener.sendto(data * 2, peer)
            asking.settimeout(5)
            assert (len(data), len(asking.recv(65535))) == (4000, 8000), server


# --- declared routes --------------------------------------------------------------------------------------------------

FAR = {4: "198.18.{0}.1", 6: "fd00:18:{0}::1"}
WIDE = {4: "198.18.{0}.0/24", 6: "fd00:18:{0}::/64"}
#: An address of the router that no subnet here holds.
STRANGE = {4: "10.99.0.1", 6: "fd99::1"}


def declared_routes(family):
    router = {4: "172.20.1.9", 6: "fd00:20:1::9"}[family]
    wide = WIDE[family].format
    return [
        {"destination": wide(1), "gateway": router},
        {"destination": wide(2), "type": "blackhole"},
        {"destination": wide(3), "type": "unreachable"},
        {"destination": wide(4), "type": "prohibit"},
        {"destination": wide(5), "type": "unreachable", "metric": 200},
        {"destination": wide(5), "gateway": router, "metric": 100},
        {"destination": wide(6), "gateway": STRANGE[family], "onlink": True},
    ]


def router_and_others():
    both = declared_routes(4) + declared_routes(6)
    networks = {"n": {"enable_ipv6": True, "anti_spoofing": False, "ipam": subnets(1), "routes": declared_routes(4)}}
    containers = {
        "router": {"networks": {"n": {"ipv4_address": "172.20.1.9", "ipv6_address": "fd00:20:1::9"}}},
        "m": {"networks": ["n"], "routes": declared_routes(6)},
        "other": {"networks": ["n"]},
    }
    return networks, containers, both


@FAMILIES
def test_declared_routes_lead_where_they_say(talk, declare, family):
    """Of a network in IPv4, of a container in IPv6. What is far away are addresses of the container router."""
    networks, containers, _both = router_and_others()
    declare(networks, containers, twice=True)
    router = talk.lab.host.container("router")
    for number in (1, 5, 6):
        address = "{0}/{1}".format(FAR[family].format(number), 32 if family == 4 else 128)
        router.run(["ip", "address", "replace", address, "dev", "lo"])
    # Nobody else has it, and until the kernel is sure of that it would not answer for it.
    strange = [STRANGE[4] + "/32"] if family == 4 else [STRANGE[6] + "/128", "nodad"]
    router.run(["ip", "address", "replace", strange[0], "dev", "eth0", *strange[1:]])
    with talk.serve("router", 7073) as server:
        for number in (1, 5, 6):
            assert talk.reach("m", FAR[family].format(number), 7073, server), number
    refused = {2: errno.EINVAL, 3: errno.EHOSTUNREACH, 4: errno.EACCES}
    assert {number: talk.error("m", FAR[family].format(number)) for number in refused} == refused
    if family == 6:
        assert talk.error("other", FAR[6].format(3)) == 0  # it goes to the gateway like everything else


def test_declared_routes_come_and_go_on_the_living_container(talk, declare):
    networks, containers, _both = router_and_others()
    declare(networks, containers)
    namespace = talk.lab.host.run(["stat", "-Lc", "%i", "/run/netns/m"]).stdout
    networks["n"]["routes"] = [{"destination": WIDE[4].format(3), "type": "prohibit"}]
    containers["m"]["routes"] = [{"destination": WIDE[6].format(3), "type": "prohibit"}]
    declare(networks, containers, twice=True)
    for family in (4, 6):
        assert talk.error("m", FAR[family].format(3)) == errno.EACCES
        assert talk.error("m", FAR[family].format(2)) == 0
    assert talk.lab.host.run(["stat", "-Lc", "%i", "/run/netns/m"]).stdout == namespace


# --- the link ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["169.254.7.7", "fe80::77"])
def test_a_neighbour_reaches_a_link_local_address(talk, declare, address):
    local = {"n": {"link_local_ips": ["169.254.7.7", "fe80::77"]}}
    peer = {"n": {"link_local_ips": ["169.254.7.8", "fe80::78"]}}
    declare(
        {"n": {"enable_ipv6": True, "ipam": subnets(1)}},
        {"m": {"networks": local}, "o": {"networks": peer}},
        twice=True,
    )
    with talk.serve("m", 7074) as server:
        assert talk.reach("o", address + ("%eth0" if ":" in address else ""), 7074, server)


def advertisement(prefix):
    """A router's announcement of itself and of a prefix, from a container's own address."""
    source = "fe80::42:acff:fe14:109"
    body = struct.pack("!BBHII", 64, 0, 1800, 0, 0)
    body += struct.pack("!BBBBIII", 3, 4, 64, 0xC0, 86400, 14400, 0) + socket.inet_pton(socket.AF_INET6, prefix)
    packed = [socket.inet_pton(socket.AF_INET6, each) for each in (source, "ff02::1")]
    message = struct.pack("!BBH", 134, 0, 0) + body
    data = b"".join(packed) + struct.pack("!II", len(message), 58) + message
    total = sum(struct.unpack("!{0}H".format(len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    message = message[:2] + struct.pack("!H", ~total & 0xFFFF) + message[4:]
    head = struct.pack("!IHBB", 6 << 28, len(message), 58, 255) + b"".join(packed)
    return bytes.fromhex("333300000001" + "0242ac140109" + "86dd") + head + message


def test_a_container_takes_no_router_advertisement_unless_it_asks_for_it(talk, declare):
    """From a neighbour that may send one, for its network has no anti-spoofing."""
    networks = {"n": {"enable_ipv6": True, "anti_spoofing": False, "ipam": subnets(1)}}
    containers = {
        "router": {"networks": {"n": {"ipv4_address": "172.20.1.9"}}},
        "m": {"networks": ["n"]},
        "eager": {"networks": ["n"], "sysctls": {"net.ipv6.conf.eth0.accept_ra": "1"}},
    }
    declare(networks, containers)
    talk.shout("router", advertisement("fd00:ad::"))

    def learned(name):
        routes = talk.lab.host.container(name).json(["ip", "-6", "-j", "route"])
        return [route["dst"] for route in routes if route.get("protocol") == "ra" or "fd00:ad" in route["dst"]]

    wait_for(lambda: len(learned("eager")) == 2, what="a prefix and a default route at the one that asked")
    assert learned("m") == []
    host_routes = talk.lab.host.json(["ip", "-6", "-j", "route"])
    assert not [route for route in host_routes if "fd00:ad" in route["dst"]]
