# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A check after an interrupted run sees the host as the next run will find it, once that has been taken back."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any, Dict, Iterator, List

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine import view as views
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.desired import Desired
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.interrupted import VERIFIED, Record
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.observation import Planner
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.report import lines
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.view import View
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import facts, marks
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.names import altname
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.observe import Observed
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl.read import RTPROT_KERNEL, Link, RouteEntry
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources import connected
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.action import operation
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.firewalls import accept
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.bridge import Bridge

ALIAS = "linuxnet.fabric/default network front"
UPLINK, FRONT = (
    Link(2, "uplink0", mtu=1500),
    Link(
        9,
        "br-front",
        "bridge",
        True,
        mtu=1500,
        alias=ALIAS,
        ageing_time=300,
        no_linklocal_learn=True,
        altnames=(altname(ALIAS),),
    ),
)
OUT = RouteEntry("0.0.0.0/0", "192.0.2.1", oif=2)
EITHER_WAY = RouteEntry("198.51.100.0/24", next_hops=(2, 9))
TO_FRONT = RouteEntry("10.1.0.0/24", oif=9, protocol=RTPROT_KERNEL)
BRIDGE = Bridge("br-front", ALIAS, ("10.1.0.1/24",))


def interrupted(before: Any, **more: Any) -> Record:
    """The journal of a run that had touched br-front when it was killed."""
    record = Record(
        topology="default",
        is_of_this_boot=True,
        undo=((operation("link.delete", netns=None, ifname="br-front"),),),
        reached="1",
        touched=(["link br-front"],),
        before={"link br-front": before},
    )
    return replace(record, **more)


NOTHING_WAS_THERE = {"link": None, "addresses": [], "sysctls": {}, "inner": None}
ANOTHER_WAS_THERE = {
    "link": {
        "index": 5,
        "ifname": "br-front",
        "kind": "bridge",
        "up": True,
        "mtu": 1400,
        "alias": ALIAS,
        "ageing_time": 300,
        "no_linklocal_learn": True,
        "altnames": [altname(ALIAS)],
    },
    "addresses": ["10.9.0.1/24"],
    "sysctls": {},
    "inner": None,
}


@pytest.fixture(autouse=True)
def host(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host on which the interrupted run had made br-front."""
    links = {link.ifname: link for link in (UPLINK, FRONT)}
    by_index = {link.index: link for link in links.values()}
    monkeypatch.setattr(marks, "boot_id", lambda: "this")
    monkeypatch.setattr(facts, "read", lambda _host: facts.Reading(by_index, (OUT, EITHER_WAY, TO_FRONT)))
    routes = tuple(connected.of_address("10.1.0.1/24", 9))
    there = Observed(links, by_index, {9: ["10.1.0.1/24"]}, {}, {}, {}, {}, 1, routes=routes)
    monkeypatch.setattr(views, "observe", lambda *_arguments, **_more: there)


class NothingToVisit:
    owners = ()
    results: Dict[str, Any] = {}

    def __enter__(self) -> "NothingToVisit":
        return self

    def __exit__(self, *_exception: object) -> None:
        pass


class ViewWithoutNamespaces(View):
    def visits(self, *_arguments: Any, **_more: Any) -> Any:
        return NothingToVisit()

    def rules(self, _topology: str) -> Any:
        return contextlib.nullcontext()


def see(record: Any = None) -> View:
    return ViewWithoutNamespaces(None, record)  # type: ignore[arg-type]


def test_without_an_interrupted_run_the_host_is_as_it_is() -> None:
    assert see().host_facts().routes == (OUT, EITHER_WAY, TO_FRONT)
    assert set(see().observe().links) == {"uplink0", "br-front"}


def test_what_an_interrupted_run_made_is_not_there() -> None:
    view = see(interrupted(NOTHING_WAS_THERE))
    assert view.host_facts().routes == (OUT, EITHER_WAY)
    assert set(view.observe().links) == {"uplink0"}


def test_what_an_interrupted_run_changed_is_as_it_was() -> None:
    view = see(interrupted(ANOTHER_WAS_THERE))
    reading, seen = view.host_facts(), view.observe()
    assert facts.routes(reading)[-1] == ("10.9.0.0/24", "br-front")
    assert (seen.links["br-front"].mtu, seen.addresses) == (1400, {5: ["10.9.0.1/24"]})


@pytest.mark.parametrize(
    "record",
    [interrupted(NOTHING_WAS_THERE, reached=VERIFIED), interrupted(NOTHING_WAS_THERE, is_of_this_boot=False)],
    ids=[
        "a run that only had to be tidied up is not taken back",
        "after a reboot the kernel's objects are gone anyway",
    ],
)
def test_what_nobody_takes_back_stays(record: Record) -> None:
    assert set(see(record).observe().links) == {"uplink0", "br-front"}


@pytest.fixture
def no_other_firewall(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(accept.HostFirewall, "plan", lambda *_arguments: accept.NOTHING_TO_DO)
    yield


@pytest.mark.parametrize(
    ("record", "left"),
    [
        (None, []),
        (interrupted(NOTHING_WAS_THERE), ["create bridge br-front (10.1.0.1/24, mtu 1500)"]),
        (
            interrupted(ANOTHER_WAS_THERE),
            [
                "set mtu of br-front from 1400 to 1500",
                "add 10.1.0.1/24 to br-front",
                "remove 10.9.0.1/24 from br-front",
            ],
        ),
    ],
    ids=["as it is", "made", "changed"],
)
def test_a_plan_is_made_of_what_the_view_shows(no_other_firewall: None, record: Any, left: List[str]) -> None:
    planner = Planner(see(record), Desired("default", links=(BRIDGE,), prune=False))
    assert list(lines(planner.plan())) == left
