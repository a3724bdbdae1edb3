# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who gets which address and subnet, who keeps it, and who is told why not."""

from __future__ import annotations

import ipaddress
import sys

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam import pools
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.requests import HostFacts
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import (
    DeclarationError,
    MissingDependencyError,
)


@pytest.fixture(name="leases")
def of_any_store(any_leases):
    return any_leases


FRONT = {"front": "172.20.0.0/24"}


@pytest.mark.parametrize(
    "subnet, first, last",
    [
        ("10.0.0.0/24", "10.0.0.1", "10.0.0.254"),
        ("10.0.0.0/8", "10.0.0.1", "10.255.255.254"),
        ("10.0.0.8/29", "10.0.0.9", "10.0.0.14"),
        ("10.0.0.0/30", "10.0.0.1", "10.0.0.2"),
        ("10.0.0.0/31", "10.0.0.0", "10.0.0.1"),
        ("10.0.0.1/32", "10.0.0.1", "10.0.0.1"),
        ("10.0.16.0/21", "10.0.16.1", "10.0.23.254"),
        ("fd00::/64", "fd00::1", "fd00::ffff:ffff:ffff:ffff"),
        ("fd00::/127", "fd00::", "fd00::1"),
        ("fd00::5/128", "fd00::5", "fd00::5"),
    ],
)
def test_network_and_broadcast_addresses_are_never_usable(subnet, first, last):
    assert pools.usable(subnet) == (pools.number(first), pools.number(last))


def test_the_gateway_is_the_lowest_address_and_containers_follow(leases):
    allocation = leases.declare(FRONT, {"a": {"front": None}, "b": {"front": None}})
    assert allocation.subnets["front", 4].gateway == "172.20.0.1"
    assert dict(allocation.addresses) == {("front", "a", 4): "172.20.0.2", ("front", "b", 4): "172.20.0.3"}
    assert allocation.actions == (
        "lease subnet 172.20.0.0/24 (gateway 172.20.0.1) to front",
        "lease 172.20.0.2 to a:eth0 on front",
        "lease 172.20.0.3 to b:eth0 on front",
    )


def test_a_second_run_changes_nothing(leases):
    first = leases.declare(FRONT, {"a": {"front": None}})
    second = leases.declare(FRONT, {"a": {"front": None}}, host=HostFacts(routes=(("172.20.0.0/24", "br-x"),)))
    assert second.actions == () and second.granted == () and second.released == ()
    assert second.addresses == first.addresses and second.subnets == first.subnets


def test_order_does_not_move_anybody(leases):
    first = leases.declare(FRONT, {name: {"front": None} for name in "abc"})
    second = leases.declare(FRONT, {name: {"front": None} for name in "cxba"})
    assert all(second.addresses[key] == address for key, address in first.addresses.items())
    assert second.actions == ("lease 172.20.0.5 to x:eth0 on front",)


def test_what_is_no_longer_declared_is_released_and_lent_again(leases):
    leases.declare(FRONT, {"old": {"front": None}})
    allocation = leases.declare(FRONT, {"new": {"front": None}})
    assert allocation.actions == ("release 172.20.0.2 of old:eth0 on front", "lease 172.20.0.2 to new:eth0 on front")


def test_ip_range_bounds_what_is_chosen_and_not_what_is_written(leases):
    network = {"front": {"subnet": "172.20.0.0/24", "ip_range": "172.20.0.128/25", "gateway": "172.20.0.1"}}
    allocation = leases.declare(network, {"a": {"front": None}, "b": {"front": "172.20.0.10"}})
    assert allocation.addresses["front", "a", 4] == "172.20.0.128"
    assert allocation.addresses["front", "b", 4] == "172.20.0.10"


def test_a_full_ip_range_says_so(leases):
    network = {"front": {"subnet": "172.20.0.0/24", "ip_range": "172.20.0.128/31"}}
    with pytest.raises(DeclarationError, match="containers.b: no address is free in 172.20.0.0/24 of front"):
        leases.declare(network, {"a": {"front": None}, "b": {"front": None}})


