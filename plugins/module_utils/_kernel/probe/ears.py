# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where probes arrive: sockets in the namespaces of those that are called, at ports where nobody else listens.

A socket belongs to the namespace in which it was made, and ends with this process, however that ends. Where a service
has the port, the bind is refused, and nothing of the service is touched.
"""

from __future__ import annotations

import contextlib
import errno
import socket
from typing import Dict, Iterable, List, Optional, Set, Tuple, Union

from ..data import NamedTuple
from ..host import Host
from .model import ICMP, SCTP, TCP, Probe
from .wire import IPPROTO_SCTP

FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
_KINDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
ICMPS = {4: socket.IPPROTO_ICMP, 6: socket.IPPROTO_ICMPV6}


class EarKey(NamedTuple):
    netns: Optional[str]
    address: str
    protocol: str
    port: Optional[int]


#: An ear, or why there is none: an errno.
Found = Union[socket.socket, int]


def ear_key(probe: Probe) -> EarKey:
    if probe.protocol == ICMP:
        return EarKey(probe.target, "::" if probe.family == 6 else "0.0.0.0", ICMP, None)
    port = probe.port if probe.ear_port is None else probe.ear_port
    return EarKey(probe.target, probe.ear_address or probe.address, probe.protocol, port)


class Ears:
    """The ears of some probes, opened one namespace after the other."""

    def __init__(self, host: Host, probes: Iterable[Probe]) -> None:
        self._ears: Dict[EarKey, Found] = {}
        keys: Dict[Optional[str], List[EarKey]] = {}
        for probe in probes:
            if not probe.elsewhere:
                key = ear_key(probe)
                keys.setdefault(key.netns, []).append(key)
        for netns, wanted in keys.items():
            self._open(host, netns, list(dict.fromkeys(wanted)))

    def close(self) -> None:
        for ear in self._ears.values():
            if isinstance(ear, socket.socket):
                ear.close()

    def of(self, probe: Probe) -> Optional[socket.socket]:
        found = self._ears.get(ear_key(probe))
        return found if isinstance(found, socket.socket) else None

    def is_taken(self, probe: Probe) -> bool:
        """Whether a service has the port."""
        return self._ears.get(ear_key(probe)) == errno.EADDRINUSE

    def all(self) -> List[Tuple[EarKey, socket.socket]]:
        return [(key, ear) for key, ear in self._ears.items() if isinstance(ear, socket.socket)]

    def _open(self, host: Host, netns: Optional[str], keys: List[EarKey]) -> None:
        try:
            with host.inside(netns):
                # Those at a certain port first: a free one that the kernel chooses could be one of them.
                taken = {key.port for key in keys}
                for key in sorted(keys, key=lambda each: each.port is None):
                    self._ears[key] = _ear(key, taken)
        except OSError as error:  # no such namespace
            self._ears.update(dict.fromkeys(keys, error.errno or errno.ENOENT))


def _ear(key: EarKey, taken: Set[Optional[int]]) -> Found:
    family = 6 if ":" in key.address else 4
    try:
        if key.protocol == ICMP:
            return _nonblocking(socket.socket(FAMILIES[family], socket.SOCK_RAW, ICMPS[family]))
        if key.protocol == SCTP:
            return _raw(key, family)
        for _try in range(8):
            ear = _bound(key, family)
            if key.port is not None or ear.getsockname()[1] not in taken:
                return ear
            ear.close()
        return errno.EADDRINUSE
    except OSError as error:
        return error.errno or errno.EIO


def _raw(key: EarKey, family: int) -> socket.socket:
    """It hears what is for any port of the address, beside a service of the kernel's own SCTP."""
    ear = socket.socket(FAMILIES[family], socket.SOCK_RAW, IPPROTO_SCTP)
    try:
        ear.bind((key.address, 0))
    except OSError:
        ear.close()
        raise
    return _nonblocking(ear)


def _bound(key: EarKey, family: int) -> socket.socket:
    ear = socket.socket(FAMILIES[family], _KINDS[key.protocol])
    try:
        if family == 6:
            ear.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if key.protocol == TCP:  # beside what is left of a service's connections, never beside the service (tcp(7))
            ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ear.bind((key.address, key.port or 0))
        if key.protocol == TCP:
            ear.listen(512)
    except OSError:
        with contextlib.suppress(OSError):
            ear.close()
        raise
    return _nonblocking(ear)


def _nonblocking(made: socket.socket) -> socket.socket:
    made.setblocking(False)
    return made
