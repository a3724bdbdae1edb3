# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody may do behind our back to each attribute that a resource sets, as shell commands.

One table for each kind of resource, with a row for each of its fields: a field without a row fails a test, so that
a new attribute cannot be forgotten. A row turns one resource into mutations.
"""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from ipaddress import ip_interface
from typing import Any, Callable, Dict, Iterator, List, Tuple

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.desired import Desired
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import names
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.names import NETNS_DIRECTORY
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.files import TextFile
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.bridge import Bridge
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.ifb import Ifb
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.veth import Veth
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.netns import Netns
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.qdisc import Limit
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.tables import Table
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.text import layout
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.transit import transit_table
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.settings import HostSysctl


@dataclass(frozen=True)
class Mutation:
    """``script`` changes the host; a check must then say ``reported``, in ``actions`` lines (0: any number)."""

    script: str
    reported: str
    actions: int = 1

    def happen(self) -> None:
        try:
            shell(self.script)
        finally:
            if "netns delete" in self.script or "umount" in self.script:
                _until_the_dead_are_buried()


def shell(script: str) -> None:
    subprocess.run(["sh", "-ec", script], check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _until_the_dead_are_buried() -> None:
    """The kernel ends namespaces later, one after the other: when this one has gone, so have those before it.

    And later than closed sockets inside, which it frees at leisure, but before it is done with removing a link.
    """
    shell("ip link add grave0 type veth peer name grave1; ip link delete grave0")
    shell("ip netns add grave; ip link add grave0 type veth peer name grave1 netns grave; ip netns delete grave")
    deadline = time.monotonic() + 30
    while os.path.exists("/proc/sys/net/ipv4/conf/grave0"):
        assert time.monotonic() < deadline
        time.sleep(0.001)


Row = Callable[[Any], Iterator[Mutation]]


def _fixed(_resource: Any) -> Iterator[Mutation]:
    """Not an attribute of anything on the host: it says whose the resource is."""
    return iter(())


def other(value: str) -> str:
    return "0" if value != "0" else "1"


def with_broadcast(cidr: str) -> str:
    """An address as it comes back: what had no broadcast address before has one after a way back."""
    return cidr + " brd +" if "." in cidr else cidr


def dotted(key: str) -> str:
    return key.replace("/", ".")


# --- bridges


def _bridge_name(bridge: Bridge) -> Iterator[Mutation]:
    yield Mutation("ip link set {0} name stray0".format(bridge.ifname), "rename stray0 to " + bridge.ifname)
    yield Mutation("ip link delete {0}".format(bridge.ifname), "create bridge " + bridge.ifname, 0)


def _bridge_alias(bridge: Bridge) -> Iterator[Mutation]:
    """Our mark: what a bridge calls itself, and its altname, which is the same once more."""
    for alias in ("", "stray", bridge.alias.split(" ")[0] + " stray", "linuxnet.fabric/other network stray"):
        yield Mutation('ip link set {0} alias "{1}"'.format(bridge.ifname, alias), "set alias of " + bridge.ifname)
    altname = names.altname(bridge.alias)
    gone = "ip link property del dev {0} altname {1}".format(bridge.ifname, altname)
    yield Mutation(gone, "add altname {0} to {1}".format(altname, bridge.ifname))
    other = "{0}; ip link property add dev {1} altname fabric,other,network,stray".format(gone, bridge.ifname)
    yield Mutation(other, "remove altname fabric,other,network,stray from " + bridge.ifname, 2)


def _bridge_addresses(bridge: Bridge) -> Iterator[Mutation]:
    for cidr in bridge.addresses:
        yield Mutation("ip address delete {0} dev {1}".format(cidr, bridge.ifname), "add {0} to".format(cidr))
        other = "{0}/{1}".format(cidr.split("/")[0], 28 if "." in cidr else 80)
        script = "ip address delete {0} dev {2}; ip address add {1} dev {2}".format(
            cidr, with_broadcast(other), bridge.ifname
        )
        reported = "add {0} to {1}" if "." in cidr else "on {1} to {0}"
        yield Mutation(script, reported.format(cidr, bridge.ifname), 2 if "." in cidr else 1)
    for cidr in ("203.0.113.9/24",):
        script = "ip address add {0} dev {1}".format(with_broadcast(cidr), bridge.ifname)
        yield Mutation(script, "remove {0} from".format(cidr))


def _bridge_option(name: str, value: Any, actions: int = 1, field: str = "") -> Row:
    def row(bridge: Bridge) -> Iterator[Mutation]:
        script = "ip link set {0} type bridge {1} {2}".format(bridge.ifname, name, value)
        yield Mutation(script, "set {0} of {1}".format(field or name, bridge.ifname), actions)

    return row


def _bridge_flag(name: str, field: str) -> Row:
    def row(bridge: Bridge) -> Iterator[Mutation]:
        yield from _bridge_option(name, int(not getattr(bridge, field)), 1, field)(bridge)

    return row


def _bridge_link(words: str, reported: str, actions: int = 1) -> Row:
    def row(bridge: Bridge) -> Iterator[Mutation]:
        yield Mutation("ip link set {0} {1}".format(bridge.ifname, words), reported.format(bridge.ifname), actions)

    return row


def _bridge_mtu(bridge: Bridge) -> Iterator[Mutation]:
    """Below 1280 the kernel takes IPv6 off an interface, and all settings of it."""
    for mtu, actions in ((1333, 1), (1200, 0)):
        reported = "set mtu of {0} from {1}".format(bridge.ifname, mtu)
        yield Mutation("ip link set {0} mtu {1}".format(bridge.ifname, mtu), reported, actions)


def _bridge_sysctls(bridge: Bridge) -> Iterator[Mutation]:
    for key, value in bridge.sysctls:
        actions = 0 if "disable_ipv6" in key else 1
        yield Mutation(
            "echo {0} > /proc/sys/{1}".format(other(value), key), "set {0} from".format(dotted(key)), actions
        )


#: The host ends of two containers on br-front.
_WEB, _ANOTHER = (names.veth_ifname("default", container, "eth0") for container in ("web", "leaver"))
#: What a bridge has that nobody declares, with values that decide otherwise where a frame goes. But vlan_filtering,
#: which not every kernel has: it is in tests/unit/resources/test_bridge.py.
_BRIDGE_ODD = {
    "group_fwd_mask": 8,
    "nf_call_iptables": 1,
    "nf_call_ip6tables": 1,
    "nf_call_arptables": 1,
}


def _bridge_as_made(bridge: Bridge) -> Iterator[Mutation]:
    """On one of them, for all are made alike."""
    if bridge.ifname != "br-front":
        return
    kept = "keep {0} at the bridge {1} itself".format(bridge.mac, bridge.ifname)
    yield Mutation("bridge fdb del {0} dev {1} self".format(bridge.mac, bridge.ifname), kept)
    yield Mutation("bridge fdb replace {0} dev {1} master static".format(bridge.mac, _WEB), kept, 2)
    for name, value in _BRIDGE_ODD.items():
        yield from _bridge_option(name, value)(bridge)
    for flag in ("arp", "multicast"):
        script = "ip link set {0} {1} off".format(bridge.ifname, flag)
        yield Mutation(script, "set {0} of {1} on".format(flag, bridge.ifname))


BRIDGE: Dict[str, Row] = {
    "ifname": _bridge_name,
    "alias": _bridge_alias,
    "addresses": _bridge_addresses,
    "mtu": _bridge_mtu,
    "mac": _bridge_link("address 02:00:00:00:00:99", "set mac of {0}"),
    "stp": _bridge_option("stp_state", 1, 2, "stp"),
    "ageing_time": _bridge_option("ageing_time", 1000),
    "forward_delay": _bridge_option("forward_delay", 400),
    "multicast_snooping": _bridge_flag("mcast_snooping", "multicast_snooping"),
    "no_linklocal_learn": _bridge_flag("no_linklocal_learn", "no_linklocal_learn"),
    "up": _bridge_link("down", "set {0} up", 0),
    "sysctls": _bridge_sysctls,
    "as_made": _bridge_as_made,
}


# --- pairs


def _veth_name(veth: Veth) -> Iterator[Mutation]:
    yield Mutation("ip link set {0} name stray0".format(veth.name), "rename stray0 to " + veth.name)
    yield Mutation("ip link delete {0}".format(veth.name), "connect {0} ".format(veth.shown))
    yield Mutation("ip link set {0} down".format(veth.name), "set {0} (of {1}) up".format(veth.name, veth.shown))
    yield Mutation(
        "ip link set {0} addrgenmode eui64".format(veth.name), "set ipv6_link_local of {0}".format(veth.name)
    )


def _veth_netns(veth: Veth) -> Iterator[Mutation]:
    script = "ip -n {0} link set {1} name stray0; ip -n {0} link set stray0 netns batch".format(veth.netns, veth.ifname)
    yield Mutation(script, "replace {0}".format(veth.name), 2)


def _veth_ifname(veth: Veth) -> Iterator[Mutation]:
    place = (veth.netns, veth.ifname)
    yield Mutation(
        "ip -n {0} link set {1} name stray0".format(*place), "rename stray0 in namespace {0} to {1}".format(*place)
    )
    yield Mutation("ip -n {0} link delete {1}".format(*place), "connect {0} ".format(veth.shown))
    yield Mutation("ip -n {0} link set {1} down".format(*place), "set {0} up".format(veth.shown), 0)


def _veth_alias(veth: Veth) -> Iterator[Mutation]:
    """Our mark: what each of both ends calls itself."""
    for alias in ("", "linuxnet.fabric/other web:eth0"):
        yield Mutation('ip link set {0} alias "{1}"'.format(veth.name, alias), "set alias of " + veth.name)
    for alias in ("", "stray"):
        script = 'ip -n {0} link set {1} alias "{2}"'.format(veth.netns, veth.ifname, alias)
        yield Mutation(script, "set alias of " + veth.shown)


def _veth_mac(veth: Veth) -> Iterator[Mutation]:
    script = "ip -n {0} link set {1} address 02:00:00:00:00:99".format(veth.netns, veth.ifname)
    yield Mutation(script, "set mac of " + veth.shown)


def _veth_mtu(veth: Veth) -> Iterator[Mutation]:
    # The kernel makes a bridge's mtu that of its smallest port, as long as nobody has set it.
    for mtu in (1333, 1200):
        yield Mutation("ip link set {0} mtu {1}".format(veth.name, mtu), "set mtu of {0}".format(veth.name), 0)
    for mtu, actions in ((1333, 1), (1200, 0)):
        script = "ip -n {0} link set {1} mtu {2}".format(veth.netns, veth.ifname, mtu)
        yield Mutation(script, "set mtu of {0} from {1}".format(veth.shown, mtu), actions)


def _veth_addresses(veth: Veth) -> Iterator[Mutation]:
    place = "-n {0} address".format(veth.netns)
    for cidr in veth.addresses:
        gone = "ip {0} delete {1} dev {2}".format(place, cidr, veth.ifname)
        yield Mutation(gone, "add {0} to {1}".format(cidr, veth.shown), 0)
        other = "{0}/{1}".format(ip_interface(cidr).ip + 1000, cidr.split("/")[1])
        script = "{0}; ip {1} add {2} dev {3}".format(gone, place, with_broadcast(other), veth.ifname)
        yield Mutation(script, "add {0} to {1}".format(cidr, veth.shown), 0)
        script = "ip {0} add {1} dev {2}".format(place, with_broadcast(other), veth.ifname)
        yield Mutation(script, "remove {0} from {1}".format(other, veth.shown))


def _veth_routes(veth: Veth) -> Iterator[Mutation]:
    for route in veth.routes:
        if route.type != "unicast":
            words = "{0} {1}".format(route.type, route.destination)
            yield Mutation("ip -n {0} route delete {1}".format(veth.netns, words), "add route {0} to".format(route))
            continue
        command = "ip {0} -n {1} route ".format("-6" if ":" in route.destination else "-4", veth.netns)
        words = "{0} via {1} dev {2}".format(route.destination, route.gateway, veth.ifname)
        yield Mutation(command + "delete " + words, "add route {0} to {1}".format(route, veth.shown))
        script = "{0} delete {1}; {0} add {1} metric 77".format(command, words)
        yield Mutation(script, "remove route {0} metric 77 from".format(route), 2)
        stray = "2001:db8:77::/64" if ":" in route.destination else "192.0.2.0/25"
        script = "{0} add {1} via {2} dev {3}".format(command, stray, route.gateway, veth.ifname)
        yield Mutation(script, "remove route {0} via {1} from {2}".format(stray, route.gateway, veth.shown))


def _veth_master(veth: Veth) -> Iterator[Mutation]:
    yield Mutation("ip link set {0} nomaster".format(veth.name), "set master of {0}".format(veth.name), 0)
    other = "br-front" if veth.master != "br-front" else "br-back"
    yield Mutation("ip link set {0} master {1}".format(veth.name, other), "from {0} to".format(other), 0)


def _veth_flag(name: str) -> Row:
    def row(veth: Veth) -> Iterator[Mutation]:
        wanted = getattr(veth, name)
        script = "bridge link set dev {0} {1} {2}".format(veth.name, name, "off" if wanted else "on")
        reported = "set {0} of bridge port {1} (of {2}) {3}"
        yield Mutation(script, reported.format(name, veth.name, veth.shown, "on" if wanted else "off"))

    return row


#: What a port has that nobody declares, in the words of bridge(8).
_PORT_ODD = {
    "root_block": "root_block on",
    "fastleave": "fastleave on",
    "flood": "flood off",
    "mcast_router": "mcast_router 2",
    "mcast_flood": "mcast_flood off",
    "mcast_to_unicast": "mcast_to_unicast on",
    "vlan_tunnel": "vlan_tunnel on",
    "bcast_flood": "bcast_flood off",
    "neigh_suppress": "neigh_suppress on",
    "backup_port": "backup_port " + _ANOTHER,
    "locked": "locked on",
}


def _veth_as_made(veth: Veth) -> Iterator[Mutation]:
    """On one of them, for all are made alike."""
    if veth.name != _WEB:
        return
    place = "dev {0}".format(veth.name)
    for name, words in _PORT_ODD.items():
        reported = "set {0} of bridge port {1} (of {2}) as a new port has it".format(name, veth.name, veth.shown)
        yield Mutation("bridge link set {0} {1}".format(place, words), reported)
    for name, value in (("group_fwd_mask", "8"), ("proxy_arp", "on"), ("proxy_arp_wifi", "on")):
        script = "ip link set {0} type bridge_slave {1} {2}".format(veth.name, name, value)
        yield Mutation(script, "set {0} of bridge port {1}".format(name, veth.name))
    for flag in ("arp", "multicast"):
        script = "ip -n {0} link set {1} {2} off".format(veth.netns, veth.ifname, flag)
        yield Mutation(script, "set {0} of {1} on".format(flag, veth.shown))


def _veth_learning(veth: Veth) -> Iterator[Mutation]:
    """And what the bridge knows instead."""
    yield from _veth_flag("learning")(veth)
    place = "dev {0} master".format(veth.name)
    for mac in veth.fdb:
        kept = "keep {0} behind bridge port {1}".format(mac, veth.name)
        if veth.name == _WEB:
            for how in ("static", "permanent"):
                yield Mutation("bridge fdb replace {0} {1} {2}".format(mac, place, how), kept)
            elsewhere = "bridge fdb replace {0} dev {1} master static".format(mac, _ANOTHER)
            yield Mutation(elsewhere, "remove the static forwarding entry {0} from bridge port".format(mac), 2)
        yield Mutation("bridge fdb del {0} {1}".format(mac, place), kept)
        yield Mutation("bridge fdb replace {0} {1} dynamic".format(mac, place), kept)
    for how, told in (("static", "static"), ("permanent", "local")) if veth.name == _WEB else ():
        stray = "bridge fdb add 02:00:00:00:00:77 {0} {1}".format(place, how)
        yield Mutation(stray, "remove the {0} forwarding entry 02:00:00:00:00:77 from bridge port".format(told))
    stray = "bridge fdb add 02:00:00:00:00:77 {0} static sticky".format(place)
    yield Mutation(stray, "no longer keep 02:00:00:00:00:77 behind bridge port {0}".format(veth.name))


def _veth_host_addresses(veth: Veth) -> Iterator[Mutation]:
    script = "ip address add 203.0.113.77/32 dev {0}".format(veth.name)
    yield Mutation(script, "remove 203.0.113.77/32 from {0}".format(veth.name))


def _veth_host_mac(veth: Veth) -> Iterator[Mutation]:
    """Only on a bridge of somebody else's is it ours to choose; so is the mtu of the host end."""
    if veth.host_mac is not None:
        yield Mutation("ip link set {0} address 02:00:00:00:00:99".format(veth.name), "set mac of " + veth.name)


