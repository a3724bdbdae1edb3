# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bytes that arrive, and bytes that do not: published ports, isolation, neighbours."""

from __future__ import annotations

import socket
import struct
from contextlib import contextmanager

import pytest
from ruleset_wire import (
    Wire,
    address,
    crc32c,
    endpoints,
    ethernet,
    gateway,
    ip4,
    ip6,
    link,
    mac,
    on_wire,
    packed,
    policies,
    publish,
    sctp_init,
    udp,
)

from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.model import Ruleset
from tests.lab.talk import DEADLINE, MOMENT

FAMILIES = pytest.mark.parametrize("family", [4, 6])


def ruleset(**changes):
    ports = []
    for family in (4, 6):
        ports += [
            publish("web", 8080, 80, family=family),
            publish("web", 5353, 53, "udp", family),
            publish("app", 8081, 80, family=family),
            publish("web2", 8080, 80, family=family, host_ip=gateway("other", family)),
            publish("b", 8090, 5432, family=family),
            publish("web", 2905, 2906, "sctp", family),
            publish("web2", 2905, 80, family=family),
        ]
    ports.append(publish("web", 8443, 443, host_ip="127.0.0.1"))
    ports.append(publish("web", 8444, 443, "udp", host_ip="127.0.0.1"))
    ports.append(publish("web", 8443, 443, family=6, host_ip="::1"))
    ports.append(publish("app", 8444, 443, "udp", family=6, host_ip="::1"))
    ports.append(publish("app", 8445, 443, "udp", family=6))
    links = link("a", "b", "tcp", 5432) + link("a", "b", "udp", 5432)
    return Ruleset("wire", policies(**changes), endpoints(), tuple(ports), tuple(links))


@pytest.fixture(scope="module")
def host(wire):
    wire.load(ruleset())
    return wire


@pytest.fixture(scope="module")
def servers(host: Wire):
    made = {(name, 80): host.serve(name, 80) for name in ("web", "web2", "app", "vault", "vault2", "b", "c", "client")}
    made[("web", 53)] = host.serve("web", 53, "udp")
    made[("web", 443)] = host.serve("web", 443)
    made[("web", "443u")] = host.serve("web", 443, "udp")
    made[("app", "443u")] = host.serve("app", 443, "udp")
    made[("b", 5432)] = host.serve("b", 5432)
    return made


@FAMILIES
def test_a_published_port_answers_an_outside_client_and_sees_its_real_address(host, servers, family):
    seen = host.reach("client", on_wire("host", family), 8080, servers[("web", 80)])
    assert seen == on_wire("client", family)
    seen = host.reach("client", on_wire("host", family), 5353, servers[("web", 53)])
    assert seen == on_wire("client", family)


@FAMILIES
def test_a_published_port_answers_the_host_on_each_of_its_addresses(host, servers, family):
    for target in (on_wire("host", family), gateway("front", family), gateway("inside", family)):
        # Asked by its own gateway: a container that is also on another network would answer that one's elsewhere.
        assert host.reach("host", target, 8080, servers[("web", 80)]) == gateway("front", family), target


def test_a_published_port_answers_the_host_on_127_0_0_1(host, servers):
    assert host.reach("host", "127.0.0.1", 8080, servers[("web", 80)]) == gateway("front", 4)
    assert host.reach("host", "127.0.0.1", 5353, servers[("web", 53)]) == gateway("front", 4)
    assert host.reach("host", "127.0.0.1", 8443, servers[("web", 443)]) == gateway("front", 4)


def test_a_published_port_answers_the_host_on_its_ipv6_loopback_address(host, servers):
    assert host.reach("host", "::1", 8080, servers[("web", 80)]) == gateway("front", 6)
    assert host.reach("host", "::1", 5353, servers[("web", 53)]) == gateway("front", 6)
    assert host.reach("host", "::1", 8443, servers[("web", 443)]) == gateway("front", 6)
    assert host.reach("host", "::1", 8444, servers[("app", "443u")]) == gateway("other", 6)
    with host.serve("host", 7778) as server:  # nobody publishes that
        assert host.reach("host", "::1", 7778, server) == "::1"
    for source in ("client", "web2", "app"):
        assert host.blocked(source, on_wire("host", 6), 8443, servers[("web", 443)])


def test_who_calls_the_ipv6_loopback_address_may_have_any_address_and_any_port(host, servers):
    with host.serve("host", 7779) as server:  # nobody publishes that, and 8081 is a published port
        assert host.reach("host", "::1", 7779, server, bind=("::1", 8081)) == "::1"
        assert host.reach("host", "::1", 7779, server, bind=(on_wire("host", 6), 0)) == on_wire("host", 6)
    for own in (on_wire("host", 6), gateway("front", 6), gateway("other", 6)):
        assert host.reach("host", "::1", 8080, servers[("web", 80)], bind=(own, 0)), own


