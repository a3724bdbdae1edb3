# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of a plan, and interfaces that were renamed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, List, Sequence, Tuple

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.desired import Desired
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.plan import plan
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.report import DRIFT, report
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.view import own_namespaces
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.changes import LEASE, Change, Subject
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.marks import HandleMark
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.observe import Observed
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl.read import Link, RouteEntry
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.visits import NamespaceState
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.action import Action
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.file_states import FileState
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.files import TextFile
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.bridge import Bridge
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.veth import Veth
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.netns import Netns
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.routes import StaticRoute
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.settings import HostSysctl

NETWORK, ENDPOINT = "linuxnet.fabric/default network front", "linuxnet.fabric/default web:eth0"
ALTNAME = "fabric,default,network,front"
FILE = TextFile("/etc/netns/web/hostname", "web\n")
DESIRED = Desired(
    "default",
    sysctls=(HostSysctl("net/ipv4/ip_forward", "1"),),
    links=(
        Bridge("br-front", NETWORK),
        Veth("vethaa", "web", "eth0", ENDPOINT, "web:eth0", master="br-front"),
    ),
    namespaces=(Netns("web", "default"),),
    files=(FILE,),
)
FRONT, WEB = DESIRED.links
NOTHING: Dict[str, Any] = {
    "links": {},
    "by_index": {},
    "addresses": {},
    "sysctls": {"net/ipv4/ip_forward": "0"},
    "handles": {},
    "marks": {},
    "namespaces": {},
    "own_inode": 1,
}
BRIDGE = Link(
    3,
    "br-front",
    "bridge",
    True,
    mtu=1500,
    alias=NETWORK,
    altnames=(ALTNAME,),
    ageing_time=300,
    no_linklocal_learn=True,
)
OUTER = Link(7, "vethaa", "veth", True, mtu=1500, alias=ENDPOINT, master=3, peer=2, ipv6_link_local=False)
INNER = Link(2, "eth0", "veth", True, mtu=1500, alias=ENDPOINT, peer=7)


def built(*links: Link) -> Observed:
    inside = NamespaceState({"lo": Link(1, "lo", up=True), "eth0": INNER})
    return Observed(
        {link.ifname: link for link in links},
        {link.index: link for link in links},
        {},
        {"net/ipv4/ip_forward": "1"},
        {"web": 5},
        {"web": HandleMark("default", 5)},
        {"web": inside},
        1,
    )


def texts(desired: Desired, observed: Observed, file: FileState) -> List[str]:
    return [line for action in plan(desired, observed, None, {FILE.path: file}) for line in action.lines]


def test_a_build_goes_from_the_host_inwards() -> None:
    assert texts(DESIRED, Observed(**NOTHING), FileState()) == [
        "create bridge br-front (mtu 1500)",
        "set net.ipv4.ip_forward from 0 to 1",
        "create namespace web",
        "connect web:eth0 () to br-front by vethaa",
        "write /etc/netns/web/: hostname",
    ]


def test_what_is_as_declared_needs_nothing() -> None:
    assert texts(DESIRED, built(BRIDGE, OUTER), FileState("web\n")) == []


def test_a_removal_goes_outwards() -> None:
    assert texts(Desired("default"), built(BRIDGE, OUTER), FileState("web\n")) == [
        "disconnect web:eth0 (vethaa)",
        "remove bridge br-front",
        "remove namespace web",
        "remove /etc/netns/web/: hostname",
    ]


def group_and_joining(*links: Link) -> Tuple[int, Sequence[str]]:
    """Of the operation by which the bridge and the pair go."""
    step = plan(Desired("default"), built(*links), None, {})[0].do[-1]
    assert step.name == "links.delete"
    assert step.arguments["ifnames"] == ["vethaa", "br-front"]
    return step.arguments["group"], step.arguments["joining"]


def test_a_pair_goes_by_the_group_that_it_was_made_in() -> None:
    assert group_and_joining(BRIDGE, OUTER._replace(group=77)) == (77, ["br-front"])


def test_a_group_that_somebody_else_is_in_is_left_alone() -> None:
    stranger = Link(9, "stray0", "dummy", group=77)
    group, joining = group_and_joining(BRIDGE, OUTER._replace(group=77), stranger)
    assert group not in (0, 77)
    assert joining == ["vethaa", "br-front"]


def test_what_is_in_no_group_joins_one() -> None:
    group, joining = group_and_joining(BRIDGE, OUTER)
    assert group != 0
    assert joining == ["vethaa", "br-front"]


def test_what_another_topology_owns_stays() -> None:
    assert texts(Desired("other", files=(FILE,)), built(BRIDGE, OUTER), FileState("web\n")) == []


def test_a_renamed_interface_gets_its_name_back_and_nothing_else_is_said_of_it() -> None:
    seen = built(BRIDGE._replace(ifname="stray0"), OUTER._replace(ifname="stray1"))
    assert texts(DESIRED, seen, FileState("web\n")) == ["rename stray0 to br-front", "rename stray1 to vethaa"]


