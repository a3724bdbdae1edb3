# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture as boxes and lines, for programs that find the places of both themselves. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .picture import HOST, Guest, Hosted, Picture, roots

#: What stands for the wire that published ports are reached by, and for containers that are not in the picture.
OUTSIDE, ELSEWHERE = "outside", "elsewhere"
OWN = "the host's own namespace"
LO_ONLY = "no network, lo only"
SHARES = "shares the namespace of"

#: (host, topology, container) → key of its node.
Keys = Mapping[tuple[str, str, str], str]


@dataclass(frozen=True)
class Node:
    """``kind``: network, container, own, unknown, tunnel, outside or elsewhere. ``lines``: what stands in it."""

    kind: str
    key: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """``kind``: place, shares, link, port or tunnel. ``start`` and ``end``: keys of nodes."""

    kind: str
    start: str
    end: str
    text: str = ""


@dataclass(frozen=True)
class Cluster:
    """A host with what is on it."""

    key: str
    title: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class Graph:
    title: str
    clusters: tuple[Cluster, ...]
    others: tuple[Node, ...]
    lines: tuple[Line, ...]


def graph_of(picture: Picture) -> Graph:
    keys = {
        (hosted.host, hosted.topology, guest.name): f"h{number}c{n}"
        for number, hosted in enumerate(picture.hosted)
        for n, guest in enumerate(hosted.guests)
    }
    clusters = tuple(
        Cluster(f"h{number}", hosted.title, tuple(_nodes(hosted, number, keys)))
        for number, hosted in enumerate(picture.hosted)
    )
    lines = [line for number, hosted in enumerate(picture.hosted) for line in _lines(hosted, number, keys)]
    lines += _tunnels(picture)
    ends = {key for line in lines for key in (line.start, line.end)}
    others = [Node(key, key, (key,)) for key in (OUTSIDE, ELSEWHERE) if key in ends]
    others += [Node("tunnel", f"t{number}", (each.told,)) for number, each in enumerate(picture.tunnels)]
    return Graph(picture.title, clusters, tuple(others), tuple(lines))


def _nodes(hosted: Hosted, number: int, keys: Keys) -> Iterator[Node]:
    """Of one host, whose number their keys begin with."""
    if hosted.message:
        yield Node("unknown", f"h{number}unknown", ("unknown", hosted.message))
    for n, network in enumerate(hosted.networks):
        yield Node("network", f"h{number}n{n}", (network.name, *network.told))
    for guest in hosted.guests:
        yield Node("container", keys[hosted.host, hosted.topology, guest.name], (guest.name, *_note(guest)))
    if any(guest.shares == HOST for guest in hosted.guests):
        yield Node("own", f"h{number}own", (OWN,))


def _note(guest: Guest) -> tuple[str, ...]:
    return (LO_ONLY,) if guest.shares is None and not guest.places else ()


def _lines(hosted: Hosted, number: int, keys: Keys) -> Iterator[Line]:
    networks = {each.name: f"h{number}n{n}" for n, each in enumerate(hosted.networks)}
    owners = roots(hosted)
    for guest in hosted.guests:
        key = keys[hosted.host, hosted.topology, guest.name]
        for place in guest.places:
            yield Line("place", key, networks[place.network], place.told)
        if guest.shares is not None:
            target = keys.get((hosted.host, hosted.topology, owners[guest.name]), f"h{number}own")
            yield Line("shares", key, target, SHARES)
        for link in guest.links:
            target = keys.get((link.host or hosted.host, hosted.topology, link.container), ELSEWHERE)
            yield Line("link", key, target, link.told)
        for port in guest.ports:
            yield Line("port", OUTSIDE, key, port)


def _tunnels(picture: Picture) -> Iterator[Line]:
    """From each host's end of an overlay to what joins them."""
    for number, tunnel in enumerate(picture.tunnels):
        for index in tunnel.ends:
            names = [each.name for each in picture.hosted[index].networks]
            yield Line("tunnel", f"h{index}n{names.index(tunnel.network)}", f"t{number}")
