# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody may do behind our back to the VXLAN device of an overlay and to what it knows of other hosts: see
``mutations.py``."""

from __future__ import annotations

from typing import Dict, Iterator

from mutations import Mutation, Row, dotted, other

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import names
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.vxlan import EVERYBODY
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.vxlan import Vxlan
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.vxlan_ways import Way

_STRANGER, _MAC = "203.0.113.9", "06:00:00:00:00:99"


def _set(device: Vxlan, words: str) -> str:
    return "ip link set {0} {1}".format(device.ifname, words)


def _shown(device: Vxlan) -> str:
    return "{0} (of {1})".format(device.ifname, device.network)


def _ifname(device: Vxlan) -> Iterator[Mutation]:
    yield Mutation(_set(device, "down") + "; " + _set(device, "name stray0"), "rename stray0 ", 0)
    yield Mutation("ip link delete {0}".format(device.ifname), "create {0} of".format(device.ifname), 0)
    yield Mutation(_set(device, "down"), "set {0} up".format(_shown(device)), 0)


def _alias(device: Vxlan) -> Iterator[Mutation]:
    for alias in ("", "stray"):
        yield Mutation(_set(device, 'alias "{0}"'.format(alias)), "set alias of " + _shown(device))
    altname = names.altname(device.alias)
    gone = "ip link property del dev {0} altname {1}".format(device.ifname, altname)
    yield Mutation(gone, "add altname {0} to {1}".format(altname, _shown(device)))


def _another(device: Vxlan, reported: str, **words: object) -> Iterator[Mutation]:
    """In its place one that only differs in what no living device can be told."""
    made = {"id": device.vni, "dstport": device.port, "local": device.local, **words}
    options = " ".join("{0} {1}".format(*pair) for pair in made.items() if pair[1] is not None)
    script = "ip link delete {0}; ip link add {0} type vxlan {1} nolearning; {2}"
    script = script.format(device.ifname, options, _set(device, 'alias "{0}"'.format(device.alias)))
    yield Mutation(script, "take {0} of {1} away, {2}".format(device.ifname, device.network, reported), 0)


def _vni(device: Vxlan) -> Iterator[Mutation]:
    yield from _another(device, "whose identifier is 99", id=99)


def _port(device: Vxlan) -> Iterator[Mutation]:
    yield from _another(device, "whose port is 4790", dstport=4790)


def _local(device: Vxlan) -> Iterator[Mutation]:
    yield from _another(device, "which sends from anywhere", local=None)
    script = _set(device, "type vxlan local 198.51.100.77")
    yield Mutation(script, "set local of {0} from 198.51.100.77".format(_shown(device)))
    script = _set(device, "type vxlan learning")
    yield Mutation(script, "set learning of {0}".format(_shown(device)))


def _mac(device: Vxlan) -> Iterator[Mutation]:
    yield Mutation(_set(device, "address " + _MAC), "set mac of " + _shown(device), 0)


def _mtu(device: Vxlan) -> Iterator[Mutation]:
    for mtu in (1333, 1200):
        yield Mutation(_set(device, "mtu {0}".format(mtu)), "set mtu of {0} from {1}".format(_shown(device), mtu), 0)


def _master(device: Vxlan) -> Iterator[Mutation]:
    if device.master is None:
        yield Mutation(_set(device, "master br-shop"), "take {0} of shop away".format(device.ifname), 0)
        return
    yield Mutation(_set(device, "nomaster"), "take {0} of flat away".format(device.ifname), 0)
    yield Mutation(_set(device, "master br-shop"), "set master of {0} from br-shop".format(_shown(device)), 0)


def _ways(device: Vxlan) -> Iterator[Mutation]:
    yield from _way(device, device.ways[0])
    no_longer = "no longer reach {0} over {1}".format(_STRANGER, device.network)
    yield Mutation("bridge fdb add {0} dev {1} dst {2}".format(_MAC, device.ifname, _STRANGER), no_longer)
    neighbours_of = device.master or device.ifname
    script = "ip neighbour add 10.88.99.9 lladdr {0} dev {1} nud permanent".format(_MAC, neighbours_of)
    yield Mutation(script, "over {0}".format(device.network))


def _way(device: Vxlan, way: Way) -> Iterator[Mutation]:
    """A forwarding entry, a neighbour, a route, an entry of the bridge: each taken away, and each made another."""
    repair, bridged = "repair the way to {0} over {1}".format(way.host, device.network), device.master is not None
    for mac, to in way.ways.forwarding:
        yield Mutation("bridge fdb del {0} dev {1} dst {2} self".format(mac, device.ifname, to), repair)
        if mac != EVERYBODY:
            script = "bridge fdb replace {0} dev {1} dst {2} self permanent".format(mac, device.ifname, _STRANGER)
            yield Mutation(script, repair)
    place = "dev {0}".format(device.master if bridged else device.ifname)
    for address, mac in way.ways.neighbours:
        yield Mutation("ip neighbour del {0} lladdr {1} {2}".format(address, mac, place), repair)
        script = "ip neighbour replace {0} lladdr {1} {2} nud permanent".format(address, _MAC, place)
        yield Mutation(script, repair)
    for destination, gateway, source in way.ways.routes:
        route = "{0} via {1} dev {2} onlink src {3}".format(destination, gateway, device.ifname, source)
        yield Mutation("ip route delete {0}".format(destination), repair)
        yield Mutation("ip route replace {0} metric 0".format(route.replace(gateway, "10.88.77.1", 1)), repair)
    for (mac,) in way.ways.bridged:
        yield Mutation("bridge fdb del {0} dev {1} master".format(mac, device.ifname), repair)


def _multicast(device: Vxlan) -> Iterator[Mutation]:
    """And what else is set of the port: nothing is learned there, and asked for only where nobody knows."""
    if device.master is None:
        return
    for name, value in (
        ("learning", "on"),
        ("flood", "on"),
        ("mcast_flood", "off"),
        ("bcast_flood", "off"),
        ("neigh_suppress", "off"),
    ):
        yield Mutation("bridge link set dev {0} {1} {2}".format(device.ifname, name, value), "of bridge port ")


def _sysctls(device: Vxlan) -> Iterator[Mutation]:
    for key, value in device.sysctls:
        script = "echo {0} > /proc/sys/{1}".format(other(value), key)
        yield Mutation(script, "set {0} from".format(dotted(key)), 0)


VXLAN: Dict[str, Row] = {
    "ifname": _ifname,
    "alias": _alias,
    "vni": _vni,
    "port": _port,
    "local": _local,
    "mac": _mac,
    "mtu": _mtu,
    "ways": _ways,
    "master": _master,
    "multicast": _multicast,
    "sysctls": _sysctls,
}
