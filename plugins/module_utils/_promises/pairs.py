# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From one container to another: what each pair is promised, for each address of the one that is called. Pure."""

from __future__ import annotations

from typing import Iterator, Optional, Tuple

from .._declaration.topology import Container, Network, PublishedPort, gateway_mode
from .._expansion.drivers.registry import driver_of
from .._expansion.rules import expand_rules, ways_of
from .model import PROTOCOLS, Answer, Promise
from .scene import NotLed, Scene, own_route, why_closed

#: How a kind of link lets its neighbours talk, where its kernel decides that: driver -> mode -> whether.
_LAN_NEIGHBOURS = {
    "macvlan": {"bridge": True, "private": False},
    "ipvlan": {"l2": True, "l3": True, "l3s": True},
}
_BY_THE_LAN = "that is the LAN's to say"
_ADOPTED = "{0} is on a bridge of somebody else's"


def pairs(scene: Scene) -> Iterator[Promise]:
    """Every pair of containers, every address of the second, every protocol."""
    for source in scene.containers():
        for target in scene.containers():
            if source.name != target.name:
                yield from _pair(scene, source, target)


def _pair(scene: Scene, source: Container, target: Container) -> Iterator[Promise]:
    ours, theirs = scene.party(source), scene.party(target)
    for network, family, address in scene.places(target):
        about, answer = between(scene, source, target, network, family)
        for protocol in PROTOCOLS:
            yield Promise(ours, theirs, address, protocol, *answer, about=about)


def links(scene: Scene) -> Iterator[Promise]:
    """What a link opens, port by port; ``links_across`` has those to other hosts."""
    ruleset = expand_rules(scene.topology, scene.allocation)
    owners = {address: name for (_network, name, _family), address in scene.allocation.addresses.items()}
    for link in ruleset.links if ruleset is not None else ():
        if link.source not in owners or link.target not in owners:
            continue
        source, target = (scene.topology.containers[owners[each]] for each in (link.source, link.target))
        way = scene.way(source, link.target)
        reaches = None if way.own or not way.direct else True
        because = own_route(source) if reaches is None else "{0} links {1}".format(source.name, target.name)
        ours, theirs = scene.party(source), scene.party(target)
        yield Promise(ours, theirs, link.target, link.protocol, reaches, because, "links", port=link.port)


def between(
    scene: Scene,
    source: Container,
    target: Container,
    network: Network,
    family: int,
    port: Optional[PublishedPort] = None,
) -> Tuple[str, Answer]:
    """(what the promise is about, the answer) for packets to the target's address on a network. ``port``: one that it
    publishes there, where that opens it."""
    led = scene.led(source, scene.address(target, network, family), "to " + network.name)
    if isinstance(led, NotLed):
        return led
    over = led.network
    if led.direct:
        return _neighbours(scene, over, network)
    if not (scene.has_rules(over) and scene.has_rules(network)):
        return "lan", Answer(None, _BY_THE_LAN)
    return _across(scene, source, target, over, network, family, port)


def _neighbours(scene: Scene, over: Network, network: Network) -> Tuple[str, Answer]:
    if over.name != network.name:
        return "lan", Answer(None, "{0} and {1} have one subnet".format(over.name, network.name))
    if not scene.has_rules(network):
        modes = _LAN_NEIGHBOURS.get(driver_of(network).name, {})
        text = "neighbours on {0}, whose mode is {1}"
        return "neighbours", Answer(modes.get(network.options.mode), text.format(network.name, network.options.mode))
    if network.icc:
        return "neighbours", Answer(True, "neighbours on {0}".format(network.name))
    return "icc", Answer(False, "icc is off on {0}".format(network.name))


def _across(
    scene: Scene,
    source: Container,
    target: Container,
    over: Network,
    network: Network,
    family: int,
    port: Optional[PublishedPort],
) -> Tuple[str, Answer]:
    """From one bridge to another: the host forwards."""
    closed = why_closed(network, family)
    if closed is not None:
        return "closed", Answer(False, closed)
    if port is None or gateway_mode(network, family) != "routed":
        kept = next((each.name for each in (network, over) if each.isolate), None)
        if kept is not None:
            return "isolate", Answer(False, "{0} and {1} are kept apart (isolate)".format(over.name, network.name))
    because = "{0} and {1} are not kept apart (isolate: false)".format(over.name, network.name)
    if port is not None:
        because = "{0} publishes it, and {1} is routed".format(target.name, network.name)
    trouble = answer_lost(scene, source, target, over, network, family)
    return "across", Answer(None, trouble) if trouble else Answer(True, because)


def answer_lost(
    scene: Scene, source: Container, target: Container, over: Network, network: Network, family: int
) -> Optional[str]:
    """Why the target's answer may not find its way back; None: it does.

    What leaves a network masked comes from the bridge's own address, which is near; all else comes from an address
    that the target has to have a way to, and its answer must leave by where the call came in.
    """
    adopted = next((each for each in (over, network) if each.external), None)
    if adopted is not None:
        return _ADOPTED.format(adopted.name)
    seen = scene.address(source, over, family)
    if scene.leaves_masked(over, family):
        snat_to = over.snat_to_ipv4 if family == 4 else over.snat_to_ipv6
        if snat_to is None:
            return None
        seen = str(snat_to)
    back = scene.way(target, seen)
    if back.own:
        return own_route(target)
    if back.place is None or back.place.network != network.name:
        return "the answer of {0} would leave by another network".format(target.name)
    return None


def publishes_on(scene: Scene, container: Container) -> Iterator[Tuple[int, Network]]:
    """(family, network) by which a container's published ports come in."""
    return ways_of(scene.topology, container, scene.allocation)
