# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture in sentences, for who hears it or searches in it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from .graph import LO_ONLY
from .picture import HOST, Guest, Hosted, Net, Picture


def sentences(picture: Picture) -> Iterator[str]:
    for hosted in picture.hosted:
        yield from _of_host(hosted)
    for tunnel in picture.tunnels:
        yield f"{tunnel.told} joins " + ", ".join(picture.hosted[n].host for n in tunnel.ends) + "."


def _of_host(hosted: Hosted) -> Iterator[str]:
    if hosted.message:
        yield f"{hosted.title} is unknown: {hosted.message}."
        return
    yield f"On {hosted.title}:"
    yield from map(_network, hosted.networks)
    for guest in hosted.guests:
        yield f"Container {guest.name}: " + "; ".join(_guest(guest)) + "."


def _network(network: Net) -> str:
    told = ", ".join(network.told)
    return f"Network {network.name}" + (f" ({told})." if told else ".")


def _guest(guest: Guest) -> Iterator[str]:
    if guest.shares is not None:
        yield "in the host's own namespace" if guest.shares == HOST else f"in the namespace of {guest.shares}"
    elif not guest.places:
        yield LO_ONLY
    yield from (f"{place.told} on {place.network}" for place in guest.places)
    yield from (f"publishes {port}" for port in guest.ports)
    yield from (link.told for link in guest.links)
