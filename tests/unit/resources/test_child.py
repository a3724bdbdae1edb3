# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links that stand on a parent, macvlan and ipvlan: what is declared x what is there -> the actions, as a table."""

from __future__ import annotations

from dataclasses import replace
from typing import Dict, List, Optional, Tuple

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import ForeignObjectError
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.observe import Observed
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl.read import Link, RouteEntry
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.visits import NamespaceState
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources import connected
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.action import Action
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links import registry
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.child import Child
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.ipvlan import Ipvlan
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.macvlan import Macvlan
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.routes import StaticRoute

ALIAS, NETWORK = "linuxnet.fabric/default web:eth0", "linuxnet.fabric/default network lan"
ALTNAME = "fabric,default,network,lan"
DESIRED = Macvlan(
    "web",
    "eth0",
    ALIAS,
    NETWORK,
    "up0",
    owner="web:eth0",
    mac="02:42:c0:a8:01:c1",
    addresses=("192.168.1.193/24",),
    routes=(StaticRoute("0.0.0.0/0", "192.168.1.1"),),
)
#: IFLA_INFO_DATA as a kernel of x86_64 has it: IFLA_MACVLAN_MODE (1) as u32, IFLA_IPVLAN_MODE (1) as u16.
MACVLAN_MODES = {"private": 1, "vepa": 2, "bridge": 4, "passthru": 8}


def info(mode: str) -> str:
    return (8).to_bytes(2, "little").hex() + "0100" + MACVLAN_MODES[mode].to_bytes(4, "little").hex()


UP0, UP1 = Link(3, "up0", "veth", True, "52:54:00:00:00:01", 1500), Link(4, "up1", "", True, mtu=1500)
LINK = Link(
    2, "eth0", "macvlan", True, DESIRED.mac or "", 1500, ALIAS, peer=3, altnames=(ALTNAME,), info=info("bridge")
)
DEFAULT = RouteEntry("0.0.0.0/0", "192.168.1.1", oif=2)


def observed(link: Optional[Link] = LINK, addresses: Tuple[str, ...] = ("192.168.1.193/24",)) -> Observed:
    own = [route for cidr in addresses for route in connected.of_address(cidr, 2)]
    routes = (DEFAULT, *own) if link else ()
    inside = NamespaceState({link.ifname: link} if link else {}, {2: list(addresses)}, routes)
    links = {"up0": UP0, "up1": UP1}
    return Observed(links, {link.index: link for link in links.values()}, {}, {}, {}, {}, {"web": inside}, 1)


def compare(desired: Child, seen: Observed) -> List[Action]:
    return registry.compare(desired, seen)


CONNECT = "connect web:eth0 (192.168.1.193/24, 02:42:c0:a8:01:c1) to up0 by macvlan in mode bridge"
CASES: Dict[str, Tuple[Observed, List[str]]] = {
    "nothing is there": (observed(None), [CONNECT]),
    "all is there": (observed(), []),
    "another mode": (observed(LINK._replace(info=info("vepa"))), ["set mode of web:eth0 from vepa to bridge"]),
    "a mode that is never left": (
        observed(LINK._replace(info=info("passthru"))),
        ["take web:eth0 away, whose mode is passthru, for one with bridge", CONNECT],
    ),
    "another parent": (
        observed(LINK._replace(peer=4)),
        ["take web:eth0 away, which stands on up1, for one on up0", CONNECT],
    ),
    "a parent that is elsewhere": (
        observed(LINK._replace(peer=9)),
        ["take web:eth0 away, which stands on another interface, for one on up0", CONNECT],
    ),
    "another name and mode": (
        observed(LINK._replace(ifname="stray0", info=info("private"))),
        ["rename stray0 in namespace web to eth0", "set mode of web:eth0 from private to bridge"],
    ),
    "its alias taken": (observed(LINK._replace(alias="")), ["set alias of web:eth0 from none to " + ALIAS]),
    "its altname taken": (observed(LINK._replace(altnames=())), ["add altname {0} to web:eth0".format(ALTNAME)]),
    "of another network": (
        observed(LINK._replace(altnames=("fabric,default,network,old",))),
        ["remove altname fabric,default,network,old from web:eth0", "add altname {0} to web:eth0".format(ALTNAME)],
    ),
    "another mac": (
        observed(LINK._replace(mac="02:00:00:00:00:01")),
        ["set mac of web:eth0 from 02:00:00:00:00:01 to 02:42:c0:a8:01:c1"],
    ),
    "no address": (observed(addresses=()), ["add 192.168.1.193/24 to web:eth0"]),
    "down": (observed(LINK._replace(up=False)), ["set web:eth0 up"]),
}


