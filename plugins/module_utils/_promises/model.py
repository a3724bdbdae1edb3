# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a declaration promises about packets: who reaches whom, and who does not. Frozen data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Mapping, Optional, Tuple

from .._kernel.data import NamedTuple

CONTAINER, HOST, OUTSIDE = "container", "host", "outside"
ICMP, TCP, UDP = "icmp", "tcp", "udp"
#: What a matrix of containers is made of. A port's own protocol comes besides.
PROTOCOLS = (ICMP, TCP, UDP)


@dataclass(frozen=True)
class Party:
    """Who sends, or who is called.

    ``host``: the inventory name of the host that it is on; empty is the host that is asked. What is between hosts
    differs from what is on one in this word alone.
    """

    kind: str  # container | host | outside
    netns: str = ""  # of a container: the handle of its namespace
    names: Tuple[str, ...] = ()  # of a container: all whose namespace that is
    host: str = ""

    def __str__(self) -> str:
        told = ", ".join(self.names) if self.names else {HOST: "the host", OUTSIDE: "the wire"}.get(self.kind, "?")
        return "{0} on {1}".format(told, self.host) if self.host else told


class Answer(NamedTuple):
    """Whether a packet gets there and its answer back; None: nothing of ours decides it. And why."""

    reaches: Optional[bool]
    because: str


@dataclass(frozen=True)
class Promise:
    """One cell of the matrix: packets of one protocol, from one party to one address of another."""

    source: Party
    target: Party
    address: str
    protocol: str  # icmp | tcp | udp | sctp
    reaches: Optional[bool]  # None: nothing is promised
    because: str
    about: str  # what kind of promise it is: neighbours, icc, isolate ...
    port: Optional[int] = None  # the one that is called; None: one that nobody uses
    container_address: str = ""  # behind a published port: where it arrives
    container_port: Optional[int] = None
    device: str = ""  # the interface that the sender is held to, whatever its routes say

    @property
    def family(self) -> int:
        return family_of(self.address)

    @property
    def is_made(self) -> bool:
        return self.reaches is not None

    def __str__(self) -> str:
        verb = {True: "reaches", False: "does not reach", None: "may reach"}[self.reaches]
        return "{0} {1} {2} at {3}: {4}".format(self.source, verb, self.target, self.where, self.because)

    @property
    def where(self) -> str:
        """``172.20.0.10 (icmp)``, ``[fd00::2]:80/tcp``, ``172.20.0.10 (tcp)``: the address, and what is sent there."""
        if self.port is None:
            return "{0} ({1})".format(self.address, self.protocol)
        address = "[{0}]".format(self.address) if self.family == 6 else self.address
        return "{0}:{1}/{2}".format(address, self.port, self.protocol)


def family_of(address: str) -> int:
    return 6 if ":" in address else 4


@dataclass(frozen=True)
class HostView:
    """What a declaration does not say of its host. By family: what is missing, the host does not have."""

    addresses: Mapping[int, str] = field(default_factory=dict)  # by which others on the wire know it
    neighbours: Mapping[int, str] = field(default_factory=dict)  # its own gateway
