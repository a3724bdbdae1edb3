# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole host in one transaction: parse → lease → expand → run. What the module ``topology`` performs."""

from __future__ import annotations

import contextlib
import functools
import json
from dataclasses import replace
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from .._declaration.limits import parse_remove_limit
from .._declaration.topology import Topology, families
from .._engine import confirm, declared, forwarding
from .._engine.approval import approve_only
from .._engine.asked import Digests, kinds, kinds_by_change
from .._engine.declared import Kept
from .._engine.early import Early
from .._engine.leases import PreparedLeases
from .._engine.lock import host_lock
from .._engine.observation import Planner
from .._engine.report import DRIFT, INTENDED, RELEASE, Result, changes
from .._engine.session import Finish, Session, Work, session
from .._engine.stopwatch import Stopwatch
from .._engine.view import View
from .._expansion.drivers.registry import driver_of
from .._expansion.encrypted import own_end, tunnel_names
from .._expansion.expand import forwarded, new_namespaces, settings_inside
from .._ipam.change import chosen
from .._kernel import dependencies, names, namespaces
from .._kernel.errors import DeclarationError, FabricError, Problem
from .._resources.action import Action, operation
from .._resources.forwarding import KEYS, warnings
from . import around, trial
from .encryption import ending_soon, refuse_another_key
from .keeping import Keeping
from .preparing import Again, Prepared, consent_of, leased, parse, prepare, require_the_last


def perform_topology(
    params: Mapping[str, Any], check_mode: bool, again: Optional[Again] = None, early: Optional[Early] = None
) -> Result:
    """Make the host match the declaration, or say what that would take. ``early``: what was begun of it before."""
    if params["state"] == "confirmed":
        return _confirm(params, check_mode)
    absent = params["state"] == "absent"
    watch = Stopwatch()
    words = declared.words(params)
    topology = parse(params["name"], words, absent)
    limit = parse_remove_limit(params.get("remove_limit"))
    _refuse_timeout(params.get("confirm_timeout"))
    dependencies.require_all()
    if again is None:  # at boot, on another kernel, only the container is left out that it has no setting for
        trial.refuse_settings(topology)
    watch.lap("parse")
    approve = approve_only(params.get("approved"))
    earlier = params.get("beside")
    timeouts = params["lock_timeout"], params.get("confirm_timeout")
    with session(check_mode, *timeouts, watch, approve, earlier or (), early) as run, contextlib.ExitStack() as closing:
        require_the_last(again, topology.name, run.first)
        run.view.begin(topology.name, settings_inside(topology))
        if not check_mode:
            run.host.make_ahead(new_namespaces(topology, frozenset(namespaces.names())))
        if topology.networks:
            dependencies.require_kinds(run.host)
        with leased(run.view, check_mode) as store:
            if again is None:
                refuse_another_key(topology, check_mode)
            consent = None if absent or again else consent_of(store, topology, limit)
            quarantine = bool(params.get("quarantine", True))
            prepared = prepare(run.view, store, topology, absent, params, consent, quarantine, again)
            planner = prepared.planner
            watch.lap("lease and expand")
            granted = PreparedLeases(store, prepared.allocation)
            kept = run.view.declared(topology.name)
            # A module alone is begun early: others go on with what they are told.
            is_sure, writes = bool(granted.changes) and not check_mode, early is not None
            record, asked = Kept(words, names.RELEASE, {}, _taken(prepared)), (prepared.asked, prepared.asked_of)
            keeping = Keeping(topology.name, record, kept, *asked, prepared.described, is_sure, writes)
            closing.callback(keeping.close)
            run.host.errand = keeping.errand
            planner.share = keeping.share
            finish = functools.partial(_finish, absent, prepared, keeping)
            kinds_of = functools.partial(_kinds, run.view, words, absent, prepared, keeping.asked, kept)
            tell = functools.partial(_tell, kinds_of)
            work = Work(topology.name, planner.plan, granted, planner.left_after, finish, planner.quarantine, tell)
            _describe_early(prepared, early)
            if again and again.only:
                work = Work(topology.name, functools.partial(planner.plan_only, again.only))
            result = _carry_out(run, work, planner)
        cautioned = tuple(prepared.cautions())
        described = keeping.facts()
        unmended = prepared.unmended()
        if result.told is None:
            result = replace(result, kinds=kinds_of(result, check_mode))
        watch.lap("tell drift from intent" if check_mode else "finish")
    foretold: Dict[str, Any] = {"drift": result.of_kinds(DRIFT), "intended": result.of_kinds(INTENDED, RELEASE)}
    foretold["chosen"] = chosen(prepared.allocation.chosen)
    if earlier is not None:
        foretold["foreseen"] = prepared.foreseen()
    needing = {family: forwarded(prepared.topology, family) for family in KEYS}
    beside = planner.firewall.warnings(_forwarding(prepared.topology))
    # what was turned on was said when it was applied
    told = prepared.forwarding if again is None else replace(prepared.forwarding, turned_on=())
    ending = tuple(ending_soon(prepared.topology))
    every = (*warnings(told, needing), *beside, *cautioned, *ending, *unmended)
    result = replace(result, warnings=every, unmended=unmended)
    watch.lap("look at other firewalls")
    result = run.first.then(replace(result, timings=watch.milliseconds()))
    if result.quarantined:
        raise _left_out(result, check_mode)
    result = result.with_facts(unmended=list(unmended)) if unmended else result
    return result.with_facts(**described, **(foretold if check_mode else {}))


