# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is declared is proven by packets: what the module ``topology_verify`` performs. Changes nothing."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from .._engine import declared
from .._engine.report import Result, changes
from .._engine.session import session
from .._kernel import dependencies, facts
from .._kernel.changes import Change
from .._kernel.host import Host
from .._kernel.probe.prober import probe_all
from .._kernel.rtnl import read as rtnetlink
from .._promises.matrix import promises, sample
from .._promises.model import HostView, Promise
from .._promises.reasons import Expected
from .._promises.trials import BROKEN, Trial, Wire, counts, judged, probe_of, to_try
from .places import expected_of, places
from .topology import leased, parse, prepare
from .wire import wire

#: Of so many broken promises the place is looked for.
MANY_PLACES = 200
#: Where nobody is (RFC 5737, RFC 3849): the way there is the way to everybody whom no other route leads to.
_ANYBODY = {4: "192.0.2.1", 6: "2001:db8::1"}
_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}


def perform_topology_verify(params: Mapping[str, Any], check_mode: bool) -> Result:
    """Try what the declaration promises on this host; in check mode say what would be tried."""
    words = declared.words(params)
    topology = parse(params["name"], words, absent=False)
    dependencies.require_all()
    with session(True, params["lock_timeout"]) as run, leased(run.view, check_mode=True) as store:
        prepared = prepare(run.view, store, topology, False, params)
        everything = promises(prepared.topology, prepared.allocation, host_view(run.host))
        made = [promise for promise in everything if promise.is_made]
        chosen = sample(made, params["probes"])
        if check_mode:
            return _told(everything, made, chosen, ())
        differs: Sequence[Change] = ()
        with wire(run.host, chosen, prepared.topology, prepared.allocation) as who:
            trials = try_all(run.host, chosen, who)
            if counts(trials)[BROKEN]:
                trials = placed(run.host, trials, expected_of(prepared.topology, prepared.allocation), who)
        if counts(trials)[BROKEN]:
            differs = (*prepared.allocation.changes, *changes(prepared.planner.plan()))
    return _told(everything, made, chosen, trials, differs)


def try_all(host: Host, chosen: Sequence[Promise], who: Wire) -> Tuple[Trial, ...]:
    """Each promise with what became of it, in order."""
    can, cannot = to_try(chosen, who)
    outcomes = probe_all(host, [probe_of(promise, who) for promise in can])
    judgements = {trial.promise: trial for trial in cannot}
    judgements.update((promise, judged(promise, outcome)) for promise, outcome in zip(can, outcomes))
    return tuple(judgements[promise] for promise in chosen)


def placed(host: Host, trials: Sequence[Trial], declared: Expected, who: Wire) -> Tuple[Trial, ...]:
    """With the place at which each broken promise ends; of many, of some of each kind."""
    broken = [trial for trial in trials if trial.result == BROKEN]
    chosen = set(sample([trial.promise for trial in broken], MANY_PLACES))
    asked = [trial.promise for trial in broken if trial.promise in chosen]
    probes = [probe_of(promise, who) for promise in asked]
    found = dict(zip(asked, places(host, probes, [bool(promise.reaches) for promise in asked], declared)))
    return tuple(
        replace(trial, place=found[trial.promise]) if trial.result == BROKEN and trial.promise in found else trial
        for trial in trials
    )


def host_view(host: Host) -> HostView:
    """By which address others know the host, and who leads it out."""
    sources = {family: _source(family) for family in (4, 6)}
    return HostView(
        addresses={family: address for family, address in sources.items() if address is not None},
        neighbours=_gateways(facts.read(host).routes),
    )


def _source(family: int) -> Optional[str]:
    """The address that the kernel would send from. A datagram socket that connects sends nothing."""
    with socket.socket(_FAMILIES[family], socket.SOCK_DGRAM) as asking:
        try:
            asking.connect((_ANYBODY[family], 9))
        except OSError:
            return None
        return str(asking.getsockname()[0])


def _gateways(routes: Sequence[rtnetlink.RouteEntry]) -> Dict[int, str]:
    """Of the default routes the best one's. One that needs an interface to be said (fe80::/10) is left out."""
    found: Dict[int, Tuple[int, str]] = {}
    for route in routes:
        if route.destination not in ("0.0.0.0/0", "::/0") or route.table != rtnetlink.RT_TABLE_MAIN:
            continue
        if not route.gateway or route.gateway.startswith("fe80:"):
            continue
        family = 6 if ":" in route.destination else 4
        found[family] = min(found.get(family, (1 << 32, "")), (route.metric, route.gateway))
    return {family: gateway for family, (_metric, gateway) in found.items()}


def _told(
    everything: Sequence[Promise],
    made: Sequence[Promise],
    chosen: Sequence[Promise],
    trials: Sequence[Trial],
    differs: Sequence[Change] = (),
) -> Result:
    cells: List[Dict[str, Any]] = [trial.as_data() for trial in trials]
    facts_: Dict[str, Any] = {
        "promises": {
            "made": len(made),
            "not_made": len(everything) - len(made),
            "chosen": len(chosen),
            **counts(trials),
        },
        "would_probe": [] if trials else [str(promise) for promise in chosen],
        "cells": cells,
        "differs": [change.text for change in differs],
    }
    return Result(facts=facts_)
