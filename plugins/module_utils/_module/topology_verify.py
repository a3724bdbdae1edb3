# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is declared is proven by packets: what the module ``topology_verify`` performs. Changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable, Dict, List, Mapping, Sequence, Tuple

from .._engine import declared
from .._engine.report import Result, changes
from .._engine.session import session
from .._kernel import dependencies
from .._kernel.changes import Change
from .._kernel.host import Host
from .._kernel.probe.prober import probe_all
from .._promises.matrix import promises, sample
from .._promises.model import Promise
from .._promises.others import Others, others
from .._promises.reasons import Expected
from .._promises.trials import BROKEN, Trial, Wire, counts, judged, probe_of, to_try
from .calls import repeat
from .listening import collect, listen
from .places import expected_of, places
from .preparing import Prepared, leased, parse, prepare
from .view import host_view
from .wire import wire

#: Of so many broken promises the place is looked for.
MANY_PLACES = 200


def perform_topology_verify(params: Mapping[str, Any], check_mode: bool) -> Result:
    """By ``part``: what is asked of a host before, for and after the calls of other hosts."""
    return _PARTS[params.get("part", "probe")](params, check_mode)


def _probe(params: Mapping[str, Any], check_mode: bool) -> Result:
    """Try what the declaration promises on this host; in check mode say what would be tried."""
    words = declared.words(params)
    topology = parse(params["name"], words, absent=False)
    dependencies.require_all()
    with session(True, params["lock_timeout"]) as run, leased(run.view, check_mode=True) as store:
        prepared = prepare(run.view, store, topology, False, params)
        there = others(params.get("others"))
        everything = promises(prepared.topology, prepared.allocation, host_view(run.host), there)
        if params.get("calls") is not None:
            return _again(run.host, prepared, everything, params["calls"], there)
        made = [promise for promise in everything if promise.is_made]
        chosen = sample(made, params["probes"])
        if check_mode:
            return _told(everything, made, chosen, ())
        differs: Sequence[Change] = ()
        with wire(run.host, chosen, prepared.topology, prepared.allocation, there) as who:
            trials = try_all(run.host, chosen, who)
            if counts(trials)[BROKEN]:
                trials = placed(run.host, trials, expected_of(prepared.topology, prepared.allocation), who)
        if counts(trials)[BROKEN]:
            differs = (*prepared.allocation.changes, *changes(prepared.planner.plan()))
    return _told(everything, made, chosen, trials, differs)


def _again(
    host: Host, prepared: Prepared, everything: Sequence[Promise], calls: Sequence[Mapping[str, Any]], there: Others
) -> Result:
    expected = expected_of(prepared.topology, prepared.allocation)
    followed = repeat(host, prepared.topology, everything, calls, Wire(others=there), expected)
    return Result(facts={"followed": followed, "promises": {}, "would_probe": [], "cells": [], "differs": []})


def try_all(host: Host, chosen: Sequence[Promise], who: Wire) -> Tuple[Trial, ...]:
    """Each promise with what became of it, in order."""
    can, cannot = to_try(chosen, who)
    probes = [probe_of(promise, who) for promise in can]
    judgements = {trial.promise: trial for trial in cannot}
    for promise, probe, outcome in zip(can, probes, probe_all(host, probes)):
        judgements[promise] = judged(promise, outcome, probe.token)
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


_PARTS: Dict[str, Callable[[Mapping[str, Any], bool], Result]] = {
    "probe": _probe,
    "listen": listen,
    "collect": collect,
}
