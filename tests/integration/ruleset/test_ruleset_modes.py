# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a network that say who gets in and under which address it leaves."""

from __future__ import annotations

import pytest
from ruleset_wire import Wire, address, endpoints, gateway, on_wire, policies, publish

from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.model import NetworkPolicy, Ruleset

FAMILIES = pytest.mark.parametrize("family", [4, 6])


@pytest.fixture(scope="module")
def host(wire: Wire):
    """The client knows the way to every subnet."""
    wire.ip(
        "client",
        "route add 172.16.0.0/12 via {0}".format(on_wire("host", 4)),
        "route add fd00::/16 via {0}".format(on_wire("host", 6)),
    )
    return wire


@pytest.fixture(scope="module")
def servers(host):
    made = {(name, 80): host.serve(name, 80) for name in ("web", "app", "client")}
    made[("web", 22)] = host.serve("web", 22)
    return made


def load(host, family=4, ports=(), **changes):
    host.load(Ruleset("wire", policies(**changes), endpoints(), tuple(ports)))


@FAMILIES
def test_nat_lets_nobody_in_directly(host, servers, family):
    load(host)
    assert host.blocked("client", address("web", family), 80, servers[("web", 80)])


@FAMILIES
def test_nat_unprotected_lets_in_who_knows_the_way(host, servers, family):
    load(host, front={"gateway_mode": "nat-unprotected"})
    assert host.reach("client", address("web", family), 80, servers[("web", 80)]) == on_wire("client", family)
    assert host.reach("web", on_wire("client", family), 80, servers[("client", 80)]) == on_wire("host", family)
    assert host.blocked("app", address("web", family), 80, servers[("web", 80)])


@FAMILIES
def test_routed_lets_in_published_ports_by_the_containers_address(host, servers, family):
    load(host, ports=[publish("web", 8080, 80, family=family)], front={"gateway_mode": "routed"})
    assert host.reach("client", address("web", family), 80, servers[("web", 80)]) == on_wire("client", family)
    assert host.blocked("client", address("web", family), 22, servers[("web", 22)])
    assert host.blocked("client", on_wire("host", family), 8080, servers[("web", 80)])
    assert host.reach("web", on_wire("client", family), 80, servers[("client", 80)]) == address("web", family)
    assert host.reach("app", address("web", family), 80, servers[("web", 80)])
    assert host.blocked("app", address("web", family), 22, servers[("web", 22)])


@FAMILIES
def test_isolated_is_closed(host, servers, family):
    load(host, front={"gateway_mode": "isolated", "internal": True, "gateway": None})
    assert host.blocked("client", address("web", family), 80, servers[("web", 80)])
    assert host.blocked("web", on_wire("client", family), 80, servers[("client", 80)])
    listener = host.serve("host", 514, "udp")
    assert not host.hears_datagram("web", on_wire("host", family), 514, listener)
    assert not host.hears_datagram("web", gateway("front", family), 514, listener)
    listener.close()


@FAMILIES
def test_a_trusted_interface_gets_in(host, servers, family):
    load(host, front={"trusted_host_interfaces": ("eth0",)})
    assert host.reach("client", address("web", family), 80, servers[("web", 80)]) == on_wire("client", family)
    assert host.blocked("client", address("app", family), 80, servers[("app", 80)])


@FAMILIES
def test_networks_that_both_give_up_isolation_talk(host, servers, family):
    load(host, front={"isolate": False})
    assert host.blocked("web", address("app", family), 80, servers[("app", 80)])
    load(host, front={"isolate": False, "masquerade": False}, other={"isolate": False, "masquerade": False})
    assert host.reach("web", address("app", family), 80, servers[("app", 80)]) == address("web", family)
    assert host.blocked("client", address("app", family), 80, servers[("app", 80)])


@FAMILIES
def test_snat_to_is_the_address_that_the_world_sees(host, servers, family, request):
    chosen = "192.0.2.99" if family == 4 else "2001:db8::99"
    host.ip(
        "host",
        "address replace {0}/{1} dev eth0{2}".format(chosen, 32 if family == 4 else 128, " nodad" * (family == 6)),
    )
    changes = {"snat_to": chosen}
    host.load(
        Ruleset(
            "wire",
            tuple(p for p in policies(front=changes) if p.family == family)
            + tuple(p for p in policies() if p.family != family),
            endpoints(),
        )
    )
    assert host.reach("web", on_wire("client", family), 80, servers[("client", 80)]) == chosen


@FAMILIES
def test_without_masquerade_a_container_is_seen_as_itself_and_answered(host, servers, family):
    load(host, front={"masquerade": False})
    assert host.reach("web", on_wire("client", family), 80, servers[("client", 80)]) == address("web", family)
    assert host.blocked("client", address("web", family), 80, servers[("web", 80)])


def test_a_family_that_a_network_does_not_have_is_closed(host, servers):
    host.load(Ruleset("wire", tuple(p for p in policies(front={"gateway_mode": "nat-unprotected"}) if p.family == 4)))
    assert host.reach("client", address("web", 4), 80, servers[("web", 80)])
    assert host.blocked("client", address("web", 6), 80, servers[("web", 80)])
    assert host.blocked("web", on_wire("client", 6), 80, servers[("client", 80)])


@FAMILIES
def test_an_adopted_bridge_may_lead_to_the_world(host, servers, family):
    """The wire's own interface plays the bridge of somebody else, with an uplink as a port."""
    subnets = {4: "192.0.2.0/28", 6: "2001:db8::/124"}  # the host is in it, the attacker and its like are not
    adopted = tuple(NetworkPolicy("lan", "eth0", f, subnets[f], on_wire("host", f), external=True) for f in (4, 6))
    attacker = host.serve("attacker", 80)
    port = publish("web", 8080, 80, family=family)
    host.load(Ruleset("wire", policies() + adopted, endpoints(), (port,)))
    assert host.reach("web", on_wire("attacker", family), 80, attacker)
    assert host.reach("attacker", on_wire("host", family), 8080, servers[("web", 80)]) == on_wire("attacker", family)
    assert host.blocked("client", address("web", family), 80, servers[("web", 80)])
    attacker.close()


@FAMILIES
def test_without_icc_who_else_is_on_an_adopted_bridge_is_reached_and_our_own_are_not(host, servers, family):
    host.plug("stranger", "apart", 77)
    stranger = "172.23.0.77" if family == 4 else "fd00:23::77"
    load(host, apart={"external": True})
    with host.serve("stranger", 80) as there, host.serve("b", 80) as server, host.serve("c", 80) as neighbour:
        assert host.reach("b", stranger, 80, there) == address("b", family)
        assert host.reach("stranger", address("b", family), 80, server) == stranger
        assert host.blocked("b", address("c", family), 80, neighbour)
