# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bridge's comparison: what is declared × what is there → the actions, as a table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, List, Tuple

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import ForeignObjectError
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.observe import Observed
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl.read import Link
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources import connected
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links import bridge
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.bridge import Bridge

ALIAS = "linuxnet.fabric/default network front"
ALTNAME = "fabric,default,network,front"
LOCALNET = "net/ipv4/conf/br-front/route_localnet"
DESIRED = Bridge("br-front", ALIAS, ("172.17.0.1/16",), 1500, "02:42:ac:11:00:01", sysctls=((LOCALNET, "1"),))
LINK = Link(
    7,
    "br-front",
    "bridge",
    True,
    "02:42:ac:11:00:01",
    1500,
    ALIAS,
    ageing_time=300,
    multicast_snooping=True,
    no_linklocal_learn=True,
    altnames=(ALTNAME,),
)


def observed(*links: Link, addresses: Tuple[str, ...] = ("172.17.0.1/16",), **sysctls: str) -> Observed:
    return Observed(
        links={link.ifname: link for link in links},
        by_index={link.index: link for link in links},
        addresses={link.index: list(addresses) for link in links},
        sysctls={LOCALNET: sysctls.get("localnet", "1")},
        handles={},
        marks={},
        namespaces={},
        own_inode=1,
        routes=tuple(route for link in links for cidr in addresses for route in connected.of_address(cidr, link.index)),
    )


CASES: Dict[str, Tuple[Observed, List[str]]] = {
    "nothing is there": (observed(), ["create bridge br-front (172.17.0.1/16, mtu 1500)"]),
    "all is there": (observed(LINK), []),
    "a link-local address of the kernel's": (
        observed(LINK, addresses=("172.17.0.1/16", "fe80::42:acff:fe11:1/64")),
        [],
    ),
    "another mtu": (observed(LINK._replace(mtu=9000)), ["set mtu of br-front from 9000 to 1500"]),
    "another mac": (
        observed(LINK._replace(mac="02:00:00:00:00:01")),
        ["set mac of br-front from 02:00:00:00:00:01 to 02:42:ac:11:00:01"],
    ),
    "stp on": (observed(LINK._replace(stp=True)), ["set stp of br-front from True to False"]),
    "another ageing time": (observed(LINK._replace(ageing_time=10)), ["set ageing_time of br-front from 10 to 300"]),
    "down": (observed(LINK._replace(up=False)), ["set br-front up"]),
    "a setting": (observed(LINK, localnet="0"), ["set net.ipv4.conf.br-front.route_localnet from 0 to 1"]),
    "no address": (observed(LINK, addresses=()), ["add 172.17.0.1/16 to br-front"]),
    "an address more": (
        observed(LINK, addresses=("172.17.0.1/16", "192.0.2.1/24")),
        ["remove 192.0.2.1/24 from br-front"],
    ),
    "another prefix length": (
        observed(LINK, addresses=("172.17.0.1/24",)),
        ["add 172.17.0.1/16 to br-front", "remove 172.17.0.1/24 from br-front"],
    ),
    "another subject in the mark": (
        observed(LINK._replace(alias="linuxnet.fabric/default stray")),
        ["set alias of br-front from linuxnet.fabric/default stray to " + ALIAS],
    ),
    "its mark taken": (observed(LINK._replace(alias="")), ["set alias of br-front from none to " + ALIAS]),
    "its mark changed to another topology's": (
        observed(LINK._replace(alias="linuxnet.fabric/other network front")),
        ["set alias of br-front from linuxnet.fabric/other network front to " + ALIAS],
    ),
    "its second mark taken": (
        observed(LINK._replace(altnames=("uplink",))),
        ["add altname fabric,default,network,front to br-front"],
    ),
    "its second mark changed": (
        observed(LINK._replace(altnames=("fabric,other,network,front",))),
        ["remove altname fabric,other,network,front from br-front", "add altname " + ALTNAME + " to br-front"],
    ),
}


