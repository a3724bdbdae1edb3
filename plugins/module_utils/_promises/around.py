# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers and what is around them: the host, its gateway on the wire, and who calls from there. Pure."""

from __future__ import annotations

from typing import Iterator

from .._declaration.topology import Container, Network, gateway_mode
from .._expansion.drivers.registry import driver_of
from .model import ICMP, PROTOCOLS, TCP, UDP, Answer, Promise
from .scene import HOST_ITSELF, ON_THE_WIRE, NotLed, Scene, why_closed


def from_host(scene: Scene) -> Iterator[Promise]:
    """The host reaches every container on a bridge of its own, whatever keeps the containers apart."""
    for container in scene.containers():
        for network, family, address in scene.places(container):
            answer = _host_answer(scene, network, family)
            for protocol in PROTOCOLS:
                yield Promise(HOST_ITSELF, scene.party(container), address, protocol, *answer, about="host")


def _host_answer(scene: Scene, network: Network, family: int) -> Answer:
    if network.external:
        return Answer(None, "{0} is on a bridge of somebody else's".format(network.name))
    if scene.has_rules(network):
        has = scene.gateway(network, family) is not None
        text = "the host is on {0}" if has else "the host has no address on {0}"
        return Answer(has, text.format(network.name))
    if network.options.host_access:
        return Answer(True, "{0} has host_access".format(network.name))
    if network.options.mode == "vepa" or network.options.mode in getattr(driver_of(network), "routed_modes", ()):
        return Answer(None, "that is the LAN's to say")
    return Answer(False, "{0} has no host_access".format(network.name))


def to_host(scene: Scene) -> Iterator[Promise]:
    """A network's gateway answers; no other address of the host is reached out of a closed network."""
    for container in scene.containers():
        for attachment in container.attachments:
            network = scene.network_of(attachment)
            for place, family, _address in scene.places(container):
                if place is network and scene.has_rules(network) and not network.external:
                    yield from _gateway(scene, container, network, family)
                    yield from _past_the_gateway(scene, container, network, family, attachment.ifname)


def _gateway(scene: Scene, container: Container, network: Network, family: int) -> Iterator[Promise]:
    gateway = scene.gateway(network, family)
    if gateway is None:
        return
    own = scene.way(container, gateway).own
    answer = Answer(None if own else True, "the gateway of {0}".format(network.name))
    yield Promise(scene.party(container), HOST_ITSELF, gateway, ICMP, *answer, about="gateway")


def _past_the_gateway(
    scene: Scene, container: Container, network: Network, family: int, ifname: str
) -> Iterator[Promise]:
    closed, address = why_closed(network, family), scene.host.addresses.get(family)
    if closed is not None and address is not None:
        ours = scene.party(container)
        yield Promise(ours, HOST_ITSELF, address, ICMP, False, closed, "closed", device=ifname)


def to_wire(scene: Scene) -> Iterator[Promise]:
    """The host's own gateway stands for all that is out there: it needs no way back to what leaves masked."""
    for container in scene.containers():
        for family, address in scene.host.neighbours.items():
            answer = _wire_answer(scene, container, family, address)
            yield Promise(scene.party(container), ON_THE_WIRE, address, ICMP, *answer, about="way out")


def _wire_answer(scene: Scene, container: Container, family: int, address: str) -> Answer:
    led = scene.led(container, address, "out")
    if isinstance(led, NotLed):
        return led.answer
    network = led.network
    if not scene.has_rules(network) or network.external or led.direct:
        return Answer(None, "that is the LAN's to say")
    if scene.leaves_masked(network, family):
        return Answer(True, "{0} leads out, masked".format(network.name))
    return Answer(
        None, "what leaves {0} is not masked, and who is out there need not know a way back".format(network.name)
    )


def from_wire(scene: Scene) -> Iterator[Promise]:
    """What is not published is not reached from the wire, whoever has a route to it."""
    for container in scene.containers():
        for network, family, address in scene.places(container):
            if not scene.has_rules(network) or network.external or network.trusted_host_interfaces:
                continue
            mode, closed = gateway_mode(network, family), why_closed(network, family)
            for protocol in PROTOCOLS:
                if closed is not None or mode == "nat" or (mode == "routed" and protocol in (TCP, UDP)):
                    because = closed or "it is not published"
                    ours = scene.party(container)
                    yield Promise(ON_THE_WIRE, ours, address, protocol, False, because, "from the wire")
