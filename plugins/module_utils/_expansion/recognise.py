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

import ipaddress
from dataclasses import dataclass
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Tuple

from .._kernel.observe import Observed
from .._kernel.rtnl.read import Link
from .._kernel.visits import NamespaceState
from .._resources import ownership
from .._resources.link import comparable_addresses
from .._resources.ruleset.model import Publication

Elements = Mapping[str, Iterable[str]]  # nft set → its elements as text


@dataclass(frozen=True)
class Seen:
    """All that was read of one topology."""

    topology: str
    observed: Observed
    elements: Elements
    publications: Tuple[Publication, ...]
    hosts: Mapping[str, str]  # container → its hosts file
    hostnames: Mapping[str, str]
    reserved: Tuple[Tuple[str, str, str], ...] = ()  # aux addresses, out of the leases: network, name, address


def recognise_networks(seen: Seen) -> Dict[str, Dict[str, Any]]:
    """Network name → its words."""
    found = {}
    for link in seen.observed.links.values():
        subject = _subject(seen, link)
        if link.kind == "bridge" and subject and subject.startswith("network "):
            name = subject[len("network ") :]
            found[name] = _network(seen, link)
            _add_reserved(seen, name, found[name]["ipam"]["config"])
    return found


def recognise_containers(seen: Seen) -> Dict[str, Dict[str, Any]]:
    """Container name → its words."""
    found: Dict[str, Dict[str, Any]] = {}
    for name, mark in sorted(seen.observed.marks.items()):
        if mark.topology != seen.topology or seen.observed.handles.get(name) is None:
            continue
        if mark.attach == "host":
            found[name] = {"network_mode": "host"}
        elif mark.attach:
            found[name] = {"network_mode": "container:" + mark.attach.split(":", 1)[1]}
        else:
            found[name] = _container(seen, name)
    return found


def _subject(seen: Seen, link: Link) -> Optional[str]:
    return ownership.subject(link, seen.observed, seen.topology)


def _has(seen: Seen, set_name: str, element: str) -> bool:
    return element in seen.elements.get(set_name, ())


def _network(seen: Seen, link: Link) -> Dict[str, Any]:
    quoted = '"{0}"'.format(link.ifname)
    subnets = _subnets(seen, link)
    words: Dict[str, Any] = {"bridge": link.ifname, "mtu": link.mtu}
    words["ipam"] = {"config": [dict(pool) for pool in subnets.values()]}
    words["enable_ipv4"], words["enable_ipv6"] = 4 in subnets, 6 in subnets
    words["icc"] = not _has(seen, "icc_off", quoted)
    words["isolate"] = _has(seen, "isolated", quoted)
    words["internal"] = bool(subnets) and all(_has(seen, "closed", "ipv{0} . {1}".format(f, quoted)) for f in subnets)
    if not words["internal"]:
        words["masquerade"] = any(_leaves_masked(seen, family, pool["subnet"]) for family, pool in subnets.items())
        words["gateway_mode"] = {"ipv%d" % family: _mode(seen, family, quoted) for family in subnets}
    snat = [text.split(" : ")[1] for f in (4, 6) for text in seen.elements.get("snat%d" % f, ()) if _of(text, subnets)]
    if snat:
        words["snat_to"] = snat
    trusted = [text.split(" . ")[0].strip('"') for text in seen.elements.get("trusted", ()) if text.endswith(quoted)]
    if trusted:
        words["trusted_host_interfaces"] = sorted(trusted)
    return words


def _add_reserved(seen: Seen, network: str, pools: List[Dict[str, Any]]) -> None:
    for pool in pools:
        subnet = ipaddress.ip_network(pool["subnet"])
        aux = {n: a for of, n, a in seen.reserved if of == network and ipaddress.ip_address(a) in subnet}
        if aux:
            pool["aux_addresses"] = aux


def _of(text: str, subnets: Mapping[int, Mapping[str, str]]) -> bool:
    return text.split(" : ")[0] in [pool["subnet"] for pool in subnets.values()]


def _leaves_masked(seen: Seen, family: int, subnet: str) -> bool:
    by_snat = any(text.startswith(subnet + " : ") for text in seen.elements.get("snat%d" % family, ()))
    return by_snat or _has(seen, "masquerade%d" % family, subnet)


def _mode(seen: Seen, family: int, quoted: str) -> str:
    key = "ipv{0} . {1}".format(family, quoted)
    if _has(seen, "routed", key):
        return "routed"
    return "nat-unprotected" if _has(seen, "unprotected", key) else "nat"


def _subnets(seen: Seen, link: Link) -> Dict[int, Dict[str, str]]:
    """family → subnet and gateway: the bridge's addresses."""
    found: Dict[int, Dict[str, str]] = {}
    for cidr in comparable_addresses(seen.observed.addresses.get(link.index, [])):
        interface = ipaddress.ip_interface(cidr)
        pool = {"subnet": str(interface.network), "gateway": str(interface.ip)}
        found.setdefault(interface.version, pool)
    return found


def _container(seen: Seen, name: str) -> Dict[str, Any]:
    state = seen.observed.namespaces.get(name, NamespaceState())
    networks = dict(_attachments(seen, name, state))
    if not networks:
        return {"network_mode": "none"}
    words: Dict[str, Any] = {"networks": networks}
    own = {words.get("ipv4_address") or words.get("ipv6_address") for words in networks.values()}
    own |= {words.get("ipv6_address") for words in networks.values()}
    ports = [_port(port) for port in seen.publications if port.target in own]
    if ports:
        words["ports"] = list(dict.fromkeys(ports))
    hostname = seen.hostnames.get(name, name)
    if hostname != name:
        words["hostname"] = hostname
    return words


def _attachments(seen: Seen, name: str, state: NamespaceState) -> Iterator[Tuple[str, Dict[str, Any]]]:
    for inner in sorted(state.links.values(), key=lambda link: link.index):
        outer = seen.observed.by_index.get(inner.peer)
        if inner.kind != "veth" or outer is None or not _subject(seen, outer):
            continue
        network = _network_of(seen, outer)
        if network is None:
            continue
        words: Dict[str, Any] = {"interface_name": inner.ifname, "mac_address": inner.mac}
        for cidr in comparable_addresses(state.addresses.get(inner.index, [])):
            address = ipaddress.ip_interface(cidr).ip
            if address.is_link_local:
                words.setdefault("link_local_ips", []).append(str(address))
            else:
                words.setdefault("ipv%d_address" % address.version, str(address))
        aliases = _aliases(seen, name, [words.get("ipv4_address"), words.get("ipv6_address")])
        if aliases:
            words["aliases"] = aliases
        yield network, words


def _network_of(seen: Seen, outer: Link) -> Optional[str]:
    master = seen.observed.by_index.get(outer.master)
    subject = _subject(seen, master) if master else None
    return subject[len("network ") :] if subject and subject.startswith("network ") else None


def _aliases(seen: Seen, name: str, addresses: List[Optional[str]]) -> List[str]:
    hostname = seen.hostnames.get(name, name)
    for line in seen.hosts.get(name, "").splitlines():
        address, *words = line.split()
        if address in addresses and words and words[0] == name:
            return [word for word in words[1:] if word != hostname]
    return []


def _port(port: Publication) -> str:
    host = "" if port.host_ip is None else ("[%s]:" if ":" in port.host_ip else "%s:") % port.host_ip
    return "{0}{1}:{2}/{3}".format(host, port.published, port.target_port, port.protocol)