def test_a_network_that_moves_to_another_bridge_takes_its_second_mark_along() -> None:
    """And the way back gives it back."""
    there = LINK._replace(altnames=("fabric,default,network,back",))
    seen = observed(there)
    former = LINK._replace(index=9, ifname="br-former")
    seen = replace(seen, links={**seen.links, "br-former": former})
    action = bridge.compare(DESIRED, seen)[-1]
    steps = [(step.name, step.arguments["ifname"]) for step in (*action.do, *action.undo)]
    assert action.text == "add altname {0} to br-front".format(ALTNAME)
    assert steps == [
        ("altname.delete", "br-former"),
        ("altname.add", "br-front"),
        ("altname.delete", "br-front"),
        ("altname.add", "br-former"),
    ]


@pytest.mark.parametrize("case", CASES)
def test_what_differs_is_one_action_each(case: str) -> None:
    seen, expected = CASES[case]
    assert [action.text for action in bridge.compare(DESIRED, seen)] == expected


@pytest.mark.parametrize("case", [case for case in CASES if CASES[case][1]])
def test_every_action_has_a_way_back(case: str) -> None:
    assert all(action.undo for action in bridge.compare(DESIRED, CASES[case][0]))


def test_what_nobody_declares_is_as_the_kernel_makes_it() -> None:
    desired = replace(DESIRED, as_made=True)
    as_made = LINK._replace(fdb_others=(LINK.mac + " local",))
    assert bridge.compare(desired, observed(as_made)) == []
    filtering = as_made._replace(differing=(("vlan_filtering", 1),))
    (action,) = bridge.compare(desired, observed(filtering))
    assert action.text == "set vlan_filtering of br-front from 1 to 0"
    assert action.undo[0].arguments["options"] == {"vlan_filtering": 1}
    assert bridge.compare(DESIRED, observed(filtering)) == [], "of one made by hand it is somebody's choice"


def test_a_bridge_that_goes_comes_back_with_what_somebody_set() -> None:
    filtering = LINK._replace(differing=(("vlan_filtering", 1),))
    back = bridge.remove(filtering, observed(filtering)).undo
    assert {"vlan_filtering": 1} in [step.arguments.get("options") for step in back]


def test_an_ipv6_address_with_another_prefix_length_is_changed_in_one_step() -> None:
    desired = replace(DESIRED, addresses=("fd00::1/64",))
    (action,) = bridge.compare(desired, observed(LINK, addresses=("fd00::1/80",)))
    assert action.text == "change fd00::1/80 on br-front to fd00::1/64"
    assert [step.name for step in action.do] == ["address.delete", "address.add"]
    assert [step.arguments["cidr"] for step in action.undo] == ["fd00::1/64", "fd00::1/80"]


@pytest.mark.parametrize(
    ("link", "text"),
    [
        (LINK._replace(alias="", altnames=()), "is not ours"),
        (LINK._replace(kind="dummy"), "is not ours"),
        (LINK._replace(alias="linuxnet.fabric/other network front", altnames=()), "belongs to the topology other"),
    ],
)
def test_what_is_not_ours_stops_the_run(link: Link, text: str) -> None:
    with pytest.raises(ForeignObjectError, match=text):
        bridge.compare(DESIRED, observed(link))


def test_a_bridge_that_goes_can_come_back_as_it_was() -> None:
    action = bridge.remove(LINK._replace(mtu=1400), observed(LINK))
    made: Dict[str, Any] = action.undo[-1].arguments["link"]
    assert action.text == "remove bridge br-front"
    assert (made["mtu"], made["addresses"], made["sysctls"]) == (1400, ["172.17.0.1/16"], [[LOCALNET, "1"]])


def test_a_bridge_with_our_mark_in_a_namespace_is_removed_there_and_not_on_the_host():
    removal = bridge.remove(LINK, observed(LINK), "web")
    assert removal.text.startswith("remove web:br-front (bridge, of ")
    assert {step.arguments["netns"] for step in (*removal.do, *removal.undo, *removal.finish)} == {"web"}
