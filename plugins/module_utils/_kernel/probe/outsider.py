# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody on the wire, played for as long as packets are tried: who calls the host from outside, and is called there.

```
  namespace that nobody else knows          host
    X ──────── wire ══════ fabric-wireNNNN ──tc──▶ comes in by the uplink, as from the wire
                                  ▲
                                  └── fwd ──────── what would leave by the uplink for X (nft, hook egress)
```

X is an address that nobody has and that the host's own routes lead out to, so a packet takes every step that one from
the wire takes: the uplink's name and MAC, its filters, the routes there and back. Of the uplink nothing is changed and
nothing leaves by it. The pair of interfaces ends with the namespace, that with its last descriptor, which is this
process' own, and the table of nft with its owner: all of it is gone with the process, also when that is killed.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from dataclasses import dataclass, field
from typing import Dict, Iterator, Mapping, Optional

from .. import namespaces, tc
from ..errors import FabricError
from ..host import Host
from ..names import WIRE_IFNAME, WIRE_TABLE
from ..rtnl import neighbours, requests
from ..rtnl.neighbours import Neighbour
from ..rtnl.read import Link, RouteEntry
from ..tracing.sight import Sight
from ..transient import Table, Transient
from .ears import FAMILIES

#: What a run calls the namespace of who is played. No container can be called so.
WIRE = "the wire"
_INSIDE, _MAC = "wire", "02:00:5e:00:53:01"
#: By whom X sends: everything to the one host that there is.
_GATEWAYS = {4: "169.254.0.1", 6: "fe80::1"}
_HOST_PREFIX, _EVERYWHERE = {4: "/32", 6: "/128"}, {4: "0.0.0.0/0", 6: "::/0"}
_WORDS = {4: "ip", 6: "ip6"}
#: Behind what anybody would write: what somebody else drops there stays dropped.
_BEHIND = 2000
_ETHERNET_MAC = 17  # characters
#: Seconds, and times a second: three questions a second apart are what the kernel asks a neighbour (arp(7)).
_PATIENCE, _PAUSE = 4.0, 0.02


@dataclass(frozen=True)
class Outsider:
    """``mute``: why nobody can be played; empty: somebody is. ``deaf``: family → why no answer comes to who is played,
    who can call all the same."""

    addresses: Mapping[int, str] = field(default_factory=dict)
    mute: str = ""
    deaf: Mapping[int, str] = field(default_factory=dict)


@contextlib.contextmanager
def outsider(host: Host, addresses: Mapping[int, str]) -> Iterator[Outsider]:
    """While the body runs, ``WIRE`` is the namespace of somebody on the wire with these addresses, by family."""
    sight = Sight(host)
    ways = {family: sight.way(None, address) for family, address in addresses.items()}
    uplink = next((sight.links(None)[way.oif] for way in ways.values() if not way.errno and way.oif), None)
    if uplink is None:
        yield Outsider(mute="no route leads out of the host")
        return
    if len(uplink.mac) != _ETHERNET_MAC:
        yield Outsider(mute="{0}, by which the host's routes lead out, is no Ethernet".format(uplink.ifname))
        return
    deaf: Dict[int, str] = {}
    for family, way in ways.items():
        if way.errno:
            deaf[family] = "no IPv{0} route leads out of the host".format(family)
        elif way.oif != uplink.index:
            deaf[family] = "IPv{0} leaves by another interface than {1}".format(family, uplink.ifname)
    with _namespace(host):
        try:
            ifname = _connect(host, uplink, addresses)
        except FabricError as error:
            yield Outsider(mute="this kernel cannot let packets come in by {0}: {1}".format(uplink.ifname, error))
            return
        with _table(uplink, ifname, addresses) as refused:
            deaf.update(dict.fromkeys(addresses, refused) if refused else {})
            for family in addresses.keys() - deaf.keys():
                silent = _silent_hop(host, sight, addresses[family])
                deaf.update({family: silent} if silent else {})
            yield Outsider(addresses, deaf=deaf)


@contextlib.contextmanager
def _namespace(host: Host) -> Iterator[None]:
    descriptor = namespaces.open_new()
    try:
        host.lend(WIRE, descriptor)
        try:
            yield
        finally:
            host.take_back(WIRE)
    finally:
        os.close(descriptor)


def _connect(host: Host, uplink: Link, addresses: Mapping[int, str]) -> str:
    """The name of the interface that leads to who is played. It has the uplink's MAC, for which its frames are."""
    ifname = WIRE_IFNAME + os.urandom(2).hex()
    with host.inside(WIRE):
        descriptor = namespaces.open_own()
    try:
        pair = requests.veth_add(ifname, _INSIDE, descriptor, mac=_MAC, mtu=uplink.mtu, own_mac=uplink.mac)
        host.socket.send([pair, requests.link_set(ifname, ipv6_link_local=False)])
    finally:
        os.close(descriptor)
    tc.come_in_by(host, ifname, uplink.index)
    index = host.socket.index_of(ifname)
    known = [neighbours.add(Neighbour(index, address, _MAC)) for address in addresses.values()]
    host.socket.send([requests.link_set(index=index, up=True), *known])
    _settle_in(host, uplink, addresses)
    return ifname


def _settle_in(host: Host, uplink: Link, addresses: Mapping[int, str]) -> None:
    sock = host.netlink(WIRE)
    index = sock.index_of(_INSIDE)
    sock.send([requests.link_set("lo", up=True), requests.link_set(index=index, ipv6_link_local=False)])
    sock.send([requests.link_set(index=index, up=True)])
    for family, address in addresses.items():
        gateway = _GATEWAYS[family]
        sock.send(
            [
                requests.address_add(index, address + _HOST_PREFIX[family]),
                neighbours.add(Neighbour(index, gateway, uplink.mac)),
                requests.route_add(RouteEntry(_EVERYWHERE[family], gateway, oif=index, onlink=True)),
            ]
        )


@contextlib.contextmanager
def _table(uplink: Link, ifname: str, addresses: Mapping[int, str]) -> Iterator[str]:
    """Why answers cannot be led to who is played; empty: they are."""
    rules = "".join(
        ' ; {0} daddr {1} fwd {0} to {1} device "{2}"'.format(_WORDS[family], address, ifname)
        for family, address in addresses.items()
    )
    chain = 'chain out {{ type filter hook egress device "{0}" priority {1} ; policy accept{2} ; }} ; '
    tables = Transient([Table("netdev", WIRE_TABLE, chain.format(uplink.ifname, _BEHIND, rules))])
    refused = ""
    try:
        tables.wait()
    except FabricError:
        refused = "this kernel, or its nft, has no hook at which packets leave (egress, Linux 5.16)"
    try:
        yield refused
    finally:
        tables.close()


def _silent_hop(host: Host, sight: Sight, address: str) -> str:
    """Why nothing leaves the host on the way to an address: who is next on it does not answer. Empty: it does."""
    way = sight.way(None, address)
    family = 6 if ":" in address else 4
    with contextlib.suppress(OSError), socket.socket(FAMILIES[family], socket.SOCK_DGRAM) as asking:
        asking.sendto(b"", (address, 9))  # discard, RFC 863: who is played has nobody there
    until = time.monotonic() + _PATIENCE
    state: Optional[str] = "incomplete"
    while state == "incomplete" and time.monotonic() < until:
        state, _mac = sight.neighbour(None, way.oif, way.gateway or address)
        time.sleep(_PAUSE if state == "incomplete" else 0)
    if state in ("incomplete", "failed"):
        return "{0}, by whom the host's routes lead out, does not answer the host".format(way.gateway or address)
    return ""
