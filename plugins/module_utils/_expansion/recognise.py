# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kernel has → the words that would declare it: expansion run backwards. Pure.

The kernel cannot say which of an address, a port or a subnet was asked for and which was chosen, so all are
given; fed back, they are what is there already. Words that leave no trace of their own (``gw_priority``,
``extra_hosts``, ``sysctls``) are not told.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_interface, ip_network
from typing import Any, Dict, Iterator, List, Optional, Tuple

from .._kernel.visits import NamespaceState
from .._resources.link import comparable_addresses
from .._resources.ruleset.model import Publication
from .drivers.registry import DRIVERS
from .seen import Seen


def recognise_networks(seen: Seen) -> Dict[str, Dict[str, Any]]:
    """Network name → its words."""
    found: Dict[str, Dict[str, Any]] = {}
    for driver in DRIVERS.values():
        for name, words in driver.recognise_networks(seen):
            found[name] = words
            _add_reserved(seen, name, words["ipam"]["config"])
    return found


def recognise_containers(seen: Seen) -> Dict[str, Dict[str, Any]]:
    """Container name → its words."""
    found: Dict[str, Dict[str, Any]] = {}
    for name, mark in sorted(seen.observed.marks.items()):
        if mark.topology != seen.topology or seen.observed.handles.get(name) is None:
            continue
        if mark.attach == "host":
            found[name] = {"network_mode": "host"}
        elif mark.attach and mark.is_second:
            found[name] = {"network_mode": "container:" + mark.attach.split(":", 1)[1]}
        else:
            found[name] = _container(seen, name)
    return found


def _add_reserved(seen: Seen, network: str, pools: List[Dict[str, Any]]) -> None:
    for pool in pools:
        subnet = ip_network(pool["subnet"])
        aux = {n: a for of, n, a in seen.reserved if of == network and ip_address(a) in subnet}
        if aux:
            pool["aux_addresses"] = aux


def _container(seen: Seen, name: str) -> Dict[str, Any]:
    state = seen.observed.namespaces.get(name, NamespaceState())
    networks = dict(_attachments(seen, name, state))
    if not networks:
        return {"network_mode": "none"}
    words: Dict[str, Any] = {"networks": networks}
    own = {words.get("ipv4_address") or words.get("ipv6_address") for words in networks.values()}
    own |= {words.get("ipv6_address") for words in networks.values()}
    ports = [_port(port) for port in seen.publications if port.container_address in own]
    if ports:
        words["ports"] = list(dict.fromkeys(ports))
    hostname = seen.hostnames.get(name, name)
    if hostname != name:
        words["hostname"] = hostname
    return words


def _attachments(seen: Seen, name: str, state: NamespaceState) -> Iterator[Tuple[str, Dict[str, Any]]]:
    places = [(*place, driver) for driver in DRIVERS.values() for place in driver.recognise_places(seen, name)]
    for inner, network, driver in sorted(places, key=lambda place: place[0].index):
        words: Dict[str, Any] = {"interface_name": inner.ifname}
        if driver.has_mac(inner):
            words["mac_address"] = inner.mac
        for cidr in comparable_addresses(state.addresses.get(inner.index, [])):
            address = ip_interface(cidr).ip
            if address.is_link_local:
                words.setdefault("link_local_ips", []).append(str(address))
            else:
                words.setdefault("ipv%d_address" % address.version, str(address))
        bandwidth = {}
        for driver in DRIVERS.values():
            bandwidth.update(driver.recognise_bandwidth(seen, inner))
        if bandwidth:
            words["bandwidth"] = bandwidth
        aliases = _aliases(seen, name, [words.get("ipv4_address"), words.get("ipv6_address")])
        if aliases:
            words["aliases"] = aliases
        yield network, words


def _aliases(seen: Seen, name: str, addresses: List[Optional[str]]) -> List[str]:
    hostname = seen.hostnames.get(name, name)
    for line in seen.hosts.get(name, "").splitlines():
        address, *words = line.split()
        if address in addresses and words and words[0] == name:
            return [word for word in words[1:] if word != hostname]
    return []


def _port(port: Publication) -> str:
    host = "" if port.host_ip is None else ("[%s]:" if ":" in port.host_ip else "%s:") % port.host_ip
    return "{0}{1}:{2}/{3}".format(host, port.published, port.container_port, port.protocol)
