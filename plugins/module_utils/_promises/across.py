# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From this host and its containers to what runs on other hosts of a network: what is promised there. Pure.

Each host promises for its own callers, so that of two hosts each way is promised once.
"""

from __future__ import annotations

from typing import Iterator, Tuple

from .._declaration.topology import Container, Network
from .._expansion.drivers.driver import Elsewhere
from .._expansion.drivers.registry import driver_of
from .._expansion.rules import expand_rules
from .model import CONTAINER, PROTOCOLS, Answer, Party, Promise, family_of
from .others import Listening
from .scene import HOST_ITSELF, NotLed, Scene, own_route, why_closed


def across(scene: Scene) -> Iterator[Promise]:
    """Every container of another host on a network of this one, every address, every protocol."""
    for network, other, address in _elsewhere(scene):
        theirs = _party(other)
        callers = [(HOST_ITSELF, ("other hosts", Answer(False, "of other hosts only published ports are reached")))]
        for container in scene.containers():
            callers.append((scene.party(container), _answer(scene, container, network, address)))
        for source, (about, answer) in callers:
            for protocol in PROTOCOLS:
                yield Promise(source, theirs, address, protocol, *answer, about=about)


def links_across(scene: Scene) -> Iterator[Promise]:
    """What a link to a container of another host opens, port by port."""
    ruleset = expand_rules(scene.topology, scene.allocation)
    owners = {address: name for (_network, name, _family), address in scene.allocation.addresses.items()}
    theirs = {address: other for _network, other, address in _elsewhere(scene)}
    for link in ruleset.links if ruleset is not None else ():
        if link.source not in owners or link.target not in theirs:
            continue
        source, other = scene.topology.containers[owners[link.source]], theirs[link.target]
        own = scene.way(source, link.target).own
        because = own_route(source) if own else "{0} links {1}".format(source.name, other.name)
        answer = Answer(None if own else True, because)
        ours = scene.party(source)
        yield Promise(ours, _party(other), link.target, link.protocol, *answer, about="links", port=link.port)


def doors_across(scene: Scene) -> Iterator[Promise]:
    """The published ports of the other hosts, as they told of them: who leads out masked reaches them."""
    for host, listening in scene.others.hosts.items():
        for door in listening:
            if door.is_door:
                yield _through(scene, host, door, HOST_ITSELF, Answer(True, _said(door)))
                for container in scene.containers():
                    answer = _door_answer(scene, container, door)
                    yield _through(scene, host, door, scene.party(container), answer)


def _elsewhere(scene: Scene) -> Iterator[Tuple[Network, Elsewhere, str]]:
    for network in scene.topology.networks.values():
        for other in driver_of(network).elsewhere(network):
            for address in other.container.addresses:
                yield network, other, address


def _party(other: Elsewhere) -> Party:
    return Party(CONTAINER, names=(other.name,), host=other.host)


def _answer(scene: Scene, source: Container, network: Network, address: str) -> Tuple[str, Answer]:
    led = scene.led(source, address, "to " + network.name)
    if isinstance(led, NotLed):
        return led
    over = led.network
    if over.name == network.name:
        if network.icc:
            return "neighbours", Answer(True, "neighbours on {0}".format(network.name))
        return "icc", Answer(False, "icc is off on {0}".format(network.name))
    closed = next(filter(None, (why_closed(each, family_of(address)) for each in (network, over))), None)
    if closed is not None:
        return "closed", Answer(False, closed)
    if scene.has_rules(over) and (over.isolate or network.isolate):
        return "isolate", Answer(False, "{0} and {1} are kept apart (isolate)".format(over.name, network.name))
    return "across", Answer(None, "the answer would not come back by {0}".format(network.name))


def _through(scene: Scene, host: str, door: Listening, source: Party, answer: Answer) -> Promise:
    theirs = Party(CONTAINER, names=door.names, host=host)
    return Promise(
        source,
        theirs,
        door.address,
        door.protocol,
        *answer,
        about="published",
        port=door.port,
        container_port=door.container_port,
    )


def _door_answer(scene: Scene, source: Container, door: Listening) -> Answer:
    led = scene.led(source, door.address, "out")
    if isinstance(led, NotLed):
        return led.answer
    network, family = led.network, family_of(door.address)
    closed = why_closed(network, family)
    if closed is not None:
        return Answer(False, closed)
    if led.direct or network.external or not scene.has_rules(network):
        return Answer(None, "that is the LAN's to say")
    if not scene.leaves_masked(network, family):
        return Answer(None, "what leaves {0} is not masked".format(network.name))
    return Answer(True, _said(door))


def _said(door: Listening) -> str:
    return "{0} publishes {1}/{2}".format(door.names[0], door.container_port, door.protocol)
