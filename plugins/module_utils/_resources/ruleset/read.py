# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A live table back into data: which subnets are translated, and which ports are published. Pure."""

from __future__ import annotations

import ipaddress
from typing import Any, Callable, Dict, List, Mapping, Sequence, Tuple

from .elements import elements, publication
from .model import NetworkPolicy, Publication, Ruleset

MakeNetwork = Callable[[str, str], NetworkPolicy]


def read_ruleset(topology: str, objects: Sequence[Mapping[str, Any]], make_network: MakeNetwork) -> Ruleset:
    """``make_network(bridge, subnet)`` says what a network is like whose policy the table does not tell."""
    members = _members(objects)
    networks = tuple(
        _translation(make_network(bridge, subnet), members)
        for family in "46"
        for bridge, subnet in (_home(text) for text in members.get("at_home" + family, {}))
    )
    return Ruleset(topology, networks=networks, publications=tuple(_publications(members, networks)))


def _members(objects: Sequence[Mapping[str, Any]]) -> Dict[str, Mapping[str, Any]]:
    found = {}
    for item in objects:
        for kind in ("set", "map"):
            if kind in item:
                found[item[kind]["name"]] = elements(item[kind])
    return found


def _home(text: str) -> Tuple[str, str]:
    bridge, subnet = text.split(" . ")
    return bridge.strip('"'), str(ipaddress.ip_network(subnet))


def _translation(network: NetworkPolicy, members: Mapping[str, Mapping[str, Any]]) -> NetworkPolicy:
    suffix = str(network.family)
    masked = {str(ipaddress.ip_network(text)) for text in members.get("masquerade" + suffix, {})}
    pairs = (text.split(" : ") for text in members.get("snat" + suffix, {}))
    sources = {str(ipaddress.ip_network(subnet)): address for subnet, address in pairs}
    snat_to = sources.get(network.subnet)
    return network._replace(masquerade=network.subnet in masked or snat_to is not None, snat_to=snat_to)


def _publications(members: Mapping[str, Mapping[str, Any]], networks: Sequence[NetworkPolicy]) -> List[Publication]:
    found = []
    for name, values in members.items():
        for value in values.values():
            port = publication(name, value)
            if port is not None:
                found.append(port._replace(bridge=_bridge_of(port, networks)))
    return found


def _bridge_of(port: Publication, networks: Sequence[NetworkPolicy]) -> str:
    target = ipaddress.ip_address(port.container_address)
    return next((net.bridge for net in networks if target in ipaddress.ip_network(net.subnet)), "")
