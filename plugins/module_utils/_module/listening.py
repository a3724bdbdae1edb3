# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The called side of promises between hosts: ears in the containers that other hosts call, until what they heard is
collected."""

from __future__ import annotations

import contextlib
from typing import Any, Dict, Mapping

from .._engine import declared
from .._engine.report import Result, changes
from .._engine.session import session
from .._kernel import dependencies
from .._kernel.probe import listener
from .._kernel.probe.ears import Ears, ear_key
from .._kernel.probe.model import ICMP
from .._promises.others import Listening, as_data
from .._promises.there import There, there_of
from . import restore
from .calls import follow, judge, key_of
from .places import expected_of
from .preparing import leased, parse, prepare
from .view import host_view


def listen(params: Mapping[str, Any], check_mode: bool) -> Result:
    """Open the ears, and say where they are; of ``calls`` alone, and follow these, where they are given. In check mode
    say what would be called."""
    calls = params.get("calls")
    params = _declared(params)
    topology = parse(params["name"], declared.words(params), absent=False)
    dependencies.require_all()
    with session(True, params["lock_timeout"]) as run, leased(run.view, check_mode=True) as store:
        prepared = prepare(run.view, store, topology, False, params)
        there = there_of(prepared.topology, prepared.allocation, host_view(run.host))
        if calls is not None:
            there = {key: each for key, each in there.items() if key in set(map(key_of, calls))}
        probes = [each.probe for each in there.values()]
        if not check_mode:
            listener.collect(topology.name)  # of a run that was killed: its ears would be taken for services
        with contextlib.closing(Ears(run.host, [] if check_mode else probes)) as ears:
            told = [_told(each, ears) for each in there.values() if each.probe.protocol != ICMP]
            if not check_mode:
                followed = follow(run.host, prepared.topology, there, calls) if calls is not None else None
                listener.start(topology.name, ears.all(), followed)
    return Result(facts={"listening": as_data(told), **_nothing_tried()})


def collect(params: Mapping[str, Any], check_mode: bool) -> Result:
    """What was heard, after which nothing listens any more; of ``calls``, where they came to."""
    heard = listener.Heard() if check_mode else listener.collect(params["name"])
    facts = {"heard": list(heard.tokens), **_nothing_tried()}
    calls = params.get("calls")
    if not calls:
        return Result(facts=facts)
    params = _declared(params)
    topology = parse(params["name"], declared.words(params), absent=False)
    dependencies.require_all()
    with session(True, params["lock_timeout"]) as run, leased(run.view, check_mode=True) as store:
        prepared = prepare(run.view, store, topology, False, params)
        there = there_of(prepared.topology, prepared.allocation, host_view(run.host))
        expected = expected_of(prepared.topology, prepared.allocation)
        facts["followed"] = judge(run.host, prepared.topology, there, calls, heard.steps, expected)
        facts["differs"] = [each.text for each in (*prepared.allocation.changes, *changes(prepared.planner.plan()))]
    return Result(facts=facts)


def _declared(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """By what was made of the host, where whoever asks does not know its words."""
    return restore.params(params["name"], restore.kept(params["name"])) if params.get("kept") else params


def _nothing_tried() -> Dict[str, Any]:
    return {"promises": {}, "would_probe": [], "cells": [], "differs": []}


def _told(there: There, ears: Ears) -> Listening:
    probe, ear = there.probe, ears.of(there.probe)
    number = ear_key(probe).port
    if number is None and ear is not None:
        number = ear.getsockname()[1]
    return Listening(
        probe.address, probe.protocol, probe.port, number or 0, ears.is_taken(probe), there.names, probe.ear_port
    )