@FAMILIES
def test_a_published_port_answers_the_container_itself_its_neighbour_and_other_networks(host, servers, family):
    for source in ("web", "web2", "app"):
        assert host.reach(source, on_wire("host", family), 8080, servers[("web", 80)]), source
        assert host.reach(source, on_wire("host", family), 5353, servers[("web", 53)]), source
    assert host.reach("web2", gateway("front", family), 8080, servers[("web", 80)])
    assert host.reach("web", gateway("front", family), 8081, servers[("app", 80)])


@FAMILIES
def test_a_specific_address_beats_the_wildcard(host, servers, family):
    assert host.reach("client", on_wire("host", family), 8080, servers[("web", 80)])
    assert host.reach("host", gateway("other", family), 8080, servers[("web2", 80)])


@FAMILIES
def test_what_is_not_published_cannot_be_reached_by_a_machine_that_adds_a_route(host, servers, family):
    for party in ("attacker",):
        subnet = "172.16.0.0/12" if family == 4 else "fd00::/16"
        host.ip(party, "route replace {0} via {1}".format(subnet, on_wire("host", family)))
    for name in ("web", "app", "vault", "b"):
        assert host.blocked("attacker", address(name, family), 80, servers[(name, 80)]), name


def test_a_port_published_on_loopback_cannot_be_reached_from_the_wire(host, servers):
    host_mac, own = host.mac_of("host", "eth0"), host.mac_of("attacker", "eth0")
    ear = host.ear("web")

    def send(target, port, token):
        packet = ip4("192.0.2.66", target, 17, udp("192.0.2.66", target, 4000, port, token))
        host.shout("attacker", ethernet(own, host_mac, 0x0800, packet))

    send("127.0.0.1", 8444, b"crafted")
    send("127.0.0.1", 5353, b"crafted")
    send(on_wire("host", 4), 5353, b"control")
    assert [frame for frame in host.until(ear, b"control") if b"crafted" in frame] == []


def test_nothing_from_the_wire_joins_a_connection_to_a_port_published_on_loopback(host, servers):
    """Not even where somebody has the host take loopback addresses from its wire."""
    ear = host.ear("web")
    with host.inside("host"):
        asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        asking.bind(("127.0.0.1", 4444))
        asking.sendto(b"begin", ("127.0.0.1", 8444))
        host.until(ear, b"begin")
        taking = ("route_localnet", "accept_local")
        for setting in taking:
            host.sysctl("net/ipv4/conf/eth0/" + setting, "1")
    packet = ip4("127.0.0.1", "127.0.0.1", 17, udp("127.0.0.1", "127.0.0.1", 4444, 8444, b"crafted"))
    host.shout("attacker", ethernet(host.mac_of("attacker", "eth0"), host.mac_of("host", "eth0"), 0x0800, packet))
    with host.inside("host"):
        for setting in taking:
            host.sysctl("net/ipv4/conf/eth0/" + setting, "0")
        asking.sendto(b"control", ("127.0.0.1", 8444))
        asking.close()
    assert [frame for frame in host.until(ear, b"control") if b"crafted" in frame] == []


def test_a_port_published_on_ipv6_loopback_cannot_be_reached_from_the_wire(host, servers):
    """The kernel itself drops ::1 from the wire, as source or target."""
    host_mac, own = host.mac_of("host", "eth0"), host.mac_of("attacker", "eth0")
    ear = host.ear("web")

    def send(source, target, port, token):
        packet = ip6(source, target, 17, udp(source, target, 4000, port, token))
        host.shout("attacker", ethernet(own, host_mac, 0x86DD, packet))

    for target, port in (("::1", 5353), ("::1", 8444)):
        send(on_wire("attacker", 6), target, port, b"crafted")
    send("::1", on_wire("host", 6), 5353, b"crafted")
    send(on_wire("attacker", 6), on_wire("host", 6), 5353, b"control")
    assert [frame for frame in host.until(ear, b"control") if b"crafted" in frame] == []

    ear, bridge = host.ear("app"), host.mac_of("host", "br-front")
    for target, port, token in (("::1", 8444, b"crafted"), (gateway("front", 6), 8445, b"control")):
        packet = ip6(address("web", 6), target, 17, udp(address("web", 6), target, 4000, port, token))
        host.shout("web", ethernet(mac("web"), bridge, 0x86DD, packet))
    assert [frame for frame in host.until(ear, b"control") if b"crafted" in frame] == []


