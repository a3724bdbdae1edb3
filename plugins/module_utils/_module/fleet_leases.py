# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host of a fleet sees and holds in the store that all hosts share. Behind ``fleet_member``."""

from __future__ import annotations

import time
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from .._engine import fleet, store_mark
from .._engine.approval import approve_only
from .._engine.report import Result
from .._fleet import claims
from .._fleet.exchange import HostPlan, host_plan
from .._ipam.etcd.access import Access, EtcdError
from .._ipam.etcd.gateway import Gateway
from .._ipam.etcd.store import EtcdStore
from .._ipam.fleet_store import ADDRESS, BLOCK, MEMBER, what, would_hold
from .._ipam.store import Row
from .._kernel import process
from .._kernel.changes import LEASE, Change, Subject
from .._kernel.errors import FabricError


def access_of(params: Mapping[str, Any]) -> Optional[Access]:
    """None where the hosts' own memory is the store."""
    words = (params.get("lease_store") or {}).get("etcd")
    if not words:
        return None
    user, _colon, password = (words.get("login") or "").partition(":")
    paths = {word: words.get(word) or "" for word in ("ca", "cert", "key")}
    return Access(tuple(words["endpoints"]), words["prefix"], user=user, password=password, **paths)


def opened(access: Access) -> EtcdStore:
    """Whoever waits for an answer waits for this process, from its begin on."""
    return EtcdStore(access, Gateway(access, begun=time.monotonic() - process.age()))


def seen(params: Mapping[str, Any]) -> Tuple[Optional[Dict[str, Any]], Tuple[str, ...]]:
    """What there is in the store, as data, and warnings; None where there is no store. Nothing is written."""
    access = access_of(params)
    if access is None:
        return None, ()
    try:
        with opened(access) as store:
            snapshot = store.read(params["name"])
    except EtcdError as error:
        text = "{0}; this run goes by what the host was told last: {1}"
        return {"trouble": str(error), **_marks(params["name"])}, (text.format(error, claims.GOES_ON),)
    kept = _plan(fleet.read(params["name"]))
    rows = [row for row in snapshot.rows if not _is_known(row, kept)]
    found = {"store_id": snapshot.store_id, "revision": snapshot.revision, "rows": rows}
    return {**found, **_marks(params["name"])}, ()


def _marks(topology: str) -> Dict[str, Any]:
    """What the host knew of the store before this run."""
    marks = store_mark.read(topology)
    return {"known": marks._asdict()} if marks is not None else {}


def _is_known(row: Row, kept: Optional[HostPlan]) -> bool:
    """What this host says of its peers anyway, by what it was told: of a thousand hosts that is most that there is."""
    membership = kept.networks.get(row["network"]) if kept is not None and row["kind"] == MEMBER else None
    peer = membership.peers.get(row["told"]["host"]) if membership is not None else None
    return peer is not None and peer.host_id == row["host_id"] and peer.generation >= row["told"]["peer"]["generation"]


def hold(params: Mapping[str, Any], host_id: str, check_mode: bool) -> Result:
    """What is planned for this host becomes its own, before anybody is told of it. What it holds and is not to hold any
    more stays its own as long as it goes by it: ``told``, where it is given, else by what it was told last."""
    access, topology = access_of(params), params["name"]
    if access is None:
        raise FabricError("lease_store: where is it to be held?")
    rows: Sequence[Row] = [dict(row) for row in params["claims"]]
    kept = _plan(fleet.read(topology))
    goes_by = kept if params["told"] is None else _plan(params["told"])
    ask = approve_only(params.get("approved"))

    def in_use(row: Row) -> bool:
        return claims.is_in(row, goes_by)

    def approve(granted: Iterable[Row], released: Iterable[Row]) -> None:
        ask(_lines(granted, released))

    try:
        with opened(access) as store:
            if check_mode:
                held = would_hold(host_id, rows, store.read(topology).rows, in_use, params.get("asked") or ())
                if params["told"] is not None:  # at the end of a run, whose begin has foretold what it takes
                    held = held._replace(granted=())
                approve(held.granted, held.released)
            else:
                held = store.hold(topology, host_id, rows, in_use, approve)
                if params["told"] is None and not held.conflicts:  # before anybody is told of it
                    store_mark.keep(topology, store.mark)
    except EtcdError as error:
        lacking = claims.new(rows, kept)
        if lacking:
            raise FabricError(claims.refused(lacking, str(error)), **error.details) from error
        return Result(facts={"lost": [], "in_use": []}, warnings=("{0}; {1}".format(error, claims.GOES_ON),))
    lost = [claims.told_conflict(each) for each in held.conflicts]
    facts = {"lost": lost, "in_use": [what(row) for row in held.in_use]}
    return Result(changes=_lines(held.granted, held.released), facts=facts)


def _lines(granted: Iterable[Row], released: Iterable[Row]) -> Tuple[Change, ...]:
    return (*_changes("give {0} back in etcd", released, after=False), *_changes("hold {0} in etcd", granted))


def _changes(text: str, rows: Iterable[Row], after: bool = True) -> List[Change]:
    """Of what is the host's alone. An identifier is the network's, whichever of its hosts writes it first; what others
    know of a host goes with whatever changed of it, and is told as that."""
    found = []
    for row in rows:
        if row["kind"] in (BLOCK, ADDRESS):
            side = {row["kind"]: row[row["kind"]]}
            subject = Subject(network=row["network"], part=LEASE)
            found.append(Change(text.format(what(row)), subject, *(({}, side) if after else (side, {}))))
    return found


def _plan(data: Optional[Mapping[str, Any]]) -> Optional[HostPlan]:
    return host_plan(data) if data else None