def test_a_network_whose_bridge_gets_another_name_keeps_its_settings_and_needs_what_it_had_not() -> None:
    here, there = ("net/ipv4/conf/{0}/rp_filter".format(name) for name in ("br-front", "stray0"))
    desired = replace(DESIRED, links=(replace(FRONT, sysctls=((here, "2"),)), WEB))
    for value, further in (("2", []), ("0", ["set net.ipv4.conf.br-front.rp_filter from 0 to 2"])):
        seen = built(BRIDGE._replace(ifname="stray0"), OUTER)
        seen = replace(seen, sysctls={**seen.sysctls, here: None, there: value})
        assert texts(desired, seen, FileState("web\n")) == ["rename stray0 to br-front", *further]


def test_a_route_that_goes_with_its_pair_is_not_brought_back_by_the_one_that_takes_its_place() -> None:
    taking = replace(WEB, routes=(StaticRoute("0.0.0.0/0", "172.17.0.1"),))
    going = Link(8, "vethbb", "veth", True, alias="linuxnet.fabric/default web:eth1", peer=3)
    inner = Link(3, "eth1", "veth", True, peer=8)
    state = NamespaceState(
        {"lo": Link(1, "lo", up=True), "eth0": INNER, "eth1": inner},
        routes=(RouteEntry("0.0.0.0/0", "172.18.0.1", oif=3),),
    )
    seen = replace(
        built(BRIDGE, OUTER, going),
        namespaces={"web": state},
        inner_ends={7: ("web", INNER), 8: ("web", inner)},
    )
    actions = plan(replace(DESIRED, links=(FRONT, taking)), seen, None, {FILE.path: FileState("web\n")})
    assert [action.text for action in actions] == [
        "disconnect web:eth1 (vethbb)",
        "add route default via 172.17.0.1 to web:eth0",
    ]
    assert [step.name for step in actions[1].undo] == ["route.delete"]


def test_a_route_that_another_pair_gave_up_before_is_brought_back_by_that_one_only() -> None:
    """It needs its address, which is back only then."""
    staying = replace(WEB, addresses=("172.19.0.2/16",))
    alias = "linuxnet.fabric/default web:eth1"
    coming = Veth("vethbb", "web", "eth1", alias, "web:eth1", routes=(StaticRoute("0.0.0.0/0", "172.18.0.1"),))
    state = NamespaceState(
        {"lo": Link(1, "lo", up=True), "eth0": INNER},
        {2: ["172.17.0.2/16"]},
        (RouteEntry("0.0.0.0/0", "172.17.0.1", oif=2),),
    )
    seen = replace(built(BRIDGE, OUTER), namespaces={"web": state}, inner_ends={7: ("web", INNER)})
    actions = plan(replace(DESIRED, links=(FRONT, staying, coming)), seen, None, {FILE.path: FileState("web\n")})
    assert [(action.text, [step.name for step in action.undo]) for action in actions] == [
        ("add 172.19.0.2/16 to web:eth0", ["address.delete"]),
        ("remove route default via 172.17.0.1 from web:eth0", ["route.add"]),
        ("remove 172.17.0.2/16 from web:eth0", ["address.add"]),
        ("connect web:eth1 () by vethbb", ["link.delete"]),
    ]


def test_files_are_ours_where_the_namespace_is_but_not_the_hosts_own() -> None:
    marked = {"web": HandleMark("default", 5), "agent": HandleMark("default", 1, "host"), "db": HandleMark("other", 6)}
    assert own_namespaces(replace(built(), marks=marked), "default") == {"web"}


def test_ipv6_is_off_only_once_its_addresses_are_gone_wherever_it_is_turned_off() -> None:
    bridge_off, own_off, pair_off = (
        "net/ipv6/conf/{0}/disable_ipv6".format(name) for name in ("br-front", "all", "eth0")
    )
    desired = replace(
        DESIRED,
        links=(replace(FRONT, sysctls=((bridge_off, "1"),)), replace(WEB, sysctls=((pair_off, "1"),))),
        namespaces=(replace(DESIRED.namespaces[0], sysctls=((own_off, "1"),)),),
    )
    seen = built(BRIDGE, OUTER)
    inside = seen.namespaces["web"]._replace(addresses={2: ["fd00::2/64"]}, sysctls={own_off: "0", pair_off: "0"})
    seen = replace(
        seen,
        addresses={3: ["fd00::1/64"]},
        sysctls={**seen.sysctls, bridge_off: "0"},
        namespaces={"web": inside},
    )
    assert texts(desired, seen, FileState("web\n")) == [
        "remove fd00::1/64 from br-front",
        "remove fd00::2/64 from web:eth0",
        "set net.ipv6.conf.br-front.disable_ipv6 from 0 to 1",
        "set net.ipv6.conf.all.disable_ipv6 from 0 to 1 in namespace web",
        "set net.ipv6.conf.eth0.disable_ipv6 from 0 to 1 in namespace web",
    ]


