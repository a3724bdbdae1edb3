# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many there are of what, for whoever watches a host: containers, leases, ports, bytes."""

from __future__ import annotations

from typing import Any, Dict, Iterator, Mapping, Optional, Sequence, Tuple

from .._declaration.topology import Topology
from .._engine import declared
from .._ipam import pools
from .._ipam import store as lease_store
from .._kernel.host import Host
from . import restore
from .preparing import parse

_COUNTERS = "/proc/thread-self/net/dev"


def figures(topology: str, containers: Mapping[str, Any]) -> Dict[str, Any]:
    """``containers`` as a result describes them. ``pools`` and ``attachments`` are lists with an entry for each."""
    record = parse(topology, declared.words(restore.params(topology, restore.kept(topology))), absent=False)
    with lease_store.open_store(check_mode=True) as store:
        rows = lease_store.leases(store, topology)
    return {
        "networks": len(record.networks),
        "containers": len(record.containers),
        "published_ports": len([row for row in rows if row["kind"] == "port"]),
        "pools": list(_pools(record, rows)),
        "attachments": list(_attachments(containers)),
    }


def _pools(record: Topology, rows: Sequence[Mapping[str, Any]]) -> Iterator[Dict[str, Any]]:
    """Of each subnet how many addresses are leased, those of gateways and ``aux_addresses`` too, and how many more
    containers without an address of their own could have."""
    for row in rows:
        if row["kind"] != "subnet" or row["network"] not in record.networks:
            continue
        pool = record.networks[row["network"]].pool(row["family"])
        narrow = str(pool.ip_range) if pool is not None and pool.ip_range is not None else None
        first, last = pools.choosable(row["subnet"], narrow)
        of_it = [each for each in rows if each["kind"] == "address" and _is_in(each, row)]
        within = [each for each in of_it if first <= pools.number(each["address"]) <= last]
        yield {
            "network": row["network"],
            "family": row["family"],
            "subnet": row["subnet"],
            "leased": len(of_it),
            "free": max(0, last - first + 1 - len(within)),
        }


def _is_in(address: Mapping[str, Any], subnet: Mapping[str, Any]) -> bool:
    return (address["network"], address["family"]) == (subnet["network"], subnet["family"])


def _attachments(containers: Mapping[str, Any]) -> Iterator[Dict[str, Any]]:
    """Bytes as the container counts them, since its interface was made. One that is not there is left out."""
    with Host() as host:
        for name, container in containers.items():
            if container["mode"] in ("host", "none") or container["mode"].startswith("container:"):
                continue
            counted = _counted(host, name)
            for ifname, interface in container["interfaces"].items():
                if counted is not None and ifname in counted:
                    received, sent = counted[ifname]
                    words = {"container": name, "interface": ifname, "network": interface["network"]}
                    yield dict(words, received_bytes=received, sent_bytes=sent)


def _counted(host: Host, netns: str) -> Optional[Dict[str, Tuple[int, int]]]:
    """Interface -> (bytes received, bytes sent), as proc(5) has it of the namespace that the thread is in."""
    try:
        with host.inside(netns), open(_COUNTERS, encoding="ascii") as file:
            lines = [line.partition(":") for line in file]
    except OSError:
        return None
    words = [(name.strip(), rest.split()) for name, colon, rest in lines if colon]
    return {name: (int(numbers[0]), int(numbers[8])) for name, numbers in words}
