# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a change of leases looks like: who holds what, in words; what was granted and released, as rows and lines."""

from __future__ import annotations

import os
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Sequence, Tuple

from .._kernel import changes
from .._kernel.ranges import ranges
from .requests import Allocation
from .store import Row, Store

#: The owner of addresses that belong to a network and not to a container; no container is named like that.
NETWORK_ITSELF = ""
#: What such a port is for: the way to the other hosts of encrypted networks.
TUNNEL = "the encrypted networks"
GATEWAY = "gateway"
RESERVED = "reserved:"
HOST = "host"  # of a network on a LAN, the host's own interface

_LEASE, _RELEASE = "lease", "release"
#: Leases go before the subnet that they lie in, and come after it.
_INNERMOST_FIRST = {"port": 0, "address": 1, "subnet": 2}


class Change:
    """Writes to the store and remembers what it wrote."""

    def __init__(self, store: Store, topology: str) -> None:
        self.store = store
        self.topology = topology
        self._grant_id = os.urandom(16).hex()
        self.granted: List[Row] = []
        self.released: List[Row] = []
        self._chosen: List[Row] = []

    def release(self, row: Row) -> None:
        self.store.delete(row)
        self.released.append(row)

    def grant(self, kind: str, **columns: Any) -> bool:
        """False where somebody else has it."""
        row = self._row(kind, columns)
        if not self.store.insert(row):
            return False
        self.granted.append(row)
        return True

    def choose(self, kind: str, **columns: Any) -> bool:
        """``grant`` of what nobody wrote down and nobody held before."""
        granted = self.grant(kind, **columns)
        if granted:
            self._chosen.append(self.granted[-1])
        return granted

    def grant_all(self, kind: str, several: Iterable[Mapping[str, Any]]) -> bool:
        """False, and nothing is granted, where somebody else has one of them."""
        rows = [self._row(kind, columns) for columns in several]
        if not self.store.insert_all(rows):
            return False
        self.granted.extend(rows)
        return True

    def _row(self, kind: str, columns: Mapping[str, Any]) -> Row:
        return dict(columns, kind=kind, topology=self.topology, grant_id=self._grant_id)

    def allocation(self, **answers: Any) -> Allocation:
        released = tuple(sorted(self.released, key=lambda row: _INNERMOST_FIRST[row["kind"]]))
        told = (*_changes(_RELEASE, "of", released), *_changes(_LEASE, "to", self.granted))
        granted, chose = tuple(self.granted), tuple(self._chosen)
        return Allocation(granted=granted, released=released, chosen=chose, changes=told, **answers)


def owner(row: Mapping[str, Any], topology: str) -> str:
    """Whose a lease is, in the words of the declaration: ``web:eth0 on front``."""
    if row["kind"] == "subnet":
        name = row["network"]
    elif row["kind"] == "port":
        name = row["container"] or TUNNEL
    elif row["container"] != NETWORK_ITSELF:
        name = "{container}:{interface} on {network}".format(**row)
    elif row["interface"] == GATEWAY:
        name = "the gateway of {network}".format(**row)
    elif row["interface"] == HOST:
        name = "the host on {network}".format(**row)
    else:
        name = "{0} (aux_addresses) on {1}".format(row["interface"][len(RESERVED) :], row["network"])
    return name if row["topology"] == topology else "{0} of the topology {1}".format(name, row["topology"])


def chosen(rows: Sequence[Mapping[str, Any]]) -> Dict[str, str]:
    """Of ``Allocation.chosen``: each value as it stands in changes, such as ``32768/tcp``, → whose it is.

    What a network needs for itself, such as its gateway, follows from its subnet: where that is written, nobody chose.
    """
    subnets = {_network(row) for row in rows if row["kind"] == "subnet"}
    found: Dict[str, str] = {}
    for row in rows:
        if row["kind"] == "port":
            address = " at " + row["host_ip"] if row["host_ip"] else ""
            whose = "{0} for {1}/{2}{3}".format(owner(row, row["topology"]), row["target"], row["protocol"], address)
            found["{published}/{protocol}".format(**row)] = whose
        elif row["kind"] == "subnet":
            found[row["subnet"]] = owner(row, row["topology"])
        elif row["container"] != NETWORK_ITSELF or _network(row) in subnets:
            found[row["address"]] = owner(row, row["topology"])
    return found


