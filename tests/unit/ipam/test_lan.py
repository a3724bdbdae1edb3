# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Leases on the LAN of a macvlan: the host's own address there, what is in use, and several topologies on one LAN."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Sequence, Tuple

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.requests import HostFacts
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError

LAN = {
    "subnet": "192.168.1.0/24",
    "ip_range": "192.168.1.192/27",
    "gateway": "192.168.1.1",
    "set_aside": ("192.168.1.193",),
    "external": True,
    "needs_gateway": False,
    "bridge": "eth0",
    "wires": ("eth0",),
}
HOST = HostFacts(routes=(("192.168.1.0/24", "eth0"),))


class Asked:
    """A LAN on which these addresses are in use."""

    def __init__(self, *taken: str) -> None:
        self.taken = taken
        self.times: List[Tuple[str, List[str]]] = []

    def __call__(self, wires: Sequence[str], addresses: Sequence[str]) -> Mapping[str, str]:
        self.times.append((*wires, [*addresses]))
        return {address: "52:54:00:00:00:99" for address in addresses if address in self.taken}


def declare(leases: Any, lan: Asked, containers: Dict[str, Any], topology: str = "default", **words: Any) -> Any:
    return leases.declare({"lan": {**LAN, **words}}, containers, topology=topology, host=HOST, ask=lan)


def lines(allocation: Any) -> List[str]:
    return [change.text for change in allocation.changes]


def test_what_is_in_use_is_passed_over(leases):
    lan = Asked("192.168.1.192", "192.168.1.195")
    found = declare(leases, lan, {name: {"lan": None} for name in ("a", "b", "c")})
    given = [found.addresses["lan", name, 4] for name in ("a", "b", "c")]
    assert given == ["192.168.1.194", "192.168.1.196", "192.168.1.197"]
    assert {wire for wire, _addresses in lan.times} == {"eth0"}


def test_who_has_a_lease_keeps_it_and_nobody_is_asked(leases):
    declare(leases, Asked(), {"a": {"lan": None}})
    lan = Asked("192.168.1.192")
    assert lines(declare(leases, lan, {"a": {"lan": None}})) == []
    assert lan.times == []


@pytest.mark.parametrize("address", ["192.168.1.1", "192.168.1.193", "192.168.1.200"])
def test_what_is_the_gateways_the_hosts_or_in_use_is_not_given_to_who_writes_it(leases, address):
    with pytest.raises(DeclarationError, match=address):
        declare(leases, Asked("192.168.1.200"), {"a": {"lan": address}})


def test_the_host_has_a_lease_of_its_own_where_it_wants_one(leases):
    found = declare(leases, Asked(), {"a": {"lan": None}}, host_address=True)
    assert found.subnets["lan", 4].host_address == "192.168.1.192"
    assert found.subnets["lan", 4].gateway == "192.168.1.1"
    assert "lease 192.168.1.192 to the host on lan" in lines(found)
    released = declare(leases, Asked(), {"a": {"lan": None}})
    assert lines(released) == ["release 192.168.1.192 of the host on lan"]


def test_two_topologies_on_one_lan_have_the_subnet_together_and_no_address_twice(leases):
    one = declare(leases, Asked(), {"a": {"lan": None}}, topology="one")
    two = declare(leases, Asked(), {"a": {"lan": None}}, topology="two")
    assert one.addresses["lan", "a", 4] != two.addresses["lan", "a", 4]


def test_a_range_that_is_all_in_use_is_told(leases):
    lan = Asked(*("192.168.1.%d" % number for number in range(192, 224)))
    with pytest.raises(DeclarationError, match="no address is free in 192.168.1.0/24 of lan"):
        declare(leases, lan, {"a": {"lan": None}})