def _describe_early(prepared: "Prepared", early: Optional[Early]) -> None:
    """While another process still reads, which does the more of that: at the end of a run nobody would share it."""
    if early is not None:
        prepared.described()


def _carry_out(run: Session, work: Work, planner: Planner) -> Result:
    result = run.carry_out(work)
    if not run.check_mode and run.timer is None:  # what is yet to be confirmed may be taken back
        planner.keep_rules()
    return result


def _refuse_timeout(seconds: Optional[int]) -> None:
    if seconds is not None and seconds < 0:
        text = "{0}: must be 0, for no timer, or the seconds within which the run is to be confirmed"
        raise DeclarationError([Problem("confirm_timeout", text.format(seconds))])


def _left_out(result: Result, check_mode: bool) -> FabricError:
    """A run that made the rest is no success: somebody has to look at these containers."""
    whose = "; ".join("{0}: {1}".format(name, why) for name, why in sorted(result.quarantined.items()))
    rest = "would be made and verified" if check_mode else "was made and verified"
    return FabricError(
        "left out because of what is inside, and as before: {0}. Everything else {1}. With quarantine: false the whole "
        "run goes back instead".format(whose, rest),
        quarantined=dict(result.quarantined),
        actions=list(result.actions),
        changed=result.changed,
    )


def _forwarding(topology: Topology) -> Dict[int, List[str]]:
    """Version of IP → the bridges that another firewall may keep something from.

    From an internal network too with br_netfilter, by which it sees the neighbours' frames.
    """
    bridged = around.bridge_netfilter()
    with_rules = [network for network in topology.networks.values() if driver_of(network).publishes]
    networks = [network for network in with_rules if bridged or not network.internal]
    return {family: [each.bridge for each in networks if family in families(each)] for family in (4, 6)}


def _confirm(params: Mapping[str, Any], check_mode: bool) -> Result:
    if check_mode:
        return Result()
    with host_lock(params["lock_timeout"], check_mode):
        return confirm.confirm()


def _finish(absent: bool, prepared: Prepared, keeping: Keeping, actions: Sequence[Action]) -> Finish:
    """What is kept in files once all is real."""
    remembered = forwarding.remembering(prepared.forwarding.record)
    on_overlays = any(driver_of(network).has_blocks for network in prepared.topology.networks.values())
    name, end = prepared.topology.name, own_end(prepared.topology)
    forgotten = () if on_overlays else (operation("fleet.forget", topology=name),)
    if end is not None:
        tunnels = tunnel_names(prepared.topology, end.kind)
        forgotten = (operation("keys.keep", topology=name, tunnels=list(tunnels), kind=end.kind),)
    always = (remembered, *forgotten)
    if not prepared.keep:
        return Finish(always)
    if absent:
        return Finish(always, (operation("declared.remove", topology=name),))
    return keeping.finish(always, prepared.allocation.changes, actions)


def _taken(prepared: Prepared) -> Dict[str, Any]:
    """What it took from its surroundings, as plain as it comes back from a record."""
    if prepared.around is None:
        return {}
    plain: Dict[str, Any] = json.loads(json.dumps(prepared.around.words()))
    return plain


def _tell(kinds_of: Callable[[Result, bool], Tuple[str, ...]], result: Result) -> Result:
    """Of a run that does its work."""
    return replace(result, kinds=kinds_of(result, False)).told_ahead()


def _kinds(
    view: View,
    words: Mapping[str, Any],
    absent: bool,
    prepared: Prepared,
    asked: Callable[[], Digests],
    kept: Optional[Kept],
    result: Result,
    check_mode: bool,
) -> Tuple[str, ...]:
    """Which of the changes repair the host, and which follow the inventory or another release.

    ``kept``: what was declared last. Where that is something else, a check asks it what it would need, change by
    change; a run that did its work has another host before it, and goes by the object.
    """
    if kept is None or not result.changes:
        return (INTENDED,) * len(result.changes)
    same = not absent and kept.words == words
    if same or not check_mode:
        return kinds(result.changes, kept.asked, asked(), same)
    with leased(view, check_mode=True) as store:
        try:
            topology = parse(prepared.topology.name, kept.words, absent=False)
            last = prepare(view, store, topology, False, kept.words, quarantine=True)
        except DeclarationError:  # the host has not what it took, such as an interface: so this is another declaration
            return kinds(result.changes, kept.asked, asked(), same)
        corrective = (*last.allocation.changes, *changes(last.planner.plan()))
    return kinds_by_change(result.changes, corrective, kept.asked, last.asked())
