# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pair's comparison: what is declared × what both ends are → the actions, as a table."""

from __future__ import annotations

from dataclasses import replace
from typing import Dict, List, Optional, Tuple

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import ForeignObjectError
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.observe import Observed
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl.read import RTPROT_KERNEL, Link, RouteEntry
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.visits import NamespaceState
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources import connected
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links import veth
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.veth import Veth
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.routes import StaticRoute

ALIAS = "linuxnet.fabric/default web:eth0"
DESIRED = Veth(
    "vethaa",
    "web",
    "eth0",
    ALIAS,
    "web:eth0",
    "02:42:ac:11:00:02",
    1500,
    ("172.17.0.2/16",),
    (StaticRoute("0.0.0.0/0", "172.17.0.1"),),
    "br-front",
    isolated=True,
)
FRONT, BACK = Link(3, "br-front", "bridge"), Link(4, "br-back", "bridge")
OUTER = Link(7, "vethaa", "veth", True, "", 1500, ALIAS, master=3, peer=2, isolated=True, ipv6_link_local=False)
INNER = Link(2, "eth0", "veth", True, "02:42:ac:11:00:02", 1500, ALIAS, peer=7)
DEFAULT = RouteEntry("0.0.0.0/0", "172.17.0.1", oif=2)
CONNECTED = RouteEntry("172.17.0.0/16", oif=2, protocol=RTPROT_KERNEL)


def observed(
    outer: Optional[Link] = OUTER,
    inner: Optional[Link] = INNER,
    addresses: Tuple[str, ...] = ("172.17.0.2/16",),
    routes: Tuple[RouteEntry, ...] = (DEFAULT, CONNECTED),
) -> Observed:
    links = [link for link in (FRONT, BACK, outer) if link is not None]
    own = [route for cidr in addresses for route in connected.of_address(cidr, 2)]
    inside = NamespaceState({inner.ifname: inner} if inner else {}, {2: list(addresses)}, (*routes, *own))
    return Observed(
        {link.ifname: link for link in links},
        {link.index: link for link in links},
        {},
        {},
        {},
        {},
        {"web": inside},
        1,
        {inner.peer: ("web", inner)} if inner else {},
    )


USUAL = {"isolated": False, "hairpin": False, "learning": True, "guard": False}
CASES: Dict[str, Tuple[Observed, List[str]]] = {
    "nothing is there": (
        observed(None, None),
        ["connect web:eth0 (172.17.0.2/16, 02:42:ac:11:00:02) to br-front by vethaa"],
    ),
    "all is there": (observed(), []),
    "the other end is elsewhere": (
        observed(inner=None),
        [
            "replace vethaa of web:eth0, whose other end is not there",
            "connect web:eth0 (172.17.0.2/16, 02:42:ac:11:00:02) to br-front by vethaa",
        ],
    ),
    "another name inside": (
        observed(inner=INNER._replace(ifname="eth9")),
        ["rename eth9 in namespace web to eth0"],
    ),
    "both ends' mtu": (
        observed(OUTER._replace(mtu=9000), INNER._replace(mtu=9000)),
        ["set mtu of vethaa (of web:eth0) from 9000 to 1500", "set mtu of web:eth0 from 9000 to 1500"],
    ),
    "no master": (
        observed(OUTER._replace(master=0, isolated=False)),
        [
            "set master of vethaa (of web:eth0) from none to br-front",
            "set isolated of bridge port vethaa (of web:eth0) on",
        ],
    ),
    "another master": (
        observed(OUTER._replace(master=4)),
        [
            "set master of vethaa (of web:eth0) from br-back to br-front",
            "set isolated of bridge port vethaa (of web:eth0) on",
        ],
    ),
    "port flags": (
        observed(OUTER._replace(isolated=False, hairpin=True)),
        [
            "set isolated of bridge port vethaa (of web:eth0) on",
            "set hairpin of bridge port vethaa (of web:eth0) off",
        ],
    ),
    "moved to another subnet": (
        observed(addresses=("172.18.0.2/16",), routes=(DEFAULT._replace(gateway="172.18.0.1"),)),
        [
            "add 172.17.0.2/16 to web:eth0",
            "remove route default via 172.18.0.1 from web:eth0",
            "add route default via 172.17.0.1 to web:eth0",
            "remove 172.18.0.2/16 from web:eth0",
        ],
    ),
    "a route more": (
        observed(routes=(DEFAULT, CONNECTED, RouteEntry("192.0.2.0/24", "172.17.0.9", oif=2))),
        ["remove route 192.0.2.0/24 via 172.17.0.9 from web:eth0"],
    ),
    "a route over another interface": (
        observed(routes=(DEFAULT, CONNECTED, RouteEntry("192.0.2.0/24", "172.18.0.9", oif=5))),
        [],
    ),
    "the mark of one end taken": (
        observed(OUTER._replace(alias="")),
        ["set alias of vethaa (of web:eth0) from none to " + ALIAS],
    ),
    "the mark of one end changed to another topology's": (
        observed(OUTER._replace(alias="linuxnet.fabric/other web:eth0")),
        ["set alias of vethaa (of web:eth0) from linuxnet.fabric/other web:eth0 to " + ALIAS],
    ),
    "the mark of the inner end taken": (
        observed(inner=INNER._replace(alias="")),
        ["set alias of web:eth0 from none to " + ALIAS],
    ),
    "down inside": (observed(inner=INNER._replace(up=False)), ["set web:eth0 up"]),
    "down outside": (observed(OUTER._replace(up=False)), ["set vethaa (of web:eth0) up"]),
}


