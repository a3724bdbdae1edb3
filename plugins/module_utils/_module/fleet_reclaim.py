# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What hosts that left may still hold, shown, and taken back where somebody says so. Behind ``fleet_member``."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Set, Tuple

from .._engine import fleet
from .._engine.report import Result
from .._fleet.exchange import ORPHANED, HostPlan, Left, host_plan
from .._ipam.fleet_store import ADDRESS, BLOCK
from .._ipam.store import Row
from .._kernel.changes import LEASE, Change, Subject
from .fleet_leases import access_of, opened


def reclaim(params: Mapping[str, Any], host_id: str, check_mode: bool) -> Result:
    """Forget what hosts that left may still hold, which is free for others then. One that this host still has as a peer
    is left alone: its packets still go there."""
    topology, hosts = params["name"], set(params["hosts"])
    kept = fleet.read(topology)
    plan = host_plan(kept) if kept is not None else None
    peers = _peers(plan)
    rows = [row for row in _rows(params) if row.get("host_id") != host_id]
    left = dict(_left(plan, rows, params["inventory"], set(peers)))
    gone = [host for host in left if host in hosts]
    changes = [_taken(host, network, blocks) for host in gone for network, blocks in left[host].networks.items()]
    if gone and not check_mode:
        _give_back(params, rows, {left[host].host_id for host in gone})
        if kept is not None:
            staying = {host: words for host, words in kept["left"].items() if host not in gone}
            fleet.write(topology, dict(kept, left=staying))
    gone_since = {host: each for host, each in peers.items() if params["inventory"] and host not in params["inventory"]}
    lines = [*_held(left, gone), *_still_peers(gone_since)]
    still = {host: _networks(each) for host, each in {**gone_since, **left}.items() if host not in gone}
    return Result(changes=tuple(changes), facts={"left": still, "held": lines})


def _peers(plan: Optional[HostPlan]) -> Dict[str, Left]:
    found: Dict[str, Left] = {}
    for network, membership in plan.networks.items() if plan is not None else ():
        for host, peer in membership.peers.items():
            networks = found[host].networks if host in found else {}
            found[host] = Left(peer.host_id, {**networks, network: peer.blocks}, runs=0)
    return found


def _rows(params: Mapping[str, Any]) -> Tuple[Row, ...]:
    access = access_of(params)
    if access is None:
        return ()
    with opened(access) as store:
        return store.read(params["name"]).rows


def _left(
    plan: Optional[HostPlan], rows: Iterable[Row], inventory: List[str], peers: Set[str]
) -> Iterator[Tuple[str, Left]]:
    """What this host knows of, and who in the store is neither in the inventory nor its peer."""
    known = plan.left if plan is not None else {}
    yield from known.items()
    found: Dict[Tuple[str, str], Dict[str, List[str]]] = {}
    for row in rows:
        if row["kind"] in (BLOCK, ADDRESS) and row["host"] not in known and row["host"] not in peers:
            if inventory and row["host"] not in inventory:
                networks = found.setdefault((row["host"], row["host_id"]), {})
                networks.setdefault(row["network"], []).append(row[row["kind"]])
    for (host, host_id), networks in found.items():
        yield host, Left(host_id, {network: tuple(texts) for network, texts in networks.items()})


def _give_back(params: Mapping[str, Any], rows: Iterable[Row], host_ids: Set[str]) -> None:
    access = access_of(params)
    if access is not None:
        with opened(access) as store:
            store.give_back(params["name"], [row for row in rows if row.get("host_id") in host_ids])


def _taken(host: str, network: str, blocks: Tuple[str, ...]) -> Change:
    text = "take back {0} of {1} from {2}".format(", ".join(blocks), network, host)
    return Change(text, Subject(network=network, part=LEASE), {"host " + host: ", ".join(blocks)})


def _held(left: Mapping[str, Left], gone: List[str]) -> Iterator[str]:
    for host, each in left.items():
        for network, blocks in each.networks.items() if host not in gone else ():
            word = "orphaned" if each.runs >= ORPHANED else "still held"
            yield "{0}: {1} of {2}, by {3}".format(word, ", ".join(blocks), network, host)


def _still_peers(peers: Mapping[str, Left]) -> Iterator[str]:
    for host, each in peers.items():
        for network, blocks in each.networks.items():
            text = (
                "still held: {0} of {1}, by {2}, which left the inventory; it is a peer until linuxnet.fabric.site runs"
            )
            yield text.format(", ".join(blocks), network, host)


def _networks(each: Left) -> Dict[str, List[str]]:
    return {network: list(blocks) for network, blocks in each.networks.items()}
