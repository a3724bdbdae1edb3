# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A row of the fleet's leases as a key and a value of etcd, each one line of text that a person can read. Pure.

Below the prefix:

    vnis/4789/4711                                            default/shop
    topologies/default/networks/shop/blocks/10.88.3.0/24      HOST_ID node3
    topologies/default/networks/shop/addresses/10.88.3.9      HOST_ID web node3
    topologies/default/networks/shop/members/HOST_ID          {"host": "node3", …}
"""

from __future__ import annotations

import json
from typing import Optional, Tuple

from ..fleet_store import ADDRESS, BLOCK, MEMBER, VNI
from ..store import Row


def vnis(prefix: str) -> str:
    return prefix + "/vnis/"


def topology_keys(prefix: str, topology: str) -> str:
    return "{0}/topologies/{1}/".format(prefix, topology)


def network_keys(prefix: str, topology: str, network: str, kind: str) -> str:
    return "{0}networks/{1}/{2}/".format(topology_keys(prefix, topology), network, _FOLDERS[kind])


_FOLDERS = {BLOCK: "blocks", ADDRESS: "addresses", MEMBER: "members"}
_KINDS = {folder: kind for kind, folder in _FOLDERS.items()}


def entry(prefix: str, row: Row) -> Tuple[str, str]:
    """Key and value."""
    kind = row["kind"]
    if kind == VNI:
        return "{0}{port}/{vni}".format(vnis(prefix), **row), "{topology}/{network}".format(**row)
    folder = network_keys(prefix, row["topology"], row["network"], kind)
    if kind == BLOCK:
        return folder + row["block"], "{host_id} {host}".format(**row)
    if kind == ADDRESS:
        return folder + row["address"], "{host_id} {container} {host}".format(**row)
    return folder + row["host_id"], json.dumps(row["told"], sort_keys=True)


def row(prefix: str, key: str, value: str) -> Optional[Row]:
    """None where it is none of ours."""
    try:
        return _row(key[len(prefix) + 1 :].split("/", 5), value) if key.startswith(prefix + "/") else None
    except (ValueError, KeyError):
        return None


def _row(parts: "list[str]", value: str) -> Row:
    if parts[0] == "vnis":
        _vnis, port, vni = parts
        topology, network = value.split("/")
        return {"kind": VNI, "topology": topology, "network": network, "port": int(port), "vni": int(vni)}
    topologies, topology, networks, network, folder, name = parts
    if (topologies, networks) != ("topologies", "networks"):
        raise ValueError(folder)
    found: Row = {"kind": _KINDS[folder], "topology": topology, "network": network}
    if folder == "members":
        return dict(found, host_id=name, told=json.loads(value))
    host_id, _space, rest = value.partition(" ")
    if folder == "blocks":
        return dict(found, block=name, host_id=host_id, host=rest)
    container, _space, host = rest.partition(" ")
    return dict(found, address=name, host_id=host_id, host=host, container=container)