def _veth_host_mtu(veth: Veth) -> Iterator[Mutation]:
    if veth.host_mtu is not None:
        yield Mutation("ip link set {0} mtu 1333".format(veth.name), "set mtu of " + veth.name, 0)


def _veth_ingress(veth: Veth) -> Iterator[Mutation]:
    if veth.ingress is not None:
        yield from _limit(veth.name, "into " + veth.shown, veth.ingress)


def _limit(ifname: str, way: str, limit: Limit) -> Iterator[Mutation]:
    root = "tc qdisc {0} dev " + ifname + " root "
    yield Mutation(root.format("delete"), "limit traffic {0} to {1}".format(way, limit))
    for words in ("rate 3mbit burst 64kb", "rate 100gbit burst 64mb"):
        script = root.format("change") + "handle fab: tbf {0} limit 90kb".format(words)
        yield Mutation(script, "change the limit of traffic {0} from".format(way))
    latency = "handle fab: tbf rate {0}bit burst {1} limit 2000000".format(limit.rate * 8, limit.burst)
    yield Mutation(root.format("change") + latency, "change the limit of traffic {0} from".format(way))
    peak = "handle fab: tbf rate {0}bit burst {1} limit {2} peakrate 100gbit mtu 2000"
    script = root.format("change") + peak.format(limit.rate * 8, limit.burst, limit.rate // 20 + limit.burst)
    yield Mutation(script, "set the limit of traffic {0} to {1} again".format(way, limit))
    for other in ("tbf rate 3mbit burst 64kb limit 90kb", "pfifo limit 77"):
        script = "{0}; {1} {2}".format(root.format("delete"), root.format("add"), other)
        yield Mutation(script, "change the limit" if "tbf" in other else "limit traffic {0} to {1}".format(way, limit))


def _veth_ifb(veth: Veth) -> Iterator[Mutation]:
    """Where what comes out of the container is sent, to be limited."""
    if veth.ifb is None:
        return
    reported, ours = "send traffic out of {0} through {1}".format(veth.shown, veth.ifb), "pref 4011"
    place = "dev {0} parent ffff: protocol all {1}".format(veth.name, ours)
    yield Mutation("tc qdisc delete dev {0} ingress".format(veth.name), reported)
    yield Mutation("tc filter delete " + place, reported)
    if veth.ingress is None:
        yield Mutation(
            "tc qdisc delete dev {0} root".format(veth.name),
            "set the queue of {0} (of {1}) from none to pfifo".format(veth.name, veth.shown),
        )
    for match, action in (
        ("u32 match u32 0 0", "mirred egress redirect dev up0"),
        ("u32 match u32 0 0", "mirred egress mirror dev " + veth.ifb),
        ("u32 match ip protocol 1 0xff", "mirred egress redirect dev " + veth.ifb),
    ):
        other = "tc filter add {0} {1} action {2}".format(place, match, action)
        yield Mutation("tc filter delete {0}; {1}".format(place, other), reported)
    yield Mutation("tc filter add {0} u32 match u32 0 0 action mirred egress redirect dev up0".format(place), reported)


def inside(netns: str, script: str) -> str:
    return "nsenter --net={0}/{1} sh -c '{2}'".format(NETNS_DIRECTORY, netns, script)


def _veth_sysctls(veth: Veth) -> Iterator[Mutation]:
    for key, value in veth.sysctls:
        script = inside(veth.netns, "echo {0} > /proc/sys/{1}".format(other(value), key))
        yield Mutation(script, "set {0} from {1} to {2}".format(dotted(key), other(value), value))


VETH: Dict[str, Row] = {
    "name": _veth_name,
    "netns": _veth_netns,
    "ifname": _veth_ifname,
    "alias": _veth_alias,
    "owner": _fixed,
    "mac": _veth_mac,
    "mtu": _veth_mtu,
    "addresses": _veth_addresses,
    "routes": _veth_routes,
    "master": _veth_master,
    "isolated": _veth_flag("isolated"),
    "hairpin": _veth_flag("hairpin"),
    "learning": _veth_learning,
    "guard": _veth_flag("guard"),
    "as_made": _veth_as_made,
    "host_addresses": _veth_host_addresses,
    "host_mac": _veth_host_mac,
    "host_mtu": _veth_host_mtu,
    "sysctls": _veth_sysctls,
    "ingress": _veth_ingress,
    "ifb": _veth_ifb,
}


# --- limits of traffic


def _ifb_name(ifb: Ifb) -> Iterator[Mutation]:
    yield Mutation("ip link set {0} name stray0".format(ifb.ifname), "rename stray0 to " + ifb.ifname)
    made = "limit traffic out of {0} to {1}, by {2}".format(ifb.owner, ifb.limit, ifb.ifname)
    yield Mutation("ip link delete {0}".format(ifb.ifname), made, 2)
    yield Mutation("ip link set {0} down".format(ifb.ifname), "set {0} (of {1}) up".format(ifb.ifname, ifb.owner))
    on = "ip link set {0} addrgenmode eui64".format(ifb.ifname)
    yield Mutation(on, "set ipv6_link_local of {0}".format(ifb.ifname))
    stray = "ip address add 203.0.113.77/32 dev {0}".format(ifb.ifname)
    yield Mutation(stray, "remove 203.0.113.77/32 from {0}".format(ifb.ifname))


def _ifb_alias(ifb: Ifb) -> Iterator[Mutation]:
    for alias in ("", "linuxnet.fabric/other egress web:eth0"):
        yield Mutation('ip link set {0} alias "{1}"'.format(ifb.ifname, alias), "set alias of " + ifb.ifname)
    altname = names.altname(ifb.alias)
    gone = "ip link property del dev {0} altname {1}".format(ifb.ifname, altname)
    yield Mutation(gone, "add altname {0} to {1}".format(altname, ifb.ifname))


def _ifb_limit(ifb: Ifb) -> Iterator[Mutation]:
    yield from _limit(ifb.ifname, "out of " + ifb.owner, ifb.limit)


IFB: Dict[str, Row] = {"ifname": _ifb_name, "alias": _ifb_alias, "owner": _fixed, "limit": _ifb_limit}


# --- namespaces


def _netns_name(space: Netns) -> Iterator[Mutation]:
    made = "attach {0} to" if space.attach else "create namespace {0}"
    handle = "{0}/{1}".format(NETNS_DIRECTORY, space.name)
    yield Mutation("ip netns delete " + space.name, made.format(space.name), 0)
    yield Mutation("umount {0}".format(handle), made.format(space.name), 0)
    if space.attach is None:
        yield Mutation("ip netns delete {0}; ip netns add {0}".format(space.name), space.name, 0)
        script = inside(space.name, "ip link set lo down")
        yield Mutation(script, "set lo up in namespace " + space.name, 0)


def _netns_attach(space: Netns) -> Iterator[Mutation]:
    """Another namespace under the same name."""
    other = "db" if space.name != "db" else "web"
    handle = "{0}/{1}".format(NETNS_DIRECTORY, space.name)
    script = "umount {0}; mount --bind {1}/{2} {0}".format(handle, NETNS_DIRECTORY, other)
    yield Mutation(script, "detach {0}, which is another namespace".format(space.name), 0)


def _netns_sysctls(space: Netns) -> Iterator[Mutation]:
    for key, value in space.sysctls:
        script = inside(space.name, "echo {0} > /proc/sys/{1}".format(other(value), key))
        reported = "set {0} from {1} to {2} in namespace {3}".format(dotted(key), other(value), value, space.name)
        yield Mutation(script, reported, 0)


def _netns_routes(space: Netns) -> Iterator[Mutation]:
    if space.routes is None:
        return
    command, shown = "ip -n {0} route ".format(space.name), "namespace " + space.name
    yield Mutation(
        command + "add blackhole 192.0.2.128/25", "remove route blackhole 192.0.2.128/25 from {0}".format(shown)
    )
    for route in space.routes:
        script = "{0} delete {1} {2}".format(command, route.type, route.destination)
        yield Mutation(script, "add route {0} to {1}".format(route, shown))


def _netns_brought(_space: Netns) -> Iterator[Mutation]:
    """Of a program that brings its own namespace: what drifts is the program (tests/integration/workloads)."""
    return iter(())


NETNS: Dict[str, Row] = {
    "name": _netns_name,
    "topology": _fixed,
    "attach": _netns_attach,
    "brought": _netns_brought,
    "sysctls": _netns_sysctls,
    "routes": _netns_routes,
}


# --- settings and files


def _host_sysctl(setting: HostSysctl) -> Iterator[Mutation]:
    script = "echo {0} > /proc/sys/{1}".format(other(setting.value), setting.key)
    yield Mutation(script, "set {0} from".format(dotted(setting.key)), 0)


HOST_SYSCTL: Dict[str, Row] = {"key": _fixed, "value": _host_sysctl, "along": _fixed}


def _file_path(file: TextFile) -> Iterator[Mutation]:
    yield Mutation("rm {0}".format(file.path), "write {0}/: {1}".format(*file.path.rsplit("/", 1)))


def _file_access(file: TextFile) -> Iterator[Mutation]:
    """No field of a file: they are all written alike, for programs in the container that do not run as root."""
    reported = "set mode and owner of {0}/: {1}".format(*file.path.rsplit("/", 1))
    yield Mutation("chmod 600 {0}".format(file.path), reported)
    yield Mutation("chmod 666 {0}; chown 1000:1000 {0}".format(file.path), reported)
    yield Mutation("chmod 700 {0}".format(os.path.dirname(file.path)), "set mode and owner of", 0)


def _file_content(file: TextFile) -> Iterator[Mutation]:
    if file.content is not None:
        reported = "rewrite {0}/: {1}".format(*file.path.rsplit("/", 1))
        yield Mutation("echo '192.0.2.1 stray' >> {0}".format(file.path), reported)
        yield Mutation("echo '192.0.2.1 stray' > {0}".format(file.path), reported)
        yield Mutation("rm {0}; ln -s /etc/hostname {0}".format(file.path), reported)
        yield from _file_access(file)


def _file_target(file: TextFile) -> Iterator[Mutation]:
    if file.target is not None:
        reported = "rewrite {0}/: {1}".format(*file.path.rsplit("/", 1))
        yield Mutation("ln -sf /etc/hosts {0}".format(file.path), reported)
        yield Mutation("rm {0}; echo '192.0.2.1 stray' > {0}".format(file.path), reported)


TEXT_FILE: Dict[str, Row] = {"path": _file_path, "content": _file_content, "target": _file_target}

ROWS: Dict[type, Dict[str, Row]] = {
    Bridge: BRIDGE,
    Veth: VETH,
    Ifb: IFB,
    Netns: NETNS,
    HostSysctl: HOST_SYSCTL,
    TextFile: TEXT_FILE,
}


def of_resources(kind: type, desired: Desired) -> List[Mutation]:
    """Every mutation of every resource of one kind."""
    places: Dict[type, Tuple[Any, ...]] = {
        Bridge: tuple(link for link in desired.links if isinstance(link, Bridge)),
        Veth: tuple(link for link in desired.links if isinstance(link, Veth)),
        Ifb: tuple(link for link in desired.links if isinstance(link, Ifb)),
        Netns: desired.namespaces,
        HostSysctl: desired.sysctls,
        TextFile: desired.files,
    }
    return [mutation for resource in places[kind] for row in ROWS[kind].values() for mutation in row(resource)]


# --- packet rules


def of_rules(desired: Desired) -> List[Mutation]:
    assert desired.ruleset is not None
    found = [Mutation("nft flush ruleset", "create nft tables", 0)]
    of_all = [transit_table(desired.transit)] if desired.transit is not None else []
    for table in (*layout(desired.ruleset), *of_all):
        where = "{0} {1}".format(table.family, table.name)
        found.append(Mutation("nft delete table {0}".format(where), "create nft table " + where, 0))
        found.append(Mutation("nft flush table {0}".format(where), "repair rules of chain", 0))
        asleep = "nft add table {0} {{ flags dormant\\; }}".format(where)
        woken = "enable nft table {0}, which is dormant".format(where)
        found.append(Mutation(asleep, woken))
        found.append(Mutation("{0}; nft flush table {1}".format(asleep, where), woken, 0))
        found.append(Mutation("nft add chain {0} stray".format(where), "replace nft table " + where, 0))
        found.append(
            Mutation("nft add set {0} stray {{ type ifname\\; }}".format(where), "replace nft table " + where, 0)
        )
        found.append(Mutation("nft add counter {0} stray".format(where), "replace nft table " + where, 0))
        found.extend(_built_otherwise(table, where))
        found.extend(_of_chains(table, where))
        found.extend(_of_elements(table, where))
    return found


def _built_otherwise(table: Table, where: str) -> Iterator[Mutation]:
    """What nft cannot change on a living chain or set: the same table again, with another priority or flag in it."""
    again = "table=$(nft list table {0} | sed '{1}'); printf 'delete table {0}\n%s\n' \"$table\" | nft -f -"
    edits = ["s/\\(hook [a-z]* priority\\) [^;]*;/\\1 7;/"]
    plain = [each.name for each in table.sets if not each.map and not each.interval]
    edits += ["/set {0} {{/,/}}/ s/^\t\ttype .*/&; flags timeout/".format(name) for name in plain[:1]]
    for edit in edits:
        yield Mutation(again.format(where, edit), "replace nft table " + where, 0)


def _of_chains(table: Table, where: str) -> Iterator[Mutation]:
    for chain in table.chains:
        place = "{0} {1}".format(where, chain.name)
        if chain.hook:
            script = "nft add chain {0} {{ {1}\\; policy drop\\; }}".format(place, chain.hook)
            yield Mutation(script, "set the policy of chain {0}".format(chain.name))
        if not chain.rules:
            continue
        reported = "repair rules of chain {0} in table {1}".format(chain.name, where)
        first = "$(nft -a list chain {0} | sed -n 's/.*# handle \\([0-9]*\\)$/\\1/p' | sed -n 2p)".format(place)
        yield Mutation("nft delete rule {0} handle {1}".format(place, first), reported)
        yield Mutation("nft insert rule {0} counter accept".format(place), reported)
        yield Mutation("nft add rule {0} counter drop".format(place), reported)
        yield Mutation("nft replace rule {0} handle {1} counter accept".format(place, first), reported)
        if len(chain.rules) > 1:
            yield Mutation(
                "rule=$(nft list chain {0} | grep -v -e '^table' -e 'chain {1}' -e 'type .* hook' -e '^.\\?}}'"
                " | head -1)\n"
                "nft delete rule {0} handle {2}; nft add rule {0} $rule".format(place, chain.name, first),
                reported,
            )


def _of_elements(table: Table, where: str) -> Iterator[Mutation]:
    """Each set: an element deleted, changed, and one added that does not belong."""
    for each in table.sets:
        if not each.elements:
            continue
        place = "{0} {1}".format(where, each.name)
        element = each.elements[-1]
        key = element.split(" : ")[0] if each.map else element
        yield Mutation("nft 'delete element {0} {{ {1} }}'".format(place, key), "", 0)
        yield Mutation("nft 'flush {0} {1}'".format("map" if each.map else "set", place), "", 0)
        other = _stray(element)
        if other is not None:
            yield Mutation("nft 'add element {0} {{ {1} }}'".format(place, other), "", 0)
        if each.map and each.name.startswith("published"):
            start, _blank, port = element.rpartition(" ")
            changed = "{0} {1}".format(start, int(port) % 60000 + 7)
            script = "nft 'delete element {0} {{ {1} }}; add element {0} {{ {2} }}'".format(place, key, changed)
            yield Mutation(script, "publish", 2)


def _stray(element: str) -> Any:
    """An element of the same type that is not there."""
    if " : jump" in element:
        return '"stray0" : ' + element.split(" : ")[1]
    if '"br-' in element or '"veth' in element:
        return element.replace('"br-', '"xx-').replace('"veth', '"xxth')
    if element.startswith(("tcp . ", "udp . ")):
        protocol, port = element.split(" : ")[0].split(" . ")
        return "{0} . {1} : {2}".format(protocol, int(port) % 60000 + 7, element.split(" : ")[1])
    return None


# --- leases


def of_leases() -> List[Mutation]:
    store = (
        'python3 -c \'import sqlite3; c = sqlite3.connect("/var/lib/linuxnet-fabric/leases.db"); '
        'c.execute("{0}"); c.commit()\''
    )
    rows = [
        ("DELETE FROM port WHERE published = 8080", "lease port 8080/tcp to web"),
        ('DELETE FROM port WHERE container = \\"leaver\\"', "to leaver for 7000/tcp"),
        ("DELETE FROM port", "lease port"),
        ('DELETE FROM address WHERE container = \\"web\\"', "to web:eth0 on front"),
        ('DELETE FROM address WHERE container = \\"db\\" AND family = 6', "to db:eth0 on back"),
        ('DELETE FROM address WHERE container = \\"\\"', "gateway"),
        ("DELETE FROM address", "to mover:eth0 on front"),
    ]
    return [Mutation(store.format(statement), reported, 0) for statement, reported in rows]
