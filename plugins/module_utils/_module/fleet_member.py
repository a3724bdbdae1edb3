# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host of a fleet: who it is, and what it is told. What the module ``fleet_member`` performs."""

from __future__ import annotations

import json
from ipaddress import ip_address, ip_interface, ip_network
from typing import Any, Dict, Iterator, List, Mapping, Optional, Set, Tuple

from .._engine import fleet, store_mark
from .._engine.approval import Approve, approve_only
from .._engine.lock import host_lock
from .._engine.report import Result
from .._fleet import told
from .._fleet.exchange import ORPHANED, VERSION, host_plan
from .._fleet.handing import carried
from .._kernel import facts, names, vxlan
from .._kernel.changes import Change
from .._kernel.errors import FabricError
from .._kernel.facts import Reading
from .._kernel.host import Host
from .._kernel.rtnl import read as rtnetlink
from .._kernel.rtnl.read import RT_TABLE_LOCAL, RT_TABLE_MAIN, Link
from . import fleet_leases, fleet_reclaim
from .tunnel_offer import offer

_UNDERLAY = "topology_underlay_address"


def perform_fleet_member(params: Mapping[str, Any], check_mode: bool) -> Result:
    if params["state"] == "introduced":
        return _introduce(params, check_mode)
    with host_lock(params["lock_timeout"], check_mode):
        if params["state"] == "held":
            return fleet_leases.hold(params, _host_id(params.get("host_id")), check_mode)
        if params["state"] == "reclaimed":
            return fleet_reclaim.reclaim(params, _host_id(params.get("host_id")), check_mode)
        approve = approve_only(params.get("approved"))
        result = _reserve(params["name"], params["told"], check_mode, approve, params.get("run"))
        if params["whole"] and not check_mode:
            store_mark.settle(params["name"])
        return result


# --- who it is


def _introduce(params: Mapping[str, Any], check_mode: bool) -> Result:
    """Reads, and writes nothing but a key where there is none and one is needed."""
    with Host() as host:
        reading, addresses = facts.read(host), rtnetlink.read_addresses(host.socket)
    address, link = _underlay(params, reading, addresses)
    kept = fleet.read(params["name"])
    identity: Dict[str, Any] = {
        "version": VERSION,
        "release": names.RELEASE,
        "topology": params["name"],
        "host_id": _host_id(params.get("host_id")),
        "underlay_address": address,
        "underlay_mtu": link.mtu,
        "clashes": [list(each) for each in _clashes(params["name"], params["subnets"], reading)],
        "vxlans": [list(each) for each in _vxlans(reading)],
        "kept": carried(kept) if kept is not None else None,
    }
    changes: List[Change] = []
    if params.get("tunnel_port"):
        asked = (params["encryption"], str(identity["host_id"]), params["tunnel_port"], params["rotation"])
        offered, changes = offer(params["name"], *asked, kept, _ifnames(reading), check_mode)
        identity.update(offered)
    seen, warnings = fleet_leases.seen(params)
    return Result(changes=tuple(changes), facts={"identity": dict(identity, store=seen)}, warnings=warnings)


def _host_id(given: Optional[str]) -> str:
    found = given or facts.own_machine_id()
    if not found:
        raise FabricError(
            "topology_host_id: this host has no machine id, by which it would be known; make one "
            "(systemd-machine-id-setup), or write topology_host_id"
        )
    return found


def _underlay(params: Mapping[str, Any], reading: Reading, addresses: Mapping[int, List[str]]) -> Tuple[str, Link]:
    """Where the other hosts reach this one, and the interface that has it."""
    own: Dict[str, Link] = {}
    for index, cidrs in addresses.items():
        if index in reading.links:
            own.update({str(ip_interface(cidr).ip): reading.links[index] for cidr in cidrs})
    written = params.get("underlay_address")
    if written:
        if written not in own:
            text = '{0}: "{1}": this host has no such address; it has {2}'
            raise FabricError(text.format(_UNDERLAY, written, ", ".join(sorted(own))))
        return written, own[written]
    reached = _canonical(params.get("ansible_host"))
    if reached in own and not ip_address(reached).is_loopback:
        return reached, own[reached]
    index = _uplink(reading)
    for address, link in own.items():
        if link.index == index and not ip_address(address).is_link_local:
            return address, link
    text = "{0}: this host has no default route over an interface with an address, so it cannot be guessed; write it"
    raise FabricError(text.format(_UNDERLAY))


