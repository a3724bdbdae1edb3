# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host says of itself for networks across hosts: ``topology_underlay_address``, ``topology_host_id``,
``topology_blocks``, ``topology_fleet`` and ``topology_vxlan_port``; of encryption, ``encryption_words.py``.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import Any, Dict, List, Mapping, Optional, Tuple

from .._ipam.etcd.access import Access
from .._kernel.data import dataclass
from .encryption_words import EncryptionWords, parse_encryption
from .lease_store_words import parse_lease_store
from .overlay_words import LONGEST_BLOCKS, VXLAN_PORT
from .topology import Address, Network, Subnet
from .words import Problems, address, between, items, mapping, quote, subnet, suggest, text, texts, within

HOST_ID_MAX = 64
_HOST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]*\Z")


@dataclass(frozen=True)
class FleetWords:
    """``host_id`` and ``underlay_address`` None: the host knows its own. ``fleet`` None: all hosts of the inventory."""

    host_id: Optional[str] = None
    underlay_address: Optional[Address] = None
    blocks: Mapping[str, Tuple[Subnet, ...]] = field(default_factory=dict)  # network → this host's, by hand
    fleet: Optional[Tuple[str, ...]] = None
    vxlan_port: int = VXLAN_PORT
    encryption: EncryptionWords = EncryptionWords()
    lease_store: Optional[Access] = None  # None: what the hosts were told is all the memory there is


def parse_fleet_words(values: Mapping[str, Any], networks: Mapping[str, Network], problems: Problems) -> FleetWords:
    """``values``: of one host's variables, those that are named above. ``networks``: those that it declares."""
    port = between(values.get("topology_vxlan_port"), 1, 65535, "port", "topology_vxlan_port", problems)
    return FleetWords(
        host_id=host_id(values.get("topology_host_id"), "topology_host_id", problems),
        underlay_address=underlay_address(values.get("topology_underlay_address"), problems),
        blocks=_blocks(values.get("topology_blocks"), networks, problems),
        fleet=_fleet(values.get("topology_fleet"), problems),
        vxlan_port=VXLAN_PORT if port is None else port,
        encryption=parse_encryption(values, problems),
        lease_store=parse_lease_store(values.get("topology_lease_store"), problems),
    )


def host_id(value: Any, path: str, problems: Problems) -> Optional[str]:
    """Who a host is, over renames: what a machine id looks like, or a word of the user's."""
    found = text(value, path, problems) if value not in (None, "") else None
    if found is not None and not (_HOST_ID.match(found) and len(found) <= HOST_ID_MAX):
        message = "{0}: use letters, digits, '_', '.', ':' and '-', a letter or digit first, at most {1} characters"
        problems.note(path, message, quote(found), HOST_ID_MAX)
        return None
    return found


def underlay_address(value: Any, problems: Problems) -> Optional[Address]:
    """Where the other hosts reach this one: an address that has a place on one wire only is none."""
    path = "topology_underlay_address"
    found = address(value, path, problems) if value not in (None, "") else None
    if found is None:
        return None
    if found.is_unspecified or found.is_multicast or found.is_loopback or (found.version == 6 and found.is_link_local):
        problems.note(path, '"{0}": expected an address at which the other hosts reach this one', found)
        return None
    return found


def _blocks(value: Any, networks: Mapping[str, Network], problems: Problems) -> Dict[str, Tuple[Subnet, ...]]:
    found: Dict[str, Tuple[Subnet, ...]] = {}
    overlays = {name: network for name, network in networks.items() if network.driver == "overlay"}
    for name, written in mapping(value, "topology_blocks", problems).items():
        path = "topology_blocks." + name
        if name not in overlays:
            problems.note(path, "there is no overlay network of this name{0}", suggest(name, overlays))
            continue
        blocks: List[Subnet] = []
        for item in items(written, path, problems):
            block = subnet(item, path, problems, "block")
            if block is not None and _fits(block, overlays[name], path, problems):
                blocks.append(block)
        found[name] = tuple(dict.fromkeys(blocks))
    return found


def _fits(block: Subnet, network: Network, path: str, problems: Problems) -> bool:
    pool = network.pool(block.version)
    if pool is None:
        problems.note(path, '"{0}": the network {1} has no IPv{2}', block, quote(network.name), block.version)
    elif pool.subnet is None or not within(block, pool.subnet):
        subnet_text = pool.subnet or "of the network, which is chosen; write it in ipam.config"
        problems.note(path, '"{0}": not inside the subnet {1}', block, subnet_text)
    elif block.prefixlen > LONGEST_BLOCKS[block.version]:
        problems.note(
            path, '"{0}": too small, a gateway and a container need /{1}', block, LONGEST_BLOCKS[block.version]
        )
    else:
        return True
    return False


def _fleet(value: Any, problems: Problems) -> Optional[Tuple[str, ...]]:
    if value is None:
        return None
    return tuple(dict.fromkeys(texts(value, "topology_fleet", problems)))