def test_loopback_of_the_host_is_out_of_a_containers_reach(host, servers):
    server = host.serve("host", 7777)
    host.ip("web", "route replace 127.0.0.0/8 via 172.20.0.1 dev eth0 table 77")
    host.ip("web", "rule del pref 0", "rule add to 127.0.0.0/8 lookup 77 pref 0", "rule add lookup local pref 1")
    with host.inside("web"):
        host.sysctl("net/ipv4/conf/eth0/route_localnet", "1")
    assert host.blocked("web", "127.0.0.1", 7777, server)
    host.ip("web", "rule del pref 1", "rule del pref 0", "rule add lookup local pref 0")


@FAMILIES
def test_a_published_sctp_port_is_translated(host, servers, family):
    """Crafted, for a kernel may be able to track and translate SCTP and yet have no sockets for it."""
    ear, host_mac = host.ear("web"), host.mac_of("host", "eth0")
    source, target = on_wire("client", family), on_wire("host", family)

    def send(port, tag):
        packet = sctp_init(4000 + (tag & 0xFF), port, tag)
        packet = ip4(source, target, 132, packet) if family == 4 else ip6(source, target, 132, packet)
        frame = ethernet(host.mac_of("client", "eth0"), host_mac, 0x0800 if family == 4 else 0x86DD, packet)
        host.shout("client", frame)

    for port, tag in ((2906, 0x5C790001), (5353, 0x5C790002), (2905, 0x5C790003)):
        send(port, tag)
    frames = [frame for frame in host.until(ear, b"\x5c\x79\0\x03") if b"\x5c\x79\0" in frame]
    assert len(frames) == 1  # nothing of the port that is not published, nor of the one that is published for UDP
    sent = frames[0][14 + (20 if family == 4 else 40) :]
    assert sent[:4] == struct.pack("!HH", 4003, 2906)
    assert sent[8:12] == struct.pack("<I", crc32c(sent[:8] + b"\0" * 4 + sent[12:]))
    assert packed(source) in frames[0] and packed(address("web", family)) in frames[0]


@FAMILIES
def test_the_same_number_for_another_protocol_is_another_port(host, servers, family):
    assert host.reach("client", on_wire("host", family), 2905, servers[("web2", 80)])


@FAMILIES
def test_two_networks_cannot_talk_but_over_published_ports(host, servers, family):
    assert host.blocked("app", address("web", family), 80, servers[("web", 80)])
    assert host.blocked("web", address("app", family), 80, servers[("app", 80)])
    assert host.reach("web", on_wire("host", family), 8081, servers[("app", 80)])


@FAMILIES
def test_an_internal_network_has_no_way_in_or_out(host, servers, family):
    assert host.reach("vault", address("vault2", family), 80, servers[("vault2", 80)])
    assert host.reach("host", address("vault", family), 80, servers[("vault", 80)])
    assert host.blocked("vault", on_wire("client", family), 80, servers[("client", 80)])
    assert host.blocked("vault", on_wire("host", family), 8080, servers[("web", 80)])
    assert host.blocked("vault", gateway("inside", family), 8080, servers[("web", 80)])
    assert host.blocked("vault", address("web", family), 80, servers[("web", 80)])
    assert host.blocked("web", address("vault", family), 80, servers[("vault", 80)])


@FAMILIES
def test_an_internal_network_reaches_the_host_by_its_own_gateway_and_by_no_other_address(host, servers, family):
    with host.serve("host", 2222) as server:
        assert host.reach("vault", gateway("inside", family), 2222, server) == address("vault", family)
        assert host.blocked("vault", on_wire("host", family), 2222, server)
        assert host.blocked("vault", gateway("front", family), 2222, server)
    with host.serve("host", 2222, "udp") as server:  # one way is a way, too
        assert host.hears_datagram("vault", gateway("inside", family), 2222, server)
        assert not host.hears_datagram("vault", on_wire("host", family), 2222, server)


def test_an_internal_network_does_not_reach_the_host_by_a_link_local_address(host, servers):
    host.ip("host", "address replace fe80::1/64 dev br-inside nodad", "address replace fe80::1/64 dev br-front nodad")
    with host.serve("host", 2223) as server:
        assert host.reach("web", "fe80::1%eth0", 2223, server)
        assert host.blocked("vault", "fe80::1%eth0", 2223, server)


@FAMILIES
def test_what_leaves_is_masqueraded(host, servers, family):
    assert host.reach("web", on_wire("client", family), 80, servers[("client", 80)]) == on_wire("host", family)


