# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host with networks, containers, an outside client and an attacker on its wire, made of anonymous namespaces.

Nothing has a name on the machine: a namespace lives as long as this process holds its descriptor. A socket
belongs to the namespace in which it was made, so one thread plays every party and nothing runs beside it.
"""

from __future__ import annotations

import ctypes
import os
import select
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import Dict, Iterator, List, Optional, Tuple

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import nft
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.model import (
    Endpoint,
    LinkRule,
    NetworkPolicy,
    Publication,
    Ruleset,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.text import render
from tests.lab.frames import (  # noqa: F401 - for the tests, which take all of it from here
    arp,
    checksum,
    crc32c,
    ethernet,
    icmp6,
    ip4,
    ip6,
    octets,
    packed,
    sctp_init,
    udp,
)
from tests.lab.talk import CLONE_NEWNET, DEADLINE, MOMENT, Sockets

_libc = ctypes.CDLL(None, use_errno=True)

WIRE = {"host": 1, "client": 10, "attacker": 66}
NETWORKS = {"front": 20, "other": 21, "inside": 22, "apart": 23}
CONTAINERS = {
    "web": ("front", 10),
    "web2": ("front", 11),
    "app": ("other", 10),
    "vault": ("inside", 10),
    "vault2": ("inside", 11),
    "a": ("apart", 10),
    "b": ("apart", 11),
    "c": ("apart", 12),
}


def address(container: str, family: int) -> str:
    network, number = CONTAINERS[container]
    return ("172.{0}.0.{1}" if family == 4 else "fd00:{0}::{1}").format(NETWORKS[network], number)


def gateway(network: str, family: int) -> str:
    return ("172.{0}.0.1" if family == 4 else "fd00:{0}::1").format(NETWORKS[network])


def on_wire(party: str, family: int) -> str:
    return ("192.0.2.{0}" if family == 4 else "2001:db8::{0}").format(WIRE[party])


def mac(container: str) -> str:
    return "02:42:ac:{0:02x}:00:{1:02x}".format(NETWORKS[CONTAINERS[container][0]], CONTAINERS[container][1])


def bridge_mac(network: str) -> str:
    return "02:42:ac:{0:02x}:00:01".format(NETWORKS[network])


def policies(**changes: Dict[str, object]) -> Tuple[NetworkPolicy, ...]:
    """Every network in both families; ``changes``: network → fields."""
    result = []
    for network, number in NETWORKS.items():
        for family in (4, 6):
            subnet = ("172.{0}.0.0/24" if family == 4 else "fd00:{0}::/64").format(number)
            fields: Dict[str, object] = {"internal": network == "inside", "icc": network != "apart"}
            fields.update(gateway=gateway(network, family), mac=bridge_mac(network))
            fields.update(changes.get(network, {}))
            result.append(NetworkPolicy(network, "br-" + network, family, subnet, **fields))  # type: ignore
    return tuple(result)


def endpoints() -> Tuple[Endpoint, ...]:
    return tuple(
        Endpoint(name, "br-" + network, "v-" + name, mac(name), (address(name, 4), address(name, 6)))
        for name, (network, _number) in CONTAINERS.items()
    )


def publish(
    container: str,
    published: int,
    target_port: int,
    protocol: str = "tcp",
    family: int = 4,
    host_ip: Optional[str] = None,
) -> Publication:
    bridge = "br-" + CONTAINERS[container][0]
    return Publication(family, protocol, published, address(container, family), target_port, bridge, host_ip)


def link(source: str, target: str, protocol: str, port: int) -> List[LinkRule]:
    return [LinkRule("br-apart", address(source, f), address(target, f), protocol, port) for f in (4, 6)]


class Wire(Sockets):
    """All of it. Use as a context manager; ``load`` puts the rules in."""

    def __init__(self, bridge_netfilter: bool = False) -> None:
        super().__init__()
        self.bridge_netfilter = bridge_netfilter
        self.own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        self.spaces: Dict[str, int] = {}

    def __enter__(self) -> "Wire":
        for name in ["switch"] + list(WIRE) + list(CONTAINERS):
            self._make(name)
        self._make_wire()
        for network in NETWORKS:
            self._make_network(network)
        for name in CONTAINERS:
            self._make_container(name)
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()
        for descriptor in list(self.spaces.values()) + [self.own]:
            os.close(descriptor)

    # --- building -------------------------------------------------------------------------------------------------

    def _make(self, name: str) -> None:
        try:
            if _libc.unshare(CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "unshare")
            self.spaces[name] = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
            self.sysctl("net/ipv6/conf/default/accept_dad", "0")
            self.sysctl("net/ipv6/conf/default/accept_ra", "0")
        finally:
            _libc.setns(self.own, CLONE_NEWNET)
        self.ip(name, "link set lo up")

    def _make_wire(self) -> None:
        self.ip("switch", "link add wire type bridge", "link set wire up")
        for party in WIRE:
            self.ip("switch", "link add {0} type veth peer name eth0 netns {1}".format(party, self.path(party)))
            self.ip("switch", "link set {0} master wire up".format(party))
            self.ip(
                party,
                "address add {0}/24 dev eth0".format(on_wire(party, 4)),
                "address add {0}/64 dev eth0 nodad".format(on_wire(party, 6)),
                "link set eth0 up",
            )
        with self.inside("host"):
            self.sysctl("net/ipv4/ip_forward", "1")
            self.sysctl("net/ipv6/conf/all/forwarding", "1")
            for kind in ("iptables", "ip6tables"):
                if os.path.exists("/proc/sys/net/bridge"):
                    self.sysctl("net/bridge/bridge-nf-call-" + kind, str(int(self.bridge_netfilter)))

    def _make_network(self, network: str) -> None:
        bridge = "br-" + network
        self.ip(
            "host",
            "link add {0} address {1} type bridge forward_delay 0 mcast_snooping 0".format(bridge, bridge_mac(network)),
            "address add {0}/24 dev {1}".format(gateway(network, 4), bridge),
            "address add {0}/64 dev {1} nodad".format(gateway(network, 6), bridge),
            "link set {0} up".format(bridge),
        )
        with self.inside("host"):
            self.sysctl("net/ipv4/conf/{0}/route_localnet".format(bridge), "1")

    def _make_container(self, name: str) -> None:
        network = CONTAINERS[name][0]
        peer = "peer name eth0 address {0} netns {1}".format(mac(name), self.path(name))
        self.ip("host", "link add v-{0} type veth {1}".format(name, peer))
        self.ip("host", "link set v-{0} master br-{1} up".format(name, network))
        self.ip("host", "link set v-{0} type bridge_slave hairpin on".format(name))
        self.ip(
            name,
            "address add {0}/24 dev eth0".format(address(name, 4)),
            "address add {0}/64 dev eth0 nodad".format(address(name, 6)),
            "link set eth0 up",
            "route add default via {0}".format(gateway(network, 4)),
            "route add ::/0 via {0}".format(gateway(network, 6)),
        )

    def plug(self, name: str, network: str, number: int) -> None:
        """A machine of somebody else's on a bridge, once."""
        if name in self.spaces:
            return
        self._make(name)
        self.ip("host", "link add v-{0} type veth peer name eth0 netns {1}".format(name, self.path(name)))
        self.ip("host", "link set v-{0} master br-{1} up".format(name, network))
        subnet = NETWORKS[network]
        self.ip(
            name,
            "address add 172.{0}.0.{1}/24 dev eth0".format(subnet, number),
            "address add fd00:{0}::{1}/64 dev eth0 nodad".format(subnet, number),
            "link set eth0 up",
        )

    def path(self, name: str) -> str:
        return "/proc/{0}/fd/{1}".format(os.getpid(), self.spaces[name])

    @contextmanager
    def inside(self, name: str) -> Iterator[None]:
        _libc.setns(self.spaces[name], CLONE_NEWNET)
        try:
            yield
        finally:
            _libc.setns(self.own, CLONE_NEWNET)

    def ip(self, name: str, *commands: str) -> str:
        with self.inside(name):
            process = subprocess.run(
                ["ip", "-batch", "-"],
                input="\n".join(commands),
                universal_newlines=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
        assert process.returncode == 0, (commands, process.stdout)
        return process.stdout

    def sysctl(self, key: str, value: str) -> None:
        with open("/proc/sys/" + key, "w", encoding="ascii") as file:
            file.write(value)

    def load(self, ruleset: Ruleset) -> None:
        """Replace whatever rules the host has."""
        with self.inside("host"):
            nft.load("flush ruleset\n" + render(ruleset))

    # --- traffic --------------------------------------------------------------------------------------------------

    def hears_datagram(self, source: str, target: str, port: int, server: socket.socket) -> bool:
        """Whether the server hears what is sent; whether an answer would find its way is another question."""
        client = self.socket(source, socket.AF_INET6 if ":" in target else socket.AF_INET, socket.SOCK_DGRAM)
        client.sendto(b"there", (target, port))
        client.close()
        heard = bool(select.select([server], [], [], MOMENT)[0])
        if heard:
            server.recvfrom(16)
        return heard

    # --- crafted frames -------------------------------------------------------------------------------------------

    def hears(self, ear: socket.socket, token: bytes, wait: float = DEADLINE) -> bool:
        """Whether a frame with these bytes comes in before the time is over."""
        return any(token in frame for frame in self._frames(ear, token, wait))

    def until(self, ear: socket.socket, token: bytes) -> List[bytes]:
        """Every frame that comes in, up to the one with these bytes."""
        frames = list(self._frames(ear, token, DEADLINE))
        assert frames and token in frames[-1]
        return frames

    def _frames(self, ear: socket.socket, token: bytes, wait: float) -> Iterator[bytes]:
        end = time.monotonic() + wait
        while select.select([ear], [], [], max(0.0, end - time.monotonic()))[0]:
            frame, origin = ear.recvfrom(4096)
            if origin[2] != socket.PACKET_OUTGOING:
                yield frame
                if token in frame:
                    return

    def mac_of(self, name: str, ifname: str) -> str:
        return self.ip(name, "link show dev " + ifname).split("link/ether ")[1].split()[0]
