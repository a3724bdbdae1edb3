# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways to and from one container, followed: by which rules its packets pass, and where one of them ends."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence, Tuple

from .._engine import declared
from .._engine.session import session
from .._kernel import dependencies
from .._kernel.errors import FabricError
from .._kernel.host import Host
from .._kernel.names import is_trace_table
from .._kernel.probe.model import ANSWERED, SILENT, SKIPPED, Outcome, Probe
from .._kernel.tracing.events import POLICY, RULE, Step
from .._kernel.tracing.sight import Sight
from .._promises.matrix import promises, sample
from .._promises.model import Promise
from .._promises.place import is_outward, passed, place_of, told
from .._promises.reasons import Expected, Place, where
from .._promises.trials import Wire, probe_of, why_not_probed
from . import restore
from .places import Seen, expected_of, followable
from .preparing import leased, parse, prepare
from .view import host_view
from .wire import wire

#: So many ways are followed at most: of more, some of each kind.
MANY = 24


def trace(topology: str, container: str, port: Optional[int], protocol: str) -> List[Dict[str, Any]]:
    """Each way with ``text``, ``reaches``, ``result``, ``said``, ``steps`` (lines) and ``place`` (None: as promised).

    ``port`` None: of echo requests; else of calls of that port, as it is published or in the container.
    """
    params = restore.params(topology, restore.kept(topology))
    dependencies.require_all()
    with session(True, params["lock_timeout"]) as run, leased(run.view, check_mode=True) as store:
        prepared = prepare(run.view, store, parse(topology, declared.words(params), absent=False), False, params)
        everything = promises(prepared.topology, prepared.allocation, host_view(run.host))
        chosen = _chosen(everything, container, port, protocol)
        expected = expected_of(prepared.topology, prepared.allocation)
        with wire(run.host, chosen, prepared.topology, prepared.allocation) as who:
            return _followed(run.host, [each for each in chosen if why_not_probed(each, who) is None], who, expected)


def _followed(host: Host, chosen: Sequence[Promise], who: Wire, expected: Expected) -> List[Dict[str, Any]]:
    probes = [followable(probe_of(promise, who)) for promise in chosen]
    sight = Sight(host)
    seen = Seen(host, sight, probes)
    found = []
    for promise, probe, outcome in zip(chosen, probes, seen.outcomes):
        steps = seen.of(probe)
        place = None
        if promise.reaches and outcome.result not in (ANSWERED, SKIPPED):
            place = place_of(probe, outcome, steps, seen.asked, sight, expected)
        elif promise.reaches is False and outcome.result not in (SILENT, SKIPPED):
            place = passed(steps, sight, expected)
        found.append(_as_data(promise, outcome, _in_words(probe, steps, sight), place))
    return found


def _chosen(everything: Sequence[Promise], container: str, port: Optional[int], protocol: str) -> Tuple[Promise, ...]:
    ways = [each for each in everything if each.protocol == protocol]
    if port is None:
        ways = [each for each in ways if container in (*each.source.names, *each.target.names) and each.port is None]
    else:
        ways = [each for each in ways if container in each.target.names and port in (each.port, each.container_port)]
    if not ways:
        raise FabricError(_no_way(everything, container, port, protocol))
    return sample(ways, MANY)


def _no_way(everything: Sequence[Promise], container: str, port: Optional[int], protocol: str) -> str:
    if port is None:
        return "{0} has no address that {1} is sent to".format(container, protocol)
    known = {(each.port, each.protocol) for each in everything if container in each.target.names and each.port}
    told_ = ", ".join("{0}/{1}".format(*each) for each in sorted(known, key=str)) or "none"
    return "{0} publishes or exposes no port {1}/{2}; there is: {3}".format(container, port, protocol, told_)


def _in_words(probe: Probe, steps: Sequence[Step], sight: Sight) -> List[str]:
    """A line for each rule that says something, and for where it comes in and goes out, in the order of its way. What
    was sent again is told once."""
    there = [step for step in steps if is_outward(probe, step)]
    back = [step for step in steps if not is_outward(probe, step)]
    return [
        *_lines(there, (probe.source, None, probe.target), sight),
        *("answer: " + line for line in _lines(back, (probe.target, None, probe.source), sight)),
    ]


def _lines(steps: Sequence[Step], way: Sequence[Optional[str]], sight: Sight) -> List[str]:
    """Each namespace was heard apart, so the steps are brought into the order of the way."""
    in_order = sorted(steps, key=lambda step: way.index(step.netns))
    return list(dict.fromkeys(line for line in (_word(step, sight) for step in in_order) if line))


def _word(step: Step, sight: Sight) -> str:
    here, packet = where(step.netns), step.packet
    if not is_trace_table(step.table):
        if step.kind == POLICY:
            return "{0}: {1}".format(here, told(step, sight))
        decides = step.kind == RULE and step.verdict != "continue"
        return "{0}: {1} ({2})".format(here, told(step, sight), step.verdict) if decides else ""
    links = sight.links(step.netns)
    index = {"prerouting_first": step.iif, "postrouting_last": step.oif}.get(step.chain, 0)
    if step.family != "inet" or index not in links:
        return ""
    verb = "comes in by" if step.chain == "prerouting_first" else "goes out by"
    return "{0}: {1} {2}, from {3} to {4}".format(here, verb, links[index].ifname, packet.source, packet.destination)


def _as_data(promise: Promise, outcome: Outcome, steps: List[str], place: Optional[Place]) -> Dict[str, Any]:
    return {
        "text": str(promise),
        "reaches": promise.reaches,
        "result": outcome.result,
        "said": outcome.said,
        "steps": steps,
        "place": place.as_data() if place is not None else None,
    }
