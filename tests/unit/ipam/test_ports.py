# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host ports: who may stand beside whom, and what a process of the host has already."""

from __future__ import annotations

import os
import socket

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.port_probe import probe_port
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.requests import HostFacts, PortRequest
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError


@pytest.fixture(name="leases")
def of_any_store(any_leases):
    return any_leases


def port(container, target, published=None, host_ip=None, protocol="tcp"):
    return PortRequest(container, target, protocol, published, host_ip, path="ports." + container)


@pytest.mark.parametrize(
    "one, other, conflict",
    [
        ((None, "tcp"), (None, "tcp"), True),
        (("127.0.0.1", "tcp"), ("127.0.0.1", "tcp"), True),
        ((None, "tcp"), ("0.0.0.0", "tcp"), True),
        ((None, "tcp"), ("::", "tcp"), True),
        (("0.0.0.0", "tcp"), ("::", "tcp"), False),
        ((None, "tcp"), ("127.0.0.1", "tcp"), False),
        (("127.0.0.1", "tcp"), ("127.0.0.2", "tcp"), False),
        ((None, "tcp"), (None, "udp"), False),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_two_containers_and_one_port(leases, one, other, conflict, turned):
    if turned:
        one, other = other, one
    wanted = [port("a", 80, 8080, *one), port("b", 80, 8080, *other)]
    if conflict:
        with pytest.raises(DeclarationError, match=r"^ports.b: .*8080/tcp is asked for by b, but a holds it.*ports.a"):
            leases.declare(ports=wanted)
    else:
        assert len(leases.declare(ports=wanted).actions) == 2


def test_another_topology_is_named(leases):
    leases.declare(ports=[port("a", 80, 8080)], topology="one")
    with pytest.raises(DeclarationError, match="a of the topology one holds it as 8080/tcp; publish another port"):
        leases.declare(ports=[port("b", 80, 8080)], topology="two")


def test_a_container_may_publish_one_port_twice(leases):
    wanted = [port("a", 80, 8080), port("a", 80, 8081)]
    assert leases.declare(ports=wanted).actions == (
        "lease port 8080/tcp to a for 80/tcp",
        "lease port 8081/tcp to a for 80/tcp",
    )
    assert leases.declare(ports=wanted).actions == ()


def test_a_fixed_port_moves_between_containers_in_one_run(leases):
    leases.declare(ports=[port("a", 80, 8080)])
    assert leases.declare(ports=[port("b", 80, 8080)]).actions == (
        "release port 8080/tcp of a for 80/tcp",
        "lease port 8080/tcp to b for 80/tcp",
    )


def test_a_chosen_port_is_the_lowest_free_one_and_is_kept(leases):
    wanted = [port("a", 7000), port("b", 7000)]
    first = leases.declare(ports=wanted, port_range=(40000, 40009))
    assert [first.ports[request] for request in wanted] == [40000, 40001]
    second = leases.declare(ports=wanted[::-1] + [port("c", 1, 40005)], port_range=(50000, 50009))
    assert [second.ports[request] for request in wanted] == [40000, 40001]


def test_a_chosen_port_is_free_on_every_address_and_not_reserved(leases):
    leases.declare(ports=[port("x", 1, 40000, "127.0.0.1")], topology="other")
    host = HostFacts(ip_local_port_range=(40000, 40010), ip_local_reserved_ports=((40001, 40002), (40004, 40004)))
    asked = []

    def probe(protocol, host_ip, number):
        asked.append((protocol, host_ip, number))
        return "nginx (pid 7)" if number == 40003 else None

    wanted = port("a", 7000)
    assert leases.declare(ports=[wanted], host=host, probe=probe).ports[wanted] == 40005
    assert asked == [("tcp", None, 40003), ("tcp", None, 40005)]


def test_writing_down_the_port_one_has_is_no_change(leases):
    leases.declare(ports=[port("a", 7000)], port_range=(40000, 40009))
    assert leases.declare(ports=[port("a", 7000, 40000)]).actions == ()
    assert leases.declare(ports=[port("a", 7000)]).actions == ()


def test_a_used_up_range_says_so(leases):
    with pytest.raises(DeclarationError, match="ports.b: no tcp port is free in 40000-40000; widen"):
        leases.declare(ports=[port("a", 1), port("b", 1)], port_range=(40000, 40000))


def test_a_port_in_use_names_the_process_and_a_held_one_is_not_asked_about(leases):
    leases.declare(ports=[port("a", 80, 8080)])

    def taken(protocol, host_ip, number):
        return "nginx (pid 812)"

    assert leases.declare(ports=[port("a", 80, 8080)], probe=taken).actions == ()
    with pytest.raises(DeclarationError) as caught:
        leases.declare(ports=[port("a", 80, 8080), port("b", 80, 81, "::1")], probe=taken)
    assert str(caught.value) == (
        "ports.b: the host port [::1]:81/tcp of b is in use by nginx (pid 812); stop it or publish another port"
    )


@pytest.mark.parametrize("protocol, kind", [("tcp", socket.SOCK_STREAM), ("udp", socket.SOCK_DGRAM)])
def test_the_kernel_knows_who_listens(protocol, kind):
    with socket.socket(socket.AF_INET, kind) as listener:
        listener.bind(("127.0.0.1", 0))
        if protocol == "tcp":
            listener.listen()
        number = listener.getsockname()[1]
        expected = "(pid {0})".format(os.getpid())
        assert expected in probe_port(protocol, "127.0.0.1", number)
        assert expected in probe_port(protocol, None, number)
        assert probe_port(protocol, "127.0.0.2", number) is None
        assert probe_port(protocol, "203.0.113.7", number) is None
    assert probe_port(protocol, None, number) is None
