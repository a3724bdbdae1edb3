# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Promises → the probes that try them, and what came back → whether each holds. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple

from .._kernel.probe.model import ANSWERED, SILENT, SKIPPED, Outcome, Probe
from .model import OUTSIDE, PROTOCOLS, Party, Promise
from .reasons import Place

HELD, BROKEN, UNPROBED = "held", "broken", "unprobed"
_NOBODY_OUT_THERE = "nobody on the wire is ours to send from"


@dataclass(frozen=True)
class Trial:
    """A promise, and what became of its probe."""

    promise: Promise
    result: str  # held | broken | unprobed
    said: str = ""
    place: Optional[Place] = None  # where it ends, of one that is broken

    def as_data(self) -> Dict[str, Any]:
        promise = self.promise
        return {
            "source": party_data(promise.source),
            "target": party_data(promise.target),
            "address": promise.address,
            "family": promise.family,
            "protocol": promise.protocol,
            "port": promise.port,
            "promised": promise.reaches,
            "about": promise.about,
            "text": str(promise),
            "result": self.result,
            "said": self.said,
            "place": self.place.as_data() if self.place is not None else None,
        }


def party_data(party: Party) -> Dict[str, Any]:
    return {"kind": party.kind, "names": list(party.names), "host": party.host}


def why_not_probed(promise: Promise, quiet: Mapping[str, str]) -> Optional[str]:
    """None where it can be. ``quiet``: addresses on the wire from which the host itself gets no answer, and why."""
    if promise.protocol not in PROTOCOLS:
        return "there is no probe for {0}".format(promise.protocol)
    if promise.source.kind == OUTSIDE:
        return _NOBODY_OUT_THERE
    if promise.target.kind == OUTSIDE and promise.reaches and promise.address in quiet:
        return "the host itself gets no answer from {0}{1}".format(promise.address, quiet[promise.address])
    return None


def probe_of(promise: Promise) -> Probe:
    return Probe(
        source=promise.source.netns or None,
        target=promise.target.netns or None,
        address=promise.address,
        protocol=promise.protocol,
        port=promise.port,
        ear_address=promise.container_address,
        ear_port=promise.container_port,
        device=promise.device,
        elsewhere=promise.target.kind == OUTSIDE,
        expected=bool(promise.reaches),
    )


def judged(promise: Promise, outcome: Outcome) -> Trial:
    """What is promised to reach has to be answered; what is not must not so much as arrive."""
    if outcome.result == SKIPPED:
        return Trial(promise, UNPROBED, outcome.said)
    holds = outcome.result == (ANSWERED if promise.reaches else SILENT)
    return Trial(promise, HELD if holds else BROKEN, _said(promise, outcome))


def _said(promise: Promise, outcome: Outcome) -> str:
    if promise.reaches and outcome.result == ANSWERED:
        return ""
    told = {ANSWERED: "it was answered", SILENT: "nothing came back", SKIPPED: ""}
    text = told.get(outcome.result, "it arrived, and no answer came back")
    return "{0} ({1})".format(text, outcome.said) if outcome.said else text


def counts(trials: Iterable[Trial]) -> Dict[str, int]:
    results = [trial.result for trial in trials]
    return {result: results.count(result) for result in (HELD, BROKEN, UNPROBED)}


def to_try(made: Iterable[Promise], quiet: Mapping[str, str]) -> Tuple[List[Promise], List[Trial]]:
    """(those that can be probed, those that cannot, judged already)."""
    can: List[Promise] = []
    cannot: List[Trial] = []
    for promise in made:
        why = why_not_probed(promise, quiet)
        if why is None:
            can.append(promise)
        else:
            cannot.append(Trial(promise, UNPROBED, why))
    return can, cannot
