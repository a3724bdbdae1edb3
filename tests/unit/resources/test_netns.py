# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A handle's comparison: what is declared × what is there → the actions, as a table."""

from __future__ import annotations

from dataclasses import replace
from typing import Dict, List, Optional, Tuple

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import ForeignObjectError
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.marks import HandleMark
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.observe import Observed
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl.read import Link, RouteEntry
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.visits import NamespaceState
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.workloads import Running
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources import netns
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.netns import Brought, Netns
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.routes import StaticRoute

KEY = "net/ipv6/conf/all/disable_ipv6"
OWN = Netns("web", "default", sysctls=((KEY, "1"),))
BLACKHOLE = StaticRoute("203.0.113.0/24", type="blackhole")
BESIDE = Netns("sidecar", "default", attach="netns:web")
HOST = Netns("agent", "default", attach="host")


def observed(
    handles: Dict[str, Optional[int]],
    marks: Dict[str, HandleMark],
    lo: bool = True,
    value: str = "1",
    routes: Tuple[RouteEntry, ...] = (),
) -> Observed:
    inside = NamespaceState(links={"lo": Link(1, "lo", up=lo)}, sysctls={KEY: value}, routes=routes)
    return Observed({}, {}, {}, {}, handles, marks, {name: inside for name in handles}, own_inode=1)


MINE = HandleMark("default", 5)
THEIR_MARK = HandleMark("default", 6, "docker:db")
INSIDE = NamespaceState(links={"lo": Link(1, "lo", up=True)}, sysctls={KEY: "0"})
THEIRS = Netns("db", "default", "docker:db", ((KEY, "1"),), brought=Brought(Running(42, 8, 7), INSIDE))
BOTH = {"web": MINE, "sidecar": HandleMark("default", 5, "netns:web")}

CASES: Dict[str, Tuple[Netns, Observed, List[str]]] = {
    "nothing is there": (OWN, observed({}, {}), ["create namespace web"]),
    "all is there": (OWN, observed({"web": 5}, {"web": MINE}), []),
    "lo is down": (OWN, observed({"web": 5}, {"web": MINE}, lo=False), ["set lo up in namespace web"]),
    "a setting": (
        OWN,
        observed({"web": 5}, {"web": MINE}, value="0"),
        ["set net.ipv6.conf.all.disable_ipv6 from 0 to 1 in namespace web"],
    ),
    "a route that leads nowhere": (
        replace(OWN, routes=(BLACKHOLE,)),
        observed({"web": 5}, {"web": MINE}),
        ["add route blackhole 203.0.113.0/24 to namespace web"],
    ),
    "a route that is to lead nowhere else": (
        replace(OWN, routes=()),
        observed({"web": 5}, {"web": MINE}, routes=(RouteEntry("203.0.113.0/24", type="blackhole", oif=0),)),
        ["remove route blackhole 203.0.113.0/24 from namespace web"],
    ),
    "a route of somebody's own, where none is declared": (
        OWN,
        observed({"web": 5}, {"web": MINE}, routes=(RouteEntry("203.0.113.0/24", type="blackhole", oif=0),)),
        [],
    ),
    "a dead handle of ours": (
        OWN,
        observed({"web": None}, {"web": MINE}),
        ["remove the dead handle of namespace web", "create namespace web"],
    ),
    "another namespace under the name": (
        OWN,
        observed({"web": 6}, {"web": MINE}),
        ["adopt the namespace that replaced web behind our back"],
    ),
    "somebody else's namespace under the name": (
        OWN,
        observed({"web": 6, "db": 6}, {"web": MINE}),
        ["detach web, which is another namespace behind our back", "create namespace web"],
    ),
    "a second handle that is not there": (
        BESIDE,
        observed({"web": 5}, {"web": MINE}),
        ["attach sidecar to the namespace of web"],
    ),
    "a second handle that is": (BESIDE, observed({"web": 5, "sidecar": 5}, BOTH), []),
    "a second handle that leads elsewhere": (
        BESIDE,
        observed({"web": 5, "sidecar": 6}, BOTH),
        ["detach sidecar, which is another namespace", "attach sidecar to the namespace of web"],
    ),
    "a program's that is to get its handle": (
        THEIRS,
        observed({}, {}),
        ["attach db to the docker container db", "set net.ipv6.conf.all.disable_ipv6 from 0 to 1 in namespace db"],
    ),
    "a program's that has it": (
        replace(THEIRS, brought=Brought(Running(42, 8, 7))),
        observed({"db": 7}, {"db": THEIR_MARK}),
        [],
    ),
    "a program's that was restarted": (
        THEIRS,
        observed({"db": 6}, {"db": THEIR_MARK}),
        [
            "detach db: the docker container db has another network namespace since it was restarted, and its "
            "interfaces are gone",
            "attach db to the docker container db",
            "set net.ipv6.conf.all.disable_ipv6 from 0 to 1 in namespace db",
        ],
    ),
    "the host's own": (HOST, observed({}, {}), ["attach agent to the host's own namespace"]),
    "a namespace that is to be another's": (
        Netns("sidecar", "default"),
        observed({"web": 5, "sidecar": 5}, BOTH),
        ["remove namespace sidecar", "create namespace sidecar"],
    ),
}


def test_the_way_back_of_a_handle_that_had_only_its_mark_left_brings_that_back() -> None:
    for marks, back in (({}, ["netns.remove"]), ({"web": MINE}, ["netns.remove", "netns.remark"])):
        (action,) = netns.compare(OWN, observed({}, marks))
        assert [step.name for step in action.undo] == back


@pytest.mark.parametrize("case", CASES)
def test_what_differs_is_an_action(case: str) -> None:
    desired, seen, expected = CASES[case]
    assert [action.text for action in netns.compare(desired, seen)] == expected


@pytest.mark.parametrize("case", [case for case in CASES if CASES[case][2]])
def test_every_action_has_a_way_back(case: str) -> None:
    desired, seen, _expected = CASES[case]
    assert all(action.undo for action in netns.compare(desired, seen))


def test_a_namespace_that_goes_is_kept_until_the_run_is_verified() -> None:
    action = netns.remove("web", observed({"web": 5}, {"web": MINE}))
    assert [step.name for step in action.do + action.undo + action.finish] == [
        "netns.retire",
        "netns.unstash",
        "netns.discard",
    ]


def test_a_namespace_whose_name_another_is_to_have_leaves_its_place_at_once() -> None:
    shared = Netns("web", "default", attach="netns:other")
    away, made = netns.compare(shared, observed({"web": 5, "other": 6}, {"web": MINE}))
    assert [step.name for step in away.do + away.finish + made.do] == ["netns.stash", "netns.drop", "netns.attach"]


@pytest.mark.parametrize(
    ("marks", "text"),
    [({}, "/run/netns/web exists and is not ours"), ({"web": HandleMark("other", 5)}, "belongs to the topology other")],
)
def test_what_is_not_ours_stops_the_run(marks: Dict[str, HandleMark], text: str) -> None:
    with pytest.raises(ForeignObjectError, match=text):
        netns.compare(OWN, observed({"web": 5}, marks))