def test_a_mac_changes_before_the_kernel_makes_an_address_of_it() -> None:
    key = "net/ipv6/conf/all/disable_ipv6"
    desired = replace(
        DESIRED,
        namespaces=(replace(DESIRED.namespaces[0], sysctls=((key, "0"),)),),
        links=(FRONT, replace(WEB, mac="02:42:0a:63:00:02", addresses=("10.99.0.2/24",))),
    )
    seen = built(BRIDGE, OUTER)
    inner = INNER._replace(ifname="stray0", mac="02:42:ac:13:00:04")
    inside = NamespaceState({"lo": Link(1, "lo", up=True), "stray0": inner}, sysctls={key: "1"})
    seen = replace(seen, namespaces={"web": inside}, inner_ends={7: ("web", inner)})
    assert texts(desired, seen, FileState("web\n")) == [
        "rename stray0 in namespace web to eth0",
        "set mac of web:eth0 from 02:42:ac:13:00:04 to 02:42:0a:63:00:02",
        "set net.ipv6.conf.all.disable_ipv6 from 1 to 0 in namespace web",
        "add 10.99.0.2/24 to web:eth0",
    ]


def test_a_bridge_goes_only_once_its_ports_have_moved() -> None:
    desired = replace(
        DESIRED,
        links=(Bridge("br-new", "linuxnet.fabric/default network new"), replace(WEB, master="br-new")),
    )
    assert texts(desired, built(BRIDGE, OUTER), FileState("web\n")) == [
        "create bridge br-new (mtu 1500)",
        "set master of vethaa (of web:eth0) from br-front to br-new",
        "remove bridge br-front",
    ]


def test_a_namespace_made_anew_gets_its_interfaces_anew() -> None:
    seen = replace(built(BRIDGE), handles={}, namespaces={})
    assert texts(DESIRED, seen, FileState("web\n")) == [
        "create namespace web",
        "connect web:eth0 () to br-front by vethaa",
    ]


@pytest.mark.parametrize(
    ("outer", "inner", "removed"),
    [
        (OUTER.alias, INNER.alias, True),
        ("", INNER.alias, True),
        (OUTER.alias, "", True),
        ("", "", False),
        # Two marks that speak of two topologies: neither takes the interface away.
        ("linuxnet.fabric/other web:eth0", INNER.alias, False),
    ],
)
def test_a_pair_goes_with_its_topology_as_long_as_one_end_says_whose_it_is(
    outer: str, inner: str, removed: bool
) -> None:
    seen = built(BRIDGE, OUTER._replace(alias=outer))
    seen = replace(seen, inner_ends={OUTER.index: ("web", INNER._replace(alias=inner))})
    lines = texts(Desired("default"), seen, FileState("web\n"))
    assert ("disconnect web:eth0 (vethaa)" in lines) == removed


def test_a_bridge_goes_with_its_topology_as_long_as_one_of_its_marks_is_there() -> None:
    for link in (BRIDGE, BRIDGE._replace(alias=""), BRIDGE._replace(altnames=())):
        assert "remove bridge br-front" in texts(Desired("default"), built(link), FileState("web\n"))
    neither = BRIDGE._replace(alias="stray", altnames=("stray",))
    assert "remove bridge br-front" not in texts(Desired("default"), built(neither), FileState("web\n"))


def test_a_renamed_interface_that_lost_its_alias_gets_both_back() -> None:
    seen = built(BRIDGE._replace(ifname="stray0", alias=""), OUTER)
    assert texts(DESIRED, seen, FileState("web\n")) == [
        "rename stray0 to br-front",
        "set alias of br-front from none to " + NETWORK,
    ]


# --- the report


def test_a_report_has_a_line_for_each_step_and_what_changed_by_subject() -> None:
    front, web = Subject(network="front"), Subject(container="web", interface="eth0")
    one = Action("set mtu", front, (), (), before={"mtu": 1400}, after={"mtu": 1500})
    many = Action("first", web, (), (), also=(Change("second", web, {}, {"x": 1}),))
    told = report((Change("lease 172.17.0.2 to web", Subject(container="web", part=LEASE)),), (one, many))
    assert told.actions == ("lease 172.17.0.2 to web", "set mtu", "first", "second")
    assert told.before == {"network front": {"mtu": 1400}}
    assert told.after["container web:eth0"] == {"x": 1}
    assert told.changed and not report((), ()).changed


def test_a_report_says_the_same_as_data() -> None:
    action = Action("set mtu", Subject(network="front"), (), (), before={"mtu": 1400}, after={"mtu": 1500})
    told = replace(report((), (action,)), kinds=(DRIFT,))
    assert told.as_data() == [
        {
            "subject": {"network": "front"},
            "kind": "drift",
            "text": "set mtu",
            "before": {"mtu": 1400},
            "after": {"mtu": 1500},
        }
    ]