def test_auxiliary_addresses_are_set_aside(leases):
    network = {"front": {"subnet": "172.20.0.0/24", "reserved": (("printer", "172.20.0.2"),)}}
    allocation = leases.declare(network, {"a": {"front": None}})
    assert allocation.addresses["front", "a", 4] == "172.20.0.3"
    with pytest.raises(DeclarationError, match=r"printer \(aux_addresses\) on front holds it"):
        leases.declare(network, {"a": {"front": "172.20.0.2"}})


@pytest.mark.parametrize(
    "address, message",
    [
        ("172.21.0.5", "172.21.0.5 is outside the subnet of front"),
        ("172.20.0.0", "172.20.0.0 is the network or broadcast address of front"),
        ("172.20.0.255", "choose one of 172.20.0.1 to 172.20.0.254"),
        ("172.20.0.1", "the gateway of front holds it"),
    ],
)
def test_addresses_that_nobody_may_have_are_refused(leases, address, message):
    with pytest.raises(DeclarationError, match="^containers.a: .*" + message):
        leases.declare({"front": {"subnet": "172.20.0.0/24", "gateway": "172.20.0.1"}}, {"a": {"front": address}})
    assert leases.rows() == []


def test_a_collision_names_both_owners_and_both_paths(leases):
    with pytest.raises(DeclarationError) as caught:
        leases.declare(FRONT, {"a": {"front": "172.20.0.9"}, "b": {"front": "172.20.0.9"}})
    assert str(caught.value) == (
        "containers.b: 172.20.0.9 is asked for by b:eth0 on front, but a:eth0 on front holds it (containers.a); "
        "choose another address for one of them"
    )


def test_a_chosen_address_is_not_taken_from_its_owner(leases):
    leases.declare(FRONT, {"a": {"front": None}})
    with pytest.raises(DeclarationError, match="a:eth0 on front holds it"):
        leases.declare(FRONT, {"a": {"front": None}, "b": {"front": "172.20.0.2"}})


def test_explicit_addresses_can_change_places_in_one_run(leases):
    leases.declare(FRONT, {"a": {"front": "172.20.0.10"}, "b": {"front": "172.20.0.11"}})
    swapped = leases.declare(FRONT, {"a": {"front": "172.20.0.11"}, "b": {"front": "172.20.0.10"}})
    assert swapped.addresses["front", "a", 4] == "172.20.0.11"
    moved = leases.declare(FRONT, {"c": {"front": "172.20.0.11"}})
    assert moved.addresses["front", "c", 4] == "172.20.0.11"


def test_writing_down_the_address_one_has_is_no_change(leases):
    leases.declare(FRONT, {"a": {"front": None}})
    assert leases.declare(FRONT, {"a": {"front": "172.20.0.2"}}).actions == ()
    assert leases.declare(FRONT, {"a": {"front": None}}).actions == ()


def test_a_changed_subnet_keeps_what_fits(leases):
    leases.declare({"front": "172.20.0.0/16"}, {"a": {"front": None}, "b": {"front": "172.20.9.9"}})
    allocation = leases.declare({"front": "172.20.0.0/24"}, {"a": {"front": None}, "b": {"front": None}})
    assert allocation.addresses["front", "a", 4] == "172.20.0.2"
    assert allocation.addresses["front", "b", 4] == "172.20.0.3"
    assert allocation.subnets["front", 4].gateway == "172.20.0.1"


def test_two_subnets_of_one_host_never_overlap(leases):
    leases.declare(FRONT, topology="one")
    with pytest.raises(DeclarationError, match="172.20.0.0/24 of front of the topology one"):
        leases.declare({"wide": "172.20.0.0/16"}, topology="two")
    with pytest.raises(DeclarationError, match=r"172.30.0.0/16 of a \(networks.a\)"):
        leases.declare({"a": "172.30.0.0/16", "b": "172.30.1.0/24"}, topology="three")


