# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One object per call: what ``netns``, ``bridge`` and ``veth`` perform, on the engine that ``topology`` uses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable, List, Mapping, Optional, Tuple

from .._declaration.container_words import sysctls as parse_sysctls
from .._declaration.link_words import bridge_times, check_attach, cidrs, link_mtu, link_routes
from .._declaration.names_rules import check_name, check_topology_name, interface_name, mac_address
from .._declaration.words import Problems
from .._engine.report import Result
from .._engine.view import View
from .._expansion.addressing import static_route
from .._kernel import names
from .._kernel.errors import DeclarationError, Problem
from .._kernel.observe import Observed
from .._resources import netns, ownership
from .._resources.action import Action
from .._resources.links import bridge, registry, veth
from .._resources.links.bridge import Bridge
from .._resources.links.veth import Veth
from .._resources.netns import Netns
from .._resources.settings import slashed
from .by_hand import run_alone

Compare = Callable[[Observed], List[Action]]


def perform_netns(params: Mapping[str, Any], check_mode: bool) -> Result:
    problems = _common(params)
    check_name(params["name"], "name", problems)
    sysctls = tuple((slashed(key), value) for key, value in parse_sysctls(params["sysctls"], "sysctls", problems))
    if params["attach"] is not None:
        check_attach(params["attach"], "attach", problems)
    _raise(problems)
    name, topology = params["name"], params["topology_name"]
    desired = Netns(name, topology, params["attach"], sysctls)
    if params["state"] == "absent":
        return _run(topology, check_mode, lambda seen: netns.compare_absent(name, topology, seen), owned=topology)
    result = _run(
        topology,
        check_mode,
        lambda seen: netns.compare(desired, seen),
        inside={} if desired.attach else {name: tuple(key for key, _value in sysctls)},
    )
    return result.with_facts(netns={"name": name, "path": names.NETNS_DIRECTORY + "/" + name, "attach": desired.attach})


def perform_bridge(params: Mapping[str, Any], check_mode: bool) -> Result:
    problems = _common(params)
    interface_name(params["name"], "name", problems)
    addresses = cidrs(params["addresses"], "addresses", problems)
    mac = mac_address(params["mac"], "mac", problems) if params["mac"] else None
    mtu = link_mtu(params["mtu"], addresses, problems)
    ageing_time, forward_delay = bridge_times(params["ageing_time"], params["forward_delay"], params["stp"], problems)
    _raise(problems)
    name, topology = params["name"], params["topology_name"]
    if params["state"] == "absent":
        return _run(topology, check_mode, lambda seen: _absent_link(name, topology, seen, "bridge"), owned=topology)
    desired = Bridge(
        ifname=name,
        alias=names.alias(topology, "bridge " + name),
        addresses=tuple(map(str, addresses)),
        mtu=mtu,
        mac=mac,
        stp=params["stp"],
        ageing_time=ageing_time,
        forward_delay=forward_delay,
        multicast_snooping=params["multicast_snooping"],
        up=params["up"],
    )
    result = _run(topology, check_mode, lambda seen: bridge.compare(desired, seen))
    told = {"name": name, "addresses": list(desired.addresses), "mtu": desired.mtu, "mac": mac}
    return result.with_facts(bridge=told)


def perform_veth(params: Mapping[str, Any], check_mode: bool) -> Result:
    problems = _common(params)
    interface_name(params["name"], "name", problems)
    name, topology = params["name"], params["topology_name"]
    if params["state"] == "absent":
        _raise(problems)
        return _run(topology, check_mode, lambda seen: _absent_link(name, topology, seen, "veth"), owned=topology)
    desired = _veth(params, problems)
    _raise(problems)
    inside = {desired.netns: ()}
    missing: List[str] = []
    result = _run(topology, check_mode, lambda seen: _compare_veth(desired, seen, check_mode, missing), inside=inside)
    return replace(result, warnings=tuple(dict.fromkeys((*result.warnings, *missing)))).with_facts(
        veth={
            "name": name,
            "netns": desired.netns,
            "ifname": desired.ifname,
            "mac": desired.mac,
            "mtu": desired.mtu,
            "addresses": list(desired.addresses),
            "routes": [str(route) for route in desired.routes],
            "master": desired.master,
        }
    )


def _veth(params: Mapping[str, Any], problems: Problems) -> Veth:
    if not params["netns"]:
        problems.note("netns", "name the namespace in which the other end is to be")
    else:
        check_name(params["netns"], "netns", problems)
    interface_name(params["ifname"], "ifname", problems)
    if not params["learning"] and not params["mac"]:
        problems.note("learning", "where the bridge is not to learn, name the mac that is behind the port")
    owner = "{0}:{1}".format(params["netns"], params["ifname"])
    addresses = cidrs(params["addresses"], "addresses", problems)
    host_addresses = cidrs(params["host_addresses"], "host_addresses", problems)
    routes = link_routes(params["gateway"], params["routes"], addresses, problems)
    return Veth(
        name=params["name"],
        netns=params["netns"] or "",
        ifname=params["ifname"],
        alias=names.alias(params["topology_name"], owner),
        owner=owner,
        mac=mac_address(params["mac"], "mac", problems) if params["mac"] else None,
        mtu=link_mtu(params["mtu"], (*addresses, *host_addresses), problems),
        addresses=tuple(map(str, addresses)),
        routes=tuple(map(static_route, routes)),
        master=interface_name(params["master"], "master", problems) if params["master"] else None,
        isolated=params["isolated"],
        hairpin=params["hairpin"],
        learning=params["learning"],
        guard=params["guard"],
        host_addresses=tuple(map(str, host_addresses)),
    )


def _compare_veth(desired: Veth, seen: Observed, check_mode: bool, missing: List[str]) -> List[Action]:
    """A check goes on without what an earlier task of the playbook would make; ``missing`` says so."""
    problems = Problems()
    if seen.handles.get(desired.netns) is None:
        problems.note("netns", '"{0}": there is no such namespace; make it first (module netns)', desired.netns)
    if desired.master and desired.master not in seen.links:
        problems.note("master", '"{0}": there is no such bridge; make it first (module bridge)', desired.master)
    if check_mode:
        missing.extend(map(str, problems))
    else:
        _raise(problems)
    return veth.compare(desired, seen)


def _absent_link(name: str, topology: str, seen: Observed, kind: str) -> List[Action]:
    link = seen.links.get(name)
    if link is None:
        return []
    ownership.refuse_foreign(name, names.alias(topology, name), link, kind, seen)
    return [registry.remove(link, seen)]


def _run(
    topology: str,
    check_mode: bool,
    compare: Compare,
    inside: Optional[Mapping[str, Tuple[str, ...]]] = None,
    owned: Optional[str] = None,
) -> Result:
    """``inside``: namespaces to read, with the settings wanted of them. ``owned``: read this topology's too."""

    def plan(view: View) -> Tuple[Action, ...]:
        with view.visits(inside or {}, (owned,) if owned else ()) as visits:
            return tuple(compare(view.observe((), visits)))

    return run_alone(topology, check_mode, plan)


def _common(params: Mapping[str, Any]) -> Problems:
    problems = Problems()
    check_topology_name(params["topology_name"], "topology_name", problems)
    return problems


def _raise(problems: List[Problem]) -> None:
    if problems:
        raise DeclarationError(problems)