@pytest.mark.parametrize("case", CASES)
def test_what_differs_is_one_action_each(case: str) -> None:
    seen, expected = CASES[case]
    assert [action.text for action in compare(DESIRED, seen)] == expected


@pytest.mark.parametrize("case", [case for case in CASES if CASES[case][1]])
def test_every_action_has_a_way_back(case: str) -> None:
    assert all(action.undo for action in compare(DESIRED, CASES[case][0]))


def test_one_made_anew_can_come_back_as_it_was() -> None:
    away, _again = compare(DESIRED, observed(LINK._replace(peer=4, altnames=(ALTNAME, "mine"))))
    gone, made = away.undo[:2]
    words = made.arguments["link"]
    assert (gone.name, made.name) == ("link.delete", "link.create")
    assert (words["parent"], words["mode"], words["altnames"]) == ("up1", "bridge", [ALTNAME, "mine"])
    assert (words["addresses"], words["routes"]) == (["192.168.1.193/24"], [DESIRED.routes[0].words()])


@pytest.mark.parametrize("link", [LINK._replace(alias="", altnames=()), LINK._replace(kind="ifb", info="")])
def test_what_is_not_ours_inside_stops_the_run(link: Link) -> None:
    with pytest.raises(ForeignObjectError, match="interface eth0 in namespace web is not ours"):
        compare(DESIRED, observed(link))


def test_the_hosts_own_is_compared_among_the_hosts_links() -> None:
    own = replace(DESIRED, netns=None, ifname="lan-77", alias=NETWORK, owner="", routes=())
    there = LINK._replace(index=7, ifname="lan-77", alias=NETWORK)
    seen = observed(None)
    with_it = replace(
        seen,
        links={**seen.links, "lan-77": there},
        by_index={**seen.by_index, 7: there},
        addresses={7: ["192.168.1.193/24"]},
        routes=tuple(connected.of_address("192.168.1.193/24", 7)),
    )
    made = compare(own, seen)[0]
    assert made.text == "connect lan-77 (192.168.1.193/24, 02:42:c0:a8:01:c1) to up0 by macvlan in mode bridge"
    assert made.finish == (), "the host's neighbours hear of it when it speaks"
    assert compare(own, with_it) == []
    stolen = replace(with_it, links={**seen.links, "lan-77": there._replace(alias="", altnames=())})
    with pytest.raises(ForeignObjectError, match="interface lan-77"):
        compare(own, stolen)


def test_an_ipvlan_has_its_parents_mac_which_is_what_neighbours_are_told() -> None:
    desired = Ipvlan("web", "eth0", ALIAS, NETWORK, "up0", owner="web:eth0", addresses=("192.168.1.193/24",))
    (made,) = compare(desired, observed(None))
    assert made.text == "connect web:eth0 (192.168.1.193/24) to up0 by ipvlan in mode l2"
    assert made.do[0].arguments["link"]["mac"] is None
    assert [step.arguments["mac"] for step in made.finish] == [UP0.mac]


@pytest.mark.parametrize(("raw", "expected"), [("0000", []), ("0100", ["set mode of web:eth0 from l3 to l2"])])
def test_the_mode_of_an_ipvlan_changes_in_place(raw: str, expected: List[str]) -> None:
    desired = Ipvlan("web", "eth0", ALIAS, NETWORK, "up0", owner="web:eth0", addresses=("192.168.1.193/24",))
    link = LINK._replace(kind="ipvlan", mac=UP0.mac, info="06000100{0}0000".format(raw))
    own = tuple(connected.of_address("192.168.1.193/24", 2))
    seen = replace(observed(), namespaces={"web": NamespaceState({"eth0": link}, {2: ["192.168.1.193/24"]}, own)})
    assert [action.text for action in compare(desired, seen)] == expected
