# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tracked connections lead astray once the published ports are others. Pure.

For each port that changed the question is the kernel's own: where did a packet to this address go, where would
it go now? What goes to the same place as before, by whichever element, is not touched.
"""

from __future__ import annotations

from typing import Dict, Iterable, Iterator, Mapping, Optional, Tuple

from ..._kernel.conntrack import StaleFlow
from .model import Publication

_Key = Tuple[int, str, int]  # family, protocol, port
_Target = Tuple[str, int]
_Places = Mapping[Optional[str], _Target]  # host address, or None for all others → where it goes
#: The host itself: nobody published the port.
_HERE: _Target = ("", 0)


def stale_flows(before: Iterable[Publication], after: Iterable[Publication]) -> Iterator[StaleFlow]:
    old, new = _by_port(before), _by_port(after)
    for key in dict.fromkeys([*old, *new]):
        was, now = old.get(key, {}), new.get(key, {})
        if was != now:
            yield from _of_port(key, was, now)


def closed_flows(before: Iterable[Publication], after: Iterable[Publication]) -> Iterator[StaleFlow]:
    """Of ports that were reachable by the container's own address; what may go on begins anew with its next packet."""
    still = {(port.family, port.protocol, port.container_address, port.container_port) for port in after}
    for port in before:
        if (port.family, port.protocol, port.container_address, port.container_port) not in still:
            address, number = port.container_address, port.container_port
            yield StaleFlow(port.family, port.protocol, number, address, number, address)


def _by_port(ports: Iterable[Publication]) -> Dict[_Key, Dict[Optional[str], _Target]]:
    found: Dict[_Key, Dict[Optional[str], _Target]] = {}
    for port in ports:
        places = found.setdefault((port.family, port.protocol, port.published), {})
        places[port.host_ip] = (port.container_address, port.container_port)
    return found


def _of_port(key: _Key, was: _Places, now: _Places) -> Iterator[StaleFlow]:
    """Each address that is named on either side by itself, then all the others together."""
    named = tuple(dict.fromkeys(address for address in [*was, *now] if address is not None))
    for address in named:
        yield from _at(key, address, _lookup(was, address), _lookup(now, address), ())
    yield from _at(key, None, was.get(None, _HERE), now.get(None, _HERE), named)


def _lookup(places: _Places, address: str) -> _Target:
    return places.get(address, places.get(None, _HERE))


def _at(
    key: _Key, address: Optional[str], was: _Target, now: _Target, except_ips: Tuple[str, ...]
) -> Iterator[StaleFlow]:
    family, protocol, port = key
    # A client may have sent by UDP to a port that nobody had published yet; TCP was refused, and begins anew.
    if was != now and (was != _HERE or protocol == "udp"):
        yield StaleFlow(family, protocol, port, was[0], was[1], address, except_ips)
