# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The called side of promises between hosts: ears in the containers that other hosts call, until what they heard is
collected."""

from __future__ import annotations

import contextlib
from typing import Any, Dict, Iterator, List, Mapping, Sequence

from .._engine import declared
from .._engine.report import Result
from .._engine.session import session
from .._expansion.drivers.registry import driver_of
from .._expansion.rules import expand_rules
from .._kernel import dependencies
from .._kernel.probe import listener
from .._kernel.probe.ears import Ears, ear_key
from .._kernel.probe.model import ICMP, TCP, UDP, Probe
from .._promises.matrix import promises
from .._promises.model import OUTSIDE, Promise
from .._promises.others import Listening, as_data
from .._promises.scene import Scene, scene_of
from . import restore
from .topology import leased, parse, prepare
from .view import host_view


def listen(params: Mapping[str, Any], check_mode: bool) -> Result:
    """Open the ears, and say where they are. In check mode say what would be called."""
    if params.get("kept"):
        params = restore.params(params["name"], restore.kept(params["name"]))
    topology = parse(params["name"], declared.words(params), absent=False)
    dependencies.require_all()
    with session(True, params["lock_timeout"]) as run, leased(run.view, check_mode=True) as store:
        prepared = prepare(run.view, store, topology, False, params)
        seen = host_view(run.host)
        scene = scene_of(prepared.topology, prepared.allocation, seen)
        doors = [each for each in promises(prepared.topology, prepared.allocation, seen) if _is_door(each)]
        called = [*_called(scene), *map(_door, doors)]
        with contextlib.closing(Ears(run.host, [] if check_mode else called)) as ears:
            names: List[Sequence[str]] = [()] * (len(called) - len(doors)) + [each.target.names for each in doors]
            told = [_told(probe, whose, ears) for probe, whose in zip(called, names) if probe.protocol != ICMP]
            if not check_mode:
                listener.start(topology.name, ears.all())
    return Result(facts={"listening": as_data(told), **_nothing_tried()})


def collect(params: Mapping[str, Any], check_mode: bool) -> Result:
    """What was heard, after which nothing listens any more."""
    heard = [] if check_mode else listener.collect(params["name"])
    return Result(facts={"heard": heard, **_nothing_tried()})


def _nothing_tried() -> Dict[str, Any]:
    return {"promises": {}, "would_probe": [], "cells": [], "differs": []}


def _is_door(promise: Promise) -> bool:
    return promise.source.kind == OUTSIDE and promise.about == "published" and bool(promise.reaches)


def _door(promise: Promise) -> Probe:
    where = (promise.target.netns, promise.address, promise.protocol, promise.port)
    return Probe(None, *where, promise.container_address, promise.container_port)


def _called(scene: Scene) -> Iterator[Probe]:
    """Where containers of other hosts call those of this one: anywhere, and what they link."""
    for container in scene.containers():
        for network, _family, address in scene.places(container):
            if any(True for _other in driver_of(network).elsewhere(network)):
                for protocol in (ICMP, TCP, UDP):
                    yield Probe(None, container.name, address, protocol)
    ruleset = expand_rules(scene.topology, scene.allocation)
    owners = {address: name for (_network, name, _family), address in scene.allocation.addresses.items()}
    found = {(each.target, each.protocol, each.port) for each in ruleset.links} if ruleset is not None else set()
    for address, protocol, port in sorted(found):
        if address in owners:
            yield Probe(None, owners[address], address, protocol, port)


def _told(probe: Probe, names: Sequence[str], ears: Ears) -> Listening:
    ear = ears.of(probe)
    number = ear_key(probe).port
    if number is None and ear is not None:
        number = ear.getsockname()[1]
    return Listening(
        probe.address, probe.protocol, probe.port, number or 0, ears.is_taken(probe), tuple(names), probe.ear_port
    )
