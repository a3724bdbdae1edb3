# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Published ports: who reaches each, and at which address of the host. Pure."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Iterator, List, Optional, Tuple

from .._declaration.topology import Container, Network, PublishedPort, gateway_mode
from .._declaration.ways import host_addresses
from .._expansion.lease_requests import port_request
from .model import Answer, Party, Promise
from .pairs import answer_lost, between, publishes_on
from .scene import HOST_ITSELF, ON_THE_WIRE, NotLed, Scene, why_closed

_LOOPBACK = {4: "127.0.0.1", 6: "::1"}
#: A port, where it comes in, and in which family.
_Door = Tuple[Container, PublishedPort, int, Network]


def published(scene: Scene) -> Iterator[Promise]:
    for door in _doors(scene):
        _target, _port, family, network = door
        if gateway_mode(network, family) == "routed":
            yield from _routed(scene, door)
        else:
            yield from _from_host(scene, door)
            yield from _from_containers(scene, door)
            yield from _from_outside(scene, door)


def _doors(scene: Scene) -> Iterator[_Door]:
    for container in scene.topology.containers.values():
        for family, network in publishes_on(scene, container) if container.ports else ():
            for port in container.ports:
                yield container, port, family, network


def _promise(scene: Scene, door: _Door, source: Party, address: str, answer: Answer) -> Promise:
    target, port, family, network = door
    return Promise(
        source,
        scene.party(target),
        address,
        port.protocol,
        *answer,
        about="published",
        port=scene.allocation.ports[port_request(target.name, port)],
        container_address=scene.address(target, network, family),
        container_port=port.container_port,
    )


def _said(door: _Door) -> str:
    return "{0} publishes {1}/{2}".format(door[0].name, door[1].container_port, door[1].protocol)


def _routed(scene: Scene, door: _Door) -> Iterator[Promise]:
    """Without translation: at the container's own address and port."""
    target, port, family, network = door
    address, number = scene.address(target, network, family), port.container_port
    for source in scene.containers():
        if source.name != target.name:
            _about, answer = between(scene, source, target, network, family, port)
            if answer.reaches is False and why_closed(network, family) is None:
                continue  # of one network it is icc and links that decide; the pairs tell of that
            theirs = scene.party(target)
            yield Promise(scene.party(source), theirs, address, port.protocol, *answer, about="published", port=number)
    answer = Answer(None if network.external else True, _said(door))
    yield Promise(HOST_ITSELF, scene.party(target), address, port.protocol, *answer, about="published", port=number)


def _bound(door: _Door) -> List[Optional[str]]:
    """Where the port listens; None is every address."""
    _target, port, family, network = door
    return [str(each) if each is not None else None for each in host_addresses(port, network, family)]


def _from_host(scene: Scene, door: _Door) -> Iterator[Promise]:
    _target, _port, family, network = door
    for host_ip in _bound(door):
        for address in (host_ip,) if host_ip is not None else (_LOOPBACK[family], scene.host.addresses.get(family)):
            if address is not None:
                yield _promise(scene, door, HOST_ITSELF, address, _host_answer(scene, door, address))


def _host_answer(scene: Scene, door: _Door, address: str) -> Answer:
    network = door[3]
    if network.external:
        return Answer(None, "{0} is on a bridge of somebody else's".format(network.name))
    return Answer(True, _said(door))


def _from_containers(scene: Scene, door: _Door) -> Iterator[Promise]:
    for source in scene.containers():
        for address in dict.fromkeys(_called(scene, door, source)):
            yield _promise(scene, door, scene.party(source), address, _container_answer(scene, door, source, address))


def _called(scene: Scene, door: _Door, source: Container) -> Iterator[str]:
    """The addresses of the host by which a container may call the port: by that which others know it by, and, out of
    a closed network, by the one that it has there."""
    _target, _port, family, network = door
    for host_ip in _bound(door):
        if host_ip is not None:
            if not ip_address(host_ip).is_loopback:
                yield host_ip
            continue
        address = scene.host.addresses.get(family) or scene.gateway(network, family)
        if address is not None:
            yield address
        for attachment in source.attachments:
            own = scene.network_of(attachment)
            gateway = scene.gateway(own, family)
            if gateway is not None and why_closed(own, family) is not None:
                yield gateway


def _container_answer(scene: Scene, door: _Door, source: Container, address: str) -> Answer:
    target, port, family, network = door
    led = scene.led(source, address, "to the host")
    if isinstance(led, NotLed):
        return led.answer
    over = led.network
    if not scene.has_rules(over):
        return Answer(None, "that is the LAN's to say")
    closed = why_closed(over, family)
    if closed is not None:
        return Answer(False, closed)
    if over.external or network.external:
        return Answer(None, "{0} is on a bridge of somebody else's".format((over if over.external else network).name))
    if over.name == network.name:  # with icc off too: by the host's address a published port is everybody's
        return Answer(True, _said(door))
    if _is_masked_on_its_way(scene, door, over):
        return Answer(True, _said(door))
    trouble = answer_lost(scene, source, target, over, network, family)
    return Answer(None, trouble) if trouble else Answer(True, _said(door))


def _is_masked_on_its_way(scene: Scene, door: _Door, over: Network) -> bool:
    """Who is also a neighbour of the target would be answered as one, so the call comes from the bridge."""
    target, _port, family, _network = door
    joined = any(each.network == over.name for each in target.attachments)
    return joined and not scene.leaves_masked(over, family)


def _from_outside(scene: Scene, door: _Door) -> Iterator[Promise]:
    _target, _port, family, network = door
    address = scene.host.addresses.get(family)
    if address is not None and any(each in (None, address) for each in _bound(door)):
        answer = _host_answer(scene, door, address)
        if scene.leads_out_by_itself(door[0], family):
            answer = Answer(None, "a route that is declared for {0} leads its answer elsewhere".format(door[0].name))
        yield _promise(scene, door, ON_THE_WIRE, address, answer)
