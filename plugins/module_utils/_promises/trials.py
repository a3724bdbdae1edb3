# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Promises → the probes that try them, and what came back → whether each holds. Pure."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any, Dict, FrozenSet, Iterable, List, Optional, Tuple

from .._kernel.probe.model import ANSWERED, SILENT, SKIPPED, Outcome, Probe
from .._kernel.probe.outsider import WIRE, Outsider
from .model import ICMP, OUTSIDE, TCP, UDP, Party, Promise
from .others import NOBODY, Listening, Others
from .reasons import Place

HELD, BROKEN, UNPROBED = "held", "broken", "unprobed"


@dataclass(frozen=True)
class Wire:
    """Who is called, and calls, beside this host. ``quiet``: the host's own gateways that do not answer the host,
    instead of which somebody is called who is played."""

    quiet: FrozenSet[str] = frozenset()
    outsider: Outsider = field(default_factory=Outsider)
    others: Others = NOBODY

    def plays(self, promise: Promise) -> bool:
        """Whether who is played is one of the two."""
        is_called = promise.target.kind == OUTSIDE and promise.address in self.quiet
        return promise.source.kind == OUTSIDE or (is_called and bool(promise.reaches))


@dataclass(frozen=True)
class Trial:
    """A promise, and what became of its probe."""

    promise: Promise
    result: str  # held | broken | unprobed
    said: str = ""
    place: Optional[Place] = None  # where it ends, of one that is broken
    token: bytes = b""  # by which another host knows whether it heard it

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
            "token": self.token.hex(),
        }


def party_data(party: Party) -> Dict[str, Any]:
    return {"kind": party.kind, "names": list(party.names), "host": party.host}


def why_not_probed(promise: Promise, wire: Wire) -> Optional[str]:
    """None where it can be."""
    if promise.target.host:
        return _why_not_called(promise, wire.others)
    if not wire.plays(promise):
        return None
    return wire.outsider.mute or (wire.outsider.deaf.get(promise.family) if promise.reaches else None) or None


def _why_not_called(promise: Promise, others: Others) -> Optional[str]:
    host = promise.target.host
    if host not in others.hosts:
        return "{0} is not in this run, or gave no answer: nothing listens there".format(host)
    if promise.protocol == ICMP:
        return None
    ear = _ear(promise, others)
    if ear is None:
        return "{0} has nobody who listens at {1}".format(host, promise.where)
    return "a service has this port, and it would see the datagram" if ear.service and promise.protocol == UDP else None


def _ear(promise: Promise, others: Others) -> Optional[Listening]:
    return others.ear(promise.target.host, promise.address, promise.protocol, promise.port)


def probe_of(promise: Promise, wire: Wire) -> Probe:
    if promise.target.host:
        return _probe_across(promise, _ear(promise, wire.others))
    is_called = promise.target.kind == OUTSIDE
    played = wire.plays(promise)
    return Probe(
        source=WIRE if promise.source.kind == OUTSIDE else promise.source.netns or None,
        target=WIRE if is_called and played else promise.target.netns or None,
        address=wire.outsider.addresses[promise.family] if is_called and played else promise.address,
        protocol=promise.protocol,
        port=promise.port,
        ear_address=promise.container_address,
        ear_port=promise.container_port,
        device=promise.device,
        elsewhere=is_called and not played,
        expected=bool(promise.reaches),
    )


def _probe_across(promise: Promise, ear: Optional[Listening]) -> Probe:
    port = promise.port if ear is None or ear.is_door else ear.heard_at
    return Probe(
        source=promise.source.netns or None,
        target=None,
        address=promise.address,
        protocol=promise.protocol,
        port=port,
        elsewhere=True,
        host=promise.target.host,
        token=os.urandom(8),
        half_open=ear is not None and ear.service and promise.protocol == TCP,
        expected=bool(promise.reaches),
    )


def judged(promise: Promise, outcome: Outcome, token: bytes = b"") -> Trial:
    """What is promised to reach has to be answered; what is not must not so much as arrive. Whether it arrived on
    another host only that one knows, by ``token``."""
    if outcome.result == SKIPPED:
        return Trial(promise, UNPROBED, outcome.said, token=token)
    holds = outcome.result == (ANSWERED if promise.reaches else SILENT)
    return Trial(promise, HELD if holds else BROKEN, _said(promise, outcome), token=token)


def _said(promise: Promise, outcome: Outcome) -> str:
    if promise.reaches and outcome.result == ANSWERED:
        return ""
    told = {ANSWERED: "it was answered", SILENT: "nothing came back", SKIPPED: ""}
    text = told.get(outcome.result, "it arrived, and no answer came back")
    return "{0} ({1})".format(text, outcome.said) if outcome.said else text


def counts(trials: Iterable[Trial]) -> Dict[str, int]:
    results = [trial.result for trial in trials]
    return {result: results.count(result) for result in (HELD, BROKEN, UNPROBED)}


def to_try(made: Iterable[Promise], wire: Wire) -> Tuple[List[Promise], List[Trial]]:
    """(those that can be probed, those that cannot, judged already)."""
    can: List[Promise] = []
    cannot: List[Trial] = []
    for promise in made:
        why = why_not_probed(promise, wire)
        if why is None:
            can.append(promise)
        else:
            cannot.append(Trial(promise, UNPROBED, why))
    return can, cannot
