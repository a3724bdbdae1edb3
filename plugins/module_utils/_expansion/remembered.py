# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kernel cannot tell of a topology, out of the declaration that was made real last. Pure.

What was recognised counts; the kept words fill in the rest (links, name servers, settings, routes …), for whatever is
still there. What is in the declaration and not on the host is not told.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any, Dict, Iterable, List, Mapping

from .._declaration.ports import parse_ports
from .._declaration.words import Problems, within

Words = Dict[str, Any]
Spellings = Mapping[str, Any]  # Docker's key in driver_opts → our word


def remembered_networks(
    recognised: Mapping[str, Words], kept: Mapping[str, Any], leases: Iterable[Mapping[str, Any]], spellings: Spellings
) -> Dict[str, Words]:
    """``leases``: those of the topology. A network on a bridge that is not ours has leases, and no mark."""
    rows = [row for row in leases if row["kind"] == "subnet"]
    found: Dict[str, Words] = {}
    for name in dict.fromkeys([*recognised, *(str(row["network"]) for row in rows if row["external"])]):
        own, words = dict(recognised.get(name, {})), dict(kept.get(name) or {})
        pools = _pools(own, words, [row for row in rows if row["network"] == name])
        if name in recognised:
            _forget_spellings(words, own, spellings)
        if pools:
            own["ipam"] = {**(words.get("ipam") or {}), "config": pools}
        found[name] = {**words, **own}
    return found


def remembered_containers(recognised: Mapping[str, Words], kept: Mapping[str, Any]) -> Dict[str, Words]:
    found: Dict[str, Words] = {}
    for name, own in recognised.items():
        words = dict(kept.get(name) or {})
        if "network_mode" in own or "networks" in own:
            words.pop("network_mode", None)
        attached = _attachments(words.pop("networks", None))
        words.pop("mac_address", None)  # it is the first interface's, which says it
        if not _explains(words.get("ports"), own.get("ports", ())):
            words.pop("ports", None)
        own = {key: value for key, value in own.items() if key != "ports" or "ports" not in words}
        merged = {**words, **own}
        if "networks" in own:
            merged["networks"] = {
                network: {**attached.get(network, {}), **place} for network, place in own["networks"].items()
            }
        found[name] = merged
    return found


def _explains(declared: Any, recognised: Iterable[str]) -> bool:
    """Whether declared ports are those that are published: where nothing is translated the kernel knows no host port,
    and it knows of none whether it was chosen."""
    known = {(port.container_port, port.protocol) for port in parse_ports(declared, "", Problems())}
    return {(port.container_port, port.protocol) for port in parse_ports(list(recognised), "", Problems())} <= known


def _attachments(value: Any) -> Dict[str, Words]:
    if isinstance(value, Mapping):
        return {str(name): dict(words or {}) for name, words in value.items()}
    return {str(name): {} for name in value or ()}


def _pools(own: Words, words: Words, rows: List[Mapping[str, Any]]) -> List[Words]:
    """As recognised, or else as leased, with what a declared pool says besides."""
    seen = {ip_network(pool["subnet"]): dict(pool) for pool in own.get("ipam", {}).get("config", ())}
    for row in rows:
        if not any(within(ip_network(row["subnet"]), net) for net in seen):  # of an overlay the host leases its block
            seen[ip_network(row["subnet"])] = {"subnet": row["subnet"]}
    declared = [dict(pool) for pool in (words.get("ipam") or {}).get("config") or ()]
    for net, pool in seen.items():
        for other in declared:
            if "subnet" not in other or ip_network(other["subnet"]) == net:
                same = "subnet" in other or ip_network(other.get("ip_range", "::/0")).version == net.version
                for key, value in (other if same else {}).items():
                    pool.setdefault(key, value)
    return list(seen.values())


def _forget_spellings(words: Words, own: Words, spellings: Spellings) -> None:
    """Another spelling of what was recognised would contradict it where somebody changed it."""
    opts = {key: value for key, value in (words.get("driver_opts") or {}).items() if spellings.get(key) not in own}
    words.pop("driver_opts", None)
    if opts:
        words["driver_opts"] = opts