def _canonical(address: Optional[str]) -> str:
    try:
        return str(ip_address(address or ""))
    except ValueError:
        return ""


def _uplink(reading: Reading) -> int:
    """The interface of the default route with the lowest metric, IPv4's before IPv6's; 0 where there is none."""
    defaults = [
        route
        for route in reading.routes
        if route.destination.endswith("/0") and route.table == RT_TABLE_MAIN and route.interfaces
    ]
    best = min(defaults, key=lambda route: (":" in route.destination, route.metric), default=None)
    return best.interfaces[0] if best is not None else 0


def _clashes(topology: str, subnets: List[str], reading: Reading) -> Iterator[Tuple[str, str, str]]:
    """(subnet, route in it, interface), of interfaces that are not this topology's own."""
    for text in subnets:
        subnet: Any = ip_network(text)
        for route in reading.routes:
            if route.type != "unicast" or route.table == RT_TABLE_LOCAL or route.destination.endswith("/0"):
                continue
            destination: Any = ip_network(route.destination)
            if destination.version != subnet.version or not destination.subnet_of(subnet):
                continue
            for index in route.interfaces:
                link = reading.links.get(index)
                if link is None or not _is_of(topology, link):
                    yield text, route.destination, link.ifname if link is not None else "?"


def _ifnames(reading: Reading) -> Set[str]:
    return {link.ifname for link in reading.links.values()}


def _marks(link: Link) -> Iterator[Tuple[str, str]]:
    for text in (link.alias, *map(names.alias_of_altname, link.altnames)):
        mark = names.parse_alias(text)
        if mark is not None:
            yield mark


def _is_of(topology: str, link: Link) -> bool:
    return any(mark[0] == topology for mark in _marks(link))


def _vxlans(reading: Reading) -> Iterator[Tuple[str, int, int, str]]:
    for link in reading.links.values():
        if link.kind == vxlan.KIND:
            options = vxlan.options_of(link)
            owner = next(("{0}/{1}".format(t, subject.partition(" ")[2]) for t, subject in _marks(link)), "")
            yield link.ifname, options.vni, options.port, owner


# --- what it is told


def _reserve(
    topology: str, data: Optional[Mapping[str, Any]], check_mode: bool, approve: Approve, run: Optional[str]
) -> Result:
    """Keep what it is told: its blocks and addresses are its own from now on, and its peers' are theirs."""
    if data is None:
        raise FabricError("told: what is this host to be told?")
    plain: Dict[str, Any] = json.loads(json.dumps(data))
    now, kept = host_plan(plain), fleet.read(topology)
    count_runs(plain, kept, run)
    found = tuple(told.changes(host_plan(kept) if kept is not None else None, now))
    approve(found)
    if kept != plain and not check_mode:
        fleet.write(topology, plain)
    return Result(changes=found)


def count_runs(told_now: Mapping[str, Any], kept: Optional[Mapping[str, Any]], run: Optional[str]) -> None:
    """Of each host that left, how many runs found it gone. That is no change of what this host is told.

    ``run``: which one this is, for one run may tell a host several times, such as after others were faster, or a
    rotation of keys. None: each time is another. Once they are enough, the last one is kept: nothing is written anew.
    """
    before = kept["left"] if kept is not None else {}
    for host, words in told_now["left"].items():
        last = before.get(host, {})
        last = last if last.get("host_id") == words["host_id"] else {"runs": 0}
        runs = last.get("runs", 1)
        counted = run is not None and last.get("run") == run
        words["runs"] = runs if counted else min(runs + 1, ORPHANED)
        this = last.get("run") if runs == ORPHANED else run
        words.update({"run": this} if this is not None else {})
