# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A check that is told what the topologies before it will leave sees the host so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, Optional, Tuple

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.beside import Beside, foreseen
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.desired import Desired
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.plan import plan
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.allocate import allocate
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.requests import (
    AddressRequest,
    Allocation,
    HostFacts,
    LeaseRequests,
    SubnetRequest,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.store import open_store
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import ForeignObjectError
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.facts import Reading
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.marks import HandleMark
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.names import alias
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.observe import Observed
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl.read import Link, RouteEntry
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.forwarding import Claim, ForwardingRecord
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.bridge import Bridge
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.netns import Netns

FRONT = Bridge("br-front", alias("shop", "network front"), ("10.1.0.1/24",))
HELD = Link(7, "br-front", "bridge", True, alias=FRONT.alias)
SHOP = Desired("shop", links=(FRONT,), namespaces=(Netns("web", "shop"),))
NOTHING = Desired("shop")


def told(desired: Desired, allocation: Optional[Allocation] = None, record: Optional[ForwardingRecord] = None) -> Any:
    """As it comes back from the controller."""
    return json.loads(json.dumps(foreseen(desired, allocation or Allocation(), record or ForwardingRecord())))


def host(*links: Link, **marks: HandleMark) -> Observed:
    by_index = {link.index: link for link in links}
    handles: Dict[str, Any] = {name: mark.inode for name, mark in marks.items()}
    return Observed({link.ifname: link for link in links}, by_index, {}, {}, handles, marks, {}, 1)


@pytest.mark.parametrize(
    ("second", "refused"),
    [
        (Desired("blog", namespaces=(Netns("web", "blog"),)), "namespace web .* belongs to the topology shop"),
        (
            Desired("blog", links=(Bridge("br-front", alias("blog", "network front"), ()),)),
            "interface br-front belongs to the topology shop",
        ),
    ],
)
def test_a_name_that_somebody_takes_first_is_refused_before_it_is_there(second: Desired, refused: str) -> None:
    assert plan(second, host(), None, {})
    with pytest.raises(ForeignObjectError, match=refused):
        plan(second, Beside([told(SHOP)]).observed(host()), None, {})


def test_a_name_that_somebody_gives_up_first_is_free() -> None:
    second = Desired("blog", namespaces=(Netns("web", "blog"),))
    there = host(HELD, web=HandleMark("shop", 42))
    with pytest.raises(ForeignObjectError):
        plan(second, there, None, {})
    assert plan(second, Beside([told(NOTHING)]).observed(there), None, {})


def test_what_goes_has_no_routes_any_more() -> None:
    over_it, other = RouteEntry("10.1.0.0/24", oif=7), RouteEntry("10.2.0.0/24", oif=2)
    reading = Reading({7: HELD, 2: Link(2, "eth0")}, (over_it, other))
    assert Beside([told(SHOP)]).facts(reading).routes == (over_it, other)
    assert Beside([told(NOTHING)]).facts(reading).routes == (other,)


def test_the_last_one_says_what_the_table_of_all_will_have() -> None:
    claims = {"shop": Claim((4,), ("br-front",)), "blog": Claim((4,), ("br-blog",))}
    first = ForwardingRecord({"net/ipv4/ip_forward": "0"}, {"shop": claims["shop"]})
    both = ForwardingRecord({"net/ipv4/ip_forward": "0"}, claims)
    beside = Beside([told(SHOP, record=first), told(Desired("blog"), record=both)])
    assert '"br-front",' in str(beside.rules(ForwardingRecord())) and '"br-blog",' in str(beside.rules(first))
    assert beside.rules(both) is None, "nothing is to be pretended where all is as it will be"
    assert Beside([told(NOTHING)]).rules(both) == "table inet fabric\ndelete table inet fabric\n"


def asks(topology: str) -> LeaseRequests:
    """An address on the host's LAN, which many topologies may be on."""
    lan = SubnetRequest("lan", 4, "192.0.2.0/24", external=True, needs_gateway=False)
    return LeaseRequests(topology, (lan,), (AddressRequest("lan", "web", "eth0", 4),))


def leased(where: Path, topology: str, *before: Any) -> Tuple[str, Allocation]:
    with open_store(True, where=str(where / "leases.db")) as store:
        store.begin()
        Beside(before).leases(store)
        found = allocate(store, asks(topology), HostFacts(), ask=lambda _wires, _addresses: {})
    return found.addresses["lan", "web", 4], found


def test_on_one_lan_each_chooses_what_those_before_it_leave(tmp_path: Path) -> None:
    first, of_shop = leased(tmp_path, "shop")
    assert leased(tmp_path, "blog")[0] == first
    second, of_blog = leased(tmp_path, "blog", told(SHOP, of_shop))
    third, _of_lab = leased(tmp_path, "lab", told(SHOP, of_shop), told(Desired("blog"), of_blog))
    assert len({first, second, third}) == 3