@pytest.mark.parametrize("case", CASES)
def test_what_differs_is_one_action_each(case: str) -> None:
    seen, expected = CASES[case]
    assert [action.text for action in veth.compare(DESIRED, seen)] == expected


def test_a_link_local_address_counts_where_it_is_declared_or_not_the_kernels() -> None:
    kernels, ours = "fe80::42:acff:fe11:2/64", "fe80::77/64"
    there = observed(addresses=("172.17.0.2/16", kernels, ours))
    assert [action.text for action in veth.compare(DESIRED, there)] == ["remove fe80::77/64 from web:eth0"]
    for declared in (ours, kernels):
        desired = replace(DESIRED, addresses=("172.17.0.2/16", declared))
        assert [action.text for action in veth.compare(desired, observed())] == ["add {0} to web:eth0".format(declared)]
    both = replace(DESIRED, addresses=("172.17.0.2/16", kernels, ours))
    assert veth.compare(both, there) == []


def test_the_way_back_of_a_new_pair_takes_its_routes_that_lead_nowhere() -> None:
    desired = replace(DESIRED, routes=(StaticRoute("203.0.113.0/24", type="blackhole"),))
    (action,) = veth.compare(desired, observed(None, None, routes=()))
    assert [step.name for step in action.undo] == ["link.delete", "route.delete"]


def test_a_port_moved_back_has_its_flags_again() -> None:
    action = veth.compare(replace(DESIRED, isolated=False), observed(OUTER._replace(master=4)))[0]
    assert [(step.name, dict(step.arguments)) for step in action.undo] == [
        ("link.set", {"netns": None, "ifname": "vethaa", "attributes": {"master": "br-back"}}),
        ("port.set", {"ifname": "vethaa", "flags": dict(USUAL, isolated=True)}),
    ]


def test_a_pair_that_goes_can_come_back_as_it_was() -> None:
    action = veth.remove(OUTER, observed())
    made = action.undo[-1].arguments["link"]
    assert action.text == "disconnect web:eth0 (vethaa)"
    assert (made["addresses"], made["master"], made["flags"]) == (
        ["172.17.0.2/16"],
        "br-front",
        dict(USUAL, isolated=True),
    )
    assert made["routes"] == [route.words() for route in DESIRED.routes]


def test_an_interface_of_somebody_elses_inside_stops_the_run() -> None:
    with pytest.raises(ForeignObjectError, match="interface eth0 in namespace web is not ours"):
        veth.compare(DESIRED, observed(None, INNER._replace(peer=99)))


def test_an_interface_of_somebody_elses_outside_stops_the_run() -> None:
    with pytest.raises(ForeignObjectError, match="interface vethaa"):
        veth.compare(DESIRED, observed(OUTER._replace(alias=""), INNER._replace(alias="")))


GUARDED = replace(DESIRED, learning=False, guard=True)
GUARDED_OUTER = OUTER._replace(learning=False, guard=True, fdb=(DESIRED.mac,))


def test_behind_a_port_that_does_not_learn_is_what_is_declared_and_nothing_else() -> None:
    assert veth.compare(GUARDED, observed(GUARDED_OUTER)) == []
    learning = GUARDED_OUTER._replace(learning=True, guard=False, fdb=("02:00:00:00:00:99",))
    assert [action.text for action in veth.compare(GUARDED, observed(learning))] == [
        "set learning of bridge port vethaa (of web:eth0) off",
        "set guard of bridge port vethaa (of web:eth0) on",
        "keep {0} behind bridge port vethaa (of web:eth0)".format(DESIRED.mac),
        "no longer keep 02:00:00:00:00:99 behind bridge port vethaa (of web:eth0)",
    ]


def test_a_port_that_moved_is_known_to_its_new_bridge_and_on_the_way_back_to_the_old_one() -> None:
    actions = veth.compare(GUARDED, observed(GUARDED_OUTER._replace(master=4)))
    assert "keep {0} behind bridge port vethaa (of web:eth0)".format(DESIRED.mac) in [each.text for each in actions]
    assert [step.name for step in actions[0].undo] == ["link.set", "port.set", "fdb.add"]


def test_a_pair_that_goes_comes_back_with_its_forwarding_entry() -> None:
    made = veth.remove(GUARDED_OUTER, observed(GUARDED_OUTER)).undo[-1].arguments["link"]
    assert (made["fdb"], made["flags"]["learning"], made["flags"]["guard"]) == ([DESIRED.mac], False, True)
