# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One lease by hand: added to what its topology holds, or taken from it; nobody else's lease moves."""

from __future__ import annotations

import ipaddress
from typing import Any, Dict, List, Mapping, Tuple

from .._declaration import words
from .._declaration.ports import parse_port
from .._declaration.words import Problems
from .._engine.report import Result
from .._ipam.allocate import allocate
from .._ipam.change import NETWORK_ITSELF, Change
from .._ipam.requests import AddressRequest, Allocation, HostFacts, LeaseRequests, PortRequest, SubnetRequest
from .._ipam.store import Row, Store, open_store
from .._kernel import facts
from .._kernel.errors import DeclarationError, Problem
from .._kernel.names import LEASE_STORE


def perform(params: Mapping[str, Any], check_mode: bool, where: str = LEASE_STORE) -> Result:
    params = _understand(params)
    absent = params["state"] == "absent"
    # Where there is no store nothing is held, and none is made to say so.
    with open_store(check_mode, create=not absent, where=where) as store:
        store.begin()
        allocation = _release(store, params) if absent else _lease(store, params)
        answer = {} if absent else _answer(store, params, allocation)
        store.commit()
    return Result(
        allocation.changes,
        facts=answer,
    )


def _understand(params: Mapping[str, Any]) -> Dict[str, Any]:
    """The options, each read as its word is in a topology, addresses in the one form that the store has them in."""
    problems = Problems()
    read = dict(params)
    for name in ("subnet", "ip_range"):
        if params[name] is not None:
            read[name] = str(words.subnet(params[name], name, problems, name))
    for name in ("gateway", "address", "host_ip"):
        if params[name] is not None:
            read[name] = str(words.address(params[name], name, problems))
    read["reserved"] = {
        name: str(words.address(one, "reserved.{0}".format(name), problems))
        for name, one in words.mapping(params["reserved"], "reserved", problems).items()
    }
    parse_port(params["target"], "container port", "target", problems)
    parse_port(params["port"], "host port", "port", problems)
    if params["state"] == "present" and params["owner"] == NETWORK_ITSELF:
        problems.note("owner", "must not be empty")
    if problems:
        raise DeclarationError(problems)
    return read


# -- present


def _lease(store: Store, params: Mapping[str, Any]) -> Allocation:
    requests = LeaseRequests(
        topology=params["topology_name"],
        subnets=_subnet_requests(params),
        addresses=_address_requests(store, params),
        ports=_port_requests(params),
    )
    return allocate(store, requests, _host_facts(params), release_others=False)


def _host_facts(params: Mapping[str, Any]) -> HostFacts:
    """Routes are not looked at: by hand, the bridge with this very subnet may be there already."""
    if params["target"] is None:
        return HostFacts()
    return HostFacts(ip_local_port_range=facts.local_port_range(), ip_local_reserved_ports=facts.reserved_ports())


def _subnet_requests(params: Mapping[str, Any]) -> Tuple[SubnetRequest, ...]:
    if params["subnet"] is None:
        return ()
    return (
        SubnetRequest(
            network=params["network"],
            family=ipaddress.ip_network(params["subnet"]).version,
            subnet=params["subnet"],
            ip_range=params["ip_range"],
            gateway=params["gateway"],
            needs_gateway=ipaddress.ip_network(params["subnet"]).num_addresses > 1,
            reserved=tuple((params["reserved"] or {}).items()),
            path="subnet",
        ),
    )


def _address_requests(store: Store, params: Mapping[str, Any]) -> Tuple[AddressRequest, ...]:
    if params["network"] is None or params["owner"] is None:
        return ()
    return (
        AddressRequest(
            network=params["network"],
            container=params["owner"],
            interface=params["interface"],
            family=_family(store, params),
            address=params["address"],
            path="address" if params["address"] else "network",
        ),
    )


def _family(store: Store, params: Mapping[str, Any]) -> int:
    """As written in the subnet or the address; else that of the network, IPv4 where it has both."""
    for value in (params["subnet"], params["address"]):
        if value is not None:
            return int(ipaddress.ip_interface(value).version)
    rows = store.rows("subnet", topology=params["topology_name"], network=params["network"])
    if not rows:
        message = "the network {0} has no subnet yet; write its subnet"
        raise DeclarationError([Problem("network", message.format(params["network"]))])
    return int(min(row["family"] for row in rows))


def _port_requests(params: Mapping[str, Any]) -> Tuple[PortRequest, ...]:
    if params["target"] is None:
        return ()
    host_ip = params["host_ip"]
    return (
        PortRequest(
            container=params["owner"],
            container_port=params["target"],
            protocol=params["protocol"],
            published=params["port"],
            host_ip=str(ipaddress.ip_address(host_ip)) if host_ip is not None else None,
            path="port" if params["port"] is not None else "target",
        ),
    )


def _answer(store: Store, params: Mapping[str, Any], allocation: Allocation) -> Dict[str, Any]:
    """What is held now, whether it was leased in this run or before."""
    for port in allocation.ports.values():
        return {"port": port}
    family = next((key[1] for key in allocation.subnets), None) or _family(store, params)
    where = {"topology": params["topology_name"], "network": params["network"], "family": family}
    subnet = store.rows("subnet", **where)[0]["subnet"]
    answer: Dict[str, Any] = {"subnet": subnet, "prefix_length": ipaddress.ip_network(subnet).prefixlen}
    for row in store.rows("address", container=NETWORK_ITSELF, interface="gateway", **where):
        answer["gateway"] = row["address"]
    for address in allocation.addresses.values():
        answer["address"] = address
    return answer


# -- absent


def _release(store: Store, params: Mapping[str, Any]) -> Allocation:
    change = Change(store, params["topology_name"])
    for row in _held(store, params):
        change.release(row)
    return change.allocation()


def _held(store: Store, params: Mapping[str, Any]) -> List[Row]:
    topology, network, owner = params["topology_name"], params["network"], params["owner"]
    if network is None:
        where = dict(topology=topology, container=owner, target=params["target"], protocol=params["protocol"])
        rows = store.rows("port", **where)
        return [row for row in rows if _matches(row, published=params["port"], host_ip=params["host_ip"])]
    if owner is None:
        where = dict(topology=topology, network=network)
        return store.rows("address", **where) + store.rows("subnet", **where)
    where = dict(topology=topology, network=network, container=owner, interface=params["interface"])
    return [row for row in store.rows("address", **where) if _matches(row, address=params["address"])]


def _matches(row: Row, **wanted: Any) -> bool:
    """Is the row what was written, as far as it was written?"""
    return all(value is None or row[name] == value for name, value in wanted.items())