@FAMILIES
def test_what_goes_to_many_is_not_masqueraded(host, servers, family):
    """Routed on by this kernel's own multicast router, with a route as a daemon would make it."""
    group = "239.1.2.3" if family == 4 else "ff1e::123"
    with multicast_route(host, family, address("web", family), group):
        ear = host.ear("client")
        sender = host.socket("web", socket.AF_INET if family == 4 else socket.AF_INET6, socket.SOCK_DGRAM)
        sender.setsockopt(*((0, 33) if family == 4 else (41, 18)), 8)  # so many hops
        sender.connect((group, 4001))
        sender.send(b"to many")
        (frame,) = [frame for frame in host.until(ear, b"to many") if b"to many" in frame]
        assert packed(address("web", family)) in frame


def test_a_broadcast_to_another_network_is_not_masqueraded(host, servers):
    with host.inside("host"):
        for name in ("all", "br-front"):
            host.sysctl("net/ipv4/conf/{0}/bc_forwarding".format(name), "1")
    ear = host.ear("client")
    sender = host.socket("web", socket.AF_INET, socket.SOCK_DGRAM)
    sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sender.sendto(b"to all", ("192.0.2.255", 4001))
    (frame,) = [frame for frame in host.until(ear, b"to all") if b"to all" in frame]
    assert packed(address("web", 4)) in frame


@contextmanager
def multicast_route(host, family, source, group):
    """From br-front to the wire."""
    level, kind = (0, socket.AF_INET) if family == 4 else (41, socket.AF_INET6)
    router = host.socket("host", kind, socket.SOCK_RAW, 2 if family == 4 else 58)
    router.setsockopt(level, 200, 1)  # MRT_INIT
    with host.inside("host"):
        indices = [socket.if_nametoindex(name) for name in ("br-front", "eth0")]
    for number, index in enumerate(indices):
        if family == 4:  # struct vifctl with VIFF_USE_IFINDEX, struct mif6ctl
            router.setsockopt(level, 202, struct.pack("@HBBIiI", number, 8, 1, 0, index, 0))
        else:
            router.setsockopt(level, 202, struct.pack("@HBBHxxI", number, 0, 1, index, 0))
    if family == 4:  # struct mfcctl, struct mf6cctl
        ways = bytes([0, 1]) + bytes(30)
        router.setsockopt(level, 204, struct.pack("@4s4sH32sIIIi", packed(source), packed(group), 0, ways, 0, 0, 0, 0))
    else:
        ends = [struct.pack("=HHI16sI", socket.AF_INET6, 0, 0, packed(each), 0) for each in (source, group)]
        router.setsockopt(level, 204, ends[0] + ends[1] + struct.pack("@Hxx32s", 0, bytes([2]) + bytes(31)))
    yield
    router.setsockopt(level, 201, b"")  # MRT_DONE
    router.close()


@FAMILIES
def test_transit_traffic_to_somebody_elses_port_is_not_hijacked(host, servers, family):
    server = host.serve("client", 8080, address=on_wire("client", family))
    assert host.reach("web", on_wire("client", family), 8080, server) == on_wire("host", family)


@FAMILIES
def test_without_icc_neighbours_are_apart_and_a_link_opens_what_it_names(host, servers, family):
    assert host.reach("a", address("b", family), 5432, servers[("b", 5432)]) == address("a", family)
    assert host.blocked("a", address("b", family), 80, servers[("b", 80)])
    assert host.blocked("c", address("b", family), 5432, servers[("b", 5432)])
    assert host.blocked("b", address("c", family), 80, servers[("c", 80)])
    # nor by way of the gateway
    for source in ("b", "c"):
        host.ip(source, "neighbour flush dev eth0")
    host.ip("c", "route replace {0} via {1}".format(address("b", family), gateway("apart", family)))
    assert host.blocked("c", address("b", family), 80, servers[("b", 80)])
    # but a published port is everybody's
    assert host.reach("c", on_wire("host", family), 8090, servers[("b", 5432)])
    assert host.reach("a", on_wire("host", family), 8090, servers[("b", 5432)])
    assert host.reach("b", on_wire("host", family), 8090, servers[("b", 5432)])
    assert host.reach("c", on_wire("client", family), 80, servers[("client", 80)])
    assert host.reach("client", on_wire("host", family), 8090, servers[("b", 5432)])


@FAMILIES
def test_a_link_carries_a_datagram_of_many_packets(host, servers, family):
    with host.serve("b", 5432, "udp", address("b", family)) as server:
        kind = socket.AF_INET if family == 4 else socket.AF_INET6
        for source, arrives in (("a", True), ("c", False)):
            with host.socket(source, kind, socket.SOCK_DGRAM) as asking:
                asking.sendto(b"x" * 4000, (address("b", family), 5432))
            server.settimeout(DEADLINE if arrives else MOMENT)
            try:
                assert (len(server.recv(65535)) == 4000) == arrives
            except socket.timeout:
                assert not arrives