@pytest.mark.parametrize(
    "route, clashes",
    [
        (("172.20.0.0/24", "eth0"), True),
        (("172.20.0.7/32", "wg0"), True),
        (("172.16.0.0/12", "wg0"), False),
        (("0.0.0.0/0", "eth0"), False),
        (("172.20.0.0/24", "br-front"), False),
        (("fd00::/64", "eth0"), False),
    ],
)
def test_an_explicit_subnet_takes_no_traffic_from_another_interface(leases, route, clashes):
    network = {"front": {"subnet": "172.20.0.0/24", "bridge": "br-front"}}
    if clashes:
        with pytest.raises(DeclarationError, match="overlaps the route .* of the interface"):
            leases.declare(network, host=HostFacts(routes=(route,)))
    else:
        assert leases.declare(network, host=HostFacts(routes=(route,))).actions


def test_a_subnet_that_another_network_keeps_is_refused_by_that_network_s_name(leases):
    """It named the subnet once, and has it until it is gone."""
    leases.declare({"front": {"subnet": "172.20.0.0/24", "bridge": "br-front"}})
    networks = {"front": {"bridge": "br-front"}, "back": {"subnet": "172.20.0.0/24", "bridge": "br-back"}}
    with pytest.raises(DeclarationError, match=r"of back overlaps 172.20.0.0/24 of front \(networks.front\)"):
        leases.declare(networks, host=HostFacts(routes=(("172.20.0.0/24", "br-front"),)))


def test_a_renamed_network_takes_its_subnet_along(leases):
    leases.declare({"old": {"subnet": "172.20.0.0/24", "bridge": "br-old"}})
    host = HostFacts(routes=(("172.20.0.0/24", "br-old"),))
    assert leases.declare({"new": {"subnet": "172.20.0.0/24", "bridge": "br-new"}}, host=host).actions == (
        "release subnet 172.20.0.0/24 (gateway 172.20.0.1) of old",
        "lease subnet 172.20.0.0/24 (gateway 172.20.0.1) to new",
    )


@pytest.mark.parametrize(
    "host, chosen",
    [
        ({}, "172.17.0.0/16"),
        ({"routes": (("172.17.0.0/16", "docker0"),)}, "172.18.0.0/16"),
        ({"routes": (("172.17.42.1/32", "wg0"),)}, "172.18.0.0/16"),
        ({"routes": (("172.16.0.0/12", "wg0"),)}, "192.168.0.0/20"),
        ({"routes": (("172.16.0.0/12", "wg0"), ("192.168.1.0/24", "eth0"))}, "192.168.16.0/20"),
        ({"routes": (("0.0.0.0/0", "eth0"), ("::/0", "eth0"))}, "172.17.0.0/16"),
        ({"routes": (("172.17.0.0/16", "br-net"),)}, "172.17.0.0/16"),
        ({"nameservers": ("172.17.0.53", "fe80::1%eth0")}, "172.18.0.0/16"),
    ],
)
def test_a_chosen_subnet_is_the_lowest_that_overlaps_nothing(leases, host, chosen):
    allocation = leases.declare({"net": {"bridge": "br-net"}}, host=HostFacts(**host))
    assert allocation.subnets["net", 4].subnet == chosen


def test_a_chosen_subnet_avoids_other_leases_and_is_kept(leases):
    leases.declare({"a": "172.17.5.0/24"}, topology="other")
    first = leases.declare({"x": None, "y": None})
    assert [first.subnets[name, 4].subnet for name in "xy"] == ["172.18.0.0/16", "192.168.0.0/20"]
    late = HostFacts(routes=(("172.18.0.0/16", "tun0"),))
    assert leases.declare({"x": None, "y": None}, host=late).actions == ()