def port_text(row: Mapping[str, Any]) -> str:
    """``80/tcp``, ``127.0.0.1:80/tcp``, ``[::1]:80/tcp``."""
    host_ip = row["host_ip"] or ""
    if ":" in host_ip:
        host_ip = "[" + host_ip + "]"
    return "{0}{1}/{2}".format(host_ip + ":" if host_ip else "", row["published"], row["protocol"])


def at(request: Any) -> str:
    return " ({0})".format(request.path) if request is not None and request.path else ""


def _changes(verb: str, preposition: str, rows: Sequence[Row]) -> Iterator[changes.Change]:
    """One for each row, and one for a range of ports; a gateway that comes or goes with its subnet is told with it."""
    subnets = {_network(row) for row in rows if row["kind"] == "subnet"}
    gateways: Dict[Tuple[Any, ...], str] = {
        _network(row): " (gateway {0})".format(row["address"]) for row in rows if _is_gateway(row)
    }
    ports = [row for row in rows if row["kind"] == "port"]
    for row in rows:
        if row["kind"] == "port":
            if row is ports[0]:
                yield from _port_changes(verb, preposition, ports)
        elif not (_is_gateway(row) and _network(row) in subnets):
            yield _of_row(verb, preposition, row, gateways)


def _of_row(verb: str, preposition: str, row: Row, gateways: Mapping[Tuple[Any, ...], str]) -> changes.Change:
    word = "subnet" if row["kind"] == "subnet" else "address"
    what = str(row[word])
    if word == "subnet":
        what = "subnet {0}{1}".format(what, gateways.get(_network(row), ""))
    text = "{0} {1} {2} {3}".format(verb, what, preposition, owner(row, row["topology"]))
    return changes.Change(text, _subject(row), *_sides(verb, {word: row[word]}))


def _port_changes(verb: str, preposition: str, rows: Iterable[Row]) -> Iterator[changes.Change]:
    owned = ("topology", "container", "host_ip", "protocol")
    keyed = ((tuple(row[word] for word in owned), row["published"], row["target"]) for row in rows)
    for each in ranges(keyed):
        topology, container, host_ip, protocol = each.key
        words = {"host_ip": host_ip, "published": each.host_ports, "protocol": protocol}
        text = "{0} port {1} {2} {3}".format(verb, port_text(words), preposition, container or TUNNEL)
        text += " for {0}/{1}".format(each.container_ports, protocol) if container else ""
        whose = {"container": container} if container else {"topology": topology}
        subject = changes.Subject(port=port_text(words), part=changes.LEASE, **whose)
        target = int(each.container_ports) if each.count == 1 else each.container_ports
        published = int(each.host_ports) if each.count == 1 else each.host_ports
        yield changes.Change(text, subject, *_sides(verb, dict(words, published=published, target=target)))


def _sides(verb: str, words: Dict[str, Any]) -> Tuple[Mapping[str, Any], Mapping[str, Any]]:
    return (changes.NOTHING, words) if verb == _LEASE else (words, changes.NOTHING)


def _subject(row: Mapping[str, Any]) -> changes.Subject:
    if row["kind"] == "address" and row["container"] != NETWORK_ITSELF:
        return changes.Subject(container=row["container"], interface=row["interface"], part=changes.LEASE)
    return changes.Subject(network=row["network"], part=changes.LEASE)


def _network(row: Mapping[str, Any]) -> Tuple[Any, ...]:
    return row["network"], row["family"]


def _is_gateway(row: Mapping[str, Any]) -> bool:
    return bool(row["kind"] == "address" and row["container"] == NETWORK_ITSELF and row["interface"] == GATEWAY)
