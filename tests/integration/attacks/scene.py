# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host under attack: a topology that the module made, an attacker in a container, and raw frames.

``mallory`` has every capability in its own namespace; ``victim`` and ``third`` are its neighbours, ``prisoner`` is on
an internal network. The bridge is our own or one of somebody else's, with the wire for a port and STP on.
"""

from __future__ import annotations

import select
import socket
import time
from dataclasses import dataclass
from typing import Any, Dict, Iterable, Iterator, List

from tests.lab import Lab
from tests.lab.frames import ethernet, ip4, ip6, udp
from tests.lab.talk import DEADLINE, MOMENT, Talk, addresses, family_of

EVERYBODY = "ff:ff:ff:ff:ff:ff"
ALL_NODES = "33:33:00:00:00:01"
LINKED_PORT = 5432
_ADOPTED = """
link add lan0 type bridge forward_delay 200 stp_state 1
link set lan0 up
link set eth0 master lan0
address flush dev eth0
address add {0}/24 dev lan0
address add {1}/64 dev lan0 nodad
route replace default via 198.51.100.1
route replace default via 2001:db8:100::1
"""


@dataclass(frozen=True)
class Setting:
    """How neighbours are kept apart, and whether somebody turned br_netfilter on."""

    icc: bool = True
    links: bool = False
    bridge_netfilter: bool = False
    adopted: bool = False


KINDS = {
    "icc on": Setting(),
    "br_netfilter on": Setting(bridge_netfilter=True),
    "icc off": Setting(icc=False),
    "icc off with links": Setting(icc=False, links=True),
}


class Scene:
    """Close it when done."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.lab = Lab()
        self.talk = Talk(self.lab)
        self.host = self.lab.host
        self.bridge = "lan0" if setting.adopted else "br-net"
        self.uplink = "eth0"  # of the host, to the wire
        for kind in ("iptables", "ip6tables"):
            self.host.run(
                ["sysctl", "-qw", "net.bridge.bridge-nf-call-{0}={1:d}".format(kind, setting.bridge_netfilter)]
            )
        if setting.adopted:
            self.host.run(["ip", "-b", "-"], input=_ADOPTED.format(self.host.ipv4, self.host.ipv6).lstrip())
        self.words = {"networks": self._networks(), "containers": self._containers()}
        self.answer = self.host.module("topology", self.words)
        self._wait_for_ports()

    def close(self) -> None:
        self.talk.close()
        self.lab.close()

    def _networks(self) -> Dict[str, Any]:
        net: Dict[str, Any] = {"icc": self.setting.icc, "enable_ipv6": True}
        if self.setting.adopted:
            pools = [
                {"subnet": "198.51.100.0/24", "gateway": "198.51.100.1", "ip_range": "198.51.100.128/25"},
                {"subnet": "2001:db8:100::/64", "gateway": "2001:db8:100::1", "ip_range": "2001:db8:100::f00/120"},
            ]
            net.update(external=True, bridge="lan0", ipam={"config": pools})
        return {"net": net, "inside": {"internal": True, "enable_ipv6": True}}

    def _containers(self) -> Dict[str, Any]:
        exposed = [str(LINKED_PORT), "{0}/udp".format(LINKED_PORT), "{0}/sctp".format(LINKED_PORT)]
        found: Dict[str, Any] = {
            "mallory": {"networks": ["net"], "expose": exposed},
            "victim": {"networks": ["net"], "ports": ["8080:80"]},
            "third": {"networks": ["net"]},
            "prisoner": {"networks": ["inside"]},
        }
        if self.setting.links:
            found["victim"]["links"] = ["mallory"]
        return found

    def _wait_for_ports(self) -> None:
        """With STP on a port forwards only after a while."""
        end = time.monotonic() + 30
        while not all(port["state"] == "forwarding" for port in self.ports()):
            assert time.monotonic() < end, self.ports()
            time.sleep(0.05)

    # --- who is who

    def address(self, container: str, family: int = 4) -> str:
        return addresses(self.answer, container)[family]

    def mac(self, container: str) -> str:
        return str(self.answer["containers"][container]["interfaces"]["eth0"]["mac"])

    def port(self, container: str) -> str:
        return str(self.answer["containers"][container]["interfaces"]["eth0"]["host_interface"])

    def mac_of(self, ifname: str) -> str:
        return str(self.host.json(["ip", "-j", "link", "show", ifname])[0]["address"])

    def router(self, family: int) -> str:
        """The address that the containers' way out leads over."""
        if self.setting.adopted:
            return self.lab.client.ipv4 if family == 4 else self.lab.client.ipv6
        return next(each for each in self.answer["networks"]["net"]["gateways"] if (":" in each) == (family == 6))

    def router_mac(self) -> str:
        """Of whoever the containers' way out leads over: the bridge, or on an adopted one the machine on the wire."""
        if not self.setting.adopted:
            return self.mac_of(self.bridge)
        return str(self.lab.client.json(["ip", "-j", "link", "show", "eth0"])[0]["address"])

    # --- what the bridge believes

    def ports(self) -> List[Dict[str, Any]]:
        return [port for port in self.host.json(["bridge", "-j", "link"]) if port["ifname"].startswith("veth")]

    def entries(self, ifname: str) -> List[str]:
        """The MACs that a bridge believes to be behind a port, without the port's own."""
        listed = self.host.json(["bridge", "-j", "fdb", "show", "br", self.bridge])
        return [each["mac"] for each in listed if each["ifname"] == ifname and each.get("state") != "permanent"]

    def bridge_now(self) -> Dict[str, Any]:
        return dict(self.host.json(["ip", "-d", "-j", "link", "show", self.bridge])[0]["linkinfo"]["info_data"])

    # --- frames

    def datagram(
        self, source: str, target: str, token: bytes, to: str = "", sport: int = 4000, dport: int = 4001
    ) -> bytes:
        """An honest one from a container, to another or to an address behind the MAC ``to``."""
        family = 6 if ":" in target else 4
        mine = self.address(source, family)
        packet = (ip6 if family == 6 else ip4)(mine, target, 17, udp(mine, target, sport, dport, token))
        return ethernet(self.mac(source), to, 0x86DD if family == 6 else 0x0800, packet)

    def mark(self, container: str, token: bytes, family: int = 4) -> None:
        """The host says this to a container, which hears it in every setting: what was sent before has come by then."""
        with self.talk.socket(self.host.name, family_of(self.address(container, family)), socket.SOCK_DGRAM) as made:
            made.sendto(token, (self.address(container, family), 4001))

    def comes_through(self, container: str, frames: Iterable[bytes], token: bytes, place: str = "mallory") -> bool:
        """Whether a container hears a frame with these bytes of what a place sends."""
        with self.talk.ear(container) as ear:
            self.shout_all(place, frames)
            self.mark(container, b"the end")
            return any(token in frame for frame in self.heard_before(ear, b"the end"))

    def heard_before(self, ear: socket.socket, token: bytes) -> List[bytes]:
        """Every frame that came in before the one with these bytes, which must come."""
        found = []
        for frame in self._frames(ear, DEADLINE):
            if token in frame:
                return found
            found.append(frame)
        raise AssertionError("{0!r} was never heard".format(token))

    def hears(self, ear: socket.socket, token: bytes, wait: float = DEADLINE) -> bool:
        return any(token in frame for frame in self._frames(ear, wait))

    def _frames(self, ear: socket.socket, wait: float) -> Iterator[bytes]:
        end = time.monotonic() + wait
        while select.select([ear], [], [], max(0.0, end - time.monotonic()))[0]:
            frame, origin = ear.recvfrom(65536)
            if origin[2] != socket.PACKET_OUTGOING:
                yield frame

    def hears_datagram(self, server: socket.socket) -> bool:
        return bool(select.select([server], [], [], MOMENT)[0])

    def shout_all(self, place: str, frames: Iterable[bytes], ifname: str = "eth0") -> None:
        with self.talk.socket(place, socket.AF_PACKET, socket.SOCK_RAW) as mouth:
            mouth.bind((ifname, 0))
            for frame in frames:
                mouth.send(frame)

    def apply(self, **more: Any) -> Dict[str, Any]:
        return self.host.module("topology", dict(self.words, **more))