def test_used_up_pools_say_what_to_do(leases):
    with pytest.raises(DeclarationError, match="networks.b: no subnet is left .*10.0.0.0/24 by /24.*add a pool"):
        leases.declare({"a": None, "b": None}, pools=(("10.0.0.0/24", 24),))


def test_ipv6_networks_get_a_64_of_this_host_s_unique_local_prefix(leases):
    six = {"family": 6}
    allocation = leases.declare({"a": six, "b": six}, {"c": {"a/6": None}})
    a, b = (ipaddress.ip_network(allocation.subnets[name, 6].subnet) for name in "ab")
    prefix = ipaddress.ip_network(pools.unique_local_prefix("a host"))
    assert prefix.subnet_of(ipaddress.ip_network("fd00::/8")) and prefix.prefixlen == 48
    assert a.prefixlen == b.prefixlen == 64 and a.subnet_of(prefix) and not a.overlaps(b)
    assert ipaddress.ip_address(allocation.addresses["a", "c", 6]) == a[2]


@pytest.mark.parametrize("subnet, count", [("10.0.0.0/31", 2), ("10.0.0.4/32", 1), ("fd00::/127", 2)])
def test_point_to_point_subnets_use_all_they_have(leases, subnet, count):
    family = 6 if ":" in subnet else 4
    network = {"link": {"subnet": subnet, "needs_gateway": False}}
    names = ["c{0}".format(index) for index in range(count)]
    allocation = leases.declare(network, {name: {"link/{0}".format(family): None} for name in names})
    assert [allocation.addresses["link", name, family] for name in names] == [
        str(address) for address in ipaddress.ip_network(subnet)
    ]


def test_a_foreign_bridge_may_serve_two_topologies_without_double_addresses(leases):
    bridge = {"lan": {"subnet": "10.9.0.0/24", "gateway": "10.9.0.1", "external": True}}
    one = leases.declare(bridge, {"a": {"lan": None}}, topology="one", host=HostFacts(routes=(("10.9.0.0/24", "lan"),)))
    two = leases.declare(bridge, {"a": {"lan": None}}, topology="two")
    assert one.addresses["lan", "a", 4] == "10.9.0.2" and two.addresses["lan", "a", 4] == "10.9.0.3"
    with pytest.raises(DeclarationError, match="belongs to the bridge of lan"):
        leases.declare(bridge, {"a": {"lan": "10.9.0.1"}}, topology="three")


def test_one_lease_by_hand_releases_nobody(leases):
    leases.declare(FRONT, {"a": {"front": None}}, topology="hand")
    allocation = leases.declare({}, {"b": {"front": None}}, topology="hand", release_others=False)
    assert allocation.actions == ("lease 172.20.0.3 to b:eth0 on front",)
    assert len([row for row in leases.rows("hand") if row["kind"] == "address"]) == 3


def test_one_lease_by_hand_does_not_move_a_network_under_the_others(leases):
    leases.declare(FRONT, {"a": {"front": None}}, topology="hand")
    with pytest.raises(DeclarationError, match="release the network before"):
        leases.declare({"front": "172.21.0.0/24"}, topology="hand", release_others=False)


def test_a_removed_topology_leaves_nothing(leases):
    leases.declare(FRONT, {"a": {"front": None}}, topology="kept-not")
    leases.declare({"back": "172.21.0.0/24"}, topology="kept")
    assert "release subnet 172.20.0.0/24 (gateway 172.20.0.1) of front" in leases.remove("kept-not").actions
    assert {row["topology"] for row in leases.rows()} == {"kept"}


def test_without_netaddr_only_chosen_subnets_are_impossible(leases, monkeypatch):
    monkeypatch.setitem(sys.modules, "netaddr", None)
    assert leases.declare(FRONT).actions
    with pytest.raises(MissingDependencyError, match="netaddr is needed to choose a subnet"):
        leases.declare({"net": None})
