# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host ports as leases: who keeps theirs, who conflicts, which one is chosen."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Sequence, Set, Tuple

from .._kernel.errors import Problem
from .change import TUNNEL, Change, owner, port_text
from .port_probe import Probe
from .requests import HostFacts, LeaseRequests, PortRequest
from .store import Row, Store

Owner = Tuple[str, int, str, str]  # (container, target, protocol, host_ip)


def allocate_ports(
    change: Change,
    requests: LeaseRequests,
    host: HostFacts,
    probe: Probe,
    release_others: bool,
    problems: List[Problem],
) -> Dict[PortRequest, int]:
    held = _held(change.store, requests, release_others)
    kept = _keep(held, requests)
    if release_others:
        _release_all_but(kept, held, change)
    ports = dict(kept)
    paths = {(_owner(request), published): request.path for request, published in kept.items()}
    fixed = [request for request in requests.ports if request.published is not None and request not in ports]
    problems.extend(_lease_fixed(change, fixed, probe, paths))
    ports.update((request, request.published or 0) for request in fixed)
    _choose_ports(ports, change, requests, host, probe, problems)
    return ports


def _release_all_but(kept: Dict[PortRequest, int], held: Dict[Owner, List[Row]], change: Change) -> None:
    kept_ports = {(_owner(request), published) for request, published in kept.items()}
    for key, rows in held.items():
        for row in rows:
            if (key, row["published"]) not in kept_ports:
                change.release(row)


def _choose_ports(
    ports: Dict[PortRequest, int],
    change: Change,
    requests: LeaseRequests,
    host: HostFacts,
    probe: Probe,
    problems: List[Problem],
) -> None:
    """Adds to ``ports`` a free one for each request that is not in it: one for an owner, whatever the families."""
    chosen: Dict[Owner, int] = {}
    candidates: Dict[str, Iterator[int]] = {}
    for request in requests.ports:
        if request in ports:
            continue
        if _owner(request) not in chosen:
            if request.choices is not None:
                published = next(_free_ports(change.store, request, request.choices, host, probe), None)
            else:
                if request.protocol not in candidates:
                    candidates[request.protocol] = _free_ports(
                        change.store, request, _range(requests, host), host, probe
                    )
                published = next(candidates[request.protocol], None)
            if published is None:
                message = "no {0} port is free in {1}-{2}; widen {3}"
                which = "topology_port_range" if request.choices is None else "the range"
                ends = request.choices or _range(requests, host)
                problems.append(Problem(request.path, message.format(request.protocol, *ends, which)))
                continue
            change.choose("port", **_columns(_owner(request), published))
            chosen[_owner(request)] = published
        ports[request] = chosen[_owner(request)]


def _held(store: Store, requests: LeaseRequests, everything: bool) -> Dict[Owner, List[Row]]:
    if everything:
        rows = store.rows("port", topology=requests.topology)
    else:
        names = ("container", "target", "protocol", "host_ip")
        owners = {_owner(request) for request in requests.ports}
        rows = [
            row for key in owners for row in store.rows("port", topology=requests.topology, **dict(zip(names, key)))
        ]
    held: Dict[Owner, List[Row]] = {}
    for row in rows:
        held.setdefault((row["container"], row["target"], row["protocol"], row["host_ip"]), []).append(row)
    return held


def _keep(held: Dict[Owner, List[Row]], requests: LeaseRequests) -> Dict[PortRequest, int]:
    """A fixed port is kept as it is; a chosen one is whatever its owner holds beside the fixed ones."""
    kept: Dict[PortRequest, int] = {}
    fixed: Set[Tuple[Owner, int]] = set()
    for request in requests.ports:
        if request.published is not None:
            key = _owner(request)
            fixed.add((key, request.published))
            if any(row["published"] == request.published for row in held.get(key, ())):
                kept[request] = request.published
    for request in requests.ports:
        if request.published is None:
            key = _owner(request)
            first, last = request.choices or (1, 65535)
            free = [row["published"] for row in held.get(key, ()) if (key, row["published"]) not in fixed]
            free = [number for number in free if first <= number <= last]
            if free:
                kept[request] = min(free)
    return kept


def _lease_fixed(
    change: Change, requests: Sequence[PortRequest], probe: Probe, paths: Dict[Tuple[Owner, int], str]
) -> Iterator[Problem]:
    """``paths``: where in the declaration a port is asked for that its owner has; those that are leased come to it."""
    wanted: Dict[Tuple[Owner, int], PortRequest] = {}
    for request in requests:
        key = _owner(request), request.published or 0
        if key not in paths:
            wanted.setdefault(key, request)  # the same port twice in one declaration is one
    together = change.grant_all("port", [_columns(*key) for key in wanted])
    for key, request in wanted.items():
        if together or change.grant("port", **_columns(*key)):
            yield from _in_use(request, key[1], probe)
        else:
            yield from _held_by_others(change, request, key[1], paths)
        paths[key] = request.path


def _in_use(request: PortRequest, published: int, probe: Probe) -> Iterator[Problem]:
    process = None if request.known_free else probe(request.protocol, request.host_ip, published)
    if process:
        message = "the host port {0} of {1} is in use by {2}; stop it or publish another port"
        text = port_text(_columns(_owner(request), published))
        yield Problem(request.path, message.format(text, request.container, process))


def _held_by_others(
    change: Change, request: PortRequest, published: int, paths: Mapping[Tuple[Owner, int], str]
) -> Iterator[Problem]:
    columns = _columns(_owner(request), published)
    for row in change.store.rows("port", protocol=request.protocol, published=published):
        if _conflicts(row["host_ip"], columns["host_ip"]):
            key = (row["container"], row["target"], row["protocol"], row["host_ip"])
            path = paths.get((key, published)) if row["topology"] == change.topology else None
            message = "the host port {0} is asked for by {1}, but {2} holds it as {3}{4}; publish another port"
            yield Problem(
                request.path,
                message.format(
                    port_text(columns),
                    request.container or TUNNEL,
                    owner(row, change.topology),
                    port_text(row),
                    " ({0})".format(path) if path else "",
                ),
            )


def _conflicts(one: str, other: str) -> bool:
    """As the schema's indexes: the same address, or wildcards that have a family in common."""
    return one == other or {one, other} in ({"", "0.0.0.0"}, {"", "::"})


def _free_ports(
    store: Store, request: PortRequest, ends: Tuple[int, int], host: HostFacts, probe: Probe
) -> Iterator[int]:
    """Ascending: leased on no address, not reserved by the administrator unless it is written, and free for the
    kernel."""
    (first, last), protocol = ends, request.protocol
    where = request.host_ip if request.choices is not None else None
    leased = store.published_ports(protocol, first, last)
    for port in range(first, last + 1):
        reserved = any(low <= port <= high for low, high in host.ip_local_reserved_ports)
        reserved = reserved and request.choices is None
        if port not in leased and not reserved and probe(protocol, where, port) is None:
            yield port


def _range(requests: LeaseRequests, host: HostFacts) -> Tuple[int, int]:
    return requests.port_range or host.ip_local_port_range


def _owner(request: PortRequest) -> Owner:
    return request.container, request.container_port, request.protocol, request.host_ip or ""


def _columns(of: Owner, published: int) -> Dict[str, Any]:
    container, target, protocol, host_ip = of
    return {
        "container": container,
        "target": target,
        "protocol": protocol,
        "host_ip": host_ip,
        "published": published,
    }
