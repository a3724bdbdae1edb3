# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be asked of the lease store, and what it answers. Plain data; addresses are canonical strings.

The owner of an address is (topology, network, container, interface), of a subnet (topology, network),
of a host port (topology, container, container port, protocol, host_ip).
"""

from __future__ import annotations

from dataclasses import field
from typing import Callable, Mapping, Optional, Tuple

from .._kernel.changes import Change
from .._kernel.data import NamedTuple, dataclass


class SubnetRequest(NamedTuple):
    """A network's subnet in one family. ``subnet`` None: the lowest free one is chosen and kept."""

    network: str
    family: int
    subnet: Optional[str] = None
    ip_range: Optional[str] = None
    gateway: Optional[str] = None
    needs_gateway: bool = True  # False: no gateway address is set aside (gateway_mode isolated)
    reserved: Tuple[Tuple[str, str], ...] = ()  # aux_addresses: (name, address)
    external: bool = False  # the subnet of a bridge that is not ours: no overlap check with its own route
    bridge: str = ""  # its own interface: the route that it makes itself is no clash
    set_aside: Tuple[str, ...] = ()  # of a LAN: the host's own addresses, which no container can have
    avoided: Tuple[str, ...] = ()  # of a LAN: other addresses in use, which a container has only if it is written so
    wires: Tuple[str, ...] = ()  # of a LAN: interfaces behind which others may have addresses that nobody here knows
    host_address: bool = False  # the host wants one, too
    direct: bool = False  # what is outside it is reached over the interface itself, without a gateway
    path: str = ""


class AddressRequest(NamedTuple):
    """An address for one interface of a container. ``address`` None: the owner's, or the lowest free one."""

    network: str
    container: str
    interface: str
    family: int
    address: Optional[str] = None
    path: str = ""


class PortRequest(NamedTuple):
    """A host port. ``published`` None: the owner's, or one of ``port_range`` that is free on every address."""

    container: str
    container_port: int
    protocol: str
    published: Optional[int] = None
    host_ip: Optional[str] = None  # None: every address
    path: str = ""
    choices: Optional[Tuple[int, int]] = None  # first and last of those to choose from; None: port_range
    known_free: bool = False  # the host was asked before, and it may be in use by what it is for


class LeaseRequests(NamedTuple):
    """Everything one topology declares; what it holds and does not ask for again is released."""

    topology: str
    subnets: Tuple[SubnetRequest, ...] = ()
    addresses: Tuple[AddressRequest, ...] = ()
    ports: Tuple[PortRequest, ...] = ()
    default_address_pools: Tuple[Tuple[str, int], ...] = ()  # (base, size)
    port_range: Optional[Tuple[int, int]] = None


class NeededAddress(NamedTuple):
    """``what`` says it to a person: ``the address of eth0``; ``interface`` is where it is, if it is the host's own."""

    address: str
    what: str
    interface: str = ""


@dataclass(frozen=True)
class HostFacts:
    """What of the host an allocation must respect."""

    #: (destination CIDR, interface name or ``blackhole``, ``unreachable``, ``prohibit``), every table, both families
    routes: Tuple[Tuple[str, str], ...] = ()
    #: Addresses that are to stay where they are. Asked for when a subnet is to be leased.
    needs: Callable[[], Tuple[NeededAddress, ...]] = tuple
    nameservers: Tuple[str, ...] = ()
    ip_local_port_range: Tuple[int, int] = (32768, 60999)
    ip_local_reserved_ports: Tuple[Tuple[int, int], ...] = ()
    machine_id: str = ""  # seeds the ULA prefix


class SubnetLease(NamedTuple):
    subnet: str
    gateway: Optional[str]
    host_address: Optional[str] = None  # where one was asked for
    direct: bool = False  # as in SubnetRequest


@dataclass(frozen=True)
class Allocation:
    """What was asked for, answered; and what that changes in the store, told and as rows.

    ``granted`` and ``released`` are rows as JSON-able dicts: giving them to ``store.revert`` takes
    the whole change back, whatever else has happened since.
    """

    subnets: Mapping[Tuple[str, int], SubnetLease] = field(default_factory=dict)  # (network, family)
    addresses: Mapping[Tuple[str, str, int], str] = field(default_factory=dict)  # (network, container, family)
    ports: Mapping[PortRequest, int] = field(default_factory=dict)
    granted: Tuple[Mapping[str, object], ...] = ()
    released: Tuple[Mapping[str, object], ...] = ()
    chosen: Tuple[Mapping[str, object], ...] = ()  # of granted, what was neither written nor held before
    changes: Tuple[Change, ...] = ()  # the same for a person to read

    @property
    def actions(self) -> Tuple[str, ...]:
        """A line for each change."""
        return tuple(change.text for change in self.changes)
