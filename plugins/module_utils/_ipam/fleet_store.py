# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the hosts of a fleet hold of networks across hosts, and what a store of it promises. Pure.

A row is plain data with its ``kind``, as in ``store.py``. With ``topology_lease_store: host`` there is no such store:
what each host was told is the fleet's memory. To add another one: a folder beside ``etcd/`` with a class that has the
methods of ``FleetStore``.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any, Callable, Iterator, List, Mapping, Optional, Protocol, Sequence, Tuple

from .._kernel.data import NamedTuple
from .store import Row

BLOCK, ADDRESS, VNI, MEMBER = "block", "address", "vni", "member"

#: What a row of each kind says besides its kind. A block, an address written by hand and a member belong to a host, by
#: its ``host_id``; ``host`` is its name in the inventory. A VXLAN identifier belongs to a network, on a UDP port.
#: ``told`` is what the other hosts have to know of this one, as data.
FLEET_COLUMNS: Mapping[str, Tuple[str, ...]] = {
    BLOCK: ("topology", "network", "block", "host_id", "host"),
    ADDRESS: ("topology", "network", "address", "host_id", "host", "container"),
    VNI: ("topology", "network", "port", "vni"),
    MEMBER: ("topology", "network", "host_id", "told"),
}


@dataclass(frozen=True)
class Snapshot:
    """What a store held of one topology at one moment, and the VXLAN identifiers of all. ``revision`` grows with every
    write; ``store_id`` tells one store from another, or from what a backup of it was restored to."""

    store_id: str
    revision: int
    rows: Tuple[Row, ...] = ()


class Mark(NamedTuple):
    """Which store it was, and how far it had come."""

    store_id: str
    revision: int

    def is_older_than(self, known: "Mark") -> bool:
        """Whether it cannot be what came of the one that was known, and was restored from a backup, or is another."""
        return self.store_id != known.store_id or self.revision < known.revision


class Conflict(NamedTuple):
    """``wanted`` cannot be beside ``held``, which is somebody else's."""

    wanted: Row
    held: Row


class Held(NamedTuple):
    """What came of it that a host wanted to hold something."""

    conflicts: Tuple[Conflict, ...] = ()
    granted: Tuple[Row, ...] = ()
    released: Tuple[Row, ...] = ()
    in_use: Tuple[Row, ...] = ()  # wanted no more, and not given back yet


#: Whether a host still goes by a row.
InUse = Callable[[Row], bool]


def nothing(_row: Row) -> bool:
    return False


#: Called with what is granted and what is released before the first of it is written; raises where it may not be.
Approve = Callable[[Sequence[Row], Sequence[Row]], None]


def whatever(_granted: Sequence[Row], _released: Sequence[Row]) -> None:
    """Everything may be."""


class FleetStore(Protocol):
    """What cannot be read or written is a FabricError. ``mark``: of its last answer."""

    mark: Optional[Mark]

    def read(self, topology: str) -> Snapshot: ...

    def hold(
        self,
        topology: str,
        host_id: str,
        rows: Sequence[Row],
        in_use: InUse = nothing,
        approve: Approve = whatever,
    ) -> Held:
        """A host holds these rows of a topology from now on, and gives back what else it held and is not ``in_use`` by
        it. What it does not hold yet is nobody else's, or there are conflicts. Twice is once. ``would_hold`` of what is
        read is what it does."""

    def give_back(self, topology: str, held: Sequence[Row]) -> None:
        """Rows that are in the store as they were read; what somebody else has by now stays."""


def would_hold(
    host_id: str, wanted: Sequence[Row], held: Sequence[Row], in_use: InUse = nothing, yielding: Sequence[str] = ()
) -> Held:
    """What comes of it that a host wants to hold something, beside what is ``held``. ``yielding``: the inventory names
    of hosts that give back first what is in the way."""
    others = [row for row in held if row.get("host") not in yielding] if yielding else held
    found = conflicts(host_id, wanted, others)
    return Held(tuple(found)) if found else difference(host_id, wanted, held, in_use)


def conflicts(host_id: str, wanted: Sequence[Row], held: Sequence[Row]) -> List[Conflict]:
    """Of what a host wants with what others hold."""
    vnis = {(row["port"], row["vni"]): row for row in held if row["kind"] == VNI}
    others = [(row, _span(row)) for row in held if row["kind"] in (BLOCK, ADDRESS) and row["host_id"] != host_id]
    found: List[Conflict] = []
    for row in wanted:
        if row["kind"] == VNI:
            other = vnis.get((row["port"], row["vni"]))
            if other is not None and _network(other) != _network(row):
                found.append(Conflict(row, other))
        elif row["kind"] in (BLOCK, ADDRESS):
            first, last = _span(row)
            found.extend(
                Conflict(row, other)
                for other, (start, end) in others
                if first <= end and start <= last and _network(other) == _network(row)
            )
    return found


def _network(row: Row) -> Tuple[str, str]:
    return row["topology"], row["network"]


def difference(host_id: str, wanted: Sequence[Row], held: Sequence[Row], in_use: InUse) -> Held:
    """What is new to a host, and what it holds and wants no more."""
    places = {_place(row) for row in wanted}
    surplus = [row for row in held if row.get("host_id") == host_id and _place(row) not in places]
    return Held(
        granted=tuple(row for row in wanted if row not in held),
        released=tuple(row for row in surplus if not in_use(row)),
        in_use=tuple(row for row in surplus if in_use(row)),
    )


def _place(row: Row) -> Tuple[Any, ...]:
    """What of a row there is one of."""
    kind = row["kind"]
    thing = {BLOCK: "block", ADDRESS: "address", MEMBER: "host_id"}.get(kind)
    return (kind, row["topology"], row["network"], row[thing]) if thing else (kind, row["port"], row["vni"])


_Number = Tuple[int, int]  # family, address


def _span(row: Row) -> Tuple[_Number, _Number]:
    if row["kind"] == BLOCK:
        block = ip_network(row["block"])
        return (block.version, int(block[0])), (block.version, int(block[-1]))
    address = ip_address(row["address"])
    return (address.version, int(address)), (address.version, int(address))


def what(row: Row) -> str:
    """``10.88.3.0/24 of shop``, ``10.88.3.9 of web on shop``, ``the VXLAN identifier 4711 of shop``."""
    if row["kind"] == BLOCK:
        return "{block} of {network}".format(**row)
    if row["kind"] == ADDRESS:
        return "{address} of {container} on {network}".format(**row)
    if row["kind"] == VNI:
        return "the VXLAN identifier {vni} of {network}".format(**row)
    return "what the others know of this host on {network}".format(**row)


def leases(rows: Sequence[Row]) -> Iterator[Mapping[str, Any]]:
    """Those that are held, without what is told of hosts."""
    return (row for row in rows if row["kind"] != MEMBER)
